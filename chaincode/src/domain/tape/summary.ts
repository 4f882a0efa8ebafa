import { byCodePoint } from '../canonical';
import { compareBytes, hexOf } from '../bytes';
import { digest, integer, label, list, minor, object } from '../shape';
import { groupsReader } from './concentration';
import { ineligibleReader } from './eligibility';
import { BulkHash, hashAt, hashLength } from './bulk-hash';
import { identityOf } from './identity';
import { Refusal } from '../refusal';
import { Sum } from './sum';
import { weigh, weightedReader } from './weighted';

import type { AssetClass, Stratum } from './asset-class';
import type { GroupBalance } from './concentration';
import type { Ineligible } from './eligibility';
import type { Weighted } from './weighted';
import type { Cell } from './field';
import type { Chunk } from './chunk';
import type { Reader } from '../shape';

/** Number and balance of the loans in one row of a stratification. */
export interface StratumRow {
    /** The field's value, or the lower bound of its band; empty where the field is not reported. */
    readonly key: string;
    readonly count: number;
    readonly balance: bigint;
}

/**
 * What the contract keeps of a chunk of loans besides the chunk itself: enough to add up a pool without decoding it again.
 * Private, as it may describe very few loans.
 */
export interface LoanSummary {
    readonly rows: number;
    readonly balance: bigint;
    /** Place in the tape's order of the first and the last asset, hexadecimal. */
    readonly first: string;
    readonly last: string;
    /** Merkle root of the chunk. */
    readonly root: string;
    /** SHA-256 of its rows: a client that was interrupted sees which chunks it need not record again. */
    readonly content: string;
    /** In the order of the class's `averages` and `strata`. */
    readonly averages: readonly Weighted[];
    readonly strata: readonly (readonly StratumRow[])[];
    /** Loans that fail a rule of eligibility. */
    readonly ineligible: readonly Ineligible[];
    /** In the order of the rules' concentration limits. */
    readonly groups: readonly (readonly GroupBalance[])[];
}

/** The tests of a deal's rules, made ready for its asset class. */
export interface PoolTests {
    readonly eligibility: (chunk: Chunk) => readonly Ineligible[];
    /** By the balances given; by those of the tape where none are. */
    readonly concentrations: (chunk: Chunk, balances?: Float64Array) => readonly (readonly GroupBalance[])[];
}

export const stratumRowReader: Reader<StratumRow> = object({
    key: label,
    count: integer(0),
    balance: minor,
});

export const loanSummaryReader: Reader<LoanSummary> = object({
    rows: integer(1),
    balance: minor,
    first: digest,
    last: digest,
    root: digest,
    content: digest,
    averages: list(weightedReader),
    strata: list(list(stratumRowReader)),
    ineligible: ineligibleReader,
    groups: groupsReader,
});

/**
 * Recomputes a chunk of loans.
 * @throws Refusal ASSET_TWICE, CHUNK_UNSORTED naming the row
 */
export function summariseLoans(chunk: Chunk, assetClass: AssetClass, tests: PoolTests): LoanSummary {
    const balances = chunk.numbers(assetClass.loanRoles.balance);
    const orders = ordersOf(chunk, assetClass);
    const balance = new Sum();
    balances.forEach(value => {
        balance.add(value);
    });
    return {
        rows: chunk.rows,
        balance: balance.total(),
        first: hexOf(hashAt(orders, 0)),
        last: hexOf(hashAt(orders, chunk.rows - 1)),
        root: hexOf(chunk.root()),
        content: hexOf(chunk.content()),
        averages: assetClass.averages.map(field => weigh(chunk.numbers(field), balances)),
        strata: assetClass.strata.map(stratum => stratify(chunk, stratum, balances)),
        ineligible: tests.eligibility(chunk),
        groups: tests.concentrations(chunk),
    };
}

/** The identity of each row's asset. */
export function identitiesOf(chunk: Chunk, assetClass: AssetClass): Uint8Array[] {
    const { fields } = assetClass.identity;
    return Array.from({ length: chunk.rows }, (_, row) =>
        identityOf(
            assetClass,
            fields.map(field => chunk.cell(row, field)),
        ),
    );
}

/** The places of all rows in the tape's order, one after the other. */
function ordersOf(chunk: Chunk, assetClass: AssetClass): Uint8Array {
    const hash = new BulkHash();
    const orders = new Uint8Array(chunk.rows * hashLength);
    identitiesOf(chunk, assetClass).forEach((identity, row) => {
        hash.message.set(identity);
        hash.hash(identity.length, orders, row * hashLength);
        if (row === 0) return;
        const difference = compareBytes(hashAt(orders, row - 1), hashAt(orders, row));
        if (difference === 0) throw new Refusal('ASSET_TWICE', { row });
        if (difference > 0) throw new Refusal('CHUNK_UNSORTED', { row });
    });
    return orders;
}

function stratify(chunk: Chunk, stratum: Stratum, balances: Float64Array): StratumRow[] {
    const keyOf = stratum.bands
        ? bandKeys(chunk.numbers(stratum.field), stratum.bands)
        : textKeys(chunk, stratum.field);
    const rows = new Map<string, { count: number; balance: Sum }>();
    balances.forEach((balance, i) => {
        const key = keyOf(i);
        let row = rows.get(key);
        if (row === undefined) rows.set(key, (row = { count: 0, balance: new Sum() }));
        row.count += 1;
        row.balance.add(balance);
    });
    return [...rows]
        .map(([key, { count, balance }]) => ({ key, count, balance: balance.total() }))
        .sort((a, b) => byCodePoint(a.key, b.key));
}

function textKeys(chunk: Chunk, field: string): (row: number) => string {
    const texts: Cell[] = chunk.texts(field);
    return row => String(texts[row] ?? '');
}

function bandKeys(values: Float64Array, bands: readonly number[]): (row: number) => string {
    return row => {
        const value = values[row] as number;
        if (Number.isNaN(value)) return '';
        let band = bands[0] as number;
        for (const bound of bands) if (bound <= value) band = bound;
        return String(band);
    };
}
