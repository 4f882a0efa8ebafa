import { put } from './frame';
import { recorded } from './recorded';
import { inputsOf } from './step-context';

import type { Kind, StepContext, StepProgram } from './step-context';

/** `set`: the value stands under the step's id from here on. */
export function compileSet(context: StepContext, step: Kind<'set'>, at: string): StepProgram {
    const slot = context.results.value(step.id);
    const formula = context.vocabulary.compile(step.formula, slot?.unit, `${at}.formula`);
    const inputs = inputsOf(context, step, [formula]);
    return ({ frame, steps }) => {
        const used = inputs(frame);
        const value = formula.run(frame);
        if (slot) put(frame, slot, value);
        steps.push({ id: step.id, outcome: recorded(formula.unit, value), ...(used ? { inputs: used } : {}) });
    };
}

/** `if`: the record says which branch was taken. */
export function compileIf(context: StepContext, step: Kind<'if'>, at: string): StepProgram {
    const when = context.vocabulary.compile(step.when, 'boolean', `${at}.when`);
    const then = context.compile(context, step.then, `${at}.then`);
    const otherwise = context.compile(context, step.else ?? [], `${at}.else`);
    const inputs = inputsOf(context, step, [when]);
    return run => {
        const used = inputs(run.frame);
        const holds = when.run(run.frame);
        run.steps.push({ id: step.id, outcome: holds, ...(used ? { inputs: used } : {}) });
        (holds ? then : otherwise)(run);
    };
}

/** `test`: the record says whether the trigger is tripped. */
export function compileTest(context: StepContext, step: Kind<'test'>, at: string): StepProgram {
    context.entities.trigger(step.trigger, `${at}.trigger`);
    return run => {
        run.steps.push({ id: step.id, outcome: context.test(run, step.trigger) });
    };
}

/** `change-status`: the record says to what. */
export function compileChangeStatus(context: StepContext, step: Kind<'change-status'>, at: string): StepProgram {
    context.entities.status(step.status, `${at}.status`);
    return run => {
        run.frame.status = step.status;
        run.steps.push({ id: step.id, outcome: step.status });
    };
}
