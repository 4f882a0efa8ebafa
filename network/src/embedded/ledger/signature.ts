import { verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { bytesAsKey, sha256 } from './digest';

/** Signatures known to be good: signature to digest of signer and message. Bounded, oldest forgotten first. */
const known = new Map<string, string>();
const REMEMBERED = 20_000;

/**
 * Whether the DER signature over SHA-256 of the message is the key's. High-S signatures are refused as Fabric does, else anyone could
 * make a second valid signature of a message. A good signature is remembered for its exact signer and message, since every
 * peer of the process looks at the same ones.
 */
export function verifySignature(signer: string, key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
    const name = bytesAsKey(signature);
    const meaning = meaningOf(signer, message);
    if (known.get(name) === meaning) return true;
    if (!isLowS(signature, key)) return false;
    if (!verify('sha256', message, key, signature)) return false;
    remember(name, meaning);
    return true;
}

/** This process has just made the signature with the signer's key: nobody here needs to verify it again. */
export function signedHere(signer: string, message: Uint8Array, signature: Uint8Array): void {
    remember(bytesAsKey(signature), meaningOf(signer, message));
}

function meaningOf(signer: string, message: Uint8Array): string {
    return signer + sha256(message).toString('latin1');
}

function remember(name: string, meaning: string): void {
    known.set(name, meaning);
    if (known.size <= REMEMBERED) return;
    for (const oldest of known.keys()) {
        known.delete(oldest);
        return;
    }
}

/** Orders of the curves that Fabric's certificates use. */
const orders: Readonly<Record<string, bigint>> = {
    prime256v1: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    secp384r1: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
};

function isLowS(signature: Uint8Array, key: KeyObject): boolean {
    const order = orders[key.asymmetricKeyDetails?.namedCurve ?? ''];
    const s = secondInteger(signature);
    return order !== undefined && s !== undefined && s <= order >> 1n;
}

/** S of SEQUENCE { INTEGER r, INTEGER s }; undefined unless it is exactly that. */
function secondInteger(der: Uint8Array): bigint | undefined {
    if (der[0] !== 0x30 || der[1] !== der.length - 2 || der[2] !== 0x02) return undefined;
    const at = 4 + (der[3] ?? 0);
    if (der[at] !== 0x02 || at + 2 + (der[at + 1] ?? 0) !== der.length || at + 2 === der.length) return undefined;
    return BigInt(`0x${Buffer.from(der.subarray(at + 2)).toString('hex')}`);
}
