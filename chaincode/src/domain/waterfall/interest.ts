import { addFractions, compareFractions } from '../formula/value';
import { divide } from '../rate';
import { amountIn, put } from './frame';

import type { Frame } from '../formula/scope';
import type { Fraction } from '../formula/value';
import type { Coupon } from '../terms/terms';
import type { Dates } from './dates';
import type { TrancheProgram } from './tranche';
import type { Vocabulary } from './vocabulary';

/** What computes the interest of a tranche when a run opens: this period's, and what was carried with the interest on it. */
export function compileAccrual(
    vocabulary: Vocabulary,
    dates: Dates,
    tranche: TrancheProgram,
    at: string,
): (frame: Frame) => void {
    const { coupon } = tranche.terms;
    if (!coupon) return frame => put(frame, tranche.interestDue, amountIn(frame, tranche.interestCarried));
    const yearly = compileRate(vocabulary, dates, coupon, `${at}.coupon`);
    const part = dates.accrual(coupon.dayCount, coupon.accrual ?? 'unadjusted');
    const notional = compileNotional(vocabulary, tranche, at);
    const isCompound = tranche.terms.interestOnShortfall !== 'none';
    return frame => {
        const [rate, fraction] = [yearly(frame), part(frame)];
        const interest = owed(notional(frame), rate, fraction);
        const carried = amountIn(frame, tranche.interestCarried);
        const onCarried = isCompound && carried > 0n ? owed(carried, rate, fraction) : 0n;
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

/** Interest in whole minor units, half a unit up; nothing at a negative rate, since holders never pay. */
function owed(balance: bigint, rate: Fraction, part: Fraction): bigint {
    const interest = accrued(balance, rate, part);
    return interest < 0n ? 0n : interest;
}

/** Balance x rate x part of a year in whole minor units, half a unit up. */
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
