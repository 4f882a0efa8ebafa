import { integer, label, list, minor, object, record } from '../shape';
import { averagesOf } from './weighted';
import { stratumRowReader } from './summary';

import type { AssetClass } from './asset-class';
import type { Reader } from '../shape';
import type { LoanSummary, StratumRow } from './summary';

/** Key of the row that puts together what would show single loans. */
export const otherKey = 'other';

/** What is public about a pool. */
export interface PoolStatistics {
    readonly count: number;
    readonly balance: bigint;
    /** Averages weighted by balance, as decimals with 6 places; a field that no loan reports is left out. */
    readonly averages: Readonly<Record<string, string>>;
    readonly strata: readonly PoolStratum[];
}

export interface PoolStratum {
    readonly name: string;
    readonly field: string;
    readonly rows: readonly StratumRow[];
}

export const poolStatisticsReader: Reader<PoolStatistics> = object({
    count: integer(1),
    balance: minor,
    averages: record(label),
    strata: list(object({ name: label, field: label, rows: list(stratumRowReader) })),
});

/**
 * Adds the summaries of all chunks up to the pool's public figures.
 * @param fewest loans on which an average or a row of a stratification must rest to be published
 */
export function poolStatistics(
    assetClass: AssetClass,
    summaries: readonly LoanSummary[],
    fewest: number,
): PoolStatistics {
    return {
        count: summaries.reduce((count, summary) => count + summary.rows, 0),
        balance: summaries.reduce((balance, summary) => balance + summary.balance, 0n),
        averages: averagesOf(
            assetClass.loan.fields,
            assetClass.averages,
            summaries.map(summary => summary.averages),
            fewest,
        ),
        strata: assetClass.strata.map((stratum, i) => ({
            name: stratum.name,
            field: stratum.field,
            rows: withoutSingles(addRows(summaries.map(summary => summary.strata[i] ?? [])), fewest),
        })),
    };
}

function addRows(tables: readonly (readonly StratumRow[])[]): StratumRow[] {
    const rows = new Map<string, StratumRow>();
    for (const row of tables.flat()) {
        const sum = rows.get(row.key);
        rows.set(
            row.key,
            sum ? { key: row.key, count: sum.count + row.count, balance: sum.balance + row.balance } : row,
        );
    }
    return [...rows.values()].sort(byKey);
}

/** Puts small rows together, and with them the next larger ones until the row so made is no longer small. */
function withoutSingles(rows: readonly StratumRow[], fewest: number): StratumRow[] {
    const bySize = [...rows].sort((a, b) => a.count - b.count || byKey(a, b));
    const hidden: StratumRow[] = [];
    while (bySize[0] && (bySize[0].count < fewest || (hidden.length > 0 && countOf(hidden) < fewest)))
        hidden.push(bySize.shift() as StratumRow);
    if (hidden.length === 0) return [...rows];
    const balance = hidden.reduce((sum, row) => sum + row.balance, 0n);
    return [...bySize.sort(byKey), { key: otherKey, count: countOf(hidden), balance }];
}

function countOf(rows: readonly StratumRow[]): number {
    return rows.reduce((count, row) => count + row.count, 0);
}

/** Bands in numeric order, values by code point. */
function byKey(a: StratumRow, b: StratumRow): number {
    const [x, y] = [Number(a.key), Number(b.key)];
    if (a.key !== '' && b.key !== '' && Number.isFinite(x) && Number.isFinite(y)) return x - y;
    return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
