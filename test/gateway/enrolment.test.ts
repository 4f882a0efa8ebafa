import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CertificateAuthority, EnrolmentFailure, fromWallet } from '@poolproof/gateway';
import { newProgram } from '@poolproof/gateway/dist/command/program';

import { ScriptedFabricCa } from './fabric-ca';

import type { Credentials } from '@poolproof/gateway';

/** The same on a real Fabric CA: test/docker/authority.test.ts. */
describe('an enrolment', () => {
    let server: ScriptedFabricCa;
    let authority: CertificateAuthority;
    let registrar: Credentials;

    beforeAll(async () => {
        server = await ScriptedFabricCa.start();
        authority = new CertificateAuthority('BankAMSP', server.address);
        registrar = await authority.enrol('registrar', 'registrar-secret');
    });
    afterAll(() => server.stop());

    async function clerk(name: string): Promise<Credentials> {
        return authority.enrol(name, await authority.register(registrar, { name, roles: ['servicer', 'admin'] }));
    }

    it('gives a certificate for a key made here, with the roles of the desk', async () => {
        const { mspId, certificatePem, privateKeyPem } = await clerk('clerk');
        const certificate = new X509Certificate(certificatePem);
        expect(mspId).toBe('BankAMSP');
        expect(certificate.subject).toBe('CN=clerk');
        expect(certificate.checkPrivateKey(createPrivateKey(privateKeyPem!))).toBe(true);
        expect(certificate.raw.toString('latin1')).toContain('"poolproof.role":"servicer,admin"');
    });

    it('takes names beyond plain letters, also when it is renewed', async () => {
        const name = 'Zoë Weiß-Ōtani desk 7';
        const renewed = await authority.renew(await clerk(name));
        expect(new X509Certificate(renewed.certificatePem).subject).toBe(`CN=${name}`);
    });

    it('is had once for a secret', async () => {
        const secret = await authority.register(registrar, { name: 'once', roles: [] });
        await authority.enrol('once', secret);
        await expect(authority.enrol('once', secret)).rejects.toMatchObject({ status: 401, code: 20 });
    });

    it('is renewed by whoever holds it, under a new key', async () => {
        const before = await clerk('lasting');
        const after = await authority.renew(before);
        expect(new X509Certificate(after.certificatePem).subject).toBe('CN=lasting');
        expect(after.privateKeyPem).not.toBe(before.privateKeyPem);
    });

    it('is renewed with a key that lies in a device, too: what signs gets a digest', async () => {
        const { privateKeyPem, ...held } = await clerk('guarded');
        const digests: Uint8Array[] = [];
        const signer = (digest: Uint8Array): Promise<Uint8Array> => {
            digests.push(digest);
            return Promise.reject(new Error('the device says no'));
        };
        await expect(authority.renew({ ...held, signer })).rejects.toThrow('the device says no');
        expect(digests.map(({ length }) => length)).toEqual([32]);
        expect(sign('sha256', Buffer.from('x'), privateKeyPem!)).toBeDefined();
    });

    it('is revoked by its number, and then renews no more', async () => {
        const lost = await clerk('forgetful');
        const revocation = await authority.revoke(registrar, { certificatePem: lost.certificatePem }, 'keycompromise');
        expect(revocation).toEqual({
            serialNumbers: [new X509Certificate(lost.certificatePem).serialNumber.toLowerCase()],
            revocationListPem: 'revoked for keycompromise',
        });
        await expect(authority.renew(lost)).rejects.toMatchObject({ status: 401 });
    });

    it("tells the authority's refusals from its silence", async () => {
        const nobody = await clerk('nobody');
        await expect(authority.register(nobody, { name: 'friend', roles: [] })).rejects.toMatchObject({ status: 403 });
        await expect(authority.revoke(registrar, { name: 'stranger' })).rejects.toMatchObject({ status: 404 });
        const away = new CertificateAuthority('BankAMSP', { url: 'https://127.0.0.1:1' });
        const failure: unknown = await away.enrol('clerk', 'x').catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(EnrolmentFailure);
        expect(failure).toMatchObject({ status: undefined, message: expect.stringContaining('127.0.0.1:1') });
    });

    it('does not trust an authority whose TLS certificate is of another root', async () => {
        const { tlsRootPem: _, ...address } = server.address;
        const other = new CertificateAuthority('BankAMSP', address);
        await expect(other.enrol('registrar', 'registrar-secret')).rejects.toBeInstanceOf(EnrolmentFailure);
    });

    describe('by the command line', () => {
        let folder: string;

        beforeEach(() => {
            folder = mkdtempSync(join(tmpdir(), 'enrolment-'));
            const { url, name, tlsRootPem } = server.address;
            const profile = {
                client: { organization: 'bank-a' },
                organizations: { 'bank-a': { mspid: 'BankAMSP', certificateAuthorities: ['ca.bank-a'] } },
                peers: { peer0: { url: 'grpc://127.0.0.1:1' } },
                certificateAuthorities: { 'ca.bank-a': { url, caName: name, tlsCACerts: { pem: tlsRootPem } } },
            };
            writeFileSync(join(folder, 'profile.json'), JSON.stringify(profile));
            writeFileSync(join(folder, 'secret'), 'registrar-secret\n');
        });
        afterEach(() => rmSync(folder, { recursive: true }));

        it('registers, enrols and renews, and keeps certificate and key in the wallet', async () => {
            await identity('registrar', 'enrol', 'registrar', '--secret-file', join(folder, 'secret'));
            const { secret } = await identity('registrar', 'register', 'teller', '--roles', 'servicer');
            writeFileSync(join(folder, 'secret'), String(secret));
            await identity('teller', 'enrol', 'teller', '--secret-file', join(folder, 'secret'));
            const before = fromWallet(join(folder, 'wallet'), 'teller');
            await identity('teller', 'renew');
            const after = fromWallet(join(folder, 'wallet'), 'teller');
            expect(after.certificatePem).not.toBe(before.certificatePem);
            expect(readFileSync(join(folder, 'wallet', 'teller.id'), 'utf8')).toContain('BankAMSP');
        });

        async function identity(as: string, ...words: readonly string[]): Promise<Record<string, unknown>> {
            const printed = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
            const desk = ['--profile', join(folder, 'profile.json'), '--wallet', join(folder, 'wallet')];
            try {
                const all = [...desk, '--identity', as, '--json', 'identity', ...words];
                await newProgram().parseAsync(all, { from: 'user' });
                return JSON.parse(String(printed.mock.calls[0]?.[0])) as Record<string, unknown>;
            } finally {
                printed.mockRestore();
            }
        }
    });
});
