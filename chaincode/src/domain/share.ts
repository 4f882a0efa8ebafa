import { divide } from './rate';

import type { Amount } from './money';

/**
 * Splits an amount by weights so that the parts sum to it exactly: the largest-remainder rule (Hamilton). Each part is first
 * rounded down; the units left over go to the largest remainders, equal remainders in the order given.
 */
export function share(total: Amount, weights: readonly bigint[]): Amount[] {
    if (weights.some(weight => weight < 0n)) throw new RangeError('a weight is negative');
    const sum = weights.reduce((a, b) => a + b, 0n);
    if (sum === 0n) {
        if (total !== 0n) throw new RangeError('nothing to share by: every weight is zero');
        return weights.map(() => 0n as Amount);
    }
    // Everything that is due is paid: by far the most frequent case.
    if (total === sum) return [...weights] as Amount[];
    const parts = weights.map(weight => divide(total * weight, sum, 'down'));
    const remainders = weights.map((weight, i) => magnitude(total * weight - (parts[i] ?? 0n) * sum));
    const unit = total < 0n ? -1n : 1n;
    let left = magnitude(total - parts.reduce((a, b) => a + b, 0n));
    for (const i of byRemainder(remainders)) {
        if (left === 0n) break;
        parts[i] = (parts[i] ?? 0n) + unit;
        left -= 1n;
    }
    return parts as Amount[];
}

function byRemainder(remainders: readonly bigint[]): number[] {
    return remainders
        .map((_, i) => i)
        .sort((a, b) => {
            const [left, right] = [remainders[a] ?? 0n, remainders[b] ?? 0n];
            return left === right ? a - b : left > right ? -1 : 1;
        });
}

function magnitude(value: bigint): bigint {
    return value < 0n ? -value : value;
}
