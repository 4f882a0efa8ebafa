import { inspect } from 'node:util';

/**
 * A private value that its reader may see, and that gives itself away to nobody else: printed, logged or made JSON it says only how
 * long it is.
 */
export class PrivateValue {
    readonly #bytes: Uint8Array;

    constructor(bytes: Uint8Array) {
        this.#bytes = bytes;
    }

    /** As it stands in the collection. */
    bytes(): Uint8Array {
        return this.#bytes;
    }

    /** What JSON reads of it. Records stand under `value`, beside their salt. @throws SyntaxError where it is none, such as a chunk of loans */
    json(): unknown {
        return JSON.parse(Buffer.from(this.#bytes).toString('utf8'));
    }

    toJSON(): string {
        return this.toString();
    }

    toString(): string {
        return `[private, ${this.#bytes.length} bytes]`;
    }

    [inspect.custom](): string {
        return this.toString();
    }
}
