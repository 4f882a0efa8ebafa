import { readJson } from '../domain/shape';
import { Refusal } from '../domain/refusal';

import type { ChaincodeStub } from 'fabric-shim-api';
import type { Reader } from '../domain/shape';

/** Field of the transient map with 32 random bytes of the client, from which the salts of private records are drawn. */
export const saltField = 'salt';

/** Private input: values of the transient map go to the endorsing peers only, never into a block. */
export class Transient {
    constructor(private readonly stub: ChaincodeStub) {}

    /** @throws Refusal TRANSIENT_MISSING */
    bytes(field: string): Uint8Array {
        const value = this.stub.getTransient().get(field);
        if (value === undefined || value.length === 0) throw new Refusal('TRANSIENT_MISSING', { field });
        return value;
    }

    /** @throws Refusal TRANSIENT_MISSING, REQUEST_INVALID */
    json<T>(field: string, reader: Reader<T>): T {
        return readJson(Buffer.from(this.bytes(field)).toString(), reader, field);
    }

    /** @throws Refusal TRANSIENT_MISSING, REQUEST_INVALID */
    salt(): Uint8Array {
        const salt = this.bytes(saltField);
        if (salt.length !== 32) throw new Refusal('REQUEST_INVALID', { at: saltField, problem: 'not 32 bytes' });
        return salt;
    }

    /** Every field but the salt, in sorted order: what makes two requests the same. */
    content(): readonly (readonly [string, Uint8Array])[] {
        return [...this.stub.getTransient()]
            .filter(([field]) => field !== saltField)
            .sort(([a], [b]) => (a < b ? -1 : 1));
    }
}
