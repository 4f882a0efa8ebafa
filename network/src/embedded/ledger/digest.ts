import { createHash } from 'node:crypto';

/** SHA-256 of the parts, one after another. */
export function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
    const hash = createHash('sha256');
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
