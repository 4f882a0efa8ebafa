import { status } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import { checkSigned } from '../endorser/endorser';
import { RpcError } from '../grpc';
import type { CommittedTransaction, PeerLedger } from '../ledger';
import type { GatewayContext } from './context';

/** Wait until a transaction is in a block of this peer, valid or not. Ends without an answer only if the client gives up. */
export async function commitStatus(
    context: GatewayContext,
    signed: gateway.SignedCommitStatusRequest,
    abandoned: Promise<void>,
): Promise<gateway.CommitStatusResponse> {
    const bytes = signed.getRequest_asU8();
    if (bytes.length === 0) throw new RpcError(status.INVALID_ARGUMENT, 'a commit status request is required');
    const request = readRequest(bytes);
    mustRead(context, request, bytes, signed.getSignature_asU8());
    const { ledger } = context.local;
    const txId = request.getTransactionId();
    const found = ledger.transaction(txId) ?? (await committed(ledger, txId, abandoned));
    const response = new gateway.CommitStatusResponse();
    response.setResult(found.code);
    response.setBlockNumber(found.blockNumber);
    return response;
}

function readRequest(bytes: Uint8Array): gateway.CommitStatusRequest {
    try {
        return gateway.CommitStatusRequest.deserializeBinary(bytes);
    } catch (error) {
        throw new RpcError(status.INVALID_ARGUMENT, `invalid status request: ${(error as Error).message}`);
    }
}

/** Throws unless whoever signed the request may read the channel. */
export function mustRead(
    context: GatewayContext,
    request: { getChannelId(): string; getIdentity_asU8(): Uint8Array },
    data: Uint8Array,
    signature: Uint8Array,
): void {
    const channel = request.getChannelId();
    try {
        if (channel !== context.channel.name) throw new Error(`Failed to get policy manager for channel [${channel}]`);
        checkSigned(context.channel, channel, '/Channel/Application/Readers', {
            identity: request.getIdentity_asU8(),
            data,
            signature,
        });
    } catch (error) {
        throw new RpcError(status.PERMISSION_DENIED, (error as Error).message);
    }
}

function committed(
    ledger: PeerLedger,
    txId: string,
    abandoned: Promise<void>,
): Promise<{ readonly code: CommittedTransaction['code']; readonly blockNumber: number }> {
    return new Promise((resolve, reject) => {
        const stop = ledger.onCommit(block => {
            const transaction = block.transactions.find(candidate => candidate.txId === txId);
            if (transaction === undefined) return;
            stop();
            resolve({ code: transaction.code, blockNumber: block.number });
        });
        void abandoned.then(() => {
            stop();
            reject(new RpcError(status.CANCELLED, 'context canceled'));
        });
    });
}
