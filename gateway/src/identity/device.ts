import { createHash, X509Certificate } from 'node:crypto';

import { derSignature } from '../client/signer';
import { InputError } from '../input-error';

import type { Signer } from '@hyperledger/fabric-gateway';
import type { Credentials } from '../connection';
import type { Handle, Pkcs11, Pkcs11js } from './pkcs11';

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
    /** Ends the sessions at the device, each once what it signs is signed; what waits for a session is refused. */
    close(): void;
}

/** One device at work, whoever uses it: a process may initialise a PKCS#11 library once. */
interface Device {
    readonly constants: Pkcs11js;
    readonly calls: Pkcs11;
    users: number;
}

/** Signs one digest at a time and refuses a second. */
interface Session {
    readonly handle: Handle;
    readonly key: Handle;
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
    const { library, id, sessions: count = 4 } = key;
    if (!Number.isInteger(count) || count < 1)
        throw new InputError(`${String(count)} sessions at a device: a whole number from 1`);
    const identifier = id === undefined ? subjectKeyIdentifier(certificatePem) : Buffer.from(id, 'hex');
    const device = openDevice(library);
    const sessions: Session[] = [];
    try {
        const slot = slotOf(device, key.token);
        for (let i = 0; i < count; i++) sessions.push(openSession(device, slot, key.pin, identifier));
    } catch (error) {
        sessions.forEach(({ handle }) => device.calls.C_CloseSession(handle));
        releaseDevice(library);
        throw error;
    }
    const { signer, close } = inTurn(device, sessions, () => releaseDevice(library));
    return { mspId, certificatePem, signer, close };
}

/** Each signature waits for a session that is free. */
function inTurn(device: Device, sessions: readonly Session[], closed: () => void) {
    const free = [...sessions];
    const waiting: ((session: Session | undefined) => void)[] = [];
    let [open, closing] = [sessions.length, false];
    const end = (session: Session) => {
        device.calls.C_CloseSession(session.handle);
        if (--open === 0) closed();
    };
    const put = (session: Session) => {
        if (closing) return end(session);
        const next = waiting.shift();
        if (next) next(session);
        else free.push(session);
    };
    const take = async () =>
        closing
            ? undefined
            : (free.pop() ?? (await new Promise<Session | undefined>(resolve => waiting.push(resolve))));
    const signer: Signer = async digest => {
        const session = await take();
        if (!session) throw new InputError('the sessions at the device are closed');
        try {
            return await sign(device, session, digest);
        } finally {
            put(session);
        }
    };
    const close = () => {
        closing = true;
        waiting.splice(0).forEach(refuse => refuse(undefined));
        free.splice(0).forEach(end);
    };
    return { signer, close };
}

async function sign({ calls, constants }: Device, { handle, key }: Session, digest: Uint8Array): Promise<Uint8Array> {
    calls.C_SignInit(handle, { mechanism: constants.CKM_ECDSA }, key);
    return derSignature(await calls.C_SignAsync(handle, Buffer.from(digest), Buffer.alloc(64)));
}

function slotOf({ calls }: Device, token: string): Handle {
    const slot = calls.C_GetSlotList(true).find(candidate => calls.C_GetTokenInfo(candidate).label.trim() === token);
    if (!slot) throw new InputError(`the device has no token labelled ${token}`);
    return slot;
}

function openSession(device: Device, slot: Handle, pin: string, identifier: Buffer): Session {
    const { calls, constants } = device;
    const handle = calls.C_OpenSession(slot, constants.CKF_SERIAL_SESSION);
    try {
        logIn(device, handle, pin);
        return { handle, key: findKey(device, handle, identifier) };
    } catch (error) {
        calls.C_CloseSession(handle);
        throw error;
    }
}

/** A log-in holds for all sessions of a process at a token. */
function logIn({ calls, constants }: Device, handle: Handle, pin: string): void {
    try {
        calls.C_Login(handle, constants.CKU_USER, pin);
    } catch (error) {
        if ((error as { code?: unknown }).code !== constants.CKR_USER_ALREADY_LOGGED_IN) throw error;
    }
}

function findKey({ calls, constants }: Device, handle: Handle, identifier: Buffer): Handle {
    calls.C_FindObjectsInit(handle, [
        { type: constants.CKA_ID, value: identifier },
        { type: constants.CKA_CLASS, value: constants.CKO_PRIVATE_KEY },
        { type: constants.CKA_KEY_TYPE, value: constants.CKK_EC },
    ]);
    const [key] = calls.C_FindObjects(handle, 1);
    calls.C_FindObjectsFinal(handle);
    if (!key)
        throw new InputError(`the token has no private key with the CKA_ID ${identifier.toString('hex')} for its user`);
    return key;
}

/** SHA-256 of the public key's point, as Fabric's certificate authority and its tools name keys in devices. */
function subjectKeyIdentifier(certificatePem: string): Buffer {
    const { x, y } = new X509Certificate(certificatePem).publicKey.export({ format: 'jwk' });
    if (x === undefined || y === undefined) throw new InputError('the certificate is not of an elliptic-curve key');
    const point = [Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
    return createHash('sha256').update(Buffer.concat(point)).digest();
}

function openDevice(library: string): Device {
    const device = devices.get(library) ?? initialise(library);
    device.users++;
    devices.set(library, device);
    return device;
}

/**
 * Tells the library that threads will use it at once (PKCS#11 2.40, 5.4), for signatures are made on threads. The signer factory of the
 * Fabric client does not, and SoftHSM then frees memory twice as soon as two sessions sign together.
 */
function initialise(library: string): Device {
    // An optional package: where it could not be built, this is where it is missed.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const constants = require('pkcs11js') as Pkcs11js;
    const calls = new constants.PKCS11();
    calls.load(library);
    calls.C_Initialize({ flags: constants.CKF_OS_LOCKING_OK });
    return { constants, calls, users: 0 };
}

function releaseDevice(library: string): void {
    const device = devices.get(library);
    if (!device || --device.users > 0) return;
    devices.delete(library);
    device.calls.C_Finalize();
}
