import { status } from '@grpc/grpc-js';
import { gateway, orderer, peer } from '@hyperledger/fabric-protos';
import { followBlocks } from '../deliver/follow';
import type { CommittedBlock, PeerLedger } from '../ledger';
import { mustRead } from './commit-status';
import type { GatewayContext } from './context';
import { RpcError } from '../grpc';

const valid = peer.TxValidationCode.VALID;

/** Send the events of one chaincode's valid transactions, a message a block, until the client goes away. */
export async function chaincodeEvents(
    context: GatewayContext,
    signed: gateway.SignedChaincodeEventsRequest,
    send: (response: gateway.ChaincodeEventsResponse) => Promise<void>,
    abandoned: Promise<void>,
): Promise<void> {
    const bytes = signed.getRequest_asU8();
    if (bytes.length === 0) throw new RpcError(status.INVALID_ARGUMENT, 'a chaincode events request is required');
    const request = readRequest(bytes);
    mustRead(context, request, bytes, signed.getSignature_asU8());
    const { ledger } = context.local;
    const matches = matcher(request);
    for await (const block of followBlocks(ledger, startBlock(ledger, request), abandoned)) {
        const events = eventsOf(block).filter(matches);
        if (events.length === 0) continue;
        const response = new gateway.ChaincodeEventsResponse();
        response.setBlockNumber(block.number);
        response.setEventsList(events);
        await send(response);
    }
}

function readRequest(bytes: Uint8Array): gateway.ChaincodeEventsRequest {
    try {
        return gateway.ChaincodeEventsRequest.deserializeBinary(bytes);
    } catch (error) {
        throw new RpcError(status.INVALID_ARGUMENT, `invalid chaincode events request: ${(error as Error).message}`);
    }
}

/** The block of the transaction after which to resume where it is known, else the position asked for, else the next block. */
function startBlock(ledger: PeerLedger, request: gateway.ChaincodeEventsRequest): number {
    const after = request.getAfterTransactionId();
    const known = after === '' ? undefined : ledger.transaction(after);
    if (known !== undefined) return known.blockNumber;
    const position = request.getStartPosition();
    if (position?.hasSpecified() === true) return position.getSpecified()?.getNumber() ?? 0;
    const kind = position?.getTypeCase() ?? orderer.SeekPosition.TypeCase.TYPE_NOT_SET;
    if (kind === orderer.SeekPosition.TypeCase.OLDEST || kind === orderer.SeekPosition.TypeCase.NEWEST) {
        throw new RpcError(
            status.INVALID_ARGUMENT,
            `invalid start position type: *orderer.SeekPosition_${kind === orderer.SeekPosition.TypeCase.OLDEST ? 'Oldest' : 'Newest'}`,
        );
    }
    return ledger.height;
}

function matcher(request: gateway.ChaincodeEventsRequest): (event: peer.ChaincodeEvent) => boolean {
    const after = request.getAfterTransactionId();
    let passed = after === '';
    return event => {
        if (passed) return event.getChaincodeId() === request.getChaincodeId();
        passed = event.getTxId() === after;
        return false;
    };
}

function eventsOf(block: CommittedBlock): readonly peer.ChaincodeEvent[] {
    return block.transactions.flatMap(({ code, event }) => {
        if (code !== valid || event === undefined) return [];
        const message = peer.ChaincodeEvent.deserializeBinary(event);
        return message.getChaincodeId() !== '' && message.getEventName() !== '' ? [message] : [];
    });
}
