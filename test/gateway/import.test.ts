import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { assetClassOf } from '@poolproof/chaincode/domain';
import { ImportError, readLoanMonths } from '@poolproof/gateway';

import { dataFolder, loadLoans, loadMonths, sample } from '../setting/pool';
import { sampleSeed } from '../setting/make-sample';
import { sampleTape } from '../setting/sample-tape';

const autoLoan = assetClassOf('auto-loan');

describe('the synthetic sample', () => {
    it('is what its seed makes, byte for byte', () => {
        const tape = sampleTape(sampleSeed.seed, sampleSeed.loans, sampleSeed.months);
        expect(readFileSync(sample.loans, 'utf8')).toBe(tape.loans);
        expect(readFileSync(sample.months, 'utf8')).toBe(tape.months);
    });

    it('is read whole', async () => {
        expect(await loadLoans(sample)).toHaveLength(sampleSeed.loans);
        expect((await loadMonths(sample, '2099-12')).size).toBe(sampleSeed.months);
    });
});

describe('an EX-102 exhibit', () => {
    let folder: string;
    beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'poolproof-xml-'))));
    afterAll(() => rm(folder, { recursive: true }));

    async function monthsIn(path: string) {
        const months = [];
        for await (const month of readLoanMonths(path, autoLoan, 'USD')) months.push(month);
        return months;
    }

    const asset = (number: string, fields: string) =>
        `<assets><assetNumber>${number}</assetNumber><reportingPeriodEndingDate>06-30-2026</reportingPeriodEndingDate>${fields}</assets>\n`;
    const exhibit = (...assets: string[]) => `<?xml version="1.0"?>\n<assetData>\n${assets.join('')}</assetData>\n`;
    const read = async (text: string) => {
        const path = join(folder, 'exhibit.xml');
        await writeFile(path, text);
        return monthsIn(path);
    };

    it('is read asset by asset, its period taken from its ending date', async () => {
        const [month] = await read(exhibit(asset('a+/=', '<totalActualAmountPaid>197.26</totalActualAmountPaid>')));
        const paid = autoLoan.state.fields.findIndex(({ name }) => name === 'totalActualAmountPaid');
        expect(month).toMatchObject({ period: '2026-06', place: { file: 'exhibit.xml', line: 3 } });
        expect([month?.cells[0], month?.cells[paid]]).toEqual(['a+/=', 19726]);
    });

    it.each([
        ['cut off', exhibit(asset('1', ''), asset('2', '')).slice(0, -40), 'not well-formed XML, or cut off'],
        ['no such exhibit', '<html></html>', 'line 1: not an EX-102 asset data file'],
        ['a field given twice', exhibit(asset('1', '<a>1</a><a>2</a>')), 'line 3, a: the field stands twice'],
        [
            'a text for an amount',
            exhibit(asset('1', '<totalActualAmountPaid>x</totalActualAmountPaid>')),
            'line 3, totalActualAmountPaid',
        ],
        ['an asset given twice', exhibit(asset('1', ''), asset('1', '')), 'line 4: the loan stands twice in 2026-06'],
    ])('is refused by its place: %s', async (_, text, message) => {
        const error: unknown = await read(text).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(ImportError);
        expect((error as ImportError).message).toContain(message);
    });

    const real = join(dataFolder, 'ex-102');
    (existsSync(real) ? it : it.skip)('as filed for CarMax 2026-2 rolls forward and adds up', async () => {
        const at = (name: string) => autoLoan.state.fields.findIndex(field => field.name === name);
        const [begin, principal, end, paid, interest, other] = [
            'reportingPeriodBeginningLoanBalanceAmount',
            'actualPrincipalCollectedAmount',
            'reportingPeriodActualEndBalanceAmount',
            'totalActualAmountPaid',
            'actualInterestCollectedAmount',
            'actualOtherCollectedAmount',
        ].map(at) as [number, number, number, number, number, number];
        const months = [...(await monthsIn(join(real, '2026-06.xml'))), ...(await monthsIn(join(real, '2026-07.xml')))];
        expect(months).toHaveLength(14);
        for (const { cells } of months) {
            const amount = (index: number) => Number(cells[index]);
            expect(amount(begin) - amount(principal)).toBe(amount(end));
            expect(amount(paid)).toBe(amount(interest) + amount(principal) + amount(other));
        }
    });
});
