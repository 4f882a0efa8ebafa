import { divide } from '../rate';
import { addFractions, compareFractions } from '../formula/value';
import { amountIn, put, rateIn } from './frame';

import type { Frame } from '../formula/scope';
import type { Fraction } from '../formula/value';
import type { Amount } from '../money';
import type { Coupon, Tranche } from '../terms/terms';
import type { Dates } from './dates';
import type { TrancheState } from './state';
import type { Slot, Vocabulary } from './vocabulary';

/** A tranche while a deal runs. */
export interface TrancheProgram {
    readonly id: string;
    readonly terms: Tranche;
    readonly balance: Slot;
    readonly opening: Slot;
    /** Accrued this period; carried from before; accrued on what was carried; the sum; and what has been paid of it. */
    readonly interest: Slot;
    readonly interestCarried: Slot;
    readonly interestOnCarried: Slot;
    readonly interestDue: Slot;
    readonly interestPaid: Slot;
    readonly principalPaid: Slot;
    /** Paid beyond interest and principal: what is left over goes to the holders of a residual class. */
    readonly residual: Slot;
    readonly writtenDown: Slot;
    readonly rate: Slot;
}

type Task = (frame: Frame) => void;

/**
 * Names a tranche's figures. Interest is accrued when the run opens, in its place in the order of dependence: a coupon's formula
 * may use values, and values may use interest.
 */
export function compileTranche(
    vocabulary: Vocabulary,
    dates: Dates,
    opening: Task[],
    terms: Tranche,
    at: string,
): TrancheProgram {
    const { id } = terms;
    const money = (name: string) => vocabulary.slot(`${id}.${name}`, 'money', `${at}.id`);
    const hidden = () => vocabulary.hiddenSlot('money');
    const tranche: TrancheProgram = {
        id,
        terms,
        balance: money('balance'),
        opening: money('opening'),
        interest: hidden(),
        interestCarried: money('interestCarried'),
        interestOnCarried: hidden(),
        interestDue: hidden(),
        interestPaid: money('interestPaid'),
        principalPaid: money('principalPaid'),
        residual: money('residual'),
        writtenDown: money('writtenDown'),
        rate: vocabulary.hiddenSlot('rate'),
    };
    nameAccrued(
        vocabulary,
        tranche,
        once(opening, () => compileAccrual(vocabulary, dates, tranche, at)),
        at,
    );
    nameDerived(vocabulary, tranche, at);
    return tranche;
}

export function openTranche(frame: Frame, tranche: TrancheProgram, state: TrancheState): void {
    put(frame, tranche.balance, state.balance);
    put(frame, tranche.opening, state.balance);
    put(frame, tranche.interestCarried, state.interestShortfall);
    put(frame, tranche.writtenDown, state.writtenDown);
}

/** Interest due on this date and not paid so far. */
export function interestUnpaid(frame: Frame, tranche: TrancheProgram): Amount {
    return (amountIn(frame, tranche.interestDue) - amountIn(frame, tranche.interestPaid)) as Amount;
}

/** Puts a task among those that open a run, the first time one of the names it serves is used. */
function once(opening: Task[], compile: () => Task): () => void {
    let isDone = false;
    return () => {
        if (isDone) return;
        isDone = true;
        opening.push(compile());
    };
}

function nameAccrued(vocabulary: Vocabulary, tranche: TrancheProgram, accrue: () => void, at: string): void {
    const names = { interest: 'money', interestOnCarried: 'money', interestDue: 'money', rate: 'rate' } as const;
    for (const [name, unit] of Object.entries(names) as [keyof typeof names, 'money' | 'rate'][])
        vocabulary.defer(
            `${tranche.id}.${name}`,
            () => {
                accrue();
                const { index } = tranche[name];
                return { unit, read: frame => frame.values[index] as bigint | Fraction };
            },
            `${at}.id`,
        );
    vocabulary.defer(
        `${tranche.id}.interestShortfall`,
        () => {
            accrue();
            return { unit: 'money', read: frame => interestUnpaid(frame, tranche) };
        },
        `${at}.id`,
    );
}

function nameDerived(vocabulary: Vocabulary, tranche: TrancheProgram, at: string): void {
    const original = tranche.terms.balance;
    const factor = (slot: Slot) => (frame: Frame) =>
        original === 0n ? { n: 0n, d: 1n } : { n: amountIn(frame, slot), d: original };
    const derive = (name: string, read: (frame: Frame) => Fraction | bigint, unit: 'money' | 'rate') =>
        vocabulary.derive(`${tranche.id}.${name}`, { unit, read }, `${at}.id`);
    derive('original', () => original, 'money');
    derive('factor', factor(tranche.balance), 'rate');
    derive('openingFactor', factor(tranche.opening), 'rate');
}

function compileAccrual(vocabulary: Vocabulary, dates: Dates, tranche: TrancheProgram, at: string): Task {
    const { coupon } = tranche.terms;
    if (!coupon) return frame => put(frame, tranche.interestDue, amountIn(frame, tranche.interestCarried));
    const yearly = compileRate(vocabulary, dates, coupon, `${at}.coupon`);
    const part = dates.accrual(coupon.dayCount, coupon.accrual ?? 'unadjusted');
    const notional = compileNotional(vocabulary, tranche, at);
    const isCompound = tranche.terms.interestOnShortfall !== 'none';
    return frame => {
        const [rate, fraction] = [yearly(frame), part(frame)];
        const interest = accrued(notional(frame), rate, fraction);
        const carried = amountIn(frame, tranche.interestCarried);
        const onCarried = isCompound && carried > 0n ? accrued(carried, rate, fraction) : 0n;
        put(frame, tranche.rate, rate);
        put(frame, tranche.interest, interest);
        put(frame, tranche.interestOnCarried, onCarried);
        put(frame, tranche.interestDue, interest + carried + onCarried);
    };
}

function compileNotional(vocabulary: Vocabulary, tranche: TrancheProgram, at: string): (frame: Frame) => bigint {
    const { notional } = tranche.terms;
    if (notional === undefined) return frame => amountIn(frame, tranche.balance);
    return vocabulary.compile(notional, 'money', `${at}.notional`).run;
}

/** Interest in whole minor units, half a unit up. */
export function accrued(balance: bigint, rate: Fraction, part: Fraction): bigint {
    return divide(balance * rate.n * part.n, rate.d * part.d, 'half-up');
}

function compileRate(vocabulary: Vocabulary, dates: Dates, coupon: Coupon, at: string): (frame: Frame) => Fraction {
    const given = [coupon.fixed, coupon.index, coupon.formula].filter(kind => kind !== undefined);
    if (given.length !== 1) vocabulary.report('coupon', at, 'exactly one of fixed, index and formula');
    const stepped = compileSteps(dates, coupon);
    if (coupon.formula !== undefined) {
        const { run } = vocabulary.compile(coupon.formula, 'rate', `${at}.formula`);
        return clamped(run, coupon);
    }
    if (coupon.index === undefined) return clamped(stepped, coupon);
    const index = vocabulary.compile(coupon.index, 'rate', `${at}.index`);
    return clamped(frame => addFractions(index.run(frame), stepped(frame)), coupon);
}

/** The fixed rate or the margin in force on the first day of the accrual period. */
function compileSteps(dates: Dates, coupon: Coupon): (frame: Frame) => Fraction {
    const first = coupon.fixed ?? coupon.margin ?? { n: 0n, d: 1n };
    const { steps } = coupon;
    if (!steps) return () => first;
    const start = dates.accrualStart(coupon.accrual);
    return frame => {
        const day = start(frame);
        let rate: Fraction = first;
        for (const step of steps) if (step.from <= day) rate = step.rate;
        return rate;
    };
}

function clamped(rate: (frame: Frame) => Fraction, { cap, floor }: Coupon): (frame: Frame) => Fraction {
    if (!cap && !floor) return rate;
    return frame => {
        const value = rate(frame);
        if (cap && compareFractions(value, cap) > 0n) return cap;
        return floor && compareFractions(value, floor) < 0n ? floor : value;
    };
}

/** Interest rate of a tranche in force in this run. */
export function rateOf(frame: Frame, tranche: TrancheProgram): Fraction {
    return rateIn(frame, tranche.rate);
}
