import { SHA256 } from '@noble/hashes/sha2';

/** Length of a hash. */
export const hashLength = 32;

const blockLength = 64;

/** Longest message, and with its padding. */
export const longestMessage = 16_000;
const capacity = 16 * 1024;

/** Where a hash stands after some whole blocks. */
export type Midstate = readonly [number, number, number, number, number, number, number, number];

/**
 * SHA-256 of very many short messages: they are written into one scratch area and hashed there. The ordinary interface of the library
 * makes several objects a message, which takes longer than the hashing itself; a tape needs some five hashes a loan.
 */
export class BulkHash extends SHA256 {
    /** Where a message is written before it is hashed. */
    readonly message = new Uint8Array(capacity);
    private readonly words = new DataView(this.message.buffer);
    private readonly initial: Midstate = this.get();

    /**
     * Hashes the first `length` bytes of the message into `target` at `offset`.
     * @param after what the message continues, and how many bytes that was: whole blocks
     */
    hash(length: number, target: Uint8Array, offset: number, after: Midstate = this.initial, before = 0): void {
        const end = this.pad(length, before + length);
        this.set(...after);
        for (let at = 0; at < end; at += blockLength) this.process(this.words, at);
        this.write(target, offset);
    }

    /** Where a hash stands after the first block of the message. */
    midstate(): Midstate {
        this.set(...this.initial);
        this.process(this.words, 0);
        return this.get();
    }

    /** Padding of FIPS 180-4, section 5.1.1. */
    private pad(length: number, total: number): number {
        const end = (Math.floor((length + 8) / blockLength) + 1) * blockLength;
        if (end > capacity) throw new RangeError(`a message of ${length} bytes is no short message`);
        this.message[length] = 0x80;
        this.message.fill(0, length + 1, end - 4);
        this.words.setUint32(end - 4, total * 8);
        return end;
    }

    private write(target: Uint8Array, offset: number): void {
        let at = offset;
        for (const word of [this.A, this.B, this.C, this.D, this.E, this.F, this.G, this.H]) {
            target[at++] = word >>> 24;
            target[at++] = word >>> 16;
            target[at++] = word >>> 8;
            target[at++] = word;
        }
    }
}

/** Hash number `index` of hashes that lie one after the other. */
export function hashAt(hashes: Uint8Array, index: number): Uint8Array {
    return hashes.subarray(index * hashLength, (index + 1) * hashLength);
}
