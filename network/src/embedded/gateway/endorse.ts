import { status } from '@grpc/grpc-js';
import { gateway, peer } from '@hyperledger/fabric-protos';
import { prepare } from '../endorser/prepared-transaction';
import { unpackProposal } from '../endorser/proposal';
import type { UnpackedProposal } from '../endorser/proposal';
import type { Peer } from '../peer';
import { judge } from './answer';
import type { GatewayContext } from './context';
import { ask } from './context';
import type { EndorsementPlan } from './plan';
import type { ErrorDetail } from '../grpc';
import { RpcError } from '../grpc';

/** Collect the endorsements a transaction needs and return it ready to be signed by the client. */
export async function endorse(
    context: GatewayContext,
    request: gateway.EndorseRequest,
): Promise<gateway.EndorseResponse> {
    const proposal = unpack(request.getProposedTransaction());
    const named = request.getEndorsingOrganizationsList();
    const plan =
        named.length > 0 ? planAsNamed(context, proposal, named) : await planFromFirstEndorser(context, proposal);
    while (plan.result === undefined) {
        const endorsers = plan.nextEndorsers();
        if (endorsers === undefined) {
            throw new RpcError(
                status.ABORTED,
                'failed to collect enough transaction endorsements, see attached details for more info',
                plan.errors,
            );
        }
        await Promise.all(endorsers.map(endorser => collect(context, plan, endorser, proposal)));
    }
    const response = new gateway.EndorseResponse();
    response.setPreparedTransaction(prepare(proposal, plan.result.payload, plan.result.endorsements));
    return response;
}

function unpack(signed: peer.SignedProposal | undefined): UnpackedProposal {
    if (signed === undefined || signed.getProposalBytes_asU8().length === 0) {
        throw new RpcError(status.INVALID_ARGUMENT, 'the proposed transaction must contain a signed proposal');
    }
    try {
        return unpackProposal(signed);
    } catch (error) {
        throw new RpcError(status.INVALID_ARGUMENT, (error as Error).message);
    }
}

/** The client takes responsibility for the policies. */
function planAsNamed(context: GatewayContext, proposal: UnpackedProposal, mspIds: readonly string[]): EndorsementPlan {
    try {
        return context.discovery.planForOrganisations(proposal.chaincode, mspIds);
    } catch (error) {
        throw new RpcError(status.UNAVAILABLE, (error as Error).message);
    }
}

/** The first endorsement tells what the transaction touches, and so who else must endorse. */
async function planFromFirstEndorser(context: GatewayContext, proposal: UnpackedProposal): Promise<EndorsementPlan> {
    const { endorser, response } = await firstEndorsement(context, proposal, firstPlan(context, proposal));
    let interest = response.getInterest();
    if (interest === undefined || interest.getChaincodesList().length === 0) interest = interestIn(proposal.chaincode);
    const plan = planFor(context, proposal, interest, endorser);
    plan.accept(endorser, response);
    return plan;
}

function firstPlan(context: GatewayContext, proposal: UnpackedProposal): EndorsementPlan {
    try {
        return context.discovery.planForOrganisations(proposal.chaincode, [context.local.mspId]);
    } catch {
        if (hasTransient(proposal)) {
            throw new RpcError(
                status.FAILED_PRECONDITION,
                "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to protect transient data",
            );
        }
        return planOrFail(context, interestIn(proposal.chaincode));
    }
}

async function firstEndorsement(
    context: GatewayContext,
    proposal: UnpackedProposal,
    plan: EndorsementPlan,
): Promise<{ readonly endorser: Peer; readonly response: peer.ProposalResponse }> {
    const errors: ErrorDetail[] = [];
    let endorser = plan.nextEndorsers()?.[0];
    while (endorser !== undefined) {
        const outcome = await ask(context, endorser, proposal.signed);
        const verdict = judge(outcome);
        if (verdict.code === status.OK && !(outcome instanceof Error)) return { endorser, response: outcome.response };
        context.trace.note(proposal.txId, 'endorser failed', endorser.name, verdict.message);
        errors.push({ address: endorser.endpoint, mspId: endorser.mspId, message: verdict.message });
        endorser = plan.substitute(endorser);
    }
    throw new RpcError(status.ABORTED, 'failed to endorse transaction, see attached details for more info', errors);
}

/** Where transient data is involved, only members of the collections touched are asked, whether they read or not. */
function planFor(
    context: GatewayContext,
    proposal: UnpackedProposal,
    interest: peer.ChaincodeInterest,
    first: Peer,
): EndorsementPlan {
    const guarded = hasTransient(proposal) ? guard(interest) : { interest, collections: [] };
    try {
        return context.discovery.planForInterest(guarded.interest, first);
    } catch (error) {
        if (guarded.collections.length > 0 && isSatisfiable(context, interest, first)) {
            throw new RpcError(
                status.FAILED_PRECONDITION,
                'requires endorsement from organisation(s) that are not in the distribution policy of the private data ' +
                    `collection(s): [${guarded.collections.join(' ')}]; retry specifying trusted endorsing organizations to protect transient data`,
            );
        }
        context.trace.note(proposal.txId, 'no endorsers', context.local.name, (error as Error).message);
        throw new RpcError(status.FAILED_PRECONDITION, (error as Error).message);
    }
}

function guard(interest: peer.ChaincodeInterest): {
    readonly interest: peer.ChaincodeInterest;
    readonly collections: readonly string[];
} {
    const guarded = peer.ChaincodeInterest.deserializeBinary(interest.serializeBinary());
    const calls = guarded.getChaincodesList().filter(call => call.getNoPrivateReads());
    for (const call of calls) call.setNoPrivateReads(false);
    return { interest: guarded, collections: calls.flatMap(call => call.getCollectionNamesList()) };
}

function isSatisfiable(context: GatewayContext, interest: peer.ChaincodeInterest, first: Peer): boolean {
    try {
        context.discovery.planForInterest(interest, first);
        return true;
    } catch {
        return false;
    }
}

function planOrFail(context: GatewayContext, interest: peer.ChaincodeInterest): EndorsementPlan {
    try {
        return context.discovery.planForInterest(interest);
    } catch (error) {
        throw new RpcError(status.FAILED_PRECONDITION, (error as Error).message);
    }
}

/** Ask an endorser, and on failure those that can stand in for it. */
async function collect(
    context: GatewayContext,
    plan: EndorsementPlan,
    first: Peer,
    proposal: UnpackedProposal,
): Promise<void> {
    let endorser: Peer | undefined = first;
    while (endorser !== undefined) {
        const outcome = await ask(context, endorser, proposal.signed);
        const verdict = judge(outcome);
        if (verdict.code === status.OK && !(outcome instanceof Error)) {
            if (plan.accept(endorser, outcome.response)) return;
            context.trace.note(
                proposal.txId,
                'endorser differs',
                endorser.name,
                'ProposalResponsePayloads do not match',
            );
        } else {
            plan.refuse(endorser, verdict.message);
            context.trace.note(proposal.txId, 'endorser failed', endorser.name, verdict.message);
        }
        endorser = plan.substitute(endorser);
    }
}

function hasTransient(proposal: UnpackedProposal): boolean {
    return proposal.payload.getTransientmapMap().getLength() > 0;
}

function interestIn(chaincode: string): peer.ChaincodeInterest {
    const call = new peer.ChaincodeCall();
    call.setName(chaincode);
    const interest = new peer.ChaincodeInterest();
    interest.addChaincodes(call);
    return interest;
}
