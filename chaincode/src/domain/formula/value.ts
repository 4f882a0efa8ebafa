import { divide } from '../rate';
import { Refusal } from '../refusal';

import type { Day } from '../day';
import type { Rounding } from '../rate';
import type { Unit } from '../terms/facts';

/**
 * An exact fraction as formulas compute with it: like a Rate, but not kept in lowest terms, since finding a common divisor after
 * every operation costs far more than the operation. `d` is positive.
 */
export interface Fraction {
    readonly n: bigint;
    readonly d: bigint;
}

/**
 * What an expression yields. `unrounded` is money times or over a number, before `round` makes it money again; it may stand
 * wherever exactness is harmless (comparisons, further arithmetic) but never as an amount to pay.
 */
export type ValueUnit = Unit | 'unrounded';

/** Money and counts are bigint, rates and unrounded money fractions. */
export type FormulaValue = bigint | Fraction | Day | boolean;

/** Units as problems name them. */
export const unitNames: Readonly<Record<ValueUnit, string>> = {
    boolean: 'a condition',
    count: 'a count',
    date: 'a date',
    money: 'money',
    rate: 'a rate',
    unrounded: 'unrounded money (say how to round: `round(..., half-up)`)',
};

/** Whether values of the unit are fractions. */
export function isFractional(unit: ValueUnit): boolean {
    return unit === 'rate' || unit === 'unrounded';
}

/** Exactly, not in lowest terms. @throws Refusal FACTS_INVALID */
export function addFractions(a: Fraction, b: Fraction): Fraction {
    return a.d === b.d ? { n: a.n + b.n, d: a.d } : bounded(a.n * b.d + b.n * a.d, a.d * b.d);
}

/** Exactly, not in lowest terms. @throws Refusal FACTS_INVALID */
export function subtractFractions(a: Fraction, b: Fraction): Fraction {
    return a.d === b.d ? { n: a.n - b.n, d: a.d } : bounded(a.n * b.d - b.n * a.d, a.d * b.d);
}

/** Exactly, not in lowest terms. @throws Refusal FACTS_INVALID */
export function multiplyFractions(a: Fraction, b: Fraction): Fraction {
    return bounded(a.n * b.n, a.d * b.d);
}

/**
 * The language is total: a division by zero yields zero, as certificates print ratios of a pool that is gone.
 * @throws Refusal FACTS_INVALID
 */
export function divideFractions(a: Fraction, b: Fraction): Fraction {
    if (b.n === 0n) return { n: 0n, d: 1n };
    return b.n < 0n ? bounded(-a.n * b.d, -a.d * b.n) : bounded(a.n * b.d, a.d * b.n);
}

/** A product of whole numbers. @throws Refusal FACTS_INVALID */
export function multiplyWhole(a: bigint, b: bigint): bigint {
    return bounded(a * b, 1n).n;
}

/** Far beyond any rate of a deal, and short enough for the ledger to keep. */
const largest = 10n ** 600n;

/**
 * Exact figures double their digits each time they are multiplied with themselves: without a bound, twenty short formulas would keep
 * every peer busy for hours.
 */
function bounded(n: bigint, d: bigint): Fraction {
    if (d > largest || n > largest || n < -largest)
        throw new Refusal('FACTS_INVALID', { at: 'a formula', problem: 'a figure of more than 600 digits' });
    return { n, d };
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareFractions(a: Fraction, b: Fraction): bigint {
    return a.d === b.d ? a.n - b.n : a.n * b.d - b.n * a.d;
}

/** In whole units. */
export function roundFraction(value: Fraction, rounding: Rounding): bigint {
    return divide(value.n, value.d, rounding);
}
