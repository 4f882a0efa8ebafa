import { amountIn, increase, put } from './frame';
import { named, sum } from './payment';
import { balances, inTurn } from './principal';
import { inputsOf, tranchesOf } from './step-context';

import type { Frame } from '../formula/scope';
import type { Amount } from '../money';
import type { TrancheProgram } from './tranche';
import type { Kind, StepContext, StepProgram } from './step-context';

/** `book`: the record shows the ledger before and after. */
export function compileBook(context: StepContext, step: Kind<'book'>, at: string): StepProgram {
    const ledger = context.entities.ledger(step.ledger, `${at}.ledger`);
    const amount = context.vocabulary.compile(step.amount, 'money', `${at}.amount`);
    const slots = context.results.amounts(step.id);
    const inputs = inputsOf(context, step, [amount]);
    return run => {
        const { frame } = run;
        const used = inputs(frame);
        const before = amountIn(frame, ledger.balance);
        const due = amount.run(frame);
        const booked = before + due < 0n ? -before : due;
        increase(frame, ledger.balance, booked);
        put(frame, slots.due, due);
        put(frame, slots.paid, booked);
        const after = amountIn(frame, ledger.balance);
        const record = { id: step.id, due: due as Amount, paid: booked as Amount, before, after };
        run.steps.push(used ? { ...record, inputs: used } : record);
    };
}

/** `write-down` and `reinstate`: the record shows the balances before and after. */
export function compileWriteDown(
    context: StepContext,
    step: Kind<'write-down' | 'reinstate'>,
    at: string,
): StepProgram {
    const tranches = tranchesOf(context, step.tranches, at);
    const amount = context.vocabulary.compile(step.amount, 'money', `${at}.amount`);
    const slots = context.results.amounts(step.id);
    const inputs = inputsOf(context, step, [amount]);
    const isWriteDown = step.do === 'write-down';
    const total = (frame: Frame) => sum(balances(frame, tranches)) as Amount;
    return run => {
        const { frame } = run;
        const used = inputs(frame);
        const before = total(frame);
        const asked = amount.run(frame);
        const due = asked < 0n ? 0n : asked;
        const rooms = isWriteDown
            ? balances(frame, tranches)
            : tranches.map(tranche => amountIn(frame, tranche.writtenDown));
        const parts = inTurn(rooms, due);
        parts.forEach((part, i) => {
            const tranche = tranches[i] as TrancheProgram;
            increase(frame, tranche.balance, isWriteDown ? -part : part);
            increase(frame, tranche.writtenDown, isWriteDown ? part : -part);
        });
        const done = sum(parts);
        const received = named(tranches, parts);
        put(frame, slots.due, due);
        put(frame, slots.paid, done);
        run.steps.push({
            id: step.id,
            due: due as Amount,
            paid: done as Amount,
            before,
            after: total(frame),
            ...(used ? { inputs: used } : {}),
            ...(received ? { parts: received } : {}),
        });
    };
}
