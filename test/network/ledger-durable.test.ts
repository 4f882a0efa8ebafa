import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LevelFolder } from '@poolproof/network/dist/embedded/ledger';
import type { Simulator } from '@poolproof/network/dist/embedded/ledger';
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
