import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readJsonFile } from '../json-file';
import { InputError } from '../input-error';

import type { Credentials } from '../connection';

/** A file of a Fabric wallet folder: `<name>.id`. */
interface WalletFile {
    readonly credentials: { readonly certificate: string; readonly privateKey: string };
    readonly mspId: string;
    readonly type: string;
    readonly version: 1;
}

/**
 * An identity of a wallet folder, as the Fabric SDKs lay it out.
 * @throws InputError where the file is none of an X.509 identity
 *
 * @example
 * const bank = connect({ identity: fromWallet('wallet', 'clerk'), ...readProfile('bank-a.yaml') });
 */
export function fromWallet(folder: string, name: string): Credentials {
    const path = join(folder, `${name}.id`);
    const { credentials, mspId, type } = readJsonFile(path) as Partial<WalletFile>;
    if (type !== 'X.509') throw new InputError(`${path}: not an X.509 identity`);
    if (mspId === undefined || credentials === undefined) throw new InputError(`${path}: not a file of a wallet`);
    return { mspId, certificatePem: credentials.certificate, privateKeyPem: credentials.privateKey };
}

/**
 * Puts an identity in a wallet folder, in a file that its owner alone may read. The Fabric SDKs read it too.
 * @throws InputError where its key lies elsewhere, such as in a device
 */
export function toWallet(folder: string, name: string, identity: Credentials): void {
    const { mspId, certificatePem, privateKeyPem } = identity;
    if (privateKeyPem === undefined) throw new InputError('a wallet holds the key itself, and this identity has none');
    const credentials = { certificate: certificatePem, privateKey: privateKeyPem };
    const file: WalletFile = { credentials, mspId, type: 'X.509', version: 1 };
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, `${name}.id`), JSON.stringify(file), { mode: 0o600 });
}
