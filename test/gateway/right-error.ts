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
 * The failures that are right after what came of a transaction's calls, or of a question's, at the stage where it failed: one, or none
 * where it should not have failed at all. Where the caller had waited its whole time, the last of what came may have come too late.
 */
export function rightFailures(failure: Failure, arrivals: readonly Arrival[], waited: boolean): readonly string[] {
    const came = callsOf(failure, arrivals).map(call => call.came);
    const seen = waited ? [came, ...came.map((_, i): Came[] => [...came.slice(0, i), 'nothing'])] : [came];
    return [...new Set(seen.flatMap(each => reasonOf(each, waited)))].map(reason => nameOf(reason, failure));
}

type Came = Arrival['came'];
type Reason = Extract<Came, 'broken' | 'busy' | 'nothing'>;

/** The calls that decide. From the first submission on nobody but the ledger knows: what counts is what came of the last asking. */
function callsOf({ stage }: Failure, arrivals: readonly Arrival[]): readonly Arrival[] {
    if (stage === 'evaluate' || stage === 'endorse') return arrivals.filter(({ call }) => call === stage);
    return arrivals.slice(arrivals.map(({ call }) => call).lastIndexOf('submit') + 1);
}

/** Why calls did not succeed: that nothing came in time explains less than what made the caller ask again. */
function reasonOf(came: readonly Came[], waited: boolean): readonly Reason[] {
    const last = came.at(-1);
    if (last === 'answer' || last === 'error') return [];
    const reason = [...came].reverse().find(each => each === 'broken' || each === 'busy');
    return reason ? [reason] : waited ? ['nothing'] : [];
}

const names = { broken: 'GatewayFailure', busy: 'BusyFailure', nothing: 'TimeoutFailure' };

function nameOf(reason: Reason, { stage, cause }: Failure): string {
    const name = stage === 'evaluate' || stage === 'endorse' ? names[reason] : 'OutcomeUnknown';
    // A busy peer has no code of its own: whatever its gateway made of it.
    const busy = cause instanceof GatewayError ? cause.code : status.OK;
    const code = { broken: status.UNAVAILABLE, busy, nothing: status.DEADLINE_EXCEEDED }[reason];
    const at = name === 'OutcomeUnknown' ? 'commit' : stage;
    return `${name} at ${at}: ${status[code]}`;
}
