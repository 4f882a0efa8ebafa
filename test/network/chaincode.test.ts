import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as inspector from 'node:inspector';
import { join } from 'node:path';
import type { ChaincodeLog } from '@poolproof/network';
import { openNetwork } from '@poolproof/network';
import { executeTimeoutOf } from '@poolproof/network/dist/embedded/execute-timeout';
import type { TestClient } from './harness';
import { consortiumOf, failure, fixtureFolder, TestNetwork, text } from './harness';

describe('a chaincode of any package', () => {
    const logs: ChaincodeLog[] = [];
    let network: TestNetwork;
    let client: TestClient;

    beforeAll(async () => {
        const settings = { folder: fixtureFolder, version: '1.0.0', endorsement: "OR('AMSP.peer')" };
        network = await TestNetwork.open(
            consortiumOf(['a', 'b']),
            {},
            {
                chaincodes: [
                    { ...settings, name: 'fixture', environment: { FIXTURE_SETTING: 'on' } },
                    { ...settings, name: 'other' },
                    { ...settings, name: 'guarded', initRequired: true },
                ],
                executeTimeout: 1500,
                onLog: line => logs.push(line),
            },
        );
        client = await network.client('a');
    });
    afterAll(() => network.close());

    it('sees the environment it was given', async () => {
        expect(text(await client.contract.evaluateTransaction('setting', 'FIXTURE_SETTING'))).toBe('on');
    });

    it('calls another chaincode, whose writes land in its own namespace', async () => {
        const reply = await client.contract.submitTransaction('call', 'other', '["put","k","of other"]');
        expect(text(reply)).toBe('200 ');
        const other = client.gateway.getNetwork('channel').getContract('other');
        expect(text(await other.evaluateTransaction('get', 'k'))).toBe('of other');
        expect(text(await client.contract.evaluateTransaction('get', 'k'))).toBe('');
    });

    it('cannot call itself, nor read the ledger through qscc', async () => {
        const itself = await failure(client.contract.evaluateTransaction('call', 'fixture', '["get","k"]'));
        expect(itself.message).toMatch(/error sending: txid: [0-9a-f]{64}\(channel\) exists/);
        const ledger = await client.contract.evaluateTransaction('call', 'qscc', '["GetChainInfo","channel"]');
        expect(text(ledger)).toBe('500 ');
    });

    it('is asked to initialise first where its definition says so', async () => {
        const guarded = client.gateway.getNetwork('channel').getContract('guarded');
        const { details } = await failure(guarded.evaluateTransaction('get', 'k'));
        expect(details[0]?.message).toContain(
            "chaincode 'guarded' has not been initialized for this version, must call as init first",
        );
    });

    it('runs into the time-out without taking others along', async () => {
        const { details } = await failure(client.contract.submitTransaction('hang'));
        expect(details[0]?.message).toMatch(
            /^error in simulation: failed to execute transaction [0-9a-f]{64}: error sending: timeout expired while executing transaction$/,
        );
        expect(text(await client.contract.evaluateTransaction('get', 'k'))).toBe('');
    });

    it('is started again after it has crashed', async () => {
        const { details } = await failure(client.contract.submitTransaction('crash'));
        expect(details[0]?.message).toMatch(/error sending: chaincode stream terminated$/);
        expect(text(await client.contract.evaluateTransaction('get', 'k'))).toBe('');
    });

    it('is heard: its console and its errors with their stack, each with its transaction', async () => {
        const proposal = client.contract.newProposal('fail', { arguments: ['CODE: reason'] });
        await failure(proposal.evaluate());
        const lines = logs.filter(({ txId }) => txId === proposal.getTransactionId());
        expect(lines[0]).toMatchObject({ mspId: 'AMSP', level: 'info', source: 'console', text: 'about to fail' });
        expect(lines.find(({ source }) => source === 'contract')?.text).toMatch(/CODE: reason\n\s+at Fixture\.fail/);
    });

    it('is replaced by what its folder holds when reloaded, with its state kept', async () => {
        const folder = mkdtempSync(join(__dirname, 'reloaded-'));
        cpSync(fixtureFolder, folder, { recursive: true });
        const changing = await TestNetwork.open(consortiumOf(['a']), { folder });
        const { contract } = await changing.client('a');
        await contract.submitTransaction('put', 'k', 'kept');
        const file = join(folder, 'index.js');
        const source = readFileSync(file, 'utf8');
        writeFileSync(
            file,
            source.replace(
                'return text(await ctx.stub.getState(key));',
                "return 'reloaded ' + text(await ctx.stub.getState(key));",
            ),
        );
        await changing.network.laboratory.reload('fixture');
        expect(text(await contract.evaluateTransaction('get', 'k'))).toBe('reloaded kept');
        await changing.close();
        rmSync(folder, { recursive: true });
    });

    it('is replaced by itself when watched: by good code, also after code that does not start', async () => {
        const folder = mkdtempSync(join(__dirname, 'watched-'));
        cpSync(fixtureFolder, folder, { recursive: true });
        const lines: string[] = [];
        const options = { watch: true, onLog: ({ text: line }: ChaincodeLog): unknown => lines.push(line) };
        const changing = await TestNetwork.open(consortiumOf(['a']), { folder }, options);
        const { contract } = await changing.client('a');
        const answer = (): Promise<string> =>
            contract.evaluateTransaction('setting', 'NONE').then(text, () => 'failed');
        const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
            while (!(await holds())) await new Promise(resolve => setTimeout(resolve, 50));
        };
        const source = readFileSync(join(folder, 'index.js'), 'utf8');
        const write = (changed: string): void => writeFileSync(join(folder, 'index.js'), changed);
        write(source.replace("?? ''", "?? 'first'"));
        await until(async () => (await answer()) === 'first');
        write('this is no program');
        await until(() => lines.some(line => line.includes('SyntaxError')));
        // Compilers make the folder anew: it must be watched anew.
        mkdirSync(join(folder, 'dist'));
        writeFileSync(join(folder, 'dist', 'answer.js'), "module.exports = 'second';");
        write(source.replace("?? ''", "?? require('./dist/answer')"));
        await until(async () => (await answer()) === 'second');
        rmSync(join(folder, 'dist'), { recursive: true });
        mkdirSync(join(folder, 'dist'));
        writeFileSync(join(folder, 'dist', 'answer.js'), "module.exports = 'third';");
        await until(async () => (await answer()) === 'third');
        writeFileSync(join(folder, 'dist', 'answer.js'), "module.exports = 'fourth';");
        await until(async () => (await answer()) === 'fourth');
        await changing.close();
        rmSync(folder, { recursive: true });
    });

    it('has no time-out while a debugger is attached, unless one is asked for', () => {
        expect([executeTimeoutOf(undefined), executeTimeoutOf(5)]).toEqual([30_000, 5]);
        inspector.open(0, '127.0.0.1');
        try {
            expect([executeTimeoutOf(undefined), executeTimeoutOf(5)]).toEqual([0, 5]);
        } finally {
            inspector.close();
        }
    });

    it('that does not start is reported with its last words', async () => {
        const chaincodes = [{ name: 'broken', version: '1', folder: __dirname }];
        const { message } = await failure(openNetwork('embedded', consortiumOf(['a']), { chaincodes }));
        expect(message).toContain('no chaincode package: there is no package.json in this folder');
    });
});
