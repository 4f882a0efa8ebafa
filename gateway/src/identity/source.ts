import { readFileSync } from 'node:fs';

import { fromDevice } from './device';
import { fromFiles } from './files';
import { fromWallet } from './wallet';
import { InputError } from '../input-error';

import type { Credentials } from '../connection';

/** Where an identity lies: in a wallet folder, in files, or with its key in a device. Secrets are named by files, never given. */
export interface IdentitySource {
    /** Wallet folder, with `identity`. */
    readonly wallet?: string;
    /** Name of the identity in the wallet. */
    readonly identity?: string;
    /** MSP id, with `cert` and either `key` or `pkcs11`. */
    readonly msp?: string;
    /** File of the certificate, PEM. */
    readonly cert?: string;
    /** File of the private key, PEM. */
    readonly key?: string;
    /** PKCS#11 library of the device that holds the key, with `token` and `pin`. */
    readonly pkcs11?: string;
    /** Label of the device's token. */
    readonly token?: string;
    /** File of the token's PIN. */
    readonly pin?: string;
    /** `CKA_ID` of the key in the device, hexadecimal, where it is not the subject key identifier. */
    readonly keyId?: string;
}

/**
 * The identity that lies where a source says.
 * @throws InputError where the source is incomplete
 */
export function identityFrom(source: IdentitySource): Credentials {
    const { wallet, identity, msp, cert, key, pkcs11, token, pin, keyId } = source;
    if (wallet !== undefined && identity !== undefined) return fromWallet(wallet, identity);
    if (msp !== undefined && cert !== undefined && key !== undefined) return fromFiles(msp, cert, key);
    if (msp === undefined || cert === undefined || pkcs11 === undefined || token === undefined || pin === undefined)
        throw new InputError(
            'no identity: a wallet with an identity; an MSP id, a certificate and a key; or an MSP id, a certificate, a PKCS#11 library, a token and a file with its PIN',
        );
    const device = { library: pkcs11, token, pin: readFileSync(pin, 'utf8').trim() };
    return fromDevice(msp, readFileSync(cert, 'utf8'), keyId === undefined ? device : { ...device, id: keyId });
}

/** The variables that say where an identity lies: the same as those of the command line. */
const identityVariables = {
    wallet: 'POOLPROOF_WALLET',
    identity: 'POOLPROOF_IDENTITY',
    msp: 'POOLPROOF_MSP',
    cert: 'POOLPROOF_CERT',
    key: 'POOLPROOF_KEY',
    pkcs11: 'POOLPROOF_PKCS11',
    token: 'POOLPROOF_TOKEN',
    pin: 'POOLPROOF_PIN_FILE',
    keyId: 'POOLPROOF_KEY_ID',
} as const;

/**
 * The identity that the environment names: `POOLPROOF_WALLET` and `POOLPROOF_IDENTITY`; or `POOLPROOF_MSP`, `POOLPROOF_CERT` and
 * `POOLPROOF_KEY`; or, for a PKCS#11 device, `POOLPROOF_MSP`, `POOLPROOF_CERT`, `POOLPROOF_PKCS11`, `POOLPROOF_TOKEN` and
 * `POOLPROOF_PIN_FILE`. All but the MSP id, the names and the token are paths.
 *
 * @example
 * const bank = connect({ identity: fromEnvironment(), ...readProfile('bank-a.yaml') });
 */
export function fromEnvironment(environment: Readonly<Record<string, string | undefined>> = process.env): Credentials {
    const given = Object.entries(identityVariables).flatMap(([name, variable]) => {
        const value = environment[variable];
        return value === undefined || value === '' ? [] : [[name, value] as const];
    });
    return identityFrom(Object.fromEntries(given));
}
