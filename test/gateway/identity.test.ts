import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fromEnvironment, fromFiles, fromWallet, identityFrom, toWallet } from '@poolproof/gateway';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const identity = {
    mspId: 'BankAMSP',
    certificatePem: 'a certificate',
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};

describe('an identity', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-identity-'));
    const [cert, key, wallet] = [join(folder, 'cert.pem'), join(folder, 'key.pem'), join(folder, 'wallet')];
    writeFileSync(cert, identity.certificatePem);
    writeFileSync(key, identity.privateKeyPem);
    afterAll(() => rmSync(folder, { recursive: true }));

    it('lies in files', () => {
        expect(fromFiles('BankAMSP', cert, key)).toEqual(identity);
    });

    it('goes into a wallet folder and comes out of it, and nobody else can read it there', () => {
        toWallet(wallet, 'clerk', identity);
        expect(fromWallet(wallet, 'clerk')).toEqual(identity);
        expect(statSync(join(wallet, 'clerk.id')).mode & 0o777).toBe(0o600);
    });

    it('does not go into a wallet without its key', () => {
        const { mspId, certificatePem } = identity;
        expect(() => toWallet(wallet, 'officer', { mspId, certificatePem })).toThrow('this identity has none');
    });

    it('is not read from a file that holds another kind of it', () => {
        writeFileSync(join(wallet, 'other.id'), '{ "type": "HSM-X.509" }');
        writeFileSync(join(wallet, 'empty.id'), '{ "type": "X.509" }');
        expect(() => fromWallet(wallet, 'other')).toThrow('other.id: not an X.509 identity');
        expect(() => fromWallet(wallet, 'empty')).toThrow('empty.id: not a file of a wallet');
    });

    it('is named by the environment: a wallet, or files', () => {
        toWallet(wallet, 'clerk', identity);
        expect(fromEnvironment({ POOLPROOF_WALLET: wallet, POOLPROOF_IDENTITY: 'clerk' })).toEqual(identity);
        const files = { POOLPROOF_MSP: 'BankAMSP', POOLPROOF_CERT: cert, POOLPROOF_KEY: key };
        expect(fromEnvironment(files)).toEqual(identity);
    });

    it('is missed by name where the source is incomplete', () => {
        expect(() => fromEnvironment({})).toThrow('no identity: a wallet');
        expect(() => identityFrom({ msp: 'BankAMSP', cert, pkcs11: '/none.so', token: 'bank-a' })).toThrow('its PIN');
    });
});
