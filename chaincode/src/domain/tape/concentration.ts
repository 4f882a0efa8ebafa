import { byKey, compileCriterion, criterionReader, fieldOf } from './criterion';
import { compare, formatRate, parseRate, rate } from '../rate';
import { flag, id, integer, label, list, minor, object, oneOf, optional } from '../shape';
import { formatCell } from './field';
import { Refusal } from '../refusal';
import { Sum } from './sum';

import type { AssetClass } from './asset-class';
import type { Chunk } from './chunk';
import type { Currency } from '../money';
import type { Reader } from '../shape';

const limitReader = object({
    id,
    /** The balance counted: of the `top` largest groups of loans that share this field's value ... */
    by: optional(label),
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

/** The balance of each group of loans in one chunk that a limit counts. Private. */
export interface GroupBalance {
    readonly key: string;
    readonly balance: bigint;
}
export const groupsReader: Reader<readonly (readonly GroupBalance[])[]> = list(
    list(object({ key: label, balance: minor })),
);

/** A limit's public result. `share` is the part of the pool balance, with 6 decimals, half-up. */
export const concentrationResultReader = list(object({ limit: id, share: label, most: label, within: flag }));
export type ConcentrationResult = ReturnType<typeof concentrationResultReader>[number];

/**
 * The limits made ready for the chunks of an asset class.
 * @throws Refusal RULES_INVALID naming the place
 */
export function compileConcentrations(
    limits: readonly ConcentrationLimit[],
    assetClass: AssetClass,
    currency: Currency,
): (chunk: Chunk) => GroupBalance[][] {
    const programs = limits.map((limit, i) => compileGroups(limit, assetClass, currency, `rules.concentrations[${i}]`));
    return chunk => {
        const balances = chunk.numbers(assetClass.loanRoles.balance);
        return programs.map(open => balancesBy(open(chunk), balances));
    };
}

/**
 * The public result over all chunks: shares only.
 * @param chunks for every chunk, the groups of every limit
 * @throws Refusal CONCENTRATION_EXCEEDED for a limit that may not be exceeded
 */
export function judgeConcentrations(
    limits: readonly ConcentrationLimit[],
    chunks: readonly (readonly (readonly GroupBalance[])[])[],
    poolBalance: bigint,
): ConcentrationResult[] {
    return limits.map((limit, i) => {
        const counted = largest(
            chunks.map(groups => groups[i] ?? []),
            limit.top ?? 1,
        );
        const part = rate(counted, poolBalance === 0n ? 1n : poolBalance);
        const within = compare(part, parseRate(limit.most)) <= 0;
        const share = formatRate(part, 6, 'half-up');
        if (!within && limit.exceeding === 'refuse')
            throw new Refusal('CONCENTRATION_EXCEEDED', { limit: limit.id, share, most: limit.most });
        return { limit: limit.id, share, most: limit.most, within };
    });
}

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
    return chunk => row => formatCell(field, chunk.cell(row, field.name), currency);
}

function balancesBy(groupOf: GroupOf, balances: Float64Array): GroupBalance[] {
    const groups = new Map<string, Sum>();
    balances.forEach((balance, row) => {
        const key = groupOf(row);
        if (key === undefined) return;
        const sum = groups.get(key) ?? new Sum();
        sum.add(balance);
        groups.set(key, sum);
    });
    return [...groups].sort(byKey).map(([key, sum]) => ({ key, balance: sum.total() }));
}

/** The sum of the `top` largest groups over all chunks. */
function largest(chunks: readonly (readonly GroupBalance[])[], top: number): bigint {
    const sums = new Map<string, bigint>();
    for (const { key, balance } of chunks.flat()) sums.set(key, (sums.get(key) ?? 0n) + balance);
    return [...sums.values()]
        .sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
        .slice(0, top)
        .reduce((total, balance) => total + balance, 0n);
}
