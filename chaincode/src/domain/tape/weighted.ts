import { formatRate, rate } from '../rate';
import { minor, object } from '../shape';
import { unitsOf } from './field';
import { Sum } from './sum';

import type { Field } from './field';
import type { Reader } from '../shape';

/** Sum of value times balance and of balance, over the loans that report a field. */
export interface Weighted {
    readonly total: bigint;
    readonly weight: bigint;
}

export const weightedReader: Reader<Weighted> = object({ total: minor, weight: minor });

/** Weighs the values of a column by the balances beside them. */
export function weigh(values: Float64Array, balances: Float64Array): Weighted {
    const [total, weight] = [new Sum(), new Sum()];
    values.forEach((value, row) => {
        if (Number.isNaN(value)) return;
        const balance = balances[row] as number;
        total.addProduct(value, balance);
        weight.add(balance);
    });
    return { total: total.total(), weight: weight.total() };
}

/**
 * Averages weighted by balance, by field, as decimals with 6 places (half-even); a field that no loan with a balance reports
 * is left out.
 * @param parts for every chunk, the weighted sums of the fields named
 */
export function averagesOf(
    fields: readonly Field[],
    names: readonly string[],
    parts: readonly (readonly Weighted[])[],
): Record<string, string> {
    const averages: Record<string, string> = {};
    names.forEach((name, i) => {
        const total = parts.reduce((sum, part) => sum + (part[i]?.total ?? 0n), 0n);
        const weight = parts.reduce((sum, part) => sum + (part[i]?.weight ?? 0n), 0n);
        if (weight === 0n) return;
        const field = fields.find(each => each.name === name);
        averages[name] = formatRate(rate(total, weight * BigInt(field ? unitsOf(field) : 1)), 6, 'half-even');
    });
    return averages;
}
