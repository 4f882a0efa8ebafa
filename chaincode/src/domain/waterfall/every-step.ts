import type { Step, Terms } from '../terms/terms';

/** Every step of every waterfall, those in branches included, with its path. */
export function* allSteps(terms: Terms): Iterable<{ readonly step: Step; readonly at: string }> {
    for (const [status, steps] of Object.entries(terms.waterfalls)) yield* stepsIn(steps, `waterfalls.${status}`);
}

/** Every step of the waterfall of a status, in the order of the terms: none where the status has none. */
export function* stepsOf({ waterfalls }: Terms, status: string): Iterable<Step> {
    for (const { step } of stepsIn(waterfalls[status] ?? [], `waterfalls.${status}`)) yield step;
}

function* stepsIn(steps: readonly Step[], at: string): Iterable<{ readonly step: Step; readonly at: string }> {
    for (const [i, step] of steps.entries()) {
        yield { step, at: `${at}[${i}]` };
        if (step.do !== 'if') continue;
        yield* stepsIn(step.then, `${at}[${i}].then`);
        yield* stepsIn(step.else ?? [], `${at}[${i}].else`);
    }
}

/** Whether a step has `due`, `paid` and `short`; the others decide something. */
export function movesMoney(step: Step): boolean {
    return !['set', 'if', 'test', 'change-status'].includes(step.do);
}
