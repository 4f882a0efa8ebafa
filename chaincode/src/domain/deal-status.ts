import { openingState } from './waterfall/opening';
import { Refusal } from './refusal';

import type { Day } from './day';
import type { Declarations, RunRecord } from './run';
import type { DealState, TriggerState } from './waterfall/state';
import type { Status, Terms } from './terms/terms';
import type { Watch } from './observation';

/** The state in which a deal stands now: as its last run left it, and as was declared and observed since. */
export function stateNow(
    terms: Terms,
    last: RunRecord | undefined,
    declarations: Declarations | undefined,
    watch: Watch | undefined,
): DealState {
    const run = last?.run?.state ?? openingState(terms);
    const declared = nextDeclared(declarations?.declared ?? [], last?.period ?? 0);
    const observed = watch === undefined ? run : observedUntil(run, watch, watch.asOf ?? run.asOf);
    return declared === undefined ? observed : { ...observed, status: declared.status };
}

/** What was declared last for the first period still to be run for which anything is: it holds at once, whatever is to follow it. */
function nextDeclared(declared: Declarations['declared'], lastRun: number) {
    const ahead = declared.filter(({ period }) => period > lastRun);
    const first = Math.min(...ahead.map(({ period }) => period));
    return ahead.filter(({ period }) => period === first).at(-1);
}

/** The status of the terms in which a deal stands now. @throws Refusal STATUS_UNKNOWN */
export function statusNow(
    terms: Terms,
    last: RunRecord | undefined,
    declarations: Declarations | undefined,
    watch: Watch | undefined,
): Status {
    const { status } = stateNow(terms, last, declarations, watch);
    const found = terms.statuses.find(({ id }) => id === status);
    if (found === undefined) throw new Refusal('STATUS_UNKNOWN', { status });
    return found;
}

/**
 * A state that a run has left behind, with what was observed since, up to a day. How long a condition has held is as the days say, which
 * know more than the month's end; whether it has tripped is as the later of the two says.
 */
export function observedUntil(state: DealState, watch: Watch, until: Day): DealState {
    const trips = watch.trips.filter(({ day }) => day > state.asOf && day <= until);
    const status = trips.filter(trip => trip.status !== undefined).at(-1)?.status ?? state.status;
    const triggers: Record<string, TriggerState> = { ...state.triggers };
    const isComplete = watch.asOf !== undefined && watch.asOf <= until;
    for (const [id, seen] of Object.entries(isComplete ? watch.triggers : {})) {
        const tripped = triggers[id]?.tripped ?? false;
        triggers[id] = { ...seen, tripped };
    }
    for (const { trigger, happened } of trips) {
        const before = triggers[trigger];
        if (before) triggers[trigger] = { ...before, tripped: happened === 'tripped' };
    }
    return { ...state, status, triggers };
}
