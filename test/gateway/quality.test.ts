import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { assetClassOf } from '@poolproof/chaincode/domain';
import { checkQuality, ImportError, readLoanMonths, readLoans, readMapping, withFields } from '@poolproof/gateway';

import { dataFolder, filed, monthMapping, sample } from '../setting/pool';

import type { Mapping, QualityReport } from '@poolproof/gateway';

const autoLoan = assetClassOf('auto-loan');
const exhibit = join(dataFolder, 'ex-102/2026-06.xml');

function indexIn(kind: 'loan' | 'state', name: string): number {
    return autoLoan[kind].fields.findIndex(field => field.name === name);
}

describe('the quality of a tape', () => {
    let folder: string;
    beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'poolproof-quality-'))));
    afterAll(() => rm(folder, { recursive: true }));

    async function written(name: string, text: string): Promise<string> {
        const path = join(folder, name);
        await writeFile(path, text);
        return path;
    }

    /** The sample's tape with values of some lines changed: `{ 2: { field: value } }`. */
    async function spoilt(changes: Readonly<Record<number, Readonly<Record<string, string>>>>): Promise<QualityReport> {
        const lines = (await readFile(sample.loans, 'utf8')).trim().split('\n');
        const header = (lines[0] ?? '').split(',');
        for (const [line, fields] of Object.entries(changes)) {
            const values = (lines[Number(line) - 1] ?? '').split(',');
            for (const [field, value] of Object.entries(fields)) values[header.indexOf(field)] = value;
            lines[Number(line) - 1] = values.join(',');
        }
        return checkQuality(await written('tape.csv', `${lines.join('\n')}\n`), autoLoan, 'USD');
    }

    it('is whole where nothing is wrong', async () => {
        const { records, refused, score } = await spoilt({});
        expect([records, refused, score]).toEqual([300, false, 100]);
    });

    it('refuses rates in another scale, dates out of order, duplicates and what cannot be read, all in one report', async () => {
        const { findings, refused } = await spoilt({
            2: { originalInterestRatePercentage: '1.065' },
            3: { originationDate: '01/2030' },
            5: { assetNumber: '90000003' },
            6: { originalLoanAmount: 'much' },
            7: { originalInterestRatePercentage: '6.5' },
        });
        const refusals = findings.filter(({ tier }) => tier === 'refuse');
        expect(refused).toBe(true);
        expect(
            new Map(refusals.map(({ rule, field, examples }) => [`${rule.split(':')[0]} ${field}`, examples])),
        ).toEqual(
            new Map([
                ['rate-scale originalInterestRatePercentage', [2]],
                ['dates-out-of-order originationDate', [3]],
                ['twice assetNumber', [5]],
                ['unreadable originalLoanAmount', [6]],
                ['unreadable originalInterestRatePercentage', [7]],
            ]),
        );
    });

    it('warns of what may be right, and counts what is not reported', async () => {
        const { findings, refused, score } = await spoilt({
            2: { remainingTermToMaturityNumber: '500', obligorCreditScore: '' },
            3: { originalInterestRatePercentage: '0.0007', obligorCreditScore: '' },
        });
        expect([refused, score]).toEqual([false, 99]);
        expect(findings.map(({ rule, tier, count }) => [rule, tier, count])).toEqual([
            ['term-grown', 'warn', 1],
            ['rate-scale-low', 'warn', 1],
            ['not-reported', 'score', 2],
        ]);
    });

    it('never says what stands in the file', async () => {
        const report = await spoilt({ 2: { originalLoanAmount: 'Zq7xsecret' } });
        expect(JSON.stringify(report)).not.toContain('Zq7x');
    });

    it('warns of months whose zero balance sticks, and of begin balances that are missing', async () => {
        const header = [
            'assetNumber,period,reportingPeriodBeginningLoanBalanceAmount,reportingPeriodActualEndBalanceAmount',
            'zeroBalanceCode,zeroBalanceEffectiveDate,totalActualAmountPaid,actualPrincipalCollectedAmount',
        ].join(',');
        const lines = [
            '1,2017-06,,10.00,,,5.00,5.00',
            '2,2017-06,10.00,10.00,1,2017-06,0,0',
            '3,2017-06,0,0,1,04/2017,0,0',
        ];
        const path = await written('months.csv', `${[header, ...lines].join('\n')}\n`);
        const { findings } = await checkQuality(path, autoLoan, 'USD', { kind: 'state' });
        const warned = findings.filter(({ tier }) => tier === 'warn');
        expect(warned.map(({ rule, examples }) => [rule, examples])).toEqual([
            ['begin-balance-missing', [2]],
            ['zero-balance-with-balance', [3]],
            ['zero-balance-sticky', [4]],
        ]);
    });

    describe('under a mapping', () => {
        const annex = resolve('gateway/mappings/esma-automobile.json');

        /** A mapping file of the user's own. */
        async function mappingTo(fields: object): Promise<Mapping> {
            return readMapping(await written('mapping.json', JSON.stringify({ name: 'own', fields })), autoLoan);
        }

        async function firstLoan(path: string, mapping: Mapping): Promise<(name: string) => unknown> {
            for await (const { cells } of readLoans(path, autoLoan, 'EUR', mapping))
                return name => cells[autoLoan.loan.fields.findIndex(field => field.name === name)];
            throw new Error('the tape is empty');
        }

        it('reads the ESMA template of automobiles, rates in percent and days for months', async () => {
            const codes = [
                'AUTL3',
                'AUTL24',
                'AUTL25',
                'AUTL26',
                'AUTL29',
                'AUTL30',
                'AUTL40',
                'AUTL56',
                'AUTL69',
                'AUTL10',
                'AUTL82',
            ];
            const path = await written(
                'annex-v.csv',
                `${codes.concat('AUTL53', 'AUTL54', 'AUTL55', 'AUTL60').join(';')}\nL1;2020-03-15;2025-03-14;60;20000.00;12345.67;6.5;NEWX;3;DE300;Bank;ND1;ND1;ND4-2021-06-30;ND5\n`,
            );
            const cell = await firstLoan(path, await readMapping(annex, autoLoan));
            expect(cell('assetNumber')).toBe('L1');
            expect(cell('originatorName')).toBe('Bank');
            expect(cell('originationDate')).toBe('2020-03');
            expect(cell('reportingPeriodActualEndBalanceAmount')).toBe(1_234_567);
            expect(cell('reportingPeriodInterestRatePercentage')).toBe(6_500_000);
            expect(cell('vehicleNewUsedCode')).toBe('1');
            expect(cell('vehicleModelName')).toBe('ND1');
            expect(cell('vehicleModelYear')).toBe('ND4');
        });

        it('reads its months: codes of accounts that are gone, and the cut-off day as the month', async () => {
            const path = await written(
                'annex-v-months.csv',
                'AUTL3;AUTL6;AUTL9;AUTL30;AUTL40;AUTL69;AUTL70\nL1;2026-06-30;ND5;900.00;6.5;ND1;PERF\nL2;2026-06-30;2026-06-11;0.00;6.5;0;RDMD\n',
            );
            const months = [];
            for await (const month of readLoanMonths(path, autoLoan, 'EUR', await readMapping(annex, autoLoan)))
                months.push(month);
            const codes = months.map(({ cells }) => cells[indexIn('state', 'zeroBalanceCode')]);
            expect([months[0]?.period, codes]).toEqual(['2026-06', [null, '1']]);
        });

        it('reads the ESMA template of consumer loans, with what the template does not have stated', async () => {
            const consumerLoan = assetClassOf('consumer-loan');
            const mapping = await readMapping(resolve('gateway/mappings/esma-consumer.json'), consumerLoan);
            const stated = withFields(mapping, {}, { originatorName: 'Bank', lenderLicence: 'L-7' });
            const codes = Object.values(mapping.fields).map(({ column }) => column ?? '');
            const values: Record<string, string> = {
                ...{ CMRL2: 'C1', CMRL3: 'N1', CMRL27: '9000.00', CMRL28: '4500.50', CMRL37: '7.25', CMRL54: '0' },
                ...{ CMRL21: '2024-02-01', CMRL22: '2028-02-01', CMRL23: '48', CMRL55: 'PERF', CMRL36: 'ND5' },
            };
            const path = await written(
                'annex-vi.csv',
                `${codes.join(';')}\n${codes.map(code => values[code] ?? 'ND2').join(';')}\n`,
            );
            const { findings, refused } = await checkQuality(path, consumerLoan, 'EUR', { mapping: stated });
            expect([refused, findings.filter(({ tier }) => tier === 'warn')]).toEqual([false, []]);
            for await (const { cells } of readLoans(path, consumerLoan, 'EUR', stated)) {
                const cell = (name: string) => cells[consumerLoan.loan.fields.findIndex(field => field.name === name)];
                expect([cell('contractNumber'), cell('lenderLicence')]).toEqual(['C1', 'L-7']);
                expect([cell('currentPrincipalBalance'), cell('currentInterestRate')]).toEqual([450_050, 7_250_000]);
                expect([cell('paymentDue'), cell('geographicRegionObligor')]).toEqual(['ND5', 'ND2']);
            }
        });

        it('names the column that is not there', async () => {
            const path = await written('short.csv', 'AUTL3\n1\n');
            await expect(
                checkQuality(path, autoLoan, 'EUR', { mapping: await readMapping(annex, autoLoan) }),
            ).rejects.toThrow(ImportError);
        });

        it.each([
            ['percent', '6.5', 6_500_000],
            ['percent', '0.05', 50_000],
            ['basis-points', '650', 6_500_000],
            ['basis-points', '3', 30_000],
        ])('reads rates in %s: %s', async (unit, text, expected) => {
            const mapping = await mappingTo({ servicingFeePercentage: { column: 'fee', unit } });
            const path = await written(
                'rates.csv',
                `assetNumber,originatorName,reportingPeriodActualEndBalanceAmount,fee\n1,B,5,${text}\n`,
            );
            expect((await firstLoan(path, mapping))('servicingFeePercentage')).toBe(expected);
        });

        it('refuses a mapping to a field that does not exist', async () => {
            const path = await written(
                'mapping.json',
                JSON.stringify({ name: 'own', fields: { nothing: { column: 'x' } } }),
            );
            await expect(readMapping(path, autoLoan)).rejects.toThrow('nothing: no such field');
        });
    });

    (filed ? it : it.skip)('finds nothing wrong with the filed tape', async () => {
        const report = await checkQuality(filed?.loans ?? '', autoLoan, 'USD');
        expect(report).toEqual({ file: 'loans.csv', records: 3513, findings: [], score: 100, refused: false });
    });

    (filed ? it : it.skip)('finds the filed months fit, and all of their begin balances missing', async () => {
        const judged = { mapping: monthMapping, kind: 'state' } as const;
        const report = await checkQuality(filed?.months ?? '', autoLoan, 'USD', judged);
        expect(report.refused).toBe(false);
        expect(report.findings.find(({ rule }) => rule === 'begin-balance-missing')?.count).toBe(report.records);
    });

    (existsSync(exhibit) ? it : it.skip)(
        'takes a credit score with a fraction, as one filed exhibit has it',
        async () => {
            const { findings, records } = await checkQuality(exhibit, autoLoan, 'USD');
            expect([records, findings.filter(({ tier }) => tier === 'refuse')]).toEqual([9, []]);
        },
    );

    (existsSync(exhibit) ? it : it.skip)(
        'finds in the filed exhibits a paid-off loan that is told of again',
        async () => {
            const next = join(dataFolder, 'ex-102/2026-07.xml');
            const months = await checkQuality(next, autoLoan, 'USD', { kind: 'state', month: '2026-07' });
            expect([months.records, months.refused]).toEqual([5, false]);
            expect(months.findings.map(({ rule, tier }) => [rule, tier])).toEqual([
                ['zero-balance-sticky', 'warn'],
                ['not-reported', 'score'],
            ]);
        },
    );

    it('refuses a file of months that says nothing of the month that is meant', async () => {
        const path = await written('may.csv', 'assetNumber,period\n1,2017-05\n');
        const judged = checkQuality(path, autoLoan, 'USD', { kind: 'state', month: '2017-06' });
        await expect(judged).rejects.toThrow('may.csv, line 1: no record of 2017-06');
    });
});
