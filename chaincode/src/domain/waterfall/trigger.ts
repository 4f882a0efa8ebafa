import { daysBetween } from '../day';
import { put } from './frame';

import type { Program } from '../formula/compile';
import type { Frame } from '../formula/scope';
import type { Terms, Trigger } from '../terms/terms';
import type { Day } from '../day';
import type { Run } from './frame';
import type { TriggerState } from './state';
import type { Slot, Vocabulary } from './vocabulary';

/** A trigger while a deal runs. */
export interface TriggerProgram {
    readonly id: string;
    readonly terms: Trigger;
    readonly tripped: Slot;
    readonly when: Program<boolean>;
}

/** A trigger whose condition has never held. */
export const untripped: TriggerState = { tripped: false, periods: 0, clear: 0 };

/** The conditions are compiled later than their names, so that they may look at other triggers. */
export function nameTriggers(vocabulary: Vocabulary, terms: Terms): readonly Slot[] {
    return (terms.triggers ?? []).map(({ id }, i) => vocabulary.slot(`${id}.tripped`, 'boolean', `triggers[${i}].id`));
}

/** Triggers in the order they are tested. */
export function compileTriggers(vocabulary: Vocabulary, terms: Terms, tripped: readonly Slot[]): TriggerProgram[] {
    return (terms.triggers ?? []).map((trigger, i) => ({
        id: trigger.id,
        terms: trigger,
        tripped: tripped[i] as Slot,
        when: vocabulary.compile(trigger.when, 'boolean', `triggers[${i}].when`),
    }));
}

/** What a `test` step does: whether the trigger is tripped now. */
export function testStep(triggers: readonly TriggerProgram[]): (run: Run, id: string) => boolean {
    const byId = new Map(triggers.map(trigger => [trigger.id, trigger]));
    return (run, id) => {
        const trigger = byId.get(id);
        if (!trigger) return false;
        const next = testTrigger(run, trigger, run.triggers[id] ?? untripped, run.day, true);
        run.triggers[id] = next;
        return next.tripped;
    };
}

/**
 * Tests a trigger on a day: counts how long its condition has held, trips it once that is long enough, cures it once it has been
 * clear long enough. Returns the trigger's next state; the deal's status and the notices are changed in the run.
 * @param isPaymentDate counts as a period; an observation between payment dates counts days only
 */
export function testTrigger(
    run: Run,
    trigger: TriggerProgram,
    state: TriggerState,
    day: Day,
    isPaymentDate: boolean,
): TriggerState {
    const next = counted(state, trigger.when.run(run.frame), day, isPaymentDate ? 1 : 0);
    const { terms } = trigger;
    if (!next.tripped && hasLasted(next, terms, day)) return trip(run, trigger, { ...next, tripped: true, clear: 0 });
    if (next.tripped && terms.cure && next.clear >= terms.cure.periods)
        return cure(run, trigger, { ...next, tripped: false, clear: 0 });
    return next;
}

function counted(state: TriggerState, holds: boolean, day: Day, period: 0 | 1): TriggerState {
    if (holds) return { tripped: state.tripped, since: state.since ?? day, periods: state.periods + period, clear: 0 };
    return { tripped: state.tripped, periods: 0, clear: state.tripped ? state.clear + period : 0 };
}

/** The day the condition is first seen counts as the first. */
function hasLasted(state: TriggerState, { lasting }: Trigger, day: Day): boolean {
    if (state.since === undefined) return false;
    const isLongInPeriods = state.periods >= (lasting?.periods ?? 0);
    return isLongInPeriods && daysBetween(state.since, day) + 1 >= (lasting?.days ?? 0);
}

function trip(run: Run, { terms, tripped }: TriggerProgram, next: TriggerState): TriggerState {
    put(run.frame, tripped, true);
    if (terms.status !== undefined) run.frame.status = terms.status;
    run.notices.push({ trigger: terms.id, happened: 'tripped', notify: terms.notify ?? [] });
    return next;
}

function cure(run: Run, { terms, tripped }: TriggerProgram, next: TriggerState): TriggerState {
    put(run.frame, tripped, false);
    if (terms.cure?.status !== undefined) run.frame.status = terms.cure.status;
    run.notices.push({ trigger: terms.id, happened: 'cured', notify: terms.notify ?? [] });
    return next;
}

/** Lays out what the state carries. */
export function openTrigger(frame: Frame, trigger: TriggerProgram, state: TriggerState): void {
    put(frame, trigger.tripped, state.tripped);
}
