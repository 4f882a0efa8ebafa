import { byKey, compileCriterion, criterionReader, fieldOf } from './criterion';
import { compare, formatRate, parseRate, rate } from '../rate';
import { flag, id, integer, label, list, minor, object, oneOf, optional } from '../shape';
import { formatCell } from './field';
import { Refusal } from '../refusal';
import { Sum } from './sum';

import type { AssetClass } from './asset-class';
import type { Chunk } from './chunk';
import type { Currency } from '../money';
import type { PoolTests } from './summary';
import type { Reader } from '../shape';

const limitReader = object({
    id,
    /** The balance counted: of the `top` largest groups of loans that share this field's value ... */
    by: optional(label),
    /** Of a day or a month, the part that counts: loans of one vintage share a year. */
    per: optional(oneOf('month', 'year')),
    top: optional(integer(1, 1000)),
    /** ... or of the loans that meet this criterion. */
    where: optional(criterionReader),
    /** Largest part of the pool balance: `25%`, `0.25` or `1/4`. */
    most: label,
    exceeding: oneOf('count', 'refuse'),
});

/** How much of the pool may depend on one obligor, region, industry, product, or on loans of one kind. */
export type ConcentrationLimit = ReturnType<typeof limitReader>;
export const concentrationReader = list(limitReader, { most: 50 });

/** Number and balance of each group of loans in one chunk that a limit counts. Private. */
export interface GroupBalance {
    readonly key: string;
    readonly count: number;
    readonly balance: bigint;
}
export const groupsReader: Reader<readonly (readonly GroupBalance[])[]> = list(
    list(object({ key: label, count: integer(0), balance: minor })),
);

/**
 * A limit's public result. `share` is the part of the pool balance, with 6 decimals, half-up; left out where it would speak of fewer
 * loans than the rules allow.
 */
export const concentrationResultReader = list(object({ limit: id, share: optional(label), most: label, within: flag }));
export type ConcentrationResult = ReturnType<typeof concentrationResultReader>[number];

/**
 * The limits made ready for the chunks of an asset class.
 * @throws Refusal RULES_INVALID naming the place
 */
export function compileConcentrations(
    limits: readonly ConcentrationLimit[],
    assetClass: AssetClass,
    currency: Currency,
): PoolTests['concentrations'] {
    const programs = limits.map((limit, i) => compileGroups(limit, assetClass, currency, `rules.concentrations[${i}]`));
    return (chunk, balances = chunk.numbers(assetClass.loanRoles.balance)) =>
        programs.map(open => balancesBy(open(chunk), balances));
}

/**
 * The public result over all chunks: shares only.
 * @param chunks for every chunk, the groups of every limit
 * @param fewest loans on which a share must rest to be published
 * @throws Refusal CONCENTRATION_EXCEEDED for a limit that may not be exceeded
 */
export function judgeConcentrations(
    limits: readonly ConcentrationLimit[],
    chunks: readonly (readonly (readonly GroupBalance[])[])[],
    poolBalance: bigint,
    fewest: number,
): ConcentrationResult[] {
    return limits.map((limit, i) => {
        const counted = largest(
            chunks.map(groups => groups[i] ?? []),
            limit.top ?? 1,
        );
        const part = rate(counted.balance, poolBalance === 0n ? 1n : poolBalance);
        const within = compare(part, parseRate(limit.most)) <= 0;
        const share = formatRate(part, 6, 'half-up');
        if (!within && limit.exceeding === 'refuse')
            throw new Refusal('CONCENTRATION_EXCEEDED', { limit: limit.id, most: limit.most });
        const isShown = counted.count === 0 || counted.count >= fewest;
        return { limit: limit.id, ...(isShown && { share }), most: limit.most, within };
    });
}

/** Of an ISO date, what names its year and its month. */
const dateLengths = { year: 4, month: 7 } as const;

/** Says of each row of a chunk which group it counts for, if any. */
type GroupOf = (row: number) => string | undefined;

function compileGroups(
    limit: ConcentrationLimit,
    assetClass: AssetClass,
    currency: Currency,
    at: string,
): (chunk: Chunk) => GroupOf {
    parseRate(limit.most, `${at}.most`);
    if ((limit.by === undefined) === (limit.where === undefined))
        throw new Refusal('RULES_INVALID', { at, problem: 'needs either by or where' });
    if (limit.where !== undefined) {
        const open = compileCriterion(limit.where, assetClass, currency, `${at}.where`);
        return chunk => {
            const meets = open(chunk);
            return row => (meets(row) ? '' : undefined);
        };
    }
    const field = fieldOf(assetClass, limit.by ?? '', at);
    const { per } = limit;
    if (per !== undefined && field.type !== 'day' && field.type !== 'month')
        throw new Refusal('RULES_INVALID', { at: `${at}.per`, problem: `${field.name} is no day or month` });
    const length = per === undefined ? undefined : dateLengths[per];
    return chunk => row => formatCell(field, chunk.cell(row, field.name), currency).slice(0, length);
}

function balancesBy(groupOf: GroupOf, balances: Float64Array): GroupBalance[] {
    const groups = new Map<string, { count: number; sum: Sum }>();
    balances.forEach((balance, row) => {
        const key = balance === 0 ? undefined : groupOf(row);
        if (key === undefined) return;
        let group = groups.get(key);
        if (group === undefined) groups.set(key, (group = { count: 0, sum: new Sum() }));
        group.count += 1;
        group.sum.add(balance);
    });
    return [...groups].sort(byKey).map(([key, { count, sum }]) => ({ key, count, balance: sum.total() }));
}

/** The sum of the `top` largest groups over all chunks. */
function largest(chunks: readonly (readonly GroupBalance[])[], top: number): Omit<GroupBalance, 'key'> {
    const sums = new Map<string, Omit<GroupBalance, 'key'>>();
    for (const { key, count, balance } of chunks.flat()) {
        const sum = sums.get(key);
        sums.set(key, { count: (sum?.count ?? 0) + count, balance: (sum?.balance ?? 0n) + balance });
    }
    return [...sums.values()]
        .sort((a, b) => (a.balance < b.balance ? 1 : a.balance > b.balance ? -1 : 0))
        .slice(0, top)
        .reduce((total, group) => ({ count: total.count + group.count, balance: total.balance + group.balance }), {
            count: 0,
            balance: 0n,
        });
}
