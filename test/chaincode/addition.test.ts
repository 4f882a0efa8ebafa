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
import { codeOf, refusalOf } from './refuses';

import type { MemoryLedger, Outcome } from './memory-ledger';
import type { Row } from './builders';

const loans = ['1', '2', '3', '4', '5', '6'].map(number => loan(number));
const bought = ['a', 'b'].map(number => loan(number));
const balance = 6_000_000;

/** The plain terms, less what is paid for loans that come later. */
function growing() {
    const { deposits } = terms(balance) as { deposits: { amount: string }[] };
    return { deposits: deposits.map(each => ({ ...each, amount: `${each.amount} - receivablesPurchased` })) };
}

/** ... with a revolving period. */
function revolving() {
    const plain = terms(balance) as { statuses: object[] };
    const statuses = plain.statuses.map((status, i) => (i === 0 ? { ...status, revolving: true } : status));
    return { ...growing(), statuses };
}

const rules = {
    eligibility: [{ id: 'score', field: 'obligorCreditScore', test: 'least', values: ['600'], failing: 'refuse' }],
    concentrations: [{ id: 'state', by: 'obligorGeographicLocation', most: '90%', exceeding: 'refuse' }],
};
const spread = loans.map((row, i) => (i < 2 ? { ...row, obligorGeographicLocation: 'CA' } : row));

let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await consortium();
    await issued(ledger, 'deal-1', spread, { terms: revolving(), rules });
});

const id = () => ({ requestId: requestId(), dealId: 'deal-1' });
const record = (rows: readonly Row[], number = 1) =>
    ledger.submit(bankA, 'tape:record', { ...id(), number }, loanChunk(rows));
const offer = (given: object = {}, input = {}) =>
    ledger.submit(
        bankA,
        'addition:offer',
        { ...id(), period: 1, day: '2026-01-25', chunks: 1, ...given },
        privately(input),
    );
const pledge = (number = 1) => ledger.submit(trustee, 'pledge:pledge', { ...id(), number }, privately());
const accept = () => ledger.submit(trustee, 'addition:accept', { ...id(), evidence: [] }, privately());
const month = (end: number, principal: number, given: Row = {}) => ({
    reportingPeriodActualEndBalanceAmount: end,
    actualPrincipalCollectedAmount: principal,
    totalActualAmountPaid: principal,
    ...given,
});

async function add(rows: readonly Row[], number = 1, given: object = {}): Promise<Outcome> {
    await record(rows, number);
    await offer(given);
    await pledge(number);
    return accept();
}

async function report(period: number, chunks: readonly (readonly [readonly Row[], Readonly<Record<string, Row>>])[]) {
    for (const [number, [rows, states]] of chunks.entries())
        await ledger.submit(
            bankA,
            'report:recordStates',
            { ...id(), period, version: 1, number },
            stateChunk(rows, states),
        );
    await ledger.submit(bankA, 'report:file', { ...id(), period, version: 1 }, privately());
    const { versions } = (await ledger.evaluate(fund, 'report:read', { dealId: 'deal-1', period })) as {
        versions: { facts: Readonly<Record<string, string>>; chunkRoots: readonly string[] }[];
    };
    return versions[0];
}

const paid = (rows: readonly Row[], end: number, principal: number) =>
    Object.fromEntries(rows.map(row => [String(row['assetNumber']), month(end, principal)]));

describe('an addition in the revolving period', () => {
    it('is offered, pledged and accepted under originator and trustee, and has a root of its own', async () => {
        const { event, endorsers } = await add(bought);
        expect([...endorsers].sort()).toEqual(['BankAMSP', 'TrustMSP']);
        expect(event).toMatchObject({ name: 'AdditionAccepted', payload: { number: 1, period: 1, count: 2 } });
        const { additions } = (await ledger.evaluate(fund, 'report:read', { dealId: 'deal-1', period: 1 })) as {
            additions: readonly object[];
        };
        expect(additions).toMatchObject([
            { first: 1, balance: '2000000', eligibility: [{ failing: 0 }], concentrations: [{ share: '0.750000' }] },
        ]);
    });

    it('is bought in the report of its period, and rolled forward with the rest in the next', async () => {
        await add(bought);
        const first = await report(1, [
            [spread, paid(spread, 900_000, 100_000)],
            [bought, paid(bought, 950_000, 50_000)],
        ]);
        expect(first?.facts).toMatchObject({
            poolBalanceBeginning: '6000000',
            receivablesPurchased: '2000000',
            principalCollections: '700000',
            poolBalanceEnding: '7300000',
            receivablesCount: 8,
        });
        const later = [loan('c')];
        await add(later, 2, { period: 2, day: '2026-02-02' });
        const second = await report(2, [
            [spread, paid(spread, 800_000, 100_000)],
            [bought, paid(bought, 900_000, 50_000)],
            [later, paid(later, 1_000_000, 0)],
        ]);
        expect(second?.facts).toMatchObject({
            poolBalanceBeginning: '7300000',
            receivablesPurchased: '1000000',
            poolBalanceEnding: '7600000',
        });
        expect(second?.chunkRoots).toHaveLength(3);
    });

    it('is refused where a loan is not eligible, or the pool with it is too concentrated', async () => {
        await record([loan('a', { obligorCreditScore: 5_000_000 })]);
        expect(await codeOf(() => offer())).toBe('LOANS_INELIGIBLE');
        await record([loan('a', { reportingPeriodActualEndBalanceAmount: 30_000_000 })]);
        expect(await codeOf(() => offer())).toBe('CONCENTRATION_EXCEEDED');
    });

    it('counts the pool as last reported, not as it was sealed', async () => {
        const shrunk = Object.fromEntries(
            spread.map(row => {
                const isAway = row['obligorGeographicLocation'] === 'CA';
                return [String(row['assetNumber']), isAway ? month(0, 1_000_000) : month(1_000_000, 0)];
            }),
        );
        await report(1, [[spread, shrunk]]);
        await record(bought);
        const refusal = await refusalOf(() => offer({ period: 2, day: '2026-02-02' }));
        expect(refusal.code).toBe('CONCENTRATION_EXCEEDED');
    });

    it('is refused where one of its loans backs a deal already', async () => {
        await record([spread[0] as Row]);
        await offer();
        expect(await codeOf(() => pledge())).toBe('ASSET_ALREADY_PLEDGED');
        expect(await codeOf(accept)).toBe('CHUNK_NOT_ACCEPTED');
    });

    it('can be declined once its pledges are released, and the loans offered again', async () => {
        await record(bought);
        await offer();
        await pledge();
        const decline = () =>
            ledger.submit(trustee, 'addition:decline', { ...id(), reason: 'documents are missing' }, privately());
        expect(await codeOf(decline)).toBe('TAPE_STILL_PLEDGED');
        await ledger.submit(trustee, 'pledge:release', { ...id(), number: 1 }, privately());
        const { event } = await decline();
        expect(event.name).toBe('AdditionDeclined');
        expect(await codeOf(accept)).toBe('OFFER_MISSING');
        expect((await add(bought)).event.payload).toMatchObject({ number: 2 });
    });

    it('is refused out of its time: day, period reported, order, an offer before it', async () => {
        await record(bought);
        expect(await codeOf(() => offer({ day: '2026-02-10' }))).toBe('DAY_OUTSIDE');
        await offer();
        expect(await codeOf(() => offer())).toBe('OFFER_OPEN');
        expect(await codeOf(() => record(bought, 2))).toBe('OFFER_OPEN');
        await pledge();
        await accept();
        expect(await codeOf(() => record(bought, 1))).toBe('CHUNK_TAKEN');
        const states = [spread, bought].map(rows => [rows, paid(rows, 1_000_000, 0)] as const);
        await report(1, states);
        await record([loan('c')], 2);
        expect(await codeOf(() => offer())).toBe('PERIOD_REPORTED');
    });

    it('is offered by the originator and answered by the trustee alone', async () => {
        await record(bought);
        const asked = { ...id(), period: 1, day: '2026-01-25', chunks: 1 };
        expect(await codeOf(() => ledger.submit(bankB, 'addition:offer', asked, privately()))).toBe('PARTY_WRONG');
        await offer();
        const answer = { ...id(), evidence: [] };
        expect(await codeOf(() => ledger.submit(bankA, 'addition:accept', answer, privately()))).toBe('ROLE_MISSING');
    });

    it('is refused at once when the trustee ends the revolving period, whatever it declares for later', async () => {
        const [first, second] = revolving().statuses as { id: string }[];
        const declare = (period: number, status = '') =>
            ledger.submit(trustee, 'waterfall:declare', { ...id(), period, status, reason: 'a default' });
        await record(bought);
        await declare(1, second?.id);
        await declare(3, first?.id);
        expect(await codeOf(() => offer())).toBe('NOT_REVOLVING');
        await declare(1, first?.id);
        await offer();
    });

    it('is refused once the revolving period is over', async () => {
        ledger = await consortium();
        await issued(ledger, 'deal-1', spread, { rules });
        await record(bought);
        expect(await codeOf(() => offer())).toBe('NOT_REVOLVING');
    });
});

describe('a substitution', () => {
    const substitution = {
        most: '40%',
        balance: { least: '90%', most: '100%' },
        compare: [{ field: 'reportingPeriodInterestRatePercentage', test: 'not-below' }],
    };
    const row = inOrder(spread).findIndex(each => each['assetNumber'] === '4');
    const outgoing = (...rows: number[]) => ({
        outgoing: Buffer.from(JSON.stringify(rows.map(each => ({ chunk: 0, row: each })))),
    });
    const exchange = (...rows: number[]) => offer({ substitution: true }, outgoing(...rows));

    beforeEach(async () => {
        ledger = await consortium();
        await issued(ledger, 'deal-1', spread, { terms: growing(), rules: { ...rules, substitution } });
    });

    it('takes one loan out and another in, and moves the pledges', async () => {
        await record([loan('a')]);
        await exchange(row);
        await pledge();
        await accept();
        await ledger.submit(trustee, 'pledge:releaseReplaced', { ...id(), number: 0 }, privately());
        await issued(ledger, 'deal-2', [loan('4')]);
        const twice = () => issued(ledger, 'deal-3', [loan('a')]);
        expect(await codeOf(twice)).toBe('ASSET_ALREADY_PLEDGED');
    });

    it('gives a loan free once: it may have come back, and backs the deal again', async () => {
        const other = inOrder(spread).findIndex(each => each['assetNumber'] === '5');
        const free = () => ledger.submit(trustee, 'pledge:releaseReplaced', { ...id(), number: 0 }, privately());
        await record([loan('a')]);
        await exchange(row);
        await pledge();
        await accept();
        await free();
        await record([loan('4')], 2);
        await exchange(other);
        await pledge(2);
        await accept();
        await free();
        expect(await codeOf(() => issued(ledger, 'deal-2', [loan('4')]))).toBe('ASSET_ALREADY_PLEDGED');
        await issued(ledger, 'deal-3', [loan('5')]);
    });

    it('must be reported as bought back, and nets with what came in', async () => {
        await record([loan('a', { reportingPeriodActualEndBalanceAmount: 950_000 })]);
        await exchange(row);
        await pledge();
        await accept();
        const states = paid(spread, 1_000_000, 0);
        const chunk = (given: Row) => [
            [spread, { ...states, 4: given }] as const,
            [[loan('a')], paid([loan('a')], 950_000, 0)] as const,
        ];
        expect(await codeOf(() => report(1, chunk(month(1_000_000, 0))))).toBe('REPLACED_NOT_REPORTED');
        const filed = await report(1, chunk(month(0, 1_000_000, { zeroBalanceCode: '3' })));
        expect(filed?.facts).toMatchObject({
            repurchases: '1000000',
            receivablesPurchased: '950000',
            poolBalanceEnding: '5950000',
        });
    });

    it('is refused on other conditions than the rules state, and beyond their limit', async () => {
        await record([loan('a', { reportingPeriodActualEndBalanceAmount: 800_000 })]);
        expect((await refusalOf(() => exchange(row))).details).toMatchObject({ condition: 'balance' });
        await record([loan('a', { reportingPeriodInterestRatePercentage: 4_000_000 })]);
        expect(await codeOf(() => exchange(row))).toBe('SUBSTITUTE_UNFIT');
        await record([loan('a'), loan('b'), loan('c')]);
        expect(await codeOf(() => exchange(0, 1, 2))).toBe('SUBSTITUTION_EXCEEDED');
        await record([loan('a')]);
        expect(await codeOf(() => exchange(99))).toBe('ROW_UNKNOWN');
        await exchange(row);
        await pledge();
        await accept();
        await record([loan('b')], 2);
        expect(await codeOf(() => exchange(row))).toBe('LOAN_REPLACED');
    });

    it('needs terms that take what is bought into account', async () => {
        const open = () => issued(ledger, 'deal-2', [loan('z')], { rules: { substitution } });
        expect(await codeOf(open)).toBe('TERMS_INVALID');
    });

    it('is refused where the rules allow none', async () => {
        ledger = await consortium();
        await issued(ledger, 'deal-1', spread, { rules });
        await record([loan('a')]);
        expect(await codeOf(() => exchange(row))).toBe('SUBSTITUTION_NOT_ALLOWED');
    });

    it('... and names no loan to anybody outside', async () => {
        await record([loan('SECRET-1')]);
        const { event } = await exchange(row);
        expect(JSON.stringify(event)).not.toContain('row');
        expect(ledger.publicText()).not.toContain('outgoing');
        await expect(ledger.evaluate(bankB, 'tape:summary', { dealId: 'deal-1', number: 1 })).rejects.toThrow('access');
    });
});
