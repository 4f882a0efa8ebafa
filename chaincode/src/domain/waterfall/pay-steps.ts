import { feePayable, payFee } from './fee';
import { increase } from './frame';
import { hedgeUnpaid } from './hedge';
import { interestUnpaid } from './tranche';
import { compilePayment, everything, named, optionalAmount, payTo, sum } from './payment';
import { balances, compileProRata, compileSplit, redeem } from './principal';
import { tranchesOf } from './step-context';

import type { Frame } from '../formula/scope';
import type { Kind, NamedInput, StepContext, StepProgram } from './step-context';

/** `pay-fee`: what is due within the cap, or beyond it. */
export function compilePayFee(context: StepContext, step: Kind<'pay-fee'>, at: string): StepProgram {
    const fee = context.entities.fee(step.fee, `${at}.fee`);
    const beyondCap = step.beyondCap ?? false;
    return compilePayment(
        context,
        step,
        {
            amount: {
                unit: 'money',
                run: frame => feePayable(frame, fee, beyondCap),
                names: feeFigures(context, step.fee),
            },
            give: (run, paid) => {
                payFee(run.frame, fee, paid, beyondCap);
                payTo(run, fee.terms.to, paid);
                return undefined;
            },
        },
        at,
    );
}

/** A fee's formula may read what earlier steps change, so the record holds what it came to. */
function feeFigures({ vocabulary }: StepContext, id: string): readonly NamedInput[] {
    return [`${id}.earned`, `${id}.carried`].flatMap(name => vocabulary.compile(name, 'money', name).names);
}

/** `pay-interest`: what is due to the tranches together, pro rata when cash is short. */
export function compilePayInterest(context: StepContext, step: Kind<'pay-interest'>, at: string): StepProgram {
    const tranches = tranchesOf(context, step.tranches, at);
    const divide = compileProRata(tranches);
    const due = (frame: Frame) => tranches.map(tranche => interestUnpaid(frame, tranche));
    return compilePayment(
        context,
        step,
        {
            amount: everything(frame => sum(due(frame))),
            give: ({ frame }, paid) => {
                if (paid === 0n) return undefined;
                const parts = divide(due(frame), paid);
                tranches.forEach((tranche, i) => increase(frame, tranche.interestPaid, parts[i] ?? 0n));
                return named(tranches, parts);
            },
        },
        at,
    );
}

/** `pay-principal`: never more than the balances. */
export function compilePayPrincipal(context: StepContext, step: Kind<'pay-principal'>, at: string): StepProgram {
    const tranches = tranchesOf(context, step.tranches, at);
    const plans = tranches.map(tranche => context.entities.plan(tranche, at));
    const split = compileSplit(step.split, tranches, plans);
    return compilePayment(
        context,
        step,
        {
            amount: optionalAmount(context, step.amount, at),
            room: frame => sum(balances(frame, tranches)),
            give: ({ frame }, paid) => {
                if (paid === 0n) return undefined;
                const parts = split(frame, paid);
                tranches.forEach((tranche, i) => redeem(frame, tranche, parts[i] ?? 0n));
                return named(tranches, parts);
            },
        },
        at,
    );
}

/** `settle-hedge`: what the deal owes the counterparty. */
export function compileSettleHedge(context: StepContext, step: Kind<'settle-hedge'>, at: string): StepProgram {
    const hedge = context.entities.hedge(step.hedge, `${at}.hedge`);
    const owed = (frame: Frame) => hedgeUnpaid(frame, hedge);
    return compilePayment(
        context,
        step,
        {
            amount: everything(owed),
            give: (run, paid) => {
                increase(run.frame, hedge.paid, paid);
                payTo(run, hedge.counterparty, paid);
                return undefined;
            },
        },
        at,
    );
}

/** `pay`: to a role, or to a tranche beyond interest and principal. */
export function compilePay(context: StepContext, step: Kind<'pay'>, at: string): StepProgram {
    const tranche = context.entities.payee(step.to, `${at}.to`);
    return compilePayment(
        context,
        step,
        {
            amount: optionalAmount(context, step.amount, at),
            give: (run, paid) => {
                if (tranche) increase(run.frame, tranche.residual, paid);
                else payTo(run, step.to, paid);
                return undefined;
            },
        },
        at,
    );
}
