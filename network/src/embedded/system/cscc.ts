import { common, peer } from '@hyperledger/fabric-protos';
import type { SystemChaincode } from '../chaincode/support';
import { checkAccess } from '../endorser/endorser';
import type { Channel } from '../ledger';
import { failure, success } from './response';

/** The system chaincode of a peer's configuration: which channels it has joined, and how they are configured. */
export function cscc(channel: Channel): SystemChaincode {
    return {
        invoke: (args, transaction) => {
            const [name, channelId] = args.slice(0, 2).map(argument => Buffer.from(argument).toString());
            if (name === 'GetChannels') return success(channelsOf(channel.name));
            if (name !== 'GetConfigBlock' && name !== 'GetChannelConfig') {
                return failure(
                    `cscc ${name} is not supported by the embedded network: its one channel is there from the start`,
                );
            }
            if (channelId !== channel.name) return failure(`Unknown chain ID, ${channelId}`);
            try {
                const { signedProposal, creator } = transaction;
                checkAccess(channel, channelId, '/Channel/Application/Readers', signedProposal, creator.serialized);
            } catch (error) {
                return failure(`access denied for [${name}][${channelId}]: ${(error as Error).message}`);
            }
            const block = transaction.ledger.block(0)!.message();
            return success(name === 'GetConfigBlock' ? block.serializeBinary() : configOf(block));
        },
    };
}

function channelsOf(name: string): Uint8Array {
    const info = new peer.ChannelInfo();
    info.setChannelId(name);
    const response = new peer.ChannelQueryResponse();
    response.addChannels(info);
    return response.serializeBinary();
}

function configOf(block: common.Block): Uint8Array {
    const envelope = common.Envelope.deserializeBinary(block.getData()!.getDataList_asU8()[0]!);
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const config = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig();
    return (config ?? new common.Config()).serializeBinary();
}
