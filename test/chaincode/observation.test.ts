import {
    bankA,
    bankB,
    consortium,
    fund,
    inOrder,
    issued,
    loan,
    loanChunk,
    privately,
    requestId,
    stateChunk,
    terms,
    trustee,
} from './builders';
import { codeOf } from './refuses';

import type { MemoryLedger } from './memory-ledger';
import type { Row } from './builders';

const loans = Array.from({ length: 6 }, (_, i) => loan(`L${i}`));
const [first] = inOrder(loans).map(row => String(row['assetNumber']));

/** The plain terms with a revolving period, and a pool that may not stay under five sixths for ten days. */
function watched() {
    const plain = terms(6_000_000) as { deposits: { amount: string }[]; statuses: object[]; triggers: object[] };
    return {
        deposits: plain.deposits.map(each => ({ ...each, amount: `${each.amount} - receivablesPurchased` })),
        statuses: plain.statuses.map((status, i) => (i === 0 ? { ...status, revolving: true } : status)),
        triggers: [
            {
                id: 'poolTooSmall',
                when: 'poolBalanceEnding < initialPoolBalance * 5 / 6',
                lasting: { days: 10 },
                status: 'accelerated',
                notify: ['trustee', 'servicer'],
            },
            ...plain.triggers,
        ],
    };
}

let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await consortium();
    await issued(ledger, 'deal-1', loans, { terms: watched() });
});

const id = () => ({ requestId: requestId(), dealId: 'deal-1' });
const balances = (...changed: readonly (readonly [number, number])[]) => ({
    balances: Buffer.from(JSON.stringify(changed.map(([row, balance]) => ({ row, balance })))),
});
const january = (day: number) => ({ period: 1, day: `2026-01-${String(day).padStart(2, '0')}` });
const record = (on: object, ...changed: readonly (readonly [number, number])[]) =>
    ledger.submit(bankA, 'observation:record', { ...id(), ...on, number: 0 }, privately(balances(...changed)));
const observe = (on: object) => ledger.submit(bankA, 'observation:observe', { ...id(), ...on }, privately());
const days = async (period = 1) =>
    ((await ledger.evaluate(fund, 'report:read', { dealId: 'deal-1', period })) as { days: object[] }).days;

async function reportJanuary(ends: number) {
    const asked = { ...id(), period: 1, version: 1 };
    const paid = (principal: number): Row => ({
        reportingPeriodActualEndBalanceAmount: 1_000_000 - principal,
        actualPrincipalCollectedAmount: principal,
    });
    const states = Object.fromEntries(loans.map(row => [String(row['assetNumber']), paid(0)]));
    const all = { ...states, [first ?? '']: paid(1_000_000 - ends) };
    await ledger.submit(bankA, 'report:recordStates', { ...asked, number: 0 }, stateChunk(loans, all));
    await ledger.submit(bankA, 'report:file', { ...asked, ...id() }, privately());
    const { versions } = (await ledger.evaluate(fund, 'report:read', { dealId: 'deal-1', period: 1 })) as {
        versions: { differences: object[] }[];
    };
    return versions[0];
}

it('puts the pool balance of a day on the ledger, recomputed from the loans that changed', async () => {
    await observe(january(20));
    await record(january(21), [0, 900_000], [3, 950_000]);
    const { event, endorsers } = await observe(january(21));
    expect([...endorsers].sort()).toEqual(['BankAMSP', 'TrustMSP']);
    expect(event).toMatchObject({ name: 'DayObserved', payload: { balance: '5850000', trips: [] } });
    await record(january(22), [0, 800_000]);
    await observe(january(22));
    expect(await days()).toEqual([
        { day: '2026-01-20', balance: '6000000' },
        { day: '2026-01-21', balance: '5850000' },
        { day: '2026-01-22', balance: '5750000' },
    ]);
});

it('accelerates the deal on the day on which the condition has lasted, and says who is to be told', async () => {
    await record(january(21), [0, 0], [1, 999_999]);
    for (let day = 21; day < 30; day++) expect((await observe(january(day))).event.name).toBe('DayObserved');
    const { event } = await observe(january(30));
    const trip = { day: '2026-01-30', trigger: 'poolTooSmall', status: 'accelerated', notify: ['trustee', 'servicer'] };
    expect(event).toMatchObject({ name: 'TriggerTripped', payload: { trips: [{ ...trip, happened: 'tripped' }] } });
    expect(await ledger.evaluate(fund, 'observation:read', { dealId: 'deal-1' })).toMatchObject({ trips: [trip] });
    await ledger.submit(bankA, 'tape:record', { ...id(), number: 1 }, loanChunk([loan('a')]));
    const offer = () => ledger.submit(bankA, 'addition:offer', { ...id(), ...january(30), chunks: 1 }, privately());
    expect(await codeOf(offer)).toBe('NOT_REVOLVING');
});

it('starts to count again when the pool recovers', async () => {
    await record(january(15), [0, 0], [1, 999_999]);
    for (let day = 15; day < 24; day++) await observe(january(day));
    await record(january(24), [1, 1_000_000]);
    await observe(january(24));
    await record(january(25), [1, 999_999]);
    for (let day = 25; day < 32; day++) expect((await observe(january(day))).event.name).toBe('DayObserved');
    expect(await ledger.evaluate(fund, 'observation:read', { dealId: 'deal-1' })).toMatchObject({
        triggers: { poolTooSmall: { tripped: false, since: '2026-01-25' } },
    });
});

it('counts the days of a month from the last report, and from what came after it', async () => {
    await record(january(31), [0, 700_000]);
    await observe(january(31));
    const february = (day: number) => ({ period: 2, day: `2026-02-0${day}` });
    await record(february(2), [1, 500_000]);
    await observe(february(2));
    expect((await reportJanuary(700_000))?.differences).toEqual([]);
    await observe(february(3));
    await record(february(4), [1, 400_000]);
    await observe(february(4));
    expect(await days(2)).toMatchObject([{ balance: '5200000' }, { balance: '5200000' }, { balance: '5100000' }]);
});

it('names it when the last day of a month is not what its loans add up to', async () => {
    await record(january(31), [0, 700_000]);
    await observe(january(31));
    expect((await reportJanuary(650_000))?.differences).toEqual([
        { fact: 'poolBalanceEnding', stated: '5700000', recomputed: '5650000' },
    ]);
});

it('is refused out of order, for another period, on rows that are not there, by others, and where nothing is watched', async () => {
    expect(await codeOf(() => record({ period: 1, day: '2026-02-01' }, [0, 1]))).toBe('DAY_OUTSIDE');
    expect(await codeOf(() => record(january(21), [6, 1]))).toBe('ROW_UNKNOWN');
    await record(january(22), [0, 1]);
    expect(await codeOf(() => record(january(21), [0, 1]))).toBe('OBSERVED_ALREADY');
    expect(await codeOf(() => observe(january(21)))).toBe('OBSERVED_ALREADY');
    await observe(january(22));
    expect(await codeOf(() => observe(january(22)))).toBe('OBSERVED_ALREADY');
    expect(await codeOf(() => record(january(22), [0, 2]))).toBe('OBSERVED_ALREADY');
    const asked = { ...id(), ...january(23) };
    expect(await codeOf(() => ledger.submit(trustee, 'observation:observe', asked, privately()))).toBe('ROLE_MISSING');
    expect(await codeOf(() => ledger.submit(bankB, 'observation:observe', asked, privately()))).toBe('PARTY_WRONG');
    await reportJanuary(1);
    expect(await codeOf(() => observe(january(23)))).toBe('PERIOD_REPORTED');
    await issued(ledger, 'deal-2', [loan('x')]);
    const unwatched = { ...asked, requestId: requestId(), dealId: 'deal-2' };
    expect(await codeOf(() => ledger.submit(bankA, 'observation:observe', unwatched, privately()))).toBe('NOT_WATCHED');
});

it('... and shows the balance of no loan to anybody outside', async () => {
    const { event } = await record(january(21), [0, 876_543]);
    expect(JSON.stringify(event)).not.toContain('876543');
    expect(ledger.publicText()).not.toContain('876543');
});
