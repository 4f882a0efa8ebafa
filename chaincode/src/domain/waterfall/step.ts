import { rate } from '../rate';
import { deposit, withdraw } from './account';
import { feePayable, payFee } from './fee';
import { unlessUnresolved } from './entities';
import { amountIn, increase, put } from './frame';
import { hedgeUnpaid } from './hedge';
import { interestUnpaid } from './interest';
import { balances, compileProRata, compileSplit, inTurn, redeem } from './principal';

import type { Program } from '../formula/compile';
import type { Frame, ScopeName } from '../formula/scope';
import type { Fraction } from '../formula/value';
import type { Amount } from '../money';
import type { Step } from '../terms/terms';
import type { Unit } from '../terms/facts';
import type { AccountProgram } from './account';
import type { Entities } from './entities';
import type { Run } from './frame';
import type { TrancheProgram } from './interest';
import type { PaymentRecord, RecordedValue } from './record';
import type { Slot, Vocabulary } from './vocabulary';

/** A step ready to run. */
export type StepProgram = (run: Run) => void;

/** What compiling a step needs: the names, the deal's things by id, and the slots of step results. */
export interface StepContext {
    readonly vocabulary: Vocabulary;
    readonly entities: Entities;
    readonly results: Results;
    /** The names a step's record has the values of, in order. */
    readonly inputs: Map<Step, readonly NamedInput[]>;
    /** Runs a `test` step's trigger. */
    readonly test: (run: Run, trigger: string) => boolean;
}

export type NamedInput = ScopeName & { readonly name: string };

/** The slots in which a step leaves its figures, shared by the steps of that id in every waterfall. */
export interface Results {
    readonly amounts: (id: string) => { readonly due: Slot; readonly paid: Slot };
    readonly value: (id: string) => Slot | undefined;
}

type Kind<K extends Step['do']> = Step & { readonly do: K };
type PayingStep = Extract<Step, { readonly support?: readonly string[] }>;

/** Where a payment comes from, and what a shortfall of it does. */
type Source = Pick<PayingStep, 'from' | 'support' | 'limit' | 'shortfall'>;

export function compileSteps(context: StepContext, steps: readonly Step[], at: string): StepProgram {
    const programs = steps.flatMap(
        (step, i) => unlessUnresolved(() => compileStep(context, step, `${at}[${i}]`)) ?? [],
    );
    return run => {
        for (const program of programs) program(run);
    };
}

function compileStep(context: StepContext, step: Step, at: string): StepProgram {
    switch (step.do) {
        case 'book':
            return compileBook(context, step, at);
        case 'change-status':
            return compileChangeStatus(context, step, at);
        case 'draw':
            return compileDraw(context, step, at);
        case 'fund':
            return compileFund(context, step, at);
        case 'if':
            return compileIf(context, step, at);
        case 'pay':
            return compilePay(context, step, at);
        case 'pay-fee':
            return compilePayFee(context, step, at);
        case 'pay-interest':
            return compilePayInterest(context, step, at);
        case 'pay-principal':
            return compilePayPrincipal(context, step, at);
        case 'set':
            return compileSet(context, step, at);
        case 'settle-hedge':
            return compileSettleHedge(context, step, at);
        case 'test':
            return compileTest(context, step, at);
        case 'transfer':
            return compileTransfer(context, step, at);
        case 'write-down':
        case 'reinstate':
            return compileWriteDown(context, step, at);
    }
}

/**
 * Values of the names of formulas, as they go into a record. Read before the step changes anything. The names themselves are kept
 * with the step, for `explain`.
 */
function inputsOf(
    context: StepContext,
    step: Step,
    programs: readonly (Program | undefined)[],
): (frame: Frame) => readonly RecordedValue[] | undefined {
    const names = new Map<string, NamedInput>();
    for (const program of programs) for (const name of program?.names ?? []) names.set(name.name, name);
    const inputs = Array.from(names.values());
    context.inputs.set(step, inputs);
    if (inputs.length === 0) return () => undefined;
    return frame => inputs.map(({ unit, read }) => recorded(unit, read(frame)));
}

const rateTexts = new WeakMap<Fraction, string>();

/** `n/d` in lowest terms. The same fraction is asked for often: a coupon every month, a value in several steps. */
function rateText(fraction: Fraction): string {
    const known = rateTexts.get(fraction);
    if (known !== undefined) return known;
    const { n, d } = rate(fraction.n, fraction.d);
    const text = `${n}/${d}`;
    rateTexts.set(fraction, text);
    return text;
}

/** A formula's value in canonical form. */
export function recorded(unit: Unit, value: unknown): RecordedValue {
    if (unit !== 'rate') return value as RecordedValue;
    return rateText(value as Fraction);
}

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
function compilePayment(
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

function payTo(run: Run, payee: string, amount: bigint): void {
    if (amount > 0n) run.payments[payee] = ((run.payments[payee] ?? 0n) + amount) as Amount;
}

function compilePayFee(context: StepContext, step: Kind<'pay-fee'>, at: string): StepProgram {
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

/** An amount that is not a formula of the terms but the figure of the thing paid. */
function everything(run: (frame: Frame) => bigint): Program<bigint> {
    return { unit: 'money', run, names: [] };
}

function compilePayInterest(context: StepContext, step: Kind<'pay-interest'>, at: string): StepProgram {
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

function compilePayPrincipal(context: StepContext, step: Kind<'pay-principal'>, at: string): StepProgram {
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

function compilePay(context: StepContext, step: Kind<'pay'>, at: string): StepProgram {
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

function compileFund(context: StepContext, step: Kind<'fund'>, at: string): StepProgram {
    const account = context.entities.account(step.account, `${at}.account`);
    const target = context.entities.target(account);
    const missing = (frame: Frame) => target.run(frame) - amountIn(frame, account.balance);
    return compilePayment(
        context,
        step,
        {
            amount: optionalAmount(context, step.amount, at) ?? { ...target, run: missing },
            give: ({ frame }, paid) => {
                deposit(frame, account, paid);
                return undefined;
            },
        },
        at,
    );
}

function compileDraw(context: StepContext, step: Kind<'draw'>, at: string): StepProgram {
    const into = context.entities.account(step.into, `${at}.into`);
    return compilePayment(
        context,
        step,
        {
            amount: optionalAmount(context, step.amount, at),
            give: ({ frame }, paid) => {
                deposit(frame, into, paid);
                return undefined;
            },
        },
        at,
    );
}

function compileTransfer(context: StepContext, step: Kind<'transfer'>, at: string): StepProgram {
    const into = context.entities.account(step.to, `${at}.to`);
    return compilePayment(
        context,
        step,
        {
            amount: optionalAmount(context, step.amount, at),
            give: ({ frame }, paid) => {
                deposit(frame, into, paid);
                return undefined;
            },
        },
        at,
    );
}

function compileSettleHedge(context: StepContext, step: Kind<'settle-hedge'>, at: string): StepProgram {
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

function compileBook(context: StepContext, step: Kind<'book'>, at: string): StepProgram {
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

function compileWriteDown(context: StepContext, step: Kind<'write-down' | 'reinstate'>, at: string): StepProgram {
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

function compileSet(context: StepContext, step: Kind<'set'>, at: string): StepProgram {
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

function compileIf(context: StepContext, step: Kind<'if'>, at: string): StepProgram {
    const when = context.vocabulary.compile(step.when, 'boolean', `${at}.when`);
    const then = compileSteps(context, step.then, `${at}.then`);
    const otherwise = compileSteps(context, step.else ?? [], `${at}.else`);
    const inputs = inputsOf(context, step, [when]);
    return run => {
        const used = inputs(run.frame);
        const holds = when.run(run.frame);
        run.steps.push({ id: step.id, outcome: holds, ...(used ? { inputs: used } : {}) });
        (holds ? then : otherwise)(run);
    };
}

function compileTest(context: StepContext, step: Kind<'test'>, at: string): StepProgram {
    context.entities.trigger(step.trigger, `${at}.trigger`);
    return run => {
        run.steps.push({ id: step.id, outcome: context.test(run, step.trigger) });
    };
}

function compileChangeStatus(context: StepContext, step: Kind<'change-status'>, at: string): StepProgram {
    context.entities.status(step.status, `${at}.status`);
    return run => {
        run.frame.status = step.status;
        run.steps.push({ id: step.id, outcome: step.status });
    };
}

function optionalAmount(context: StepContext, formula: string | undefined, at: string): Program<bigint> | undefined {
    return formula === undefined ? undefined : context.vocabulary.compile(formula, 'money', `${at}.amount`);
}

function tranchesOf(context: StepContext, ids: readonly string[], at: string): readonly TrancheProgram[] {
    return ids.flatMap((id, i) => context.entities.tranches(id, `${at}.tranches[${i}]`));
}

/** What each received, those with nothing left out; nothing where there is only one. */
function named(
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

function sum(amounts: readonly bigint[]): bigint {
    let total = 0n;
    for (const amount of amounts) total += amount;
    return total;
}
