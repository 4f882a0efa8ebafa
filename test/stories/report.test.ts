import { readFileSync } from 'node:fs';

import { AccessFailure } from '@poolproof/gateway';

import { filed, loadLoans, loadMonths, sample } from '../setting/pool';
import { issueDeal } from '../setting/issuing';
import { openDeal, sealTape, submitTape } from '../setting/sealing';
import { datesOn, setStage, tagged } from '../setting/stage';
import { reportMonth } from '../setting/month';

import type { LoanMonth } from '@poolproof/gateway';
import type { ReportVersion } from '@poolproof/chaincode/domain';
import type { Stage } from '../setting/stage';

const pools = [sample, ...(filed ? [filed] : [])];

describe.each(pools)('reporting the months of $title', files => {
    let stage: Stage;
    let dealId: string;
    let months: (readonly [string, LoanMonth[]])[];
    const sums = sumsOf(readFileSync(files.months, 'utf8'));

    beforeAll(async () => {
        stage = await setStage();
        const loans = tagged(stage, await loadLoans(files));
        months = [...(await loadMonths(files, '2017-11'))]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([month, records]) => [month, tagged(stage, records)] as const);
        dealId = `months-${stage.tag}`;
        await openDeal(stage.cast, { dealId, loans, dates: await datesOn(stage) });
        await submitTape(stage.cast, { dealId, loans });
        await sealTape(stage.cast, dealId);
        await issueDeal(stage.cast, dealId);
    });
    afterAll(() => stage.close());

    const report = async (period: number): Promise<ReportVersion> => {
        const last = (await stage.cast.fund.reports.read(dealId, period)).versions.at(-1);
        if (!last) throw new Error(`nothing reported in period ${period}`);
        return last;
    };
    const recordsOf = (period: number): LoanMonth[] => months[period - 1]?.[1] ?? [];

    it('refuses a month before the one that comes first', async () => {
        const states = stage.cast.bankA.reports.recordAll({ dealId, period: 2, version: 1 }, recordsOf(2));
        await expect(states).rejects.toMatchObject({ code: 'PERIOD_OUT_OF_ORDER' });
        expect((await stage.cast.bankA.reports.read(dealId, 2)).versions).toEqual([]);
    });

    it('refuses a loan that is not in the tape, names its line, and sends nothing', async () => {
        const [first, ...others] = recordsOf(1);
        if (!first) throw new Error('the month is empty');
        const strange = { ...first, cells: ['no-such-loan', ...first.cells.slice(1)] };
        const states = stage.cast.bankA.reports.recordAll({ dealId, period: 1, version: 1 }, [...others, strange]);
        await expect(states).rejects.toThrow(
            `line ${first.place.line}, assetNumber: no such loan in the tape of the deal`,
        );
        await expect(stage.cast.bankA.reports.summary({ dealId, period: 1, version: 1 }, 0)).resolves.toBeNull();
    });

    it('computes for six months exactly what the file adds up to', async () => {
        for (const [i, [month, records]] of months.entries()) {
            await reportMonth(stage.cast, { dealId, period: i + 1, months: records });
            const { facts, totals, status } = await report(i + 1);
            const expected = sums.get(month);
            expect(status).toBe('confirmed');
            expect(facts.poolBalanceEnding).toBe(expected?.endBalance);
            expect(facts.principalCollections).toBe(expected?.principal);
            expect(facts.interestCollections).toBe(expected?.interest);
            expect(facts.recoveries).toBe(expected?.recoveries);
            expect(facts.receivablesCount).toBe(expected?.outstanding);
            expect(totals['totalActualAmountPaid']).toBe(expected?.payment);
        }
    });

    it('rolls the pool forward without a gap', async () => {
        let before = (await stage.cast.fund.tapes.read(dealId)).pool?.balance;
        for (const period of months.keys()) {
            const { facts } = await report(period + 1);
            expect(facts.poolBalanceBeginning).toBe(before);
            const { principalCollections, repurchases, chargedOffPrincipal, otherPrincipalAdjustment } = facts;
            const gone = principalCollections + repurchases + chargedOffPrincipal + otherPrincipalAdjustment;
            expect(facts.poolBalanceBeginning - gone).toBe(facts.poolBalanceEnding);
            before = facts.poolBalanceEnding;
        }
    });

    it('keeps a report that was restated, and marks the months after it', async () => {
        const last = months.length;
        const reason = 'a payment was found';
        const records = recordsOf(last - 1);
        await stage.cast.bankA.reports.recordAll({ dealId, period: last - 1, version: 2 }, records);
        await expect(stage.cast.bankA.reports.file({ dealId, period: last - 1, version: 2 })).rejects.toMatchObject({
            code: 'REASON_MISSING',
        });
        const { answer } = await stage.cast.bankA.reports.file({ dealId, period: last - 1, version: 2, reason });
        expect(answer.affected).toEqual([last]);
        const { versions } = await stage.cast.fund.reports.read(dealId, last - 1);
        expect(versions.map(({ version, status }) => [version, status])).toEqual([
            [1, 'confirmed'],
            [2, 'filed'],
        ]);
        expect(versions[1]).toMatchObject({ reason, delta: {} });
        expect((await stage.cast.fund.reports.read(dealId, last)).affectedBy).toBe(last - 1);
    });

    it('shows the states of single loans to the regulator', async () => {
        const chunk = await stage.cast.regulator.reports.states({ dealId, period: 1, version: 1 }, 0);
        expect(chunk.rows).toBeGreaterThan(0);
    });

    it('... and the other bank cannot read them, nor which loans are exceptions', async () => {
        const id = { dealId, period: 1, version: 1 };
        await expect(stage.cast.bankB.reports.states(id, 0)).rejects.toBeInstanceOf(AccessFailure);
        await expect(stage.cast.bankB.reports.summary(id, 0)).rejects.toBeInstanceOf(AccessFailure);
    });
});

interface MonthSums {
    endBalance: bigint;
    principal: bigint;
    payment: bigint;
    interest: bigint;
    recoveries: bigint;
    outstanding: number;
}

/** Sums over a months file, read without the importer: empty cells count as nothing. */
function sumsOf(text: string): Map<string, MonthSums> {
    const sums = new Map<string, MonthSums>();
    for (const line of text.trim().split(/\r?\n/).slice(1)) {
        const [, period = '', ...amounts] = line.split(',');
        const [endBalance = 0n, principal = 0n, payment = 0n, recovery = 0n, proceeds = 0n] = amounts.map(cents);
        const sum = sums.get(period) ?? {
            endBalance: 0n,
            principal: 0n,
            payment: 0n,
            interest: 0n,
            recoveries: 0n,
            outstanding: 0,
        };
        sum.endBalance += endBalance;
        sum.principal += principal;
        sum.payment += payment;
        if (payment > 0n) sum.interest += payment - principal;
        sum.recoveries += recovery + proceeds;
        if (endBalance > 0n) sum.outstanding++;
        sums.set(period, sum);
    }
    return sums;
}

function cents(text: string): bigint {
    const [whole = '', fraction = ''] = text.split('.');
    return BigInt(`${whole || '0'}${fraction.padEnd(2, '0')}`);
}
