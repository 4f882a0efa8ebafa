import { sha256 } from '../hash';

/**
 * Merkle trees as in RFC 6962 section 2.1: leaves prefixed by 0x00, nodes by 0x01, a node that has no sibling moves up unchanged.
 * A leaf also takes a salt: SHA-256(0x00, salt, record).
 */

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** 16 bytes: with fewer, the records of a pool could be guessed from their hashes. */
export const saltLength = 16;

/** One step from a leaf to the root: the hash beside it, and on which side that stands. */
export interface Sibling {
    readonly side: 'left' | 'right';
    readonly hash: Uint8Array;
}

export function leafHash(salt: Uint8Array, record: Uint8Array): Uint8Array {
    return sha256(leafPrefix, salt, record);
}

/**
 * Salt of one row, derived from the chunk's secret 32 bytes: whoever is shown it learns nothing about the other rows.
 */
export function saltOfRow(secret: Uint8Array, row: number): Uint8Array {
    const number = Uint8Array.of(2, row >>> 24, (row >>> 16) & 255, (row >>> 8) & 255, row & 255);
    return sha256(secret, number).subarray(0, saltLength);
}

/** Root over hashes: of leaves, or of the chunks of a tape. At least one. */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
    let level = hashes;
    while (level.length > 1) level = parentsOf(level);
    if (level[0] === undefined) throw new RangeError('a tree of nothing has no root');
    return level[0];
}

/** What leads from the hash at an index to the root. */
export function pathOf(hashes: readonly Uint8Array[], index: number): Sibling[] {
    const path: Sibling[] = [];
    let [level, at] = [hashes, index];
    while (level.length > 1) {
        const sibling = level[at ^ 1];
        if (sibling !== undefined) path.push({ side: at % 2 === 1 ? 'left' : 'right', hash: sibling });
        [level, at] = [parentsOf(level), at >>> 1];
    }
    return path;
}

/** The root to which a hash leads along a path. */
export function climb(hash: Uint8Array, path: readonly Sibling[]): Uint8Array {
    return path.reduce(
        (below, sibling) => (sibling.side === 'left' ? nodeHash(sibling.hash, below) : nodeHash(below, sibling.hash)),
        hash,
    );
}

function parentsOf(level: readonly Uint8Array[]): Uint8Array[] {
    const parents: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
        const [left, right] = [level[i] as Uint8Array, level[i + 1]];
        parents.push(right === undefined ? left : nodeHash(left, right));
    }
    return parents;
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
    return sha256(nodePrefix, left, right);
}
