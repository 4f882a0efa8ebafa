import { readFileSync } from 'node:fs';

import type { Credentials } from '../connection';

/**
 * An identity whose certificate and key lie in PEM files, such as `signcerts` and `keystore` of an MSP folder.
 *
 * @example
 * const identity = fromFiles('BankAMSP', 'msp/signcerts/cert.pem', 'msp/keystore/key.pem');
 */
export function fromFiles(mspId: string, certificateFile: string, keyFile: string): Credentials {
    return {
        mspId,
        certificatePem: readFileSync(certificateFile, 'utf8'),
        privateKeyPem: readFileSync(keyFile, 'utf8'),
    };
}
