import { createHash, createHmac } from 'node:crypto';

import { fc } from '../properties';

import { BulkHash, fingerprintsOf } from '@poolproof/chaincode/domain';

it('is the SHA-256 of every message', () => {
    const hash = new BulkHash();
    fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), message => {
            const digest = Buffer.alloc(40);
            hash.message.set(message);
            hash.hash(message.length, digest, 4);
            expect(digest.subarray(4, 36).equals(createHash('sha256').update(message).digest())).toBe(true);
        }),
        { numRuns: 500 },
    );
});

it('gives the HMAC-SHA256 of an identity under the key of the registry', () => {
    fc.assert(
        fc.property(
            fc.uint8Array({ minLength: 32, maxLength: 32 }),
            fc.uint8Array({ minLength: 1, maxLength: 150 }),
            (key, identity) => {
                const [fingerprint] = fingerprintsOf(key, [identity]);
                expect(fingerprint?.value).toBe(createHmac('sha256', key).update(identity).digest('hex').slice(0, 32));
                expect(fingerprint?.bucket).toBe(createHash('sha256').update(identity).digest('hex').slice(0, 2));
            },
        ),
    );
});
