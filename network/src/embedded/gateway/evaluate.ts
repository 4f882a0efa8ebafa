import { status } from '@grpc/grpc-js';
import { gateway, peer } from '@hyperledger/fabric-protos';
import { unpackProposal } from '../endorser/proposal';
import type { UnpackedProposal } from '../endorser/proposal';
import { judge } from './answer';
import type { GatewayContext } from './context';
import { ask } from './context';
import type { ErrorDetail } from '../grpc';
import { RpcError } from '../grpc';

/** Run a transaction function on one peer and return its result; nothing is ordered. */
export async function evaluate(
    context: GatewayContext,
    request: gateway.EvaluateRequest,
): Promise<gateway.EvaluateResponse> {
    const signed = request.getProposedTransaction();
    const proposal = unpack(signed);
    if (proposal.channelId !== context.channel.name) {
        throw new RpcError(
            status.UNAVAILABLE,
            `failed to get config for channel [${proposal.channelId}]: could not get last config for channel ${proposal.channelId}`,
        );
    }
    const errors: ErrorDetail[] = [];
    let last: status = status.ABORTED;
    for (const evaluator of evaluators(context, request, proposal)) {
        const outcome = await ask(context, evaluator, proposal.signed);
        const verdict = judge(outcome);
        if (verdict.code === status.OK && !(outcome instanceof Error)) return resultOf(outcome.response);
        context.trace.note(proposal.txId, 'evaluator failed', evaluator.name, verdict.message);
        errors.push({ address: evaluator.endpoint, mspId: evaluator.mspId, message: verdict.message });
        last = verdict.code;
        if (verdict.retry) continue;
        throw new RpcError(verdict.code, `evaluate call to endorser returned error: ${verdict.message}`, errors);
    }
    throw new RpcError(last, 'failed to evaluate transaction, see attached details for more info', errors);
}

function unpack(signed: peer.SignedProposal | undefined): UnpackedProposal {
    const fail = (problem: string): never => {
        throw new RpcError(status.INVALID_ARGUMENT, `failed to unpack transaction proposal: ${problem}`);
    };
    if (signed === undefined || signed.getProposalBytes_asU8().length === 0)
        return fail('a signed proposal is required');
    let proposal: UnpackedProposal;
    try {
        proposal = unpackProposal(signed);
    } catch (error) {
        return fail((error as Error).message);
    }
    return proposal.channelId === '' ? fail('no channel id provided') : proposal;
}

/** Transient data stays with the gateway's own organisation unless the client names others. */
function evaluators(context: GatewayContext, request: gateway.EvaluateRequest, proposal: UnpackedProposal) {
    const named = request.getTargetOrganizationsList();
    const isProtected = named.length === 0 && proposal.payload.getTransientmapMap().getLength() > 0;
    try {
        return context.discovery.evaluators(proposal.chaincode, isProtected ? [context.local.mspId] : named);
    } catch (error) {
        const { message } = error as Error;
        throw new RpcError(
            status.FAILED_PRECONDITION,
            isProtected
                ? `no endorsers found in the gateway's organization; retry specifying target organization(s) to protect transient data: ${message}`
                : message,
        );
    }
}

/** The result stands in the signed payload; the response's own copy of it need not be there. */
function resultOf(answer: peer.ProposalResponse): gateway.EvaluateResponse {
    const result = answer.getResponse() ?? new peer.Response();
    const payload = peer.ProposalResponsePayload.deserializeBinary(answer.getPayload_asU8());
    const action = peer.ChaincodeAction.deserializeBinary(payload.getExtension_asU8());
    result.setPayload(action.getResponse()?.getPayload_asU8() ?? '');
    const response = new gateway.EvaluateResponse();
    response.setResult(result);
    return response;
}
