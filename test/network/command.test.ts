import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPrivateKey } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers } from '@hyperledger/fabric-gateway';
import type { Contract } from '@hyperledger/fabric-gateway';
import { readCertificates } from '@poolproof/network';
import { freePorts } from './free-ports';
import { consortiumOf, failure, fixtureFolder, text } from './harness';

const command = require.resolve('@poolproof/network/dist/embedded/command/main.js');

describe('the command poolproof-network', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-command-'));
    const consortium = consortiumOf(['a', 'b']);
    const run = async (...words: string[]): Promise<string> => {
        const { stdout } = await promisify(execFile)(process.execPath, [command, ...words, '--folder', folder]);
        return stdout;
    };
    /** A client that knows nothing but the folder and the port. */
    const client = async (): Promise<[Contract, () => void]> => {
        const { institutions } = await readCertificates(consortium, join(folder, 'organizations'));
        const { client: user, tlsAuthority, mspId } = institutions[0]!;
        const grpc = new Client(`localhost:${port}`, credentials.createSsl(Buffer.from(tlsAuthority.certificatePem)));
        const gateway = connect({
            client: grpc,
            identity: { mspId, credentials: Buffer.from(user!.certificatePem) },
            signer: signers.newPrivateKeySigner(createPrivateKey(user!.privateKeyPem)),
        });
        const close = (): void => {
            gateway.close();
            grpc.close();
        };
        return [gateway.getNetwork('channel').getContract('fixture'), close];
    };
    let port: number;

    beforeAll(async () => {
        port = await freePorts(3);
        const file = join(folder, 'my-consortium.json');
        writeFileSync(file, JSON.stringify(consortium));
        const shown = await run('up', '--consortium', file, '--chaincode', fixtureFolder, '--port', String(port));
        expect(shown).toContain(`peer0.a.example.com  AMSP         127.0.0.1:${port}`);
    });
    afterAll(async () => {
        await run('down');
        expect((await failure(run('status'))).message).toContain(`no network is up in ${folder}`);
        rmSync(folder, { recursive: true });
    });

    it('serves clients that know nothing but the folder and the port, and traces what they did', async () => {
        const [contract, close] = await client();
        const proposal = contract.newProposal('increment', { arguments: ['traced'] });
        await (await (await proposal.endorse()).submit()).getStatus();
        await failure(contract.submitTransaction('fail', 'CODE: reason'));
        close();

        const trace = await run('trace', proposal.getTransactionId());
        expect(trace).toMatch(/peer0\.a\.example\.com GET_STATE traced\n/);
        expect(trace).toMatch(/peer0\.b\.example\.com PUT_STATE traced\n/);
        expect(trace).toMatch(/Block 2, transaction 0: VALID\n/);
        expect(trace).toMatch(/called fixture, proposed by AMSP, endorsed by AMSP, BMSP\n/);
        expect(trace).toMatch(/read {4}traced absent\n/);
        expect(trace).toMatch(/write {3}traced = 1\n/);
        expect(trace).toMatch(/policy {2}chaincode: AMSP\.peer & BMSP\.peer: satisfied\n/);
        expect(await run('logs')).toContain('CODE: reason');
    });

    it('goes back to snapshots as often as wanted, and to dumps, and says which snapshots there are', async () => {
        const [contract, close] = await client();
        const put = (value: string): Promise<unknown> => contract.submitTransaction('put', 'snapped', value);
        const found = async (): Promise<string> => text(await contract.evaluateTransaction('get', 'snapped'));
        await run('snapshot', 'empty');
        expect(await run('snapshots')).toBe('empty\n');
        for (const value of ['first', 'second']) {
            await put(value);
            await run('revert', 'empty');
            expect(await found()).toBe('');
        }
        await put('dumped');
        await run('dump', join(folder, 'a-dump'));
        await put('lost');
        await run('load', join(folder, 'a-dump'));
        expect(await found()).toBe('dumped');
        await put('goes on');
        close();
        expect((await failure(run('revert', 'full'))).message).toContain('unknown snapshot "full" (known: empty)');
    });

    it('keeps certificates where clients of Fabric look for them', () => {
        const user = join(
            folder,
            'organizations',
            'peerOrganizations',
            'a.example.com',
            'users',
            'User1@a.example.com',
        );
        const certificate = join(user, 'msp', 'signcerts', 'User1@a.example.com-cert.pem');
        expect(readFileSync(certificate, 'utf8')).toContain('BEGIN CERTIFICATE');
    });

    it('refuses to start twice, and words it does not know', async () => {
        expect((await failure(run('up'))).message).toContain('is up already');
        expect((await failure(run('explode'))).message).toContain('unknown command "explode"');
    });
});
