import { sha256 as digest } from '@noble/hashes/sha2';

import { BulkHash, hashLength, longestMessage } from './tape/bulk-hash';

/** Where short messages are put together: the library makes several objects a message, which takes longer than to hash it. */
const short = new BulkHash();

/** SHA-256 of the parts one after the other. Parts of variable length need their own delimiting. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
    let length = 0;
    for (const part of parts) length += part.length;
    if (length > longestMessage) return ofLong(parts);
    let at = 0;
    for (const part of parts) {
        short.message.set(part, at);
        at += part.length;
    }
    const hash = new Uint8Array(hashLength);
    short.hash(length, hash, 0);
    return hash;
}

function ofLong(parts: readonly Uint8Array[]): Uint8Array {
    const hash = digest.create();
    for (const part of parts) hash.update(part);
    return hash.digest();
}
