import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaincodeLog } from '@poolproof/network';
import { openNetwork } from '@poolproof/network';
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

    it('that does not start is reported with its last words', async () => {
        const chaincodes = [{ name: 'broken', version: '1', folder: __dirname }];
        const { message } = await failure(openNetwork('embedded', consortiumOf(['a']), { chaincodes }));
        expect(message).toContain('no chaincode package: there is no package.json in this folder');
    });
});
