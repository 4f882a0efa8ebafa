import * as crypto from 'node:crypto';

/** From Node 20.12 on: a hash without an object of its own, which takes longer to make than a key takes to hash. */
const atOnce: typeof crypto.hash | undefined = (crypto as Partial<typeof crypto>).hash;

/** SHA-256 of the parts, one after another. */
export function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined && atOnce !== undefined) return atOnce('sha256', only, 'buffer');
    const hash = crypto.createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest();
}

/** The same bytes, or both absent. */
export function sameBytes(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
    if (left === right) return true;
    return left !== undefined && right !== undefined && Buffer.compare(left, right) === 0;
}

/** Bytes as a string of one character a byte, for use as a key: its order is the order of the bytes. */
export function bytesAsKey(bytes: Uint8Array): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
