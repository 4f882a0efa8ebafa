import { createPrivateKey, sign } from 'node:crypto';

import { hash } from '@hyperledger/fabric-gateway';

import { InputError } from '../input-error';

import type { Hash, Signer } from '@hyperledger/fabric-gateway';

/** Who signs, and what the signer is given: the message itself, or its SHA-256. Nobody, where signatures are brought from elsewhere. */
export interface Signing {
    readonly signer?: Signer;
    readonly hash: Hash;
}

/** Order of the P-256 group (FIPS 186-5, D.1.2.3). Fabric refuses a signature whose s is above half of it. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Signs with a key in memory, or with whatever signs SHA-256 digests: a PKCS#11 device, a service. */
export function signingWith(keyOrSigner: string | Signer): Signing {
    return typeof keyOrSigner === 'string'
        ? { signer: newSigner(keyOrSigner), hash: hash.none }
        : { signer: keyOrSigner, hash: hash.sha256 };
}

/**
 * Signs whole messages (not digests: connect with `hash.none`) with a P-256 key, as Fabric wants them: SHA-256, low s, DER.
 * Node's own OpenSSL does it in a tenth of the time of the JavaScript signer of the Fabric client.
 * @param privateKeyPem PKCS#8 or SEC1
 */
export function newSigner(privateKeyPem: string): Signer {
    const key = createPrivateKey(privateKeyPem);
    const curve = key.asymmetricKeyDetails?.namedCurve;
    if (key.asymmetricKeyType !== 'ec' || curve !== 'prime256v1')
        throw new InputError(
            `the private key is ${key.asymmetricKeyType ?? 'of no kind'} ${curve ?? ''}, not EC P-256`,
        );
    return message => Promise.resolve(derSignature(sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })));
}

/**
 * A signature made elsewhere as Fabric takes it: OpenSSL and many services give the high s as often as the low one.
 * @param signature ECDSA over P-256, DER
 * @throws InputError for anything else
 */
export function withLowS(signature: Uint8Array): Uint8Array {
    const der = Buffer.from(signature);
    const lengthOfR = der[3] ?? 0;
    const [r, s] = [der.subarray(4, 4 + lengthOfR), der.subarray(6 + lengthOfR)];
    const isDer = der[0] === 0x30 && der[1] === der.length - 2 && der[2] === 2 && der[4 + lengthOfR] === 2;
    if (!isDer || der[5 + lengthOfR] !== s.length || r.length > 33 || s.length > 33)
        throw new InputError('not a signature by ECDSA over P-256 in DER');
    return derSignature(Buffer.concat([fixedWidth(r), fixedWidth(s)]));
}

function fixedWidth(integer: Buffer): Buffer {
    const digits = integer.subarray(Math.max(0, integer.length - 32));
    return Buffer.concat([Buffer.alloc(32 - digits.length), digits]);
}

/** @param fixed r and s, 32 bytes each, as OpenSSL's `ieee-p1363` and PKCS#11 give them */
export function derSignature(fixed: Buffer): Uint8Array {
    const r = derInteger(fixed.subarray(0, 32));
    const s = derInteger(lowS(fixed.subarray(32)));
    return Buffer.concat([Buffer.from([0x30, r.length + s.length]), r, s]);
}

function lowS(bytes: Buffer): Buffer {
    const s = BigInt(`0x${bytes.toString('hex')}`);
    return s <= order / 2n ? bytes : Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex');
}

function derInteger(bytes: Buffer): Buffer {
    let start = 0;
    while (start < bytes.length - 1 && bytes[start] === 0) start++;
    const digits = bytes.subarray(start);
    const padding = (digits[0] ?? 0) >= 0x80 ? [0] : [];
    return Buffer.concat([Buffer.from([0x02, digits.length + padding.length, ...padding]), digits]);
}
