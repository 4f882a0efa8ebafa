import { integer, list, minor, object } from '../shape';
import { Sum } from '../tape/sum';

import type { Reader } from '../shape';

/** First day past due of every bucket, where the deal does not name its own: 31 to 60, 61 to 90, 91 to 120, 121 and more. */
export const usualBuckets: readonly number[] = [31, 61, 91, 121];

/** The loans of one bucket at the end of a month: from so many days past due up to the next bucket. */
export interface Delinquent {
    readonly from: number;
    readonly count: number;
    readonly balance: bigint;
}

export const delinquencyReader: Reader<readonly Delinquent[]> = list(
    object({ from: integer(1), count: integer(0), balance: minor }),
);

/**
 * Sorts loans into buckets by days past due. A loan without a balance is in none.
 * @param buckets first days, ascending
 */
export function delinquencyOf(days: Float64Array, balances: Float64Array, buckets: readonly number[]): Delinquent[] {
    const sums = buckets.map(from => ({ from, count: 0, balance: new Sum() }));
    days.forEach((late, row) => {
        const balance = balances[row] as number;
        if (!(late > 0) || balance === 0) return;
        const bucket = sums.filter(({ from }) => from <= late).pop();
        if (bucket === undefined) return;
        bucket.count += 1;
        bucket.balance.add(balance);
    });
    return sums.map(({ from, count, balance }) => ({ from, count, balance: balance.total() }));
}

/** Adds up the buckets of all chunks. */
export function addDelinquencies(parts: readonly (readonly Delinquent[])[]): Delinquent[] {
    const [first = []] = parts;
    return first.map(({ from }, i) => ({
        from,
        count: parts.reduce((sum, part) => sum + (part[i]?.count ?? 0), 0),
        balance: parts.reduce((sum, part) => sum + (part[i]?.balance ?? 0n), 0n),
    }));
}
