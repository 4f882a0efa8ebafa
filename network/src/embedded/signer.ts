import { createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import type { KeyPair } from '../authority';

/** Order of the curve P-256, and half of it: Fabric refuses signatures whose s is above the half. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const halfOrder = order >> 1n;

/** Signs for one identity, as Fabric wants it: ECDSA over SHA-256, DER, low s. */
export class Signer {
    /** Bytes of the msp.SerializedIdentity. */
    readonly serialized: Uint8Array;
    private readonly key: KeyObject;

    constructor(
        readonly mspId: string,
        pair: KeyPair,
    ) {
        const identity = new msp.SerializedIdentity();
        identity.setMspid(mspId);
        identity.setIdBytes(Buffer.from(pair.certificatePem));
        this.serialized = identity.serializeBinary();
        this.key = createPrivateKey(pair.privateKeyPem);
    }

    sign(message: Uint8Array): Uint8Array {
        const raw = sign('sha256', message, { key: this.key, dsaEncoding: 'ieee-p1363' });
        return encodeDer(raw.subarray(0, 32), lowS(raw.subarray(32)));
    }
}

function lowS(bytes: Buffer): Buffer {
    const s = BigInt(`0x${bytes.toString('hex')}`);
    if (s <= halfOrder) return bytes;
    return Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex');
}

function encodeDer(r: Buffer, s: Buffer): Buffer {
    const integers = Buffer.concat([encodeInteger(r), encodeInteger(s)]);
    return Buffer.concat([Buffer.from([0x30, integers.length]), integers]);
}

function encodeInteger(bytes: Buffer): Buffer {
    let start = 0;
    while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
    const minimal = bytes.subarray(start);
    const padding = minimal[0]! >= 0x80 ? [0] : [];
    return Buffer.concat([Buffer.from([0x02, minimal.length + padding.length, ...padding]), minimal]);
}
