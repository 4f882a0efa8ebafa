import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readJsonFile } from './json-file';

import type { Credentials } from '../connection';

/** A file of a Fabric wallet folder: `<name>.id`. */
interface WalletFile {
    readonly credentials: { readonly certificate: string; readonly privateKey: string };
    readonly mspId: string;
    readonly type: string;
}

/** An identity of a wallet folder, as the Fabric SDKs lay it out. */
export function fromWallet(folder: string, name: string): Credentials {
    const path = join(folder, `${name}.id`);
    const { credentials, mspId, type } = readJsonFile(path) as WalletFile;
    if (type !== 'X.509') throw new TypeError(`${path}: not an X.509 identity`);
    return { mspId, certificatePem: credentials.certificate, privateKeyPem: credentials.privateKey };
}

/** An identity whose certificate and key lie in files, such as an MSP folder's. The key is named by a file, never given itself. */
export function fromFiles(mspId: string, certificateFile: string, keyFile: string): Credentials {
    return {
        mspId,
        certificatePem: readFileSync(certificateFile, 'utf8'),
        privateKeyPem: readFileSync(keyFile, 'utf8'),
    };
}
