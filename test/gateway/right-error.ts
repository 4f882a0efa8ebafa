import { status } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';
import { Failure } from '@poolproof/gateway';

import type { Arrival } from './faulty-proxy';

/** A failure in a few words: `TimeoutFailure at endorse: DEADLINE_EXCEEDED`. Anything else is thrown on. */
export function said(error: unknown): string {
    if (!(error instanceof Failure)) throw error;
    const code = error.cause instanceof GatewayError ? status[error.cause.code] : 'no code';
    return `${error.name} at ${error.stage}: ${code}`;
}

/**
 * The one failure that is right after what came of a transaction's calls, or of a question's, at the stage where it failed; nothing
 * where it should not have failed at all.
 */
export function rightFailure(failure: Failure, arrivals: readonly Arrival[]): string | undefined {
    const { stage } = failure;
    if (stage === 'evaluate' || stage === 'endorse') {
        const names = { broken: 'GatewayFailure', busy: 'BusyFailure', nothing: 'TimeoutFailure' };
        const reason = reasonOf(arrivals.filter(({ call }) => call === stage));
        return reason && `${names[reason]} at ${stage}: ${codeOf(reason, failure)}`;
    }
    // From the first submission on nobody but the ledger knows: what counts is what came of the last asking.
    const asked = arrivals.slice(arrivals.map(({ call }) => call).lastIndexOf('submit') + 1);
    const reason = stage === 'commit' && asked.length < arrivals.length ? reasonOf(asked) : undefined;
    return reason && `OutcomeUnknown at commit: ${codeOf(reason, failure)}`;
}

/** What came of calls that did not succeed: that nothing came in time explains less than what made the caller ask again. */
function reasonOf(calls: readonly Arrival[]): 'broken' | 'busy' | 'nothing' | undefined {
    const came = calls.map(call => (call.late ? 'nothing' : call.came));
    const last = came.at(-1) ?? 'nothing';
    if (last === 'answer' || last === 'error') return undefined;
    return came.reverse().find(each => each === 'broken' || each === 'busy') ?? 'nothing';
}

function codeOf(reason: 'broken' | 'busy' | 'nothing', { cause }: Failure): string | undefined {
    // A busy peer has no code of its own: whatever its gateway made of it.
    if (reason === 'busy') return cause instanceof GatewayError ? status[cause.code] : undefined;
    return status[reason === 'broken' ? status.UNAVAILABLE : status.DEADLINE_EXCEEDED];
}
