import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { openNetwork, readConsortium } from '@poolproof/network';

import { freePorts } from '../network/free-ports';
import { environment, poolproofIn, program } from '../setting/command-line';
import { writeDesks } from '../setting/desk-files';

import type { AddressInfo } from 'node:net';
import type { EmbeddedNetwork } from '@poolproof/network';

const joining = ['institution', 'join', 'regulator', '--name', 'Regulator', '--roles', 'regulator'];

describe('the command line at a desk', () => {
    let network: EmbeddedNetwork;
    let folder: string;

    beforeAll(async () => {
        network = await openNetwork('embedded', readConsortium(resolve('network/consortium.json')));
        folder = await mkdtemp(join(tmpdir(), 'poolproof-desk-'));
        await writeDesks(network, folder);
        const { certificatePem, privateKeyPem = '' } = await network.identity('regulator', 'officer', {
            'poolproof.role': 'regulator,admin',
        });
        await writeFile(join(folder, 'officer.pem'), certificatePem);
        await writeFile(join(folder, 'officer.key'), privateKeyPem);
        await network.laboratory.snapshot('empty');
    });
    afterEach(() => network.laboratory.revert('empty'));
    afterAll(async () => {
        await network.close();
        await rm(folder, { recursive: true });
    });

    const regulator = (...args: string[]) => poolproofIn(folder)('--as', 'regulator', ...args);
    const institutions = async () =>
        (JSON.parse((await regulator('--json', 'institution', 'list')).stdout) as { id: string }[]).map(({ id }) => id);

    describe('sends requests of somebody whose key is elsewhere:', () => {
        const vault = (...args: string[]) =>
            poolproofIn(folder)('--msp', 'RegulatorMSP', '--cert', 'officer.pem', '--key', 'officer.key', ...args);
        const prepare = (...args: string[]) =>
            regulator('offline', 'prepare', '--signatory', 'officer.pem', '--out', 'a.json', '--', ...args);
        const sign = (from: string, to: string) => vault('offline', 'sign', from, '--out', to, '--yes');
        const send = (step: string, from: string, to: string) => regulator('offline', step, from, '--out', to);

        it('one file in and one file out for each of proposal, transaction and commit', async () => {
            expect(await prepare(...joining)).toMatchObject({ code: 0, stderr: '' });
            expect((await stat(join(folder, 'a.json'))).mode & 0o777).toBe(0o600);
            const signed = await sign('a.json', 'b.json');
            expect(signed.code).toBe(0);
            // Whoever signs is told what it is, from the bytes themselves.
            expect(signed.stderr).toMatch(/^asks +institution:join$/m);
            expect(signed.stderr).toMatch(/^meaning +ask for membership/m);
            expect(signed.stderr).toMatch(/^ {2}name +Regulator$/m);
            expect(await send('endorse', 'b.json', 'c.json')).toMatchObject({ code: 0 });
            expect((await sign('c.json', 'd.json')).stderr).toMatch(/^endorsed by +\w+MSP, \w+MSP, \w+MSP$/m);
            expect(await institutions()).toEqual([]);
            expect(await send('submit', 'd.json', 'e.json')).toMatchObject({ code: 0 });
            expect((await sign('e.json', 'f.json')).stderr).toContain('a question');
            for (const commit of ['e.json', 'f.json']) {
                const done = await regulator('--json', 'offline', 'complete', commit);
                expect(JSON.parse(done.stdout)).toMatchObject({ id: 'regulator', type: 'InstitutionJoined' });
            }
            expect(await institutions()).toEqual(['regulator']);
        }, 30_000);

        it('... and signs nothing that says another thing than its bytes, or that is for another to sign', async () => {
            await prepare(...joining);
            const step = JSON.parse(await readFile(join(folder, 'a.json'), 'utf8')) as Record<string, string>;
            for (const [name, value] of Object.entries({
                digest: '0'.repeat(64),
                transaction: 'institution:list',
                transactionId: '1'.repeat(64),
            })) {
                await writeFile(join(folder, 'false.json'), JSON.stringify({ ...step, [name]: value }));
                const { code, stderr } = await sign('false.json', 'never.json');
                expect([name, code, stderr]).toEqual([name, 2, expect.stringContaining(`bytes have ${name} `)]);
            }
            const other = await regulator('offline', 'sign', 'a.json', '--out', 'never.json', '--yes');
            expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('officer to sign, not for you')]);
            const unasked = await vault('offline', 'sign', 'a.json', '--out', 'never.json');
            expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
            await expect(stat(join(folder, 'never.json'))).rejects.toMatchObject({ code: 'ENOENT' });
        });

        it('... and sends nothing that is not signed, or not yet its turn', async () => {
            await prepare(...joining);
            expect((await send('endorse', 'a.json', 'never.json')).stderr).toContain('is not signed');
            expect((await send('submit', 'a.json', 'never.json')).stderr).toContain('is a proposal, not a transaction');
        });

        it.each([
            ['asks', ['deal', 'list'], 'submits nothing'],
            ['needs no network', ['completion'], 'sends no request'],
            ['sends many requests', ['pledge', 'accept', 'x'], 'sends many requests'],
            ['does not exist', ['deal', 'sing'], "unknown command 'sing'"],
        ])('prepares no command that %s', async (_, args, said) => {
            const { code, stderr } = await prepare(...args);
            expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
        });
    });

    it('tells after kill -9 what became of a request, and sends it again under its id to take effect once', async () => {
        await network.laboratory.cutBlocks('manual');
        const killed = spawn(process.execPath, [program, '--as', 'regulator', ...joining], {
            cwd: folder,
            env: environment,
        });
        while ((await network.laboratory.status()).waiting === 0) await pause(10);
        killed.kill('SIGKILL');
        await once(killed, 'exit');
        const next = await regulator('deal', 'list');
        expect([next.code, next.stderr]).toEqual([
            0,
            'an earlier command has left a request (institution:join) without an outcome: poolproof recover\n',
        ]);
        const unknown = await regulator('--json', 'recover', '--wait', '1');
        const [left] = JSON.parse(unknown.stdout) as [{ requestId: string; transactionId: string; outcome?: object }];
        expect([unknown.code, left.outcome]).toEqual([7, undefined]);
        expect(unknown.stderr).toMatch(/^What is not on the ledger: .* --request-id/);

        await network.laboratory.cutBlocks('instant');
        const known = await regulator('recover');
        expect([known.code, known.stdout]).toEqual([0, expect.stringMatching(/carried out, in block \d+/)]);
        expect(await regulator('recover')).toMatchObject({ code: 0, stdout: 'none\n', stderr: '' });
        const again = await regulator('--json', '--request-id', left.requestId, ...joining);
        expect(JSON.parse(again.stdout)).toMatchObject({ id: 'regulator', requestId: left.requestId });
        expect(await institutions()).toEqual(['regulator']);
    });

    it('... and strikes out what never was ordered, once it is sent again or forgotten', async () => {
        const journal = join(folder, 'regulator.journal');
        const note = (digit: string, requestId: string) => {
            const transactionId = digit.repeat(64);
            const noted = { transactionId, transaction: 'institution:join', requestId };
            return writeFile(join(journal, `${transactionId}.json`), JSON.stringify(noted));
        };
        await regulator(...joining);
        await network.laboratory.revert('empty');
        await note('a', 'first');
        await note('b', 'second');
        expect((await regulator('deal', 'list')).stderr).toContain('left 2 requests');
        expect(await regulator('--request-id', 'first', ...joining)).toMatchObject({ code: 0 });
        const forgotten = await regulator('recover', '--wait', '1', '--forget', 'b'.repeat(64));
        expect([forgotten.code, forgotten.stdout]).toEqual([0, expect.stringMatching(/^outcome +forgotten$/m)]);
        expect((await regulator('deal', 'list')).stderr).toBe('');
    });

    it('is watched where it is asked to be: spans to a collector, one line of JSON a request', async () => {
        const received: { url: string | undefined; body: string }[] = [];
        const collector = createServer((request, response) => {
            let body = '';
            request.on('data', chunk => (body += String(chunk)));
            request.on('end', () => {
                received.push({ url: request.url, body });
                response.end('{}');
            });
        }).listen(0, '127.0.0.1');
        await once(collector, 'listening');
        const { port } = collector.address() as AddressInfo;
        const watched = ['--trace-endpoint', `http://127.0.0.1:${port}`, '--log-format', 'json'];
        const { code, stdout, stderr } = await regulator(...watched, 'deal', 'read', 'nowhere');
        collector.close();
        expect([code, stdout, received[0]?.url]).toEqual([3, '', '/v1/traces']);
        for (const name of ['deal:read', 'evaluate', 'NOT_FOUND']) expect(received[0]?.body).toContain(`"${name}"`);
        const [line = ''] = stderr.split('\n');
        expect(JSON.parse(line)).toMatchObject({ level: 'warn', transaction: 'deal:read', outcome: 'NOT_FOUND' });
        expect((await regulator('deal', 'list')).stderr).toBe('');
    });

    it('... and carries on where who watches cannot be reached', async () => {
        const { code, stdout, stderr } = await regulator('--trace-endpoint', 'http://127.0.0.1:1', 'deal', 'list');
        expect([code, stdout]).toEqual([0, 'none\n']);
        expect(stderr).toContain('not watched to the end');
    });

    it('serves the metrics of the agent until it is asked to stop', async () => {
        const port = await freePorts(1);
        const agent = spawn(
            process.execPath,
            [program, '--as', 'trust', '--metrics-port', String(port), 'settle', 'agent', '--pause', '50'],
            { cwd: folder, env: environment, stdio: 'ignore' },
        );
        const scrape = () =>
            fetch(`http://127.0.0.1:${port}/metrics`).then(
                answer => answer.text(),
                () => '',
            );
        while (!/poolproof_request_duration_seconds_count\{transaction="settlement:/.test(await scrape()))
            await pause(50);
        agent.kill('SIGTERM');
        expect(await once(agent, 'exit')).toEqual([0, null]);
        expect(await scrape()).toBe('');
    });

    it('follows on, when it is started again, after what it has told', async () => {
        const watched = async () => {
            const args = ['--as', 'regulator', '--json', 'watch', '--checkpoint', 'told.json'];
            const watch = spawn(process.execPath, [program, ...args], { cwd: folder, env: environment });
            const [line] = (await once(watch.stdout, 'data')) as [Buffer];
            watch.kill('SIGTERM');
            expect(await once(watch, 'exit')).toEqual([0, null]);
            return JSON.parse(line.toString()) as object;
        };
        await regulator(...joining);
        expect(await watched()).toMatchObject({ name: 'InstitutionJoined', payload: { id: 'regulator' } });
        const trust = ['institution', 'join', 'trust', '--name', 'Trust', '--roles', 'trustee'];
        expect(await poolproofIn(folder)('--as', 'trust', ...trust)).toMatchObject({ code: 0 });
        expect(await watched()).toMatchObject({ name: 'InstitutionJoined', payload: { id: 'trust' } });
    });

    it('tells people of events line by line', async () => {
        await regulator(...joining);
        const watch = spawn(process.execPath, [program, '--as', 'regulator', 'watch'], {
            cwd: folder,
            env: environment,
        });
        const [line] = (await once(watch.stdout, 'data')) as [Buffer];
        watch.kill('SIGTERM');
        await once(watch, 'exit');
        const told = 'id regulator, mspId RegulatorMSP, name Regulator, requested none, roles regulator';
        expect(String(line)).toBe(`2  InstitutionJoined  ${told}\n`);
    });

    it('is the desk that is named, whatever the variables say of another, and names those there are where none is', async () => {
        const variables = {
            POOLPROOF_PROFILE: join(folder, 'fund.json'),
            POOLPROOF_WALLET: join(folder, 'wallet'),
            POOLPROOF_IDENTITY: 'fund',
        };
        const institution = async (...args: string[]) => {
            const { stdout } = await poolproofIn(folder, variables)('--json', ...args, 'network', 'status');
            return (JSON.parse(stdout) as { institution: string }).institution;
        };
        expect(await institution()).toBe('FundMSP');
        expect(await institution('--as', 'regulator')).toBe('RegulatorMSP');
        const { code, stderr } = await poolproofIn(folder)('network', 'status');
        expect([code, stderr]).toEqual([2, expect.stringMatching(/--as \(poolproof\.json names .*bank-a.*\)/)]);
    });

    it('tells programs of a failure as JSON', async () => {
        const { code, stderr } = await regulator('--json', 'deal', 'read', 'nowhere');
        expect(JSON.parse(stderr)).toMatchObject({ exitCode: code, code: 'NOT_FOUND', details: { id: 'nowhere' } });
        const malformed = await regulator('--json', 'deal', 'read', 'no spaces');
        expect(JSON.parse(malformed.stderr)).toMatchObject({ exitCode: 2, code: 'REQUEST_INVALID' });
    });

    it.each([
        ['a command that does not exist', ['deal', 'sing'], "error: unknown command 'sing'"],
        ['an argument left out', ['deal', 'read'], "error: missing required argument 'deal'"],
    ])('... and so of %s, which people are told once', async (_, args, said) => {
        const told = await regulator('--json', ...args);
        expect([told.code, JSON.parse(told.stderr)]).toEqual([
            2,
            expect.objectContaining({ exitCode: 2, message: said }),
        ]);
        expect(await regulator(...args)).toMatchObject({ code: 2, stderr: `${said}\n` });
    });

    it('says so where the answer cannot be written, and what was done stands', async () => {
        const full = openSync('/dev/full', 'w');
        const child = spawn(process.execPath, [program, '--as', 'regulator', ...joining], {
            ...{ cwd: folder, env: environment, stdio: ['ignore', full, 'pipe'] },
        });
        const [[said], [code]] = (await Promise.all([once(child.stderr!, 'data'), once(child, 'exit')])) as [
            [Buffer],
            [number],
        ];
        expect([code, String(said)]).toEqual([
            1,
            expect.stringMatching(/^what the command answers cannot be written: ENOSPC/),
        ]);
        expect(await institutions()).toEqual(['regulator']);
        closeSync(full);
    });

    it('tells a table that is wider than the screen record by record', async () => {
        await regulator(...joining);
        const wide = await poolproofIn(folder, { COLUMNS: '40' })('--as', 'regulator', 'institution', 'list');
        expect(wide.stdout).toMatch(/^id +regulator\nmspId +RegulatorMSP\n/);
        expect((await regulator('institution', 'list')).stdout).toMatch(/^id +mspId +name/);
    });
});
