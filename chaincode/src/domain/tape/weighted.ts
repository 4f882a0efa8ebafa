import { formatRate, rate } from '../rate';
import { integer, minor, object } from '../shape';
import { unitsOf } from './field';
import { Sum } from './sum';

import type { Field } from './field';
import type { Reader } from '../shape';

/** Sum of value times balance and of balance, and number, over the loans with a balance that report a field. */
export interface Weighted {
    readonly total: bigint;
    readonly weight: bigint;
    readonly count: number;
}

export const weightedReader: Reader<Weighted> = object({ total: minor, weight: minor, count: integer(0) });

/** Weighs the values of a column by the balances beside them. */
export function weigh(values: Float64Array, balances: Float64Array): Weighted {
    const [total, weight] = [new Sum(), new Sum()];
    let count = 0;
    values.forEach((value, row) => {
        const balance = balances[row] as number;
        if (Number.isNaN(value) || balance === 0) return;
        count += 1;
        total.addProduct(value, balance);
        weight.add(balance);
    });
    return { total: total.total(), weight: weight.total(), count };
}

/**
 * Averages weighted by balance, by field, as decimals with 6 places (half-even); a field that no loan with a balance reports
 * is left out, and so is one that fewer report than may be published.
 * @param parts for every chunk, the weighted sums of the fields named
 */
export function averagesOf(
    fields: readonly Field[],
    names: readonly string[],
    parts: readonly (readonly Weighted[])[],
    fewest: number,
): Record<string, string> {
    const averages: Record<string, string> = {};
    names.forEach((name, i) => {
        const total = parts.reduce((sum, part) => sum + (part[i]?.total ?? 0n), 0n);
        const weight = parts.reduce((sum, part) => sum + (part[i]?.weight ?? 0n), 0n);
        const count = parts.reduce((sum, part) => sum + (part[i]?.count ?? 0), 0);
        if (weight === 0n || count < fewest) return;
        const field = fields.find(each => each.name === name);
        averages[name] = formatRate(rate(total, weight * BigInt(field ? unitsOf(field) : 1)), 6, 'half-even');
    });
    return averages;
}
