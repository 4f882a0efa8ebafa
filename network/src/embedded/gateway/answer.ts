import { status } from '@grpc/grpc-js';
import { streamTerminated } from '../chaincode/stream';
import type { ProposalOutcome } from '../endorser/endorser';

/** How the gateway takes what an endorser answered. */
export interface Verdict {
    readonly code: status;
    readonly message: string;
    /** Whether an evaluation is worth trying on another peer. */
    readonly retry: boolean;
}

/**
 * Judge an endorser's answer as Fabric's gateway does: a bad proposal is bad everywhere, a fault of the peer
 * may be absent elsewhere, an error of the chaincode is the chaincode's last word.
 */
export function judge(outcome: ProposalOutcome | Error): Verdict {
    if (outcome instanceof Error) return { code: status.UNAVAILABLE, message: outcome.message, retry: true };
    if (outcome.error !== undefined) return { code: status.FAILED_PRECONDITION, message: outcome.error, retry: false };
    const response = outcome.response.getResponse();
    const code = response?.getStatus() ?? 500;
    const message = response?.getMessage() ?? '';
    if (code >= 200 && code < 400) return { code: status.OK, message: '', retry: false };
    if (code === 500 && outcome.response.getPayload_asU8().length === 0) {
        return { code: status.ABORTED, message, retry: true };
    }
    return { code: status.UNKNOWN, message: `chaincode response ${code}, ${message}`, retry: false };
}

/** Whether the peer lost its chaincode while it worked on the proposal. */
export function lostChaincode(verdict: Verdict): boolean {
    return verdict.message.endsWith(streamTerminated);
}
