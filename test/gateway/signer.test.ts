import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';

import { newSigner, signingWith, withLowS } from '@poolproof/gateway';

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

describe('the signer', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

    it('signs what any verifier of ECDSA with SHA-256 accepts', async () => {
        const message = Buffer.from('a proposal');
        expect(verify('sha256', message, publicKey, await newSigner(pem)(message))).toBe(true);
        expect(verify('sha256', Buffer.from('another'), publicKey, await newSigner(pem)(message))).toBe(false);
    });

    it('always gives the low s that Fabric insists on, in minimal DER', async () => {
        const sign = newSigner(pem);
        for (let i = 0; i < 300; i++) {
            const message = Buffer.from(`message ${i}`);
            const signature = Buffer.from(await sign(message));
            expect(sOf(signature)).toBeLessThanOrEqual(order / 2n);
            expect(verify('sha256', message, publicKey, signature)).toBe(true);
        }
    });

    it('takes the high s out of a signature made elsewhere, and changes no other', async () => {
        const message = Buffer.from('a proposal');
        for (let i = 0; i < 100; i++) {
            const elsewhere = sign('sha256', message, privateKey);
            const signature = Buffer.from(withLowS(elsewhere));
            expect(sOf(signature)).toBeLessThanOrEqual(order / 2n);
            expect(verify('sha256', message, publicKey, signature)).toBe(true);
            if (sOf(elsewhere) <= order / 2n) expect(signature).toEqual(elsewhere);
        }
        const own = await newSigner(pem)(message);
        expect(withLowS(own)).toEqual(own);
        for (const broken of [own.subarray(1), own.subarray(0, -1), Buffer.alloc(0), Buffer.alloc(64, 1)])
            expect(() => withLowS(broken)).toThrow('in DER');
    });

    it('gives an outside signer, such as a PKCS#11 device, the SHA-256 of the message', () => {
        const { hash } = signingWith(digest => Promise.resolve(digest));
        const message = Buffer.from('a proposal');
        expect(Buffer.from(hash(message))).toEqual(createHash('sha256').update(message).digest());
    });

    it('refuses a key that Fabric could not verify', () => {
        const { privateKey: other } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
        const text = other.export({ type: 'pkcs8', format: 'pem' }).toString();
        expect(() => newSigner(text)).toThrow('not EC P-256');
    });
});

function sOf(der: Buffer): bigint {
    const lengthOfR = der[3] ?? 0;
    return BigInt(`0x${der.subarray(6 + lengthOfR).toString('hex')}`);
}
