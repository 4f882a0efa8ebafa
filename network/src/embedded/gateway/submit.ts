import { status } from '@grpc/grpc-js';
import { common, gateway } from '@hyperledger/fabric-protos';
import type { GatewayContext } from './context';
import { RpcError } from '../grpc';

/** Hand a signed transaction to the ordering service; says nothing about its fate. */
export function submit(context: GatewayContext, request: gateway.SubmitRequest): gateway.SubmitResponse {
    const transaction = request.getPreparedTransaction();
    if (transaction === undefined) throw new RpcError(status.INVALID_ARGUMENT, 'a prepared transaction is required');
    if (transaction.getSignature_asU8().length === 0) {
        throw new RpcError(status.INVALID_ARGUMENT, 'prepared transaction must be signed');
    }
    const channel = request.getChannelId();
    if (channel !== context.channel.name) {
        throw new RpcError(
            status.FAILED_PRECONDITION,
            `failed to get config for channel [${channel}]: could not get last config for channel ${channel}`,
        );
    }
    const unreachable = context.orderers.unreachable();
    if (unreachable.length > 0) {
        throw new RpcError(status.UNAVAILABLE, 'no orderers could successfully process transaction', unreachable);
    }
    const answer = context.orderers.broadcast(transaction);
    if (answer.status === common.Status.SUCCESS) return new gateway.SubmitResponse();
    const name = Object.entries(common.Status).find(([, value]) => value === answer.status)?.[0];
    if (answer.status >= 400 && answer.status < 500) {
        throw new RpcError(
            status.ABORTED,
            `received unsuccessful response from orderer: status=${name}, info=${answer.info}`,
        );
    }
    throw new RpcError(status.UNAVAILABLE, 'no orderers could successfully process transaction');
}
