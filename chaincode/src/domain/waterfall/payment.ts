import { withdraw } from './account';
import { amountIn, increase, put } from './frame';
import { inputsOf } from './step-context';

import type { Program } from '../formula/compile';
import type { Frame } from '../formula/scope';
import type { Amount } from '../money';
import type { Step } from '../terms/terms';
import type { AccountProgram } from './account';
import type { Run } from './frame';
import type { TrancheProgram } from './tranche';
import type { PaymentRecord } from './record';
import type { Kind, StepContext, StepProgram } from './step-context';

type PayingStep = Extract<Step, { readonly support?: readonly string[] }>;

/** Where a payment comes from, and what a shortfall of it does. */
type Source = Pick<PayingStep, 'from' | 'support' | 'limit' | 'shortfall'>;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Payment {
    /** What the step is to pay before its limit; nothing means all that its account holds. */
    readonly amount: Program<bigint> | undefined;
    /** Bounds the amount by what the payee can take, where the amount itself does not. */
    readonly room?: (frame: Frame) => bigint;
    /** Hands over what was paid; returns the parts of several payees. */
    readonly give: (run: Run, paid: bigint) => Readonly<Record<string, Amount>> | undefined;
}

/** The common course of every payment: how much is due, from which accounts, what a shortfall does, and the record of it. */
export function compilePayment(
    context: StepContext,
    step: PayingStep | Kind<'draw'>,
    payment: Payment,
    at: string,
): StepProgram {
    const { vocabulary, entities, results } = context;
    const source: Source = step.do === 'draw' ? { ...pickLimit(step), from: step.account } : step;
    const from = entities.account(source.from, `${at}.from`);
    const support = (source.support ?? []).map((id, i) => entities.account(id, `${at}.support[${i}]`));
    const limit = source.limit === undefined ? undefined : vocabulary.compile(source.limit, 'money', `${at}.limit`);
    const slots = results.amounts(step.id);
    const inputs = inputsOf(context, step, [payment.amount, limit]);
    const fallShort = compileShortfall(context, source, at);
    return run => {
        const { frame } = run;
        const used = inputs(frame);
        const before = amountIn(frame, from.balance);
        const due = bounded(payment.amount?.run(frame), payment.room?.(frame), limit?.run(frame), before) as Amount;
        const drawn = take(frame, from, support, due);
        const paid = drawn.paid as Amount;
        const parts = payment.give(run, paid);
        put(frame, slots.due, due);
        put(frame, slots.paid, paid);
        const record: Writable<PaymentRecord> = {
            id: step.id,
            due,
            paid,
            before,
            after: amountIn(frame, from.balance),
        };
        if (used) record.inputs = used;
        if (drawn.support) record.support = drawn.support;
        if (parts) record.parts = parts;
        run.steps.push(record);
        if (paid < due) fallShort(run, due - paid);
    };
}

function pickLimit({ limit }: Kind<'draw'>): Source {
    return limit === undefined ? {} : { limit };
}

/** The least of what is asked, what the payee can take and the limit; what the account holds when nothing else is said. */
function bounded(
    wanted: bigint | undefined,
    room: bigint | undefined,
    limit: bigint | undefined,
    held: bigint,
): bigint {
    let due = wanted ?? (room === undefined || held < room ? held : room);
    if (room !== undefined && room < due) due = room;
    if (limit !== undefined && limit < due) due = limit;
    return due < 0n ? 0n : due;
}

function take(frame: Frame, from: AccountProgram, support: readonly AccountProgram[], due: bigint) {
    let paid = withdraw(frame, from, due);
    if (paid === due || support.length === 0) return { paid };
    const drawn: Record<string, Amount> = {};
    for (const account of support) {
        const part = withdraw(frame, account, due - paid);
        if (part > 0n) drawn[account.id] = part as Amount;
        paid += part;
    }
    return { paid, support: drawn };
}

function compileShortfall(context: StepContext, { shortfall }: Source, at: string): (run: Run, short: bigint) => void {
    if (!shortfall) return () => undefined;
    const ledger =
        shortfall.ledger === undefined
            ? undefined
            : context.entities.ledger(shortfall.ledger, `${at}.shortfall.ledger`);
    if (shortfall.status !== undefined) context.entities.status(shortfall.status, `${at}.shortfall.status`);
    return (run, short) => {
        if (ledger) increase(run.frame, ledger.balance, short);
        if (shortfall.status !== undefined) run.frame.status = shortfall.status;
    };
}

/** Adds to what a role is paid in this run. */
export function payTo(run: Run, payee: string, amount: bigint): void {
    if (amount > 0n) run.payments[payee] = ((run.payments[payee] ?? 0n) + amount) as Amount;
}

/** An amount that is not a formula of the terms but the figure of the thing paid. */
export function everything(run: (frame: Frame) => bigint): Program<bigint> {
    return { unit: 'money', run, names: [] };
}

/** The step's own amount formula, where it has one. */
export function optionalAmount(
    context: StepContext,
    formula: string | undefined,
    at: string,
): Program<bigint> | undefined {
    return formula === undefined ? undefined : context.vocabulary.compile(formula, 'money', `${at}.amount`);
}

/** What each received, those with nothing left out; nothing where there is only one. */
export function named(
    tranches: readonly TrancheProgram[],
    parts: readonly bigint[],
): Readonly<Record<string, Amount>> | undefined {
    if (tranches.length === 1) return undefined;
    const result: Record<string, Amount> = {};
    tranches.forEach(({ id }, i) => {
        const part = parts[i] ?? 0n;
        if (part > 0n) result[id] = part as Amount;
    });
    return result;
}

/** Sum of amounts. */
export function sum(amounts: readonly bigint[]): bigint {
    let total = 0n;
    for (const amount of amounts) total += amount;
    return total;
}
