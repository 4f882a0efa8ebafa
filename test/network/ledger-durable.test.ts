import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LevelFolder, readDump, writeDump } from '@poolproof/network/dist/embedded/ledger';
import type { LedgerSnapshot, Simulator } from '@poolproof/network/dist/embedded/ledger';
import { CHANNEL, Code, LedgerNetwork, newKeys, text, value } from './ledger-fixture';

const orgs = ['BankAMSP', 'TrustMSP', 'FundMSP'];

/** How often the writer is killed; more for a longer look. */
const rounds = Number(process.env['POOLPROOF_KILL_ROUNDS'] ?? '5');

const put =
    (key: string, content: string) =>
    (simulator: Simulator): void =>
        simulator.putState('cc', key, value(content));

describe('a ledger on disk', () => {
    let home: string;
    beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'ledger-'))));
    afterEach(() => rmSync(home, { recursive: true, force: true }));

    it('is opened as it was closed', async () => {
        const keys = await newKeys(orgs);
        const before = await LevelFolder.open(join(home, 'db'), CHANNEL);
        const first = await LedgerNetwork.open(orgs, { folder: before, keys });
        await first.define();
        await first.submit(put('\u{1F600}', 'one'));
        await first.submit(put('\u{1F600}', 'two'));
        const expected = first.ledger('TrustMSP').block(3)?.commitHash;
        await before.close();

        const after = await LevelFolder.open(join(home, 'db'), CHANNEL);
        const second = await LedgerNetwork.open(orgs, { folder: after, keys });
        const ledger = second.ledger('TrustMSP');
        expect(ledger.height).toBe(4);
        expect(ledger.block(3)?.commitHash).toEqual(expected);
        expect(text(second.read('FundMSP', simulator => simulator.getState('cc', '\u{1F600}')))).toBe('two');
        expect([...ledger.history('cc', '\u{1F600}')].map(change => text(change.value))).toEqual(['two', 'one']);
        expect(await second.submit(put('k', 'goes on'))).toBe(Code.VALID);
        await after.close();
    });

    it('still has the private data of a transaction that was endorsed before and ordered after', async () => {
        const keys = await newKeys(orgs);
        const before = await LevelFolder.open(join(home, 'db'), CHANNEL);
        const first = await LedgerNetwork.open(orgs, { folder: before, keys });
        const book = { name: 'book', policy: "OR('TrustMSP.member')", requiredPeerCount: 0, maxPeerCount: 1 };
        await first.define({
            collections: [{ ...book, blockToLive: 0, memberOnlyRead: false, memberOnlyWrite: false }],
        });
        const waiting = await first.make(simulator => simulator.putPrivateData('cc', 'book', 'k', value('kept')));
        await before.close();

        const after = await LevelFolder.open(join(home, 'db'), CHANNEL);
        const second = await LedgerNetwork.open(orgs, { folder: after, keys });
        expect(await second.order([waiting])).toEqual([Code.VALID]);
        const read = (network: LedgerNetwork): string | undefined =>
            text(network.read('TrustMSP', simulator => simulator.getPrivateData('cc', 'book', 'k')));
        expect(read(second)).toBe('kept');
        await after.close();

        const last = await LevelFolder.open(join(home, 'db'), CHANNEL);
        expect((await last.store('TrustMSP').load()).transient).toEqual([]);
        await last.close();
    });

    it(`is whole after each of ${rounds} kills in the middle of load, and has all that was committed`, async () => {
        const keysFile = join(home, 'keys.json');
        writeFileSync(keysFile, JSON.stringify(await newKeys(orgs)));
        let committed = 0;
        for (let round = 0; round < rounds; round++) {
            const lines = await runUntilKilled(join(home, 'db'), keysFile, 20 + ((round * 37) % 200));
            expect(lines.filter(line => line.startsWith('broken'))).toEqual([]);
            const heightFound = numberIn(lines.find(line => line.startsWith('whole')));
            expect(heightFound).toBeGreaterThanOrEqual(committed);
            committed = Math.max(heightFound, ...lines.filter(line => line.startsWith('committed')).map(numberIn));
        }
        expect(committed).toBeGreaterThan(rounds);
    }, 600_000);
});

describe('going back', () => {
    let home: string;
    beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'ledger-'))));
    afterEach(() => rmSync(home, { recursive: true, force: true }));

    const snapshots = async (network: LedgerNetwork): Promise<ReadonlyMap<string, LedgerSnapshot>> =>
        new Map(
            await Promise.all(
                [...network.ledgers].map(async ([mspId, ledger]) => [mspId, await ledger.snapshot()] as const),
            ),
        );
    const revert = (network: LedgerNetwork, to: ReadonlyMap<string, LedgerSnapshot>): Promise<unknown> =>
        Promise.all([...network.ledgers].map(([mspId, ledger]) => ledger.revert(to.get(mspId)!)));
    const read = (network: LedgerNetwork, key: string): string | undefined =>
        text(network.read('TrustMSP', simulator => simulator.getState('cc', key)));
    const history = (network: LedgerNetwork, key: string): (string | undefined)[] =>
        [...network.ledger('TrustMSP').history('cc', key)].map(change => text(change.value));

    it.each(['in memory', 'on disk'])('to a snapshot more than once, and on from there, %s', async place => {
        const keys = await newKeys(orgs);
        const folder = place === 'on disk' ? await LevelFolder.open(join(home, 'db'), CHANNEL) : undefined;
        const network = await LedgerNetwork.open(orgs, { keys, ...(folder && { folder }) });
        await network.define();
        await network.submit(put('k', 'base'));
        const base = await snapshots(network);
        const replayed = await network.make(put('k', 'first branch'));
        await network.order([replayed]);
        await network.submit(put('k', 'first branch, later'));
        const later = await snapshots(network);
        await revert(network, base);
        expect([read(network, 'k'), history(network, 'k')]).toEqual(['base', ['base']]);
        expect(network.ledger('TrustMSP').hasTransaction(replayed.txId)).toBe(false);
        await network.submit(put('k', 'second branch'));
        await revert(network, later);
        expect(history(network, 'k')).toEqual(['first branch, later', 'first branch', 'base']);
        await revert(network, base);
        expect(await network.submit(put('k', 'third branch'))).toBe(Code.VALID);
        if (folder === undefined) return;

        await folder.close();
        const again = await LevelFolder.open(join(home, 'db'), CHANNEL);
        const reopened = await LedgerNetwork.open(orgs, { folder: again, keys });
        expect(history(reopened, 'k')).toEqual(['third branch', 'base']);
        expect(await reopened.submit(put('k', 'goes on'))).toBe(Code.VALID);
        await again.close();
    });

    it('from a dump, with state, history, private data and verdicts', async () => {
        const keys = await newKeys(orgs);
        const network = await LedgerNetwork.open(orgs, { keys });
        const book = { name: 'book', policy: "OR('TrustMSP.member')", requiredPeerCount: 0, maxPeerCount: 1 };
        const loose = { blockToLive: 5, memberOnlyRead: false, memberOnlyWrite: false };
        await network.define({ collections: [{ ...book, ...loose }] });
        await network.submit(simulator => simulator.putPrivateData('cc', 'book', 'p', value('secret')));
        await network.submit(put('k', 'refused'), { endorsers: ['BankAMSP'] });
        await network.submit(put('k', 'taken'));
        const file = join(home, 'dump');
        await writeDump(file, CHANNEL, await snapshots(network));

        const other = await LedgerNetwork.open(orgs, { keys });
        const dump = await readDump(file);
        expect(dump.channelId).toBe(CHANNEL);
        await revert(other, dump.peers);
        expect(history(other, 'k')).toEqual(['taken']);
        const secret = (from: LedgerNetwork): string | undefined =>
            text(from.read('TrustMSP', simulator => simulator.getPrivateData('cc', 'book', 'p')));
        expect(secret(other)).toBe('secret');
        expect(await other.submit(put('k', 'goes on'))).toBe(Code.VALID);
        expect(await network.submit(put('other', 'goes on'))).toBe(Code.VALID);
        for (let block = 0; block < 3; block++) await other.commit([]);
        expect(secret(other)).toBeUndefined();
    });

    it('refuses a file that is no dump, or half of one', async () => {
        const network = await LedgerNetwork.open(orgs);
        const file = join(home, 'dump');
        writeFileSync(file, 'hello');
        await expect(readDump(file)).rejects.toThrow('cannot be read as a dump');
        await writeDump(file, CHANNEL, await snapshots(network));
        writeFileSync(file, readFileSync(file).subarray(0, -100));
        await expect(readDump(file)).rejects.toThrow('cannot be read as a dump');
    });
});

/** Lines that the writer said until it was killed, so many milliseconds after it had found its ledger whole. */
function runUntilKilled(folder: string, keysFile: string, delay: number): Promise<string[]> {
    return new Promise((resolve, reject) => {
        const writer = spawn(process.execPath, [join(__dirname, 'ledger-crash-writer.js'), folder, keysFile]);
        let said = '';
        let problem = '';
        let timer: NodeJS.Timeout | undefined;
        writer.stdout.on('data', (chunk: Buffer) => {
            said += chunk.toString();
            if (said.includes('whole')) timer ??= setTimeout(() => writer.kill('SIGKILL'), delay);
        });
        writer.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()));
        writer.on('close', (_code, signal) => {
            clearTimeout(timer);
            if (signal === 'SIGKILL') resolve(said.slice(0, said.lastIndexOf('\n')).split('\n'));
            else reject(new Error(`the writer ended by itself: ${said}${problem}`));
        });
    });
}

function numberIn(line: string | undefined): number {
    return Number(line?.split(' ')[1]);
}
