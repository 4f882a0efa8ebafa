import {
    bankA,
    bankB,
    consortium,
    fund,
    issued,
    loan,
    privately,
    requestId,
    sealed,
    stateChunk,
    terms,
    trustee,
} from './builders';
import { codeOf } from './refuses';

import type { MemoryLedger } from './memory-ledger';
import type { Row } from './builders';

const loans = Array.from({ length: 12 }, (_, i) => loan(`L${i}`, { obligorGeographicLocation: i === 0 ? 'WY' : 'TX' }));
const rules = { fewestLoans: 5 };

interface Report {
    readonly facts: Readonly<Record<string, string | number>>;
    readonly totals: Readonly<Record<string, string>>;
    readonly delinquency: readonly { from: number; count: number; balance: string }[];
    readonly averages: Readonly<Record<string, string>>;
    readonly measures: Readonly<Record<string, string>>;
    readonly withheld: readonly string[];
    readonly delta?: Readonly<Record<string, string>>;
}

/** Terms that do not look at delinquency. */
const blind = JSON.parse(
    JSON.stringify(terms(12_000_000)).replaceAll(/delinquentBalance\d+/g, 'chargedOffPrincipal'),
) as Readonly<Record<string, unknown>>;

let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await consortium();
});

const id = () => ({ requestId: requestId(), dealId: 'deal-1' });

/** A month in which every loan pays; whatever is given replaces what the first of them do. */
function month(given: readonly Row[]): Readonly<Record<string, Row>> {
    const paid = {
        reportingPeriodActualEndBalanceAmount: 990_000,
        actualPrincipalCollectedAmount: 10_000,
        actualInterestCollectedAmount: 4_000,
        totalActualAmountPaid: 14_000,
        scheduledPrincipalAmount: 10_000,
        remainingTermToMaturityNumber: 59,
    };
    return Object.fromEntries(loans.map((row, i) => [String(row['assetNumber']), { ...paid, ...given[i] }]));
}

async function report(given: readonly Row[], version = 1, stated: Readonly<Record<string, string>> = {}) {
    const asked = { ...id(), period: 1, version };
    await ledger.submit(bankA, 'report:recordStates', { ...asked, number: 0 }, stateChunk(loans, month(given)));
    const reason = version > 1 ? { reason: 'misposted' } : {};
    await ledger.submit(bankA, 'report:file', { ...asked, ...id(), ...reason, stated }, privately());
    const { versions } = (await ledger.evaluate(fund, 'report:read', { dealId: 'deal-1', period: 1 })) as {
        versions: Report[];
    };
    return versions[version - 1] as Report;
}

const late = (days: number): Row => ({ currentDelinquencyStatus: days });
const times = (count: number, row: Row): Row[] => Array.from({ length: count }, () => row);

describe('what is published of a pool', () => {
    it('is nothing where it has fewer loans than the rules say, unless they say that single ones may be seen', async () => {
        expect(await codeOf(() => sealed(ledger, 'deal-1', loans.slice(0, 4), { rules }))).toBe('POOL_TOO_SMALL');
        await sealed(ledger, 'deal-2', loans.slice(4, 6), { rules: { fewestLoans: 1 } });
    });

    it('leaves out an average that too few loans report, and the share of too few', async () => {
        const some = loans.map((row, i) => (i < 4 ? { ...row, paymentToIncomePercentage: 7_654_321 } : row));
        const concentrations = [
            { id: 'one', by: 'assetNumber', most: '20%', exceeding: 'refuse' },
            { id: 'state', by: 'obligorGeographicLocation', most: '95%', exceeding: 'refuse' },
        ];
        await sealed(ledger, 'deal-1', some, { rules: { ...rules, concentrations } });
        const tape = (await ledger.evaluate(fund, 'tape:read', { dealId: 'deal-1' })) as {
            pool: { averages: object };
            concentrations: readonly object[];
        };
        expect(tape.pool.averages).not.toHaveProperty('paymentToIncomePercentage');
        expect(tape.pool.averages).toHaveProperty('obligorCreditScore');
        expect(tape.concentrations).toEqual([
            { limit: 'one', most: '20%', within: true },
            { limit: 'state', share: '0.916667', most: '95%', within: true },
        ]);
    });
});

describe('what is published of a month', () => {
    beforeEach(() => issued(ledger, 'deal-1', loans, { rules }));

    it('is everything where every figure rests on enough loans', async () => {
        const { withheld, totals, measures, averages } = await report([]);
        expect(withheld).toEqual([]);
        expect(totals).toMatchObject({ actualInterestCollectedAmount: '48000', totalActualAmountPaid: '168000' });
        expect(measures['smm']).toBe('0.000000');
        expect(averages).toEqual({ remainingTermToMaturityNumber: '59.000000' });
    });

    it('leaves out the amount of a few loans, and the sum from which it could be computed', async () => {
        const { withheld, totals } = await report([{ actualOtherCollectedAmount: 321, totalActualAmountPaid: 14_321 }]);
        expect(withheld).toEqual([
            'actualInterestCollectedAmount',
            'actualOtherCollectedAmount',
            'totalActualAmountPaid',
        ]);
        expect(JSON.stringify(totals)).not.toMatch(/321/);
    });

    it('leaves out prepayments of a few loans with the speeds that give them away', async () => {
        const prepaid = {
            reportingPeriodActualEndBalanceAmount: 900_000,
            actualPrincipalCollectedAmount: 100_000,
            totalActualAmountPaid: 104_000,
        };
        const { facts, measures, withheld } = await report([prepaid]);
        expect(withheld).toEqual(['prepayments', 'smm', 'cpr', 'abs', 'scheduledPrincipalAmount']);
        expect(facts).not.toHaveProperty('prepayments');
        expect(measures).not.toHaveProperty('smm');
        expect(measures).toHaveProperty('cdr');
    });

    it('puts small buckets together until each holds enough loans', async () => {
        ledger = await consortium();
        await issued(ledger, 'deal-1', loans, { rules, terms: blind });
        const { delinquency, facts, withheld } = await report([
            ...times(6, late(40)),
            ...times(2, late(70)),
            late(200),
        ]);
        expect(delinquency).toEqual([{ from: 31, count: 9, balance: '8910000' }]);
        expect(withheld).toContain('delinquency');
        expect(facts).toMatchObject({ delinquentCount60: 2, delinquentCount120: 1 });
    });

    it('... and leaves all out where there are too few loans late in all', async () => {
        const { delinquency, withheld } = await report([late(40)]);
        expect(delinquency).toEqual([]);
        expect(withheld).toContain('delinquency');
    });

    it('always has what the terms compute with, and then no buckets that it would take apart', async () => {
        const { delinquency, facts } = await report([...times(6, late(40)), late(70), late(100)]);
        expect(delinquency).toEqual([]);
        expect(facts).toMatchObject({ delinquentBalance60: '990000', delinquentBalance90: '990000' });
    });

    it('shows of a restatement of a few loans only what the terms need', async () => {
        await report([]);
        const again = await report(
            [{ reportingPeriodActualEndBalanceAmount: 985_000, actualPrincipalCollectedAmount: 15_000 }],
            2,
        );
        expect(again.totals).toEqual({});
        expect(again.averages).toEqual({});
        expect(again.withheld).toEqual(expect.arrayContaining(['prepayments', 'totalActualAmountPaid']));
        expect(again.delta).toEqual({
            poolBalanceEnding: '-5000',
            principalCollections: '5000',
        });
    });

    it('... and of one that changes no loan, or many, everything', async () => {
        await report([]);
        expect((await report([], 2)).withheld).toEqual([]);
        const many = times(6, { actualInterestCollectedAmount: 4_001, totalActualAmountPaid: 14_001 });
        expect((await report(many, 3)).withheld).toEqual([]);
    });

    it('does not compare a figure that is withheld', async () => {
        const stated = { prepayments: '90000' };
        const prepaid = { reportingPeriodActualEndBalanceAmount: 900_000, actualPrincipalCollectedAmount: 100_000 };
        expect(await codeOf(() => report([prepaid], 1, stated))).toBe('FACT_WITHHELD');
    });

    it('is whole for those who may see the loans, and for nobody else', async () => {
        await report([late(40), { actualOtherCollectedAmount: 321, totalActualAmountPaid: 14_321 }]);
        const query = { dealId: 'deal-1', period: 1, version: 1 };
        expect(await ledger.evaluate(trustee, 'report:whole', query)).toMatchObject({
            totals: { actualOtherCollectedAmount: '321' },
            delinquency: [{ from: 31, count: 1 }, {}, {}, {}],
        });
        await expect(ledger.evaluate(bankB, 'report:whole', query)).rejects.toThrow('access');
    });
});
