import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { assetClassOf } from '@poolproof/chaincode/domain';
import { orderLoans, QualityFailure, recordTape, TapeSecret } from '@poolproof/gateway';

import { Random, seedOfRun } from '../setting/random';
import { loadLoans, sample } from '../setting/pool';
import { issueDeal } from '../setting/issuing';
import { openDeal, sealTape } from '../setting/sealing';
import { datesOn, setStage, tagged } from '../setting/stage';

import type { Cell, Chunk } from '@poolproof/chaincode/domain';
import type { Loan, Progress } from '@poolproof/gateway';
import type { RecorderTask } from '../setting/recorder';
import type { Stage } from '../setting/stage';

const autoLoan = assetClassOf('auto-loan');
const loansPerChunk = 5;
const random = new Random(seedOfRun());

describe('a recording whose client is killed again and again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-recording-'));
    let stage: Stage;
    let dealId: string;
    let rows: (readonly Cell[])[];
    let task: RecorderTask;
    const pids = new Set<number>();

    beforeAll(async () => {
        stage = await setStage();
        const loans = tagged(stage, (await loadLoans(sample)).slice(0, 160));
        rows = orderLoans(loans, autoLoan);
        dealId = `killed-${stage.tag}`;
        await openDeal(stage.cast, { dealId, loans, dates: await datesOn(stage) });
        const identity = await stage.network.identity('bank-a', 'recorder', {
            'poolproof.role': 'originator,servicer',
        });
        const { channel, chaincode } = stage.network.consortium;
        const peers = stage.network.peers('bank-a');
        task = {
            connection: { identity, peers, channel, chaincode: chaincode.name },
            ...{ dealId, loansPerChunk, secretFile: join(folder, 'tape.secret'), loans: tapeFile(loans) },
        };
    });

    afterAll(async () => {
        await stage.close();
        rmSync(folder, { recursive: true });
    });

    it('refuses a tape of which a rule says no, and has recorded nothing', async () => {
        const rate = autoLoan.loan.fields.findIndex(({ name }) => name === 'originalInterestRatePercentage');
        const spoilt = rows.map((cells, i) =>
            i === 100 ? cells.map((cell, at) => (at === rate ? 1.065e8 : cell)) : cells,
        );
        const path = tapeFile(
            spoilt.map(cells => ({ cells })),
            'spoilt.csv',
        );
        const secret = await TapeSecret.open(join(folder, 'spoilt.secret'));
        const recorded = recordTape(stage.cast.bankA, { dealId, path, secret, loansPerChunk });
        await expect(recorded).rejects.toBeInstanceOf(QualityFailure);
        for (const number of [0, 1, 2, 3]) expect(await stage.cast.bankA.tapes.summary(dealId, number)).toBeNull();
    });

    it('records every chunk of the tape once, with the salts that its secret gives', async () => {
        const kills = await killedUntilDone(task);
        expect(kills).toBeGreaterThan(2);
        const chunks = await recordedChunks();
        await stage.cast.bankA.tapes.submit({ dealId, chunks: chunks.length });
        expect(chunks.flatMap(chunk => Array.from({ length: chunk.rows }, (_, row) => chunk.cells(row)))).toEqual(rows);
        expect(Math.max(...chunks.map(chunk => chunk.rows))).toBe(loansPerChunk);
        const secret = await TapeSecret.open(task.secretFile);
        chunks.forEach(({ secret: salt }, number) => {
            expect(Buffer.from(salt)).toEqual(secret.salt({ dealId, number }));
        });
        expect(await told('ChunkRecorded')).toEqual([...chunks.keys()]);
    }, 120_000);

    it('records every chunk of a month once', async () => {
        await sealTape(stage.cast, dealId);
        await issueDeal(stage.cast, dealId);
        const path = monthFile(rows);
        const kills = await killedUntilDone({ ...task, month: { path, month: '2017-06' } });
        expect(kills).toBeGreaterThan(2);
        await stage.cast.bankA.reports.file({ dealId, period: 1, version: 1 });
        const { versions } = await stage.cast.fund.reports.read(dealId, 1);
        expect(versions[0]?.facts.principalCollections).toBe(BigInt(rows.length - 1) * 100n);
        const { chunkRoots } = await stage.cast.fund.tapes.read(dealId);
        expect(await told('StatesRecorded')).toEqual([...chunkRoots.keys()]);
    }, 120_000);

    it('sends nothing where nothing is missing', async () => {
        const { last } = await run({ ...task, month: { path: monthFile(rows), month: '2017-06' } });
        expect(last.chunks).toBeGreaterThan(0);
        expect(last.found).toBe(last.chunks);
    });

    it('leaves no loans on the disk of the client, though it was killed', () => {
        const spools = readdirSync(tmpdir()).map(name => /^poolproof-spool-(\d+)-/.exec(name)?.[1]);
        expect(spools.filter(pid => pid !== undefined && pids.has(Number(pid)))).toEqual([]);
    });

    /** The chunks on the ledger, in order. */
    async function recordedChunks(): Promise<Chunk[]> {
        const { tapes } = stage.cast.bankA;
        const chunks: Chunk[] = [];
        while (await tapes.summary(dealId, chunks.length)) chunks.push(await tapes.loans(dealId, chunks.length));
        return chunks;
    }

    /** Starts the client over and over, kills it at random moments, and lets it end at last. How often it was killed. */
    async function killedUntilDone(task: RecorderTask): Promise<number> {
        let kills = 0;
        for (let round = 0; round < 5; round++) if ((await run(task, 1 + random.below(3))).killed) kills++;
        const { last, killed } = await run(task);
        expect([killed, last.recorded]).toEqual([false, last.chunks]);
        expect(last.found).toBeGreaterThan(0);
        return kills;
    }

    interface Ended {
        readonly killed: boolean;
        readonly last: Progress;
    }

    /** Runs the client; kills it, if it is to be, a random moment after so many chunks of its own. */
    function run(task: RecorderTask, chunks = Infinity): Promise<Ended> {
        const file = join(folder, 'task.json');
        writeFileSync(file, JSON.stringify(task));
        const child = spawn(process.execPath, [join(__dirname, '../setting/recorder.js'), file]);
        pids.add(child.pid ?? 0);
        let last: Progress = { recorded: 0, found: 0, chunks: 0 };
        let [output, problems] = ['', ''];
        child.stdout.on('data', (data: Buffer) => {
            output += data.toString();
            const lines = output.split('\n');
            output = lines.pop() ?? '';
            for (const line of lines) last = JSON.parse(line) as Progress;
            if (last.recorded - last.found >= chunks) setTimeout(() => child.kill('SIGKILL'), random.below(30));
        });
        child.stderr.on('data', (data: Buffer) => (problems += data.toString()));
        return new Promise((resolve, reject) => {
            child.on('close', (code, signal) => {
                if (code === 0 || signal === 'SIGKILL') resolve({ killed: signal === 'SIGKILL', last });
                else reject(new Error(problems));
            });
        });
    }

    /** Numbers of the chunks of which the ledger has told, in order; a chunk told twice stands twice. */
    async function told(name: string): Promise<number[]> {
        const numbers: number[] = [];
        for await (const event of stage.cast.fund.events({ from: 0n, signal: AbortSignal.timeout(2_000) }))
            if (event.name === name && event.payload['dealId'] === dealId)
                numbers.push(Number(event.payload['number']));
        return numbers.sort((a, b) => a - b);
    }

    function tapeFile(loans: readonly Pick<Loan, 'cells'>[], name = 'loans.csv'): string {
        const { fields } = autoLoan.loan;
        const shown = loans.map(({ cells }) => cells.map((cell, i) => shownIn(fields[i]?.type, cell)));
        return csv(name, [fields.map(field => field.name), ...shown]);
    }

    /** Every loan but the first has paid a dollar of principal; of the first the month says nothing. */
    function monthFile(rows: readonly (readonly Cell[])[]): string {
        const balance = autoLoan.loan.fields.findIndex(({ name }) => name === autoLoan.loanRoles.balance);
        const records = rows.slice(1).map(cells => {
            const end = ((Number(cells[balance]) - 100) / 100).toFixed(2);
            return [String(cells[0]), '2017-06', end, '1.00', '1.00'];
        });
        return csv('months.csv', [
            ['assetNumber', 'period', 'endBalance', 'principal', 'payment', 'recovery', 'repossessionProceeds'],
            ...records.map(each => [...each, '', '0']),
        ]);
    }

    function csv(name: string, lines: readonly (readonly string[])[]): string {
        const path = join(folder, name);
        writeFileSync(path, lines.map(line => `${line.join(',')}\n`).join(''));
        return path;
    }
});

function shownIn(type: string | undefined, cell: Cell): string {
    if (cell === null) return '';
    if (type === 'amount') return (Number(cell) / 100).toFixed(2);
    if (type === 'decimal') return (Number(cell) / 1e4).toFixed(4);
    return type === 'rate' ? (Number(cell) / 1e8).toFixed(8) : String(cell);
}
