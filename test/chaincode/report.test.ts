import { bankA, bankB, consortium, fund, issued, loan, privately, requestId, stateChunk, trustee } from './builders';
import { codeOf, refusalOf } from './refuses';

import type { Cell } from '@poolproof/chaincode/domain';
import type { MemoryLedger } from './memory-ledger';

const loans = [loan('1'), loan('2'), loan('3')];

type Months = Readonly<Record<string, Readonly<Record<string, Cell>>>>;

interface Report {
    readonly version: number;
    readonly status: string;
    readonly facts: Readonly<Record<string, string | number>>;
    readonly exceptions: Readonly<Record<string, number>>;
    readonly differences: readonly unknown[];
    readonly measures: unknown;
    readonly averages: unknown;
    readonly delta?: Readonly<Record<string, string>>;
}

let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await consortium();
    await issued(ledger, 'deal-1', loans);
});

/** A loan's month: principal paid, and what is left. */
const month = (end: number, principal: number, given: Readonly<Record<string, Cell>> = {}) => ({
    reportingPeriodActualEndBalanceAmount: end,
    actualPrincipalCollectedAmount: principal,
    totalActualAmountPaid: principal + 4_000,
    ...given,
});

const quiet: Months = { 1: month(990_000, 10_000), 2: month(990_000, 10_000), 3: month(990_000, 10_000) };

const recordStates = (period: number, states: Months, version = 1) =>
    ledger.submit(
        bankA,
        'report:recordStates',
        { requestId: requestId(), dealId: 'deal-1', period, version, number: 0 },
        stateChunk(loans, states),
    );

const file = (period: number, given: Readonly<Record<string, unknown>> = {}) =>
    ledger.submit(
        bankA,
        'report:file',
        { requestId: requestId(), dealId: 'deal-1', period, version: 1, ...given },
        privately(),
    );

async function report(period: number, states: Months): Promise<Report> {
    await recordStates(period, states);
    await file(period);
    return read(period);
}

async function read(period: number): Promise<Report> {
    const record = (await ledger.evaluate(fund, 'report:read', { dealId: 'deal-1', period })) as { versions: Report[] };
    return record.versions[record.versions.length - 1] as Report;
}

it('lays down every period under servicer and trustee when the deal closes', async () => {
    await recordStates(1, quiet);
    const { endorsers } = await file(1);
    expect([...endorsers].sort()).toEqual(['BankAMSP', 'TrustMSP']);
});

it('computes the report from the loans', async () => {
    const { facts, exceptions } = await report(1, {
        1: month(990_000, 10_000),
        2: month(0, 1_000_000),
        3: month(0, 0, {
            totalActualAmountPaid: 0,
            chargedoffPrincipalAmount: 1_000_000,
            repossessedProceedsAmount: 300_000,
        }),
    });
    expect(facts).toMatchObject({
        poolBalanceBeginning: '3000000',
        poolBalanceEnding: '990000',
        principalCollections: '1010000',
        interestCollections: '8000',
        prepayments: '1000000',
        chargedOffPrincipal: '1000000',
        cumulativeChargedOff: '1000000',
        recoveries: '300000',
        receivablesCount: 1,
        initialPoolBalance: '3000000',
    });
    expect(exceptions).toEqual({});
});

it('carries losses and balances from month to month', async () => {
    await report(1, { ...quiet, 3: month(0, 0, { chargedoffPrincipalAmount: 1_000_000 }) });
    const { facts } = await report(2, {
        1: month(980_000, 10_000),
        2: month(980_000, 10_000),
        3: { recoveredAmount: 500 },
    });
    expect(facts).toMatchObject({
        poolBalanceBeginning: '1980000',
        poolBalanceEnding: '1960000',
        cumulativeChargedOff: '1000000',
        cumulativeRecoveries: '500',
    });
});

it('books what does not roll forward as the terms say, counts it publicly and lists it privately', async () => {
    const { facts, exceptions } = await report(1, {
        1: month(990_000, 10_000),
        2: month(1_005_000, 0),
        3: month(0, 0),
    });
    expect(facts).toMatchObject({
        otherPrincipalAdjustment: '-5000',
        chargedOffPrincipal: '1000000',
        poolBalanceEnding: '1995000',
    });
    expect(exceptions).toEqual({ difference: 2 });
    const query = { dealId: 'deal-1', period: 1, version: 1, number: 0 };
    const summary = (await ledger.evaluate(trustee, 'report:summary', query)) as {
        exceptions: { difference: number }[];
    };
    expect(summary.exceptions.map(each => each.difference).sort()).toEqual([-5000, 1_000_000]);
    await expect(ledger.evaluate(bankB, 'report:summary', query)).rejects.toThrow('access permission');
});

it('sorts balances into delinquency buckets by days past due', async () => {
    const late = (days: number) => month(1_000_000, 0, { currentDelinquencyStatus: days });
    const { facts } = await report(1, { 1: late(30), 2: late(31), 3: late(200) });
    expect(facts).toMatchObject({
        delinquentBalance30: '1000000',
        delinquentCount30: 1,
        delinquentBalance60: '0',
        delinquentBalance120: '1000000',
        delinquentCount120: 1,
    });
});

it('measures speeds, losses and averages as the market defines them', async () => {
    const states = {
        1: month(990_000, 10_000, { scheduledPrincipalAmount: 10_000, remainingTermToMaturityNumber: 59 }),
        2: month(970_000, 30_000, { scheduledPrincipalAmount: 10_000, remainingTermToMaturityNumber: 57 }),
        3: month(0, 0, { chargedoffPrincipalAmount: 1_000_000, repossessedProceedsAmount: 400_000 }),
    };
    const { measures, averages } = await report(1, states);
    // SMM 20,000 / (3,000,000 - 20,000); MDR 1,000,000 / 3,000,000; the loans are 72 - 60 + 1 months old.
    expect(measures).toEqual({
        smm: '0.006711',
        cpr: '0.077630',
        mdr: '0.333333',
        cdr: '0.992293',
        abs: '0.006211',
        cumulativeNetLoss: '0.200000',
        poolFactor: '0.653333',
    });
    expect(averages).toEqual({ remainingTermToMaturityNumber: '58.010204' });
});

it('counts a loan bought back as a repurchase, not as a collection', async () => {
    const { facts } = await report(1, { ...quiet, 3: month(0, 1_000_000, { zeroBalanceCode: '3' }) });
    expect(facts).toMatchObject({ repurchases: '1000000', principalCollections: '20000', prepayments: '0' });
});

it('names the differences between the figures of the servicer and its own', async () => {
    await recordStates(1, quiet);
    await file(1, { stated: { principalCollections: '30000', poolBalanceEnding: '1' } });
    expect((await read(1)).differences).toEqual([{ fact: 'poolBalanceEnding', stated: '1', recomputed: '2970000' }]);
});

it('refuses a loan that is not in the tape, naming the row', async () => {
    const others = [loan('1'), loan('2'), loan('4')];
    const act = () =>
        ledger.submit(
            bankA,
            'report:recordStates',
            { requestId: requestId(), dealId: 'deal-1', period: 1, version: 1, number: 0 },
            stateChunk(others, quiet),
        );
    const refusal = await refusalOf(act);
    expect(refusal.code).toBe('LOAN_UNKNOWN');
    expect(refusal.message).not.toContain('4 ');
});

it('refuses a month out of order, a report without its loan states, and a second first version', async () => {
    expect(await codeOf(() => recordStates(2, quiet))).toBe('PERIOD_OUT_OF_ORDER');
    expect(await codeOf(() => file(1))).toBe('STATES_MISSING');
    await report(1, quiet);
    expect(await codeOf(() => recordStates(1, quiet))).toBe('VERSION_OUT_OF_ORDER');
    expect(await codeOf(() => file(1))).toBe('VERSION_OUT_OF_ORDER');
});

it('lets the trustee alone confirm or dispute, once', async () => {
    await report(1, quiet);
    const answer = { requestId: requestId(), dealId: 'deal-1', period: 1, version: 1 };
    expect(await codeOf(() => ledger.submit(bankA, 'report:confirm', answer, privately()))).toBe('ROLE_MISSING');
    const { endorsers } = await ledger.submit(trustee, 'report:confirm', answer, privately());
    expect([...endorsers].sort()).toEqual(['BankAMSP', 'TrustMSP']);
    const dispute = { ...answer, requestId: requestId(), reason: 'late' };
    expect(await codeOf(() => ledger.submit(trustee, 'report:dispute', dispute, privately()))).toBe('REPORT_ANSWERED');
});

it('restates by a new version with its reason and delta, and flags the later periods', async () => {
    await report(1, quiet);
    await report(2, { 1: month(980_000, 10_000), 2: month(980_000, 10_000), 3: month(980_000, 10_000) });
    await recordStates(1, { ...quiet, 3: month(995_000, 5_000) }, 2);
    expect(await codeOf(() => file(1, { version: 2 }))).toBe('REASON_MISSING');
    const { event } = await file(1, { version: 2, reason: 'payment misposted' });
    expect(event).toMatchObject({ name: 'ReportRestated', payload: { affected: [2] } });
    expect((await read(1)).delta).toMatchObject({ principalCollections: '-5000', poolBalanceEnding: '5000' });
    expect(await ledger.evaluate(fund, 'report:read', { dealId: 'deal-1', period: 2 })).toMatchObject({
        affectedBy: 1,
    });
    expect(await codeOf(() => recordStates(3, quiet))).toBe('PERIOD_AFFECTED');
});
