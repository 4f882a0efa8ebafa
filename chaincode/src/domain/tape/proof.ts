import { assetClassOf } from './asset-class';
import { bytesOf, concat, hexOf } from '../bytes';
import { climb, leafHash, pathOf, saltLength, saltOfRow } from './merkle';
import { digest, id, integer, label, list, object, oneOf } from '../shape';
import { encodeRecord } from './encode';
import { Refusal } from '../refusal';

import type { AssetClass, Layout } from './asset-class';
import type { Cell } from './field';
import type { Chunk } from './chunk';
import type { Reader } from '../shape';

const kindReader = oneOf('loan', 'state');
const cellReader: Reader<Cell> = (value, at) => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    return integer(Number.MIN_SAFE_INTEGER)(value, at);
};

export const proofReader = object({
    assetClass: id,
    /** A loan of the tape, or a loan's month. */
    kind: kindReader,
    /** The record, in the order of the asset class's fields. */
    cells: list(cellReader),
    /** Salt of this record alone: it says nothing about any other. */
    salt: label,
    /** From the record to the root that is public: first within its chunk, then over the chunks. */
    path: list(object({ side: oneOf('left', 'right'), hash: digest })),
});
/** Shows to whoever receives it that one record stands in a tape or in a month's report, and shows nothing else. */
export type Proof = ReturnType<typeof proofReader>;

/**
 * Proves one row of a chunk.
 * @param chunkRoots the public roots of all chunks, and which of them this chunk's is
 */
export function prove(
    assetClass: AssetClass,
    kind: Proof['kind'],
    chunk: Chunk,
    row: number,
    chunkRoots: readonly string[],
    number: number,
): Proof {
    const path = [...pathOf(chunk.leaves(), row), ...pathOf(concat(...chunkRoots.map(bytesOf)), number)];
    return {
        assetClass: assetClass.id,
        kind,
        cells: chunk.cells(row),
        salt: hexOf(saltOfRow(chunk.secret, row)),
        path: path.map(({ side, hash }) => ({ side, hash: hexOf(hash) })),
    };
}

/**
 * Checks a proof against a public root: of a tape, or of a month's report. Needs nothing but the two.
 * @returns the record, field by field
 * @throws Refusal PROOF_INVALID
 */
export function verify(proof: Proof, root: string): Readonly<Record<string, Cell>> {
    const layout: Layout = assetClassOf(proof.assetClass)[proof.kind];
    if (proof.cells.length !== layout.fields.length)
        throw new Refusal('PROOF_INVALID', { problem: 'not a record of its class' });
    if (!/^[0-9a-f]+$/.test(proof.salt) || proof.salt.length !== 2 * saltLength)
        throw new Refusal('PROOF_INVALID', { problem: 'no salt' });
    const leaf = leafHash(bytesOf(proof.salt), encodeRecord(layout, proof.cells));
    const path = proof.path.map(({ side, hash }) => ({ side, hash: bytesOf(hash) }));
    if (hexOf(climb(leaf, path)) !== root)
        throw new Refusal('PROOF_INVALID', { problem: 'does not lead to this root' });
    return Object.fromEntries(layout.fields.map((field, i) => [field.name, proof.cells[i] ?? null]));
}
