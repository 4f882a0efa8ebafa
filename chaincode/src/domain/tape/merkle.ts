import { BulkHash, hashAt, hashLength } from './bulk-hash';
import { sha256 } from '../hash';

/**
 * Merkle trees as in RFC 6962 section 2.1: leaves prefixed by 0x00, nodes by 0x01, a node that has no sibling moves up unchanged.
 * A leaf also takes a salt: SHA-256(0x00, salt, record). Hashes of one level lie one after the other in one array of bytes.
 */

export const leafPrefix = 0;
const nodePrefix = 1;
const saltPrefix = 2;

/** 16 bytes: with fewer, the records of a pool could be guessed from their hashes. */
export const saltLength = 16;

/** One step from a leaf to the root: the hash beside it, and on which side that stands. */
export interface Sibling {
    readonly side: 'left' | 'right';
    readonly hash: Uint8Array;
}

export function leafHash(salt: Uint8Array, record: Uint8Array): Uint8Array {
    return sha256(Uint8Array.of(leafPrefix), salt, record);
}

/**
 * Salt of one row, derived from the chunk's secret of 32 bytes: the first 16 bytes of SHA-256(secret, 0x02, row as four bytes).
 * Whoever is shown it learns nothing about the other rows.
 */
export function saltOfRow(secret: Uint8Array, row: number): Uint8Array {
    const hash = new BulkHash();
    const salt = new Uint8Array(hashLength);
    hashSalt(hash, secret, row, salt);
    return salt.subarray(0, saltLength);
}

/** As `saltOfRow`, for many rows: writes the salt and 16 bytes more. */
export function hashSalt(hash: BulkHash, secret: Uint8Array, row: number, target: Uint8Array): void {
    const { message } = hash;
    message.set(secret);
    message[secret.length] = saltPrefix;
    message[secret.length + 1] = row >>> 24;
    message[secret.length + 2] = row >>> 16;
    message[secret.length + 3] = row >>> 8;
    message[secret.length + 4] = row;
    hash.hash(secret.length + 5, target, 0);
}

/** Root over the hashes of leaves, or over the roots of a tape's chunks. At least one. */
export function rootOf(hashes: Uint8Array): Uint8Array {
    let level = hashes;
    while (level.length > hashLength) level = parentsOf(level);
    if (level.length !== hashLength) throw new RangeError('a tree of nothing has no root');
    return level.slice();
}

/** What leads from the hash at an index to the root. */
export function pathOf(hashes: Uint8Array, index: number): Sibling[] {
    const path: Sibling[] = [];
    let [level, at] = [hashes, index];
    while (level.length > hashLength) {
        const sibling = at ^ 1;
        if (sibling * hashLength < level.length)
            path.push({ side: at % 2 === 1 ? 'left' : 'right', hash: hashAt(level, sibling).slice() });
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

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
    return sha256(Uint8Array.of(nodePrefix), left, right);
}

function parentsOf(level: Uint8Array): Uint8Array {
    const count = level.length / hashLength;
    const parents = new Uint8Array(Math.ceil(count / 2) * hashLength);
    const hash = new BulkHash();
    hash.message[0] = nodePrefix;
    for (let i = 0; i + 1 < count; i += 2) {
        hash.message.set(level.subarray(i * hashLength, (i + 2) * hashLength), 1);
        hash.hash(1 + 2 * hashLength, parents, (i / 2) * hashLength);
    }
    if (count % 2 === 1) parents.set(hashAt(level, count - 1), parents.length - hashLength);
    return parents;
}
