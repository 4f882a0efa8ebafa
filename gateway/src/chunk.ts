import { randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

import { Chunk, encodeChunk, identityOf, orderOf, secretLength } from '@poolproof/chaincode/domain';

import { ImportError } from './importer/import-error';

import type { AssetClass, Cell, Layout } from '@poolproof/chaincode/domain';
import type { Loan } from './importer/loan';
import type { LoanMonth } from './importer/loan-month';

/** Loans of one chunk unless stated: what one transaction carries and two peers recompute in well under a second. */
export const loansPerChunk = 2_000;

/**
 * Rows as they travel and are stored: encoded, deflated.
 * @param secret salt of the chunk, 32 bytes that nobody can guess: fresh ones unless stated
 */
export function packChunk(
    layout: Layout,
    rows: readonly (readonly Cell[])[],
    secret: Uint8Array = randomBytes(secretLength),
): Uint8Array {
    return deflateRawSync(encodeChunk(layout, rows, secret));
}

export function openChunk(packed: Uint8Array, layout: Layout): Chunk {
    return Chunk.open(inflateRawSync(packed), layout);
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
