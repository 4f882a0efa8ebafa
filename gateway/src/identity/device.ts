import { createHash, X509Certificate } from 'node:crypto';

import { signers } from '@hyperledger/fabric-gateway';

import { InputError } from '../input-error';

import type { HSMSigner, HSMSignerFactory, Signer } from '@hyperledger/fabric-gateway';
import type { Credentials } from '../connection';

/** A key that never leaves a PKCS#11 device. */
export interface DeviceKey {
    /** The device's PKCS#11 library: `/usr/lib/softhsm/libsofthsm2.so`. */
    readonly library: string;
    /** Label of the token that holds the key. */
    readonly token: string;
    /** PIN of the token's user. Read it from where secrets are kept; it is never logged. */
    readonly pin: string;
    /** `CKA_ID` of the key, hexadecimal. Unless stated, the subject key identifier that Fabric's tools give it. */
    readonly id?: string;
    /** Signatures under way at a time: sessions opened at the device. 4 unless stated. */
    readonly sessions?: number;
}

/** Credentials whose key lies in a device. */
export interface DeviceCredentials extends Credentials {
    readonly signer: Signer;
    /** Ends the sessions at the device. */
    close(): void;
}

/** One device at work, whoever uses it: a process may initialise a PKCS#11 library once. */
interface Device {
    readonly factory: HSMSignerFactory;
    users: number;
}

const devices = new Map<string, Device>();

/**
 * An identity whose key lies in a PKCS#11 device. Needs the optional package `pkcs11js`, which is built where it is installed.
 * @throws Error in the device's own words: no such token, wrong PIN, no such key
 *
 * @example
 * const identity = fromDevice('BankAMSP', certificatePem, { library, token: 'bank-a', pin: readFileSync(pinFile, 'utf8').trim() });
 * const bank = connect({ identity, peers });
 */
export function fromDevice(mspId: string, certificatePem: string, key: DeviceKey): DeviceCredentials {
    const { library, token: label, pin, id, sessions: count = 4 } = key;
    const identifier = id === undefined ? subjectKeyIdentifier(certificatePem) : Buffer.from(id, 'hex');
    const factory = openDevice(library);
    const sessions: HSMSigner[] = [];
    const close = () => {
        sessions.splice(0).forEach(session => session.close());
        releaseDevice(library);
    };
    try {
        for (let i = 0; i < count; i++) sessions.push(factory.newSigner({ label, pin, identifier }));
    } catch (error) {
        close();
        throw error;
    }
    return { mspId, certificatePem, signer: inTurn(sessions.map(({ signer }) => signer)), close: once(close) };
}

/** A session signs one digest at a time and refuses a second: each signature waits for a session that is free. */
function inTurn(sessions: readonly Signer[]): Signer {
    const free = [...sessions];
    const waiting: ((session: Signer) => void)[] = [];
    return async digest => {
        const session = free.pop() ?? (await new Promise<Signer>(resolve => waiting.push(resolve)));
        try {
            return await session(digest);
        } finally {
            const next = waiting.shift();
            if (next) next(session);
            else free.push(session);
        }
    };
}

/** SHA-256 of the public key's point, as Fabric's certificate authority and its tools name keys in devices. */
function subjectKeyIdentifier(certificatePem: string): Buffer {
    const { x, y } = new X509Certificate(certificatePem).publicKey.export({ format: 'jwk' });
    if (x === undefined || y === undefined) throw new InputError('the certificate is not of an elliptic-curve key');
    const point = [Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
    return createHash('sha256').update(Buffer.concat(point)).digest();
}

function openDevice(library: string): HSMSignerFactory {
    const device = devices.get(library) ?? { factory: signers.newHSMSignerFactory(library), users: 0 };
    device.users++;
    devices.set(library, device);
    return device.factory;
}

function releaseDevice(library: string): void {
    const device = devices.get(library);
    if (!device || --device.users > 0) return;
    devices.delete(library);
    device.factory.dispose();
}

function once(act: () => void): () => void {
    let done = false;
    return () => {
        if (!done) act();
        done = true;
    };
}
