import { Refusal } from '../refusal';
import { dealProgram } from './deal';
import { stagedRun } from './run';
import { testTrigger, untripped } from './trigger';

import type { PeriodFacts } from '../terms/facts';
import type { Terms } from '../terms/terms';
import type { Notice } from './record';
import type { DealState } from './state';

/** What a day between payment dates changed. */
export interface Observation {
    readonly state: DealState;
    readonly notices: readonly Notice[];
}

/**
 * Looks at the deal on a day between payment dates, for conditions that must last a number of days: a pool below its threshold for 30
 * days in a row accelerates the deal on the thirtieth, not on the next payment date. What was seen last is taken to hold until the
 * next observation. No cash moves.
 * @param facts the period's facts so far; `paymentDate` is the day looked at
 * @throws Refusal TERMS_INVALID, FACTS_INVALID, DEAL_FINAL
 */
export function observe(terms: Terms, state: DealState, facts: PeriodFacts): Observation {
    const program = dealProgram(terms);
    if (!program.waterfalls.has(state.status)) throw new Refusal('DEAL_FINAL', { status: state.status });
    const run = stagedRun(program, state, facts);
    for (const trigger of program.triggers)
        if (trigger.terms.lasting?.days !== undefined)
            run.triggers[trigger.id] = testTrigger(run, trigger, run.triggers[trigger.id] ?? untripped, run.day, false);
    return { state: { ...state, status: run.frame.status, triggers: run.triggers }, notices: run.notices };
}
