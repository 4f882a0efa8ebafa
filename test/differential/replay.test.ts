import { createPrivateKey } from 'node:crypto';
import { resolve } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import type { Network } from '@hyperledger/fabric-gateway';
import { common, msp } from '@hyperledger/fabric-protos';
import { openNetwork, readConsortium } from '@poolproof/network';
import { Channel, openPeerLedger, OrderedBlock } from '@poolproof/network/dist/embedded/ledger';
import type { MspConfig } from '@poolproof/network/dist/embedded/ledger';

const consortium = readConsortium(resolve(process.env['POOLPROOF_CONSORTIUM'] ?? 'network/consortium.json'));

const onDocker = process.env['POOLPROOF_NETWORK'] === 'docker' ? describe : describe.skip;

onDocker('every block of a channel of real Fabric (the docker network as it is up)', () => {
    test('is judged and hashed here as the peers there have done', async () => {
        const blocks = await blocksOfChannel();
        const [genesis] = blocks;
        const channel = new Channel({ channel: consortium.channel, ...organisationsIn(genesis!) });
        const ledger = await openPeerLedger({ channel, mspId: consortium.institutions[0]!.mspId });
        const differences: unknown[] = [];
        for (const block of blocks) {
            const number = block.getHeader()!.getNumber();
            const metadata = block.getMetadata()!.getMetadataList_asU8();
            const ours = await ledger.commit(ordered(block));
            expect(Buffer.from(ours.block.dataHash)).toEqual(Buffer.from(block.getHeader()!.getDataHash_asU8()));
            const codes = [...metadata[common.BlockMetadataIndex.TRANSACTIONS_FILTER]!];
            const commitHash = common.Metadata.deserializeBinary(metadata[common.BlockMetadataIndex.COMMIT_HASH]!);
            const isSame =
                codes.join() === ours.codes.join() && Buffer.compare(commitHash.getValue_asU8(), ours.commitHash) === 0;
            if (!isSame) differences.push({ number, codes, ours: ours.codes, reasons: ours.reasons });
        }
        expect(differences).toEqual([]);
        expect(blocks.length).toBeGreaterThan(1);
    }, 600_000);
});

/** All blocks that the first institution's peer has. */
async function blocksOfChannel(): Promise<common.Block[]> {
    const { id, mspId } = consortium.institutions[0]!;
    const network = await openNetwork('docker', consortium);
    const [endpoint] = network.peers(id);
    const identity = await network.identity(id, 'replay');
    const client = new Client(endpoint!.address, credentials.createSsl(Buffer.from(endpoint!.tlsRootPem)), {
        'grpc.ssl_target_name_override': endpoint!.tlsHostName,
        'grpc.max_receive_message_length': -1,
    });
    const gateway = connect({
        client,
        identity: { mspId, credentials: Buffer.from(identity.certificatePem) },
        signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
        hash: hash.sha256,
    });
    try {
        return await read(gateway.getNetwork(consortium.channel));
    } finally {
        gateway.close();
        client.close();
        await network.close();
    }
}

async function read(network: Network): Promise<common.Block[]> {
    const answer = await network.getContract('qscc').evaluateTransaction('GetChainInfo', consortium.channel);
    const height = common.BlockchainInfo.deserializeBinary(answer).getHeight();
    const blocks: common.Block[] = [];
    const events = await network.getBlockEvents({ startBlock: 0n });
    try {
        for await (const event of events) {
            // The client library has messages of its own; its bytes are the same.
            blocks.push(common.Block.deserializeBinary(event.serializeBinary()));
            if (blocks.length === height) return blocks;
        }
    } finally {
        events.close();
    }
    throw new Error('the peer ended the stream of blocks');
}

function ordered(block: common.Block): OrderedBlock {
    const header = block.getHeader()!;
    return new OrderedBlock(header.getNumber(), header.getPreviousHash_asU8(), block.getData()!.getDataList_asU8());
}

/** The organisations that the channel's first configuration names, with their authorities. */
function organisationsIn(genesis: common.Block): { institutions: MspConfig[]; orderers: MspConfig[] } {
    const [bytes] = genesis.getData()!.getDataList_asU8();
    const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes!).getPayload_asU8());
    const group = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig()!.getChannelGroup()!;
    const mspsOf = (name: string): MspConfig[] => {
        const found: MspConfig[] = [];
        group
            .getGroupsMap()
            .get(name)!
            .getGroupsMap()
            .forEach(organisation => {
                const value = organisation.getValuesMap().get('MSP')!.getValue_asU8();
                const config = msp.FabricMSPConfig.deserializeBinary(
                    msp.MSPConfig.deserializeBinary(value).getConfig_asU8(),
                );
                const pems = config.getRootCertsList_asU8().map(pem => Buffer.from(pem).toString());
                found.push({ mspId: config.getName(), rootCertificatesPem: pems });
            });
        return found;
    };
    return { institutions: mspsOf('Application'), orderers: mspsOf('Orderer') };
}
