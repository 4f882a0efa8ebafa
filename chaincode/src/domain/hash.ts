import { sha256 as digest } from '@noble/hashes/sha2';

/** SHA-256 of the parts one after the other. Parts of variable length need their own delimiting. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
    const hash = digest.create();
    for (const part of parts) hash.update(part);
    return hash.digest();
}
