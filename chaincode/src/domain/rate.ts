import { Refusal } from './refusal';

import type { Amount } from './money';

/** An exact fraction in lowest terms, `d` positive: an interest rate, a share, a factor. */
export interface Rate {
    readonly n: bigint;
    readonly d: bigint;
}

/** What happens to the part below the last digit kept. Always a named argument, never a default. */
export type Rounding = 'down' | 'up' | 'half-up' | 'half-even';

export const nought: Rate = { n: 0n, d: 1n };
export const one: Rate = { n: 1n, d: 1n };

/** `n / d` in lowest terms. */
export function rate(n: bigint, d = 1n): Rate {
    if (d === 0n) throw new RangeError('a rate cannot be divided by zero');
    const divisor = greatestCommonDivisor(n, d) * (d < 0n ? -1n : 1n);
    return { n: n / divisor, d: d / divisor };
}

/** Far longer than any rate: to bring a million digits to lowest terms would take minutes. */
const longestRate = 200;

/**
 * Reads `0.0280`, `2.8%` or `7/12`.
 * @throws Refusal REQUEST_INVALID
 */
export function parseRate(text: string, at = 'rate'): Rate {
    const match = text.length > longestRate ? null : /^(-?\d+)(?:\.(\d+))?(?:(%)|\/(\d+))?$/.exec(text.trim());
    if (!match || /^0+$/.test(match[4] ?? '1') || (match[2] !== undefined && match[4] !== undefined))
        throw new Refusal('REQUEST_INVALID', { at, problem: 'not a rate such as 0.028, 2.8% or 7/12' });
    const fraction = match[2] ?? '';
    const n = BigInt(`${match[1] ?? ''}${fraction}`);
    return rate(n, 10n ** BigInt(fraction.length) * (match[3] ? 100n : 1n) * BigInt(match[4] ?? '1'));
}

/** `rate` as a decimal with `digits` places, as factors (7 places) and percentages are published. */
export function formatRate(value: Rate, digits: number, rounding: Rounding): string {
    const scaled = divide(value.n * 10n ** BigInt(digits), value.d, rounding);
    const text = (scaled < 0n ? -scaled : scaled).toString().padStart(digits + 1, '0');
    const sign = scaled < 0n ? '-' : '';
    return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export function plus(a: Rate, b: Rate): Rate {
    return rate(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function minus(a: Rate, b: Rate): Rate {
    return rate(a.n * b.d - b.n * a.d, a.d * b.d);
}

export function times(a: Rate, b: Rate): Rate {
    return rate(a.n * b.n, a.d * b.d);
}

export function over(a: Rate, b: Rate): Rate {
    return rate(a.n * b.d, a.d * b.n);
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compare(a: Rate, b: Rate): number {
    const difference = a.n * b.d - b.n * a.d;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The stated part of an amount, in whole minor units. */
export function portion(amount: Amount, part: Rate, rounding: Rounding): Amount {
    return divide(amount * part.n, part.d, rounding) as Amount;
}

/** Integer division with stated rounding; `down` and `up` are toward and away from zero. */
export function divide(n: bigint, d: bigint, rounding: Rounding): bigint {
    const negative = n < 0n !== d < 0n;
    const top = n < 0n ? -n : n;
    const bottom = d < 0n ? -d : d;
    const quotient = top / bottom;
    const rounded = roundsUp(quotient, top % bottom, bottom, rounding) ? quotient + 1n : quotient;
    return negative ? -rounded : rounded;
}

function roundsUp(quotient: bigint, remainder: bigint, divisor: bigint, rounding: Rounding): boolean {
    if (remainder === 0n || rounding === 'down') return false;
    if (rounding === 'up') return true;
    const twice = remainder * 2n;
    if (twice !== divisor) return twice > divisor;
    return rounding === 'half-up' || quotient % 2n === 1n;
}

/** Euclid's algorithm, in plain numbers as soon as both are small enough to be exact there: several times faster. */
function greatestCommonDivisor(a: bigint, b: bigint): bigint {
    let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
    while (y > largestExact) [x, y] = [y, x % y];
    if (y === 0n) return x === 0n ? 1n : x;
    let [p, q] = [Number(y), Number(x % y)];
    while (q !== 0) [p, q] = [q, p % q];
    return BigInt(p);
}

const largestExact = BigInt(Number.MAX_SAFE_INTEGER);
