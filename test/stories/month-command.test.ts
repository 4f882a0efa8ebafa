import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { replayDeal } from '@poolproof/gateway';

import { issueDeal } from '../setting/issuing';
import { loadLoans, monthColumns, sample } from '../setting/pool';
import { openDeal, sealTape, submitTape } from '../setting/sealing';
import { poolproofIn } from '../setting/command-line';
import { datesOn, setStage, tagged } from '../setting/stage';
import { writeDesks } from '../setting/desk-files';

import type { Connection, Difference } from '@poolproof/gateway';
import type { Stage } from '../setting/stage';

const columns = Object.entries(monthColumns).flatMap(([name, column]) => ['--column', `${name}=${column}`]);

describe('a month from the command line', () => {
    let stage: Stage;
    let folder: string;
    let lenient: string;
    let strict: string;
    let broken: string;

    beforeAll(async () => {
        stage = await setStage();
        folder = await mkdtemp(join(tmpdir(), 'poolproof-months-'));
        await writeDesks(stage.network, folder);
        lenient = `lenient-${stage.tag}`;
        strict = `strict-${stage.tag}`;
        const loans = (await loadLoans(sample)).slice(0, 150);
        for (const [dealId, exceptions] of [
            [lenient, 'adjust'],
            [strict, 'refuse'],
        ] as const) {
            const own = tagged({ ...stage, tag: dealId }, loans);
            await openDeal(stage.cast, { dealId, loans: own, dates: await datesOn(stage), exceptions });
            await submitTape(stage.cast, { dealId, loans: own });
            await sealTape(stage.cast, dealId);
            await issueDeal(stage.cast, dealId);
            await writeMonths(
                dealId,
                loans.map(({ cells }) => String(cells[0])),
            );
        }
    }, 120_000);
    afterAll(async () => {
        await stage.close();
        await rm(folder, { recursive: true });
    });

    const poolproof = (...args: string[]) => poolproofIn(folder)(...args);

    /** The first month of a deal's loans; of one of them a dollar is missing. And the same, put right. */
    async function writeMonths(dealId: string, numbers: readonly string[]): Promise<void> {
        const [header = '', ...lines] = (await readFile(sample.months, 'utf8')).trim().split('\n');
        const own = lines
            .filter(line => line.includes(',2017-06,') && numbers.includes(line.slice(0, line.indexOf(','))))
            .map(line => line.replace(',', `.${dealId},`));
        await writeFile(join(folder, `${dealId}-right.csv`), `${[header, ...own].join('\n')}\n`);
        const [first = '', ...others] = own;
        const [number = '', period = '', end = '', ...rest] = first.split(',');
        broken = number;
        const short = [number, period, (Number(end) - 1).toFixed(2), ...rest].join(',');
        await writeFile(join(folder, `${dealId}.csv`), `${[header, ...others, short].join('\n')}\n`);
    }

    const record = (dealId: string, file: string, ...more: string[]) =>
        poolproof('--as', 'bank-a', 'report', 'record', dealId, '1', file, '--month', '2017-06', ...columns, ...more);

    it('is refused whole, with its line, where the terms refuse a loan that does not follow', async () => {
        const { code, stdout, stderr } = await record(strict, `${strict}.csv`);
        expect([code, stdout]).toEqual([8, '']);
        expect(stderr).toMatch(/^does-not-follow: difference +refuse +reportingPeriodActualEndBalanceAmount +1 +\d+$/m);
        expect(await stage.cast.bankA.reports.summary({ dealId: strict, period: 1, version: 1 }, 0)).toBeNull();
    });

    it('... and recorded once it is put right', async () => {
        expect(await record(strict, `${strict}-right.csv`)).toMatchObject({ code: 0 });
    });

    it('is refused where a rule of quality refuses it, and nothing is recorded', async () => {
        const [header = '', first = '', ...others] = (await readFile(join(folder, `${lenient}.csv`), 'utf8')).split(
            '\n',
        );
        await writeFile(join(folder, 'twice.csv'), [header, first, first, ...others].join('\n'));
        const { code, stderr } = await record(lenient, 'twice.csv');
        expect([code, stderr]).toEqual([8, expect.stringMatching(/^twice +refuse +assetNumber +1 +3$/m)]);
        expect(await stage.cast.bankA.reports.summary({ dealId: lenient, period: 1, version: 1 }, 0)).toBeNull();
    });

    it('is recorded with the difference booked where the terms accept it, and the loan is listed to those who may see it', async () => {
        expect(await record(lenient, `${lenient}.csv`)).toMatchObject({ code: 0 });
        expect(await poolproof('--as', 'bank-a', 'report', 'file', lenient, '1')).toMatchObject({ code: 0 });
        expect(await poolproof('--as', 'trust', 'report', 'confirm', lenient, '1')).toMatchObject({ code: 0 });
        const listed = await poolproof('--as', 'regulator', '--json', 'report', 'exceptions', lenient, '1');
        const loan = broken.replace(strict, lenient);
        expect(JSON.parse(listed.stdout)).toEqual([{ loan, kind: 'difference', difference: 100 }]);
        const [{ exceptions } = { exceptions: {} }] = (await stage.cast.fund.reports.read(lenient, 1)).versions;
        expect(exceptions).toEqual({ difference: 1 });
    });

    it('... and not to the other bank', async () => {
        expect((await poolproof('--as', 'bank-b', 'report', 'exceptions', lenient, '1')).code).toBe(4);
    });

    it('is exported as it was recorded, and leaves a trail', async () => {
        const { stdout } = await poolproof(
            '--as',
            'regulator',
            'report',
            'export',
            lenient,
            '1',
            '--purpose',
            'inspection 8',
        );
        const lines = stdout.trim().split('\n');
        expect(lines[0]).toMatch(/^period,assetNumber,reportingPeriodBeginningLoanBalanceAmount,/);
        expect(lines).toHaveLength(151);
        const trail = await poolproof('--as', 'trust', '--json', 'audit', 'trail', lenient);
        expect(JSON.parse(trail.stdout)).toContainEqual(
            expect.objectContaining({ by: 'regulator', kind: 'states', period: 1, purpose: 'inspection 8' }),
        );
    });

    it('adds up whole, to those who may see the loans, and chunk by chunk', async () => {
        const whole = await poolproof('--as', 'trust', '--json', 'report', 'whole', lenient, '1');
        expect(JSON.parse(whole.stdout)).toMatchObject({ facts: { receivablesCount: expect.any(Number) as number } });
        const summary = await poolproof('--as', 'trust', '--json', 'report', 'summary', lenient, '1', '0');
        expect(JSON.parse(summary.stdout)).toMatchObject({ rows: 150, exceptions: [{ kind: 'difference' }] });
        expect((await poolproof('--as', 'trust', 'report', 'summary', lenient, '2', '0')).stdout).toBe('none\n');
        expect((await poolproof('--as', 'bank-b', 'report', 'whole', lenient, '1')).code).toBe(4);
    });

    it('is proved loan by loan, against the root of its report', async () => {
        const proved = ['prove', lenient, broken.replace(strict, lenient), '--period', '1', '--out', 'month.json'];
        expect(await poolproof('--as', 'trust', ...proved)).toMatchObject({ code: 0 });
        expect(await poolproof('--as', 'fund', 'verify', 'month.json')).toMatchObject({ code: 0 });
        const { root = '' } = await stage.cast.fund.tapes.read(lenient);
        expect((await poolproof('verify', 'month.json', '--root', root)).code).toBe(9);
    });

    it('is computed again by the regulator from its own peer: tape, both versions of the report, and the waterfall', async () => {
        expect(await poolproof('--as', 'trust', 'waterfall', 'run', lenient, '1')).toMatchObject({ code: 0 });
        expect(await record(lenient, `${lenient}-right.csv`, '--version', '2')).toMatchObject({ code: 0 });
        const filed = ['report', 'file', lenient, '1', '--version', '2', '--reason', 'a dollar was found'];
        const stated = ['--stated', 'poolBalanceEnding=123456', '--stated', 'receivablesCount=7'];
        expect(await poolproof('--as', 'bank-a', ...filed, ...stated)).toMatchObject({ code: 0 });
        const { code, stdout } = await poolproof('--as', 'regulator', 'audit', 'replay', lenient);
        expect(stdout.trim().split('\n')).toEqual([
            'tape: the same',
            'report of period 1, version 1: the same',
            'report of period 1, version 2: the same',
            'waterfall of period 1, version 1: the same',
            '4 parts of the record computed again: all as published',
        ]);
        expect(code).toBe(0);
        expect((await poolproof('--as', 'bank-b', 'audit', 'replay', lenient)).code).toBe(4);
    });

    it('tells people by how much a restatement and what was stated differ: amounts in their currency, counts as they are', async () => {
        const { stdout } = await poolproof('--as', 'fund', 'report', 'read', lenient, '1');
        expect(stdout).toMatch(/^ +otherPrincipalAdjustment +1\.00$/m);
        expect(stdout).toMatch(/^ +poolBalanceEnding +1,234\.56 +[\d,]+\.\d\d$/m);
        expect(stdout).toMatch(/^ +receivablesCount +7 +\d+$/m);
    });

    it('shows a figure that is published otherwise', async () => {
        const { regulator } = stage.cast;
        const found: [string, readonly Difference[]][] = [];
        for await (const { part, differences } of replayDeal(misled(regulator), lenient))
            found.push([part, differences]);
        expect(found.map(([part, differences]) => [part, differences[0]?.at])).toEqual([
            ['tape', undefined],
            ['report', 'facts.principalCollections'],
            ['report', 'facts.principalCollections'],
            ['waterfall', expect.stringMatching(/^(counted|run)\./)],
        ]);
    });

    /** A connection over which the public reports say a cent too much. */
    function misled(connection: Connection): Connection {
        const list = async (dealId: string) =>
            (await connection.reports.list(dealId)).map(period => ({
                ...period,
                versions: period.versions.map(version => ({
                    ...version,
                    facts: { ...version.facts, principalCollections: version.facts.principalCollections + 1n },
                })),
            }));
        const reports = Object.assign(Object.create(connection.reports) as Connection['reports'], { list });
        return Object.assign(Object.create(connection) as Connection, { reports });
    }
});
