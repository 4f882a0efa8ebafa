import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ImportError } from '@poolproof/gateway';

import { balanceOf, loadLoans, loadMonths, sample } from '../setting/pool';
import { openDeal } from '../setting/sealing';
import { datesOn, setStage, tagged } from '../setting/stage';
import { termsFor } from '../setting/terms';

import type { Loan } from '@poolproof/gateway';
import type { Stage } from '../setting/stage';
import type { TermsDocument } from '../setting/terms';

describe('bad input', () => {
    let stage: Stage;
    let folder: string;
    let loans: Loan[];

    beforeAll(async () => {
        stage = await setStage();
        folder = await mkdtemp(join(tmpdir(), 'poolproof-bad-'));
        loans = tagged(stage, await loadLoans(sample)).slice(0, 10);
    });
    afterAll(async () => {
        await stage.close();
        await rm(folder, { recursive: true });
    });

    /** The sample's file with one thing spoilt, and what reading it says. */
    async function problemOf(
        kind: 'loans' | 'months',
        spoil: (lines: string[], header: string[]) => string,
    ): Promise<string> {
        const lines = (await readFile(sample[kind], 'utf8')).trim().split('\n');
        const path = join(folder, `${kind}.csv`);
        await writeFile(path, spoil(lines, (lines[0] ?? '').split(',')));
        const files = { ...sample, [kind]: path };
        const read: Promise<unknown> = kind === 'loans' ? loadLoans(files) : loadMonths(files, '2017-11');
        const error: unknown = await read.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(ImportError);
        return (error as ImportError).message;
    }

    const withField = (line: number, field: string, value: string) => (lines: string[], header: string[]) => {
        const values = (lines[line - 1] ?? '').split(',');
        values[header.indexOf(field)] = value;
        lines[line - 1] = values.join(',');
        return `${lines.join('\n')}\n`;
    };

    it.each([
        [
            'a file cut off in transfer',
            (lines: string[]) => lines.join('\n').slice(0, -20),
            /^loans\.csv, line \d+: no line end/,
        ],
        [
            'a line cut off',
            (lines: string[]) => `${lines.slice(0, 5).join('\n')}\n90000005,05-01\n`,
            /^loans\.csv, line 6: not as many/,
        ],
        [
            'a text for an amount',
            withField(3, 'originalLoanAmount', 'twelve'),
            /^loans\.csv, line 3, originalLoanAmount: not a/,
        ],
        [
            'a negative balance',
            withField(4, 'reportingPeriodActualEndBalanceAmount', '-1.00'),
            /line 4, reportingPeriodActualEnd.*: less than/,
        ],
        [
            'a third of a cent',
            withField(4, 'originalLoanAmount', '10.001'),
            /line 4, originalLoanAmount: more than 2 decimals/,
        ],
        [
            'no balance',
            withField(7, 'reportingPeriodActualEndBalanceAmount', ''),
            /line 7, reportingPeriodActualEnd.*: missing/,
        ],
        ['a month that is none', withField(5, 'originationDate', '13/2016'), /line 5, originationDate: not a month/],
        [
            'a loan given twice',
            (lines: string[]) => `${[...lines, lines[1]].join('\n')}\n`,
            /line 302, assetNumber: the loan stands here twice/,
        ],
    ])('in a tape is named by its place: %s', async (_, spoil, message) => {
        expect(await problemOf('loans', spoil)).toMatch(message);
    });

    it.each([
        ['a month that is none', withField(2, 'period', '2017-6'), /^months\.csv, line 2, period: not a month/],
        ['a text for an amount', withField(3, 'principal', 'n/a'), /^months\.csv, line 3, principal: not a/],
        [
            'a loan given twice in a month',
            (lines: string[]) => `${[...lines, lines[1]].join('\n')}\n`,
            /stands twice in 2017-06/,
        ],
    ])('in a months file is named by its place: %s', async (_, spoil, message) => {
        expect(await problemOf('months', spoil)).toMatch(message);
    });

    describe('in the terms', () => {
        const open = async (dealId: string, change: (terms: TermsDocument) => object) => {
            const terms = { ...change(termsFor(dealId, balanceOf(loans), await datesOn(stage))) };
            const rules = {
                assetClass: 'auto-loan',
                rollForward: { exceptions: 'refuse', chargeOffAtZero: true },
            } as const;
            return stage.cast.bankA.deals.open({ id: dealId, terms, rules });
        };

        it.each([
            [
                'a class without a balance',
                (terms: TermsDocument) => ({
                    ...terms,
                    tranches: terms.tranches.map(t => ({ ...t, balance: 'much' })),
                }),
                'tranches[0].balance',
            ],
            ['a field nobody knows', (terms: TermsDocument) => ({ ...terms, surprise: 1 }), 'surprise'],
        ])('is refused by its place: %s', async (_, change, place) => {
            const dealId = `terms-${stage.tag}`;
            await expect(open(dealId, change)).rejects.toMatchObject({
                ...{ name: 'Refusal', code: 'TERMS_INVALID', details: { at: place } },
            });
            await expect(stage.cast.bankA.deals.read(dealId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
        });

        it('is refused at the seal where they do not add up to the pool', async () => {
            const dealId = `short-${stage.tag}`;
            await open(dealId, terms => ({ ...terms, pool: { balance: '1.00' } }));
            const { bankA, trust } = stage.cast;
            await bankA.tapes.submit({ dealId, chunks: await bankA.tapes.recordAll(dealId, loans) });
            await trust.pledges.pledge({ dealId, number: 0 });
            await expect(trust.tapes.seal({ dealId, evidence: [] })).rejects.toMatchObject({
                code: 'POOL_BALANCE_DIFFERS',
            });
            expect((await bankA.deals.read(dealId)).status).toBe('submitted');
            await trust.pledges.release({ dealId, number: 0 });
        });

        it('is refused where a party does not hold the role it is to play', async () => {
            const dealId = `party-${stage.tag}`;
            const unfit = open(dealId, terms => ({ ...terms, parties: { ...terms.parties, trustee: 'fund' } }));
            await expect(unfit).rejects.toMatchObject({ code: 'PARTY_UNFIT' });
        });
    });

    it('in a request is refused before it is sent', async () => {
        await expect(openDeal(stage.cast, { dealId: 'no spaces', loans })).rejects.toMatchObject({
            code: 'REQUEST_INVALID',
            details: { at: 'request.id' },
        });
    });

    it('in a chunk is refused by the contract, whatever a client sends', async () => {
        const dealId = `chunk-${stage.tag}`;
        await openDeal(stage.cast, { dealId, loans, dates: await datesOn(stage) });
        const record = stage.cast.bankA.tapes.record({ dealId, number: 0 }, Buffer.from('not deflated'));
        await expect(record).rejects.toMatchObject({ code: 'CHUNK_INVALID' });
        await expect(stage.cast.bankA.tapes.summary(dealId, 0)).resolves.toBeNull();
    });
});
