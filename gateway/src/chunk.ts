import { randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

import {
    Chunk,
    encodeRecord,
    encodeRecords,
    identityOf,
    mostChunkBytes,
    mostRows,
    orderOf,
    secretLength,
} from '@poolproof/chaincode/domain';

import { ImportError } from './importer/import-error';

import type { AssetClass, Cell, Layout } from '@poolproof/chaincode/domain';
import type { Loan } from './importer/loan';
import type { LoanMonth } from './importer/loan-month';

/** Most loans of one chunk unless stated: what one transaction carries and two peers recompute in well under a second. */
export const loansPerChunk = mostRows;

/** Of the largest chunk, before it is deflated, what its records may take: the rest is for its head. */
const mostRecordBytes = mostChunkBytes - 64 * 1024;

/** The columns of a chunk are so regular that more effort takes up to ten times as long and saves a twentieth. */
const deflateLevel = 2;

/**
 * Rows as they travel and are stored: encoded, deflated.
 * @param secret salt of the chunk, 32 bytes that nobody can guess: fresh ones unless stated
 */
export function packChunk(
    layout: Layout,
    rows: readonly (readonly Cell[])[],
    secret: Uint8Array = randomBytes(secretLength),
): Uint8Array {
    return packRecords(
        layout,
        rows.map((cells, row) => encodeRecord(layout, cells, row)),
        secret,
    );
}

/** The same of rows that are encoded already (`encodeRecord`). */
export function packRecords(layout: Layout, records: readonly Uint8Array[], secret: Uint8Array): Uint8Array {
    return deflateRawSync(encodeRecords(layout, records, secret), { level: deflateLevel });
}

/** The chunk as it travelled, inflated and ready to be read. @throws Refusal CHUNK_INVALID */
export function openChunk(packed: Uint8Array, layout: Layout): Chunk {
    return Chunk.reopen(inflateRawSync(packed), layout);
}

/**
 * How a tape is cut into chunks. A chunk ends where a bucket of the pledge registry ends, as far as buckets fit: chunks that have no
 * bucket in common can be pledged at the same time.
 * @param buckets numbers of loans in each bucket, in the tape's order
 * @param longest bytes of the longest record
 * @returns the numbers of loans in each chunk, none above `most`
 */
export function chunkSizes(buckets: readonly number[], most: number, longest: number): number[] {
    const limit = Math.max(1, Math.min(most, mostRows, Math.floor(mostRecordBytes / longest)));
    const sizes: number[] = [];
    let size = 0;
    for (const count of buckets) {
        if (size > 0 && size + count > limit) {
            sizes.push(size);
            size = 0;
        }
        size += count;
        for (; size > limit; size -= limit) sizes.push(limit);
    }
    return size > 0 ? [...sizes, size] : sizes;
}

/**
 * A tape in the order the contract demands: by the hash of each asset's identity, so that a chunk touches few buckets of the
 * pledge registry and a duplicate shows at once.
 */
export function orderLoans(loans: readonly Loan[], assetClass: AssetClass): (readonly Cell[])[] {
    const indices = assetClass.identity.fields.map(name => indexOf(assetClass.loan, name));
    const keyed = loans.map(({ cells }) => {
        const identity = identityOf(
            assetClass,
            indices.map(index => cells[index] ?? null),
        );
        return { cells, order: Buffer.from(orderOf(identity)) };
    });
    return keyed.sort((a, b) => Buffer.compare(a.order, b.order)).map(({ cells }) => cells);
}

/**
 * A month's records laid out as the tape is: chunk by chunk, loan by loan. A loan of which the month says nothing has an empty record.
 * @param numbers the loans of every chunk of the tape
 * @throws ImportError for a loan that is not in the tape
 */
export function alignMonths(
    numbers: readonly (readonly string[])[],
    months: readonly LoanMonth[],
    assetClass: AssetClass,
): (readonly Cell[])[][] {
    const { state: layout, stateRoles } = assetClass;
    const number = indexOf(layout, stateRoles.number);
    const said = new Map(months.map(month => [String(month.cells[number]), month]));
    const aligned = numbers.map(chunk =>
        chunk.map(loan => {
            const month = said.get(loan);
            said.delete(loan);
            return month?.cells ?? layout.fields.map((_, i) => (i === number ? loan : null));
        }),
    );
    const [stranger] = said.values();
    if (stranger)
        throw new ImportError({ ...stranger.place, field: stateRoles.number }, 'no such loan in the tape of the deal');
    return aligned;
}

function indexOf(layout: Layout, name: string): number {
    return layout.fields.findIndex(field => field.name === name);
}
