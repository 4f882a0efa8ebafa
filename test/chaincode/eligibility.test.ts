import { assetClassOf } from '@poolproof/chaincode/domain';

import {
    bankA,
    bankB,
    consortium,
    fund,
    loan,
    loanChunk,
    privately,
    requestId,
    rules,
    submitted,
    terms,
    trustee,
} from './builders';
import { codeOf } from './refuses';

import type { AssetClass } from '@poolproof/chaincode/domain';
import type { MemoryLedger } from './memory-ledger';
import type { Row } from './builders';

const loans = [
    loan('1', { obligorCreditScore: 5_800_000, obligorGeographicLocation: 'TX' }),
    loan('2', { obligorGeographicLocation: 'CA' }),
    loan('3', { obligorGeographicLocation: 'CA', obligorCreditScore: null }),
    loan('4', { obligorGeographicLocation: 'FL' }),
];

const score = { id: 'score', field: 'obligorCreditScore', test: 'least', values: ['600'] };
const state = { id: 'state', by: 'obligorGeographicLocation', most: '40%' };

let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await consortium();
});

const open = (more: Readonly<Record<string, unknown>>) =>
    ledger.submit(bankA, 'deal:open', {
        requestId: requestId(),
        id: 'deal-1',
        terms: terms(4_000_000),
        rules: { ...rules, ...more },
    });

async function submit(more: Readonly<Record<string, unknown>>): Promise<unknown> {
    await open(more);
    await ledger.submit(
        bankA,
        'tape:record',
        { requestId: requestId(), dealId: 'deal-1', number: 0 },
        loanChunk(loans),
    );
    await ledger.submit(bankA, 'tape:submit', { requestId: requestId(), dealId: 'deal-1', chunks: 1 }, privately());
    return ledger.evaluate(fund, 'tape:read', { dealId: 'deal-1' });
}

it('counts failing loans publicly and names them privately', async () => {
    expect(await submit({ eligibility: [{ ...score, failing: 'count' }] })).toMatchObject({
        eligibility: [{ rule: 'score', failing: 2 }],
    });
    const summary = await ledger.evaluate(trustee, 'tape:summary', { dealId: 'deal-1', number: 0 });
    expect((summary as { ineligible: unknown[] }).ineligible).toHaveLength(2);
    await expect(ledger.evaluate(bankB, 'tape:summary', { dealId: 'deal-1', number: 0 })).rejects.toThrow(
        'access permission',
    );
});

it('keeps a tape out whose loans fail a rule that none may fail', async () => {
    expect(await codeOf(() => submit({ eligibility: [{ ...score, failing: 'refuse' }] }))).toBe('LOANS_INELIGIBLE');
});

it.each([
    ['in', ['TX', 'CA'], 1],
    ['not-in', ['TX', 'CA'], 3],
    ['reported', [], 0],
])('tests %s %j on a field of text', async (test, values, failing) => {
    const rule = { id: 'region', field: 'obligorGeographicLocation', test, values, failing: 'count' };
    expect(await submit({ eligibility: [rule] })).toMatchObject({ eligibility: [{ failing }] });
});

it('measures the largest groups against the pool balance', async () => {
    const tape = await submit({
        concentrations: [
            { ...state, exceeding: 'count' },
            { ...state, id: 'two-states', top: 2, most: '3/4', exceeding: 'refuse' },
            {
                id: 'low',
                where: { field: 'obligorCreditScore', test: 'most', values: ['599'] },
                most: '0.25',
                exceeding: 'refuse',
            },
        ],
    });
    expect(tape).toMatchObject({
        concentrations: [
            { limit: 'state', share: '0.500000', most: '40%', within: false },
            { limit: 'two-states', share: '0.750000', within: true },
            { limit: 'low', share: '0.250000', within: true },
        ],
    });
});

it('keeps a tape out that exceeds a limit', async () => {
    expect(await codeOf(() => submit({ concentrations: [{ ...state, exceeding: 'refuse' }] }))).toBe(
        'CONCENTRATION_EXCEEDED',
    );
});

it.each([
    [{ eligibility: [{ ...score, field: 'height', failing: 'count' }] }, 'RULES_INVALID'],
    [{ eligibility: [{ ...score, values: [], failing: 'count' }] }, 'RULES_INVALID'],
    [{ eligibility: [{ ...score, values: ['many'], failing: 'count' }] }, 'FIELD_INVALID'],
    [{ concentrations: [{ id: 'none', most: '1', exceeding: 'count' }] }, 'RULES_INVALID'],
])('refuses to open a deal on rules it could not apply: %j', async (more, code) => {
    expect(await codeOf(() => open(more))).toBe(code);
});

describe('every kind of criterion and limit', () => {
    const trade = assetClassOf('trade-receivable');
    const receivable = (number: string, given: Row = {}): Row => ({
        newUnderlyingExposureIdentifier: number,
        originatorName: 'Seller',
        invoiceNumber: number,
        sellerIdentifier: 'S',
        debtorIdentifier: `D${number}`,
        newObligorIdentifier: `O${number}`,
        geographicRegionObligor: 'DE1',
        industry: 'steel',
        originationDate: '2025-03-01',
        originalTerm: 3,
        currentInterestRate: 5_000_000,
        currentPrincipalBalance: 1_000_000,
        ...given,
    });
    const consumer = assetClassOf('consumer-loan');
    const credit = (number: string, given: Row = {}): Row => ({
        newUnderlyingExposureIdentifier: number,
        originatorName: 'Lender',
        lenderLicence: 'L',
        contractNumber: number,
        productType: 'instalment',
        creditScore: 6_500_000,
        currentPrincipalBalance: 1_000_000,
        ...given,
    });
    const limit = (given: object) => ({ id: 'limit', most: '40%', exceeding: 'refuse', ...given });
    const rule = (field: string, test: string, ...values: string[]) => ({
        ...{ id: 'rule', field, test, values, failing: 'refuse' },
    });
    /** Four assets, of which the last two are as given. */
    const four = (asset: typeof credit, given: Row) => [asset('1'), asset('2'), asset('3', given), asset('4', given)];
    const varied = [
        ...[credit('1', { productType: 'card' }), credit('2', { productType: 'lease' })],
        ...[credit('3', { productType: 'study' }), credit('4')],
    ];
    const industries = [
        ...[receivable('1', { industry: 'coal' }), receivable('2', { industry: 'wood' })],
        ...[receivable('3', { industry: 'food' }), receivable('4')],
    ];

    const offer = async (assetClass: AssetClass, rows: readonly Row[], more: object) => {
        await submitted(await consortium(), 'deal-1', rows, { rules: { assetClass: assetClass.id, ...more } });
    };

    it.each([
        ['obligor', trade, four(receivable, { newObligorIdentifier: 'big' }), limit({ by: 'newObligorIdentifier' })],
        ['top obligors', trade, four(receivable, {}), limit({ by: 'newObligorIdentifier', top: 2 })],
        ['region', trade, industries, limit({ by: 'geographicRegionObligor' })],
        ['industry', trade, four(receivable, {}), limit({ by: 'industry' })],
        ['product', consumer, four(credit, { productType: 'card' }), limit({ by: 'productType' })],
        [
            'vintage',
            trade,
            four(receivable, { originationDate: '2025-11-30' }),
            limit({ by: 'originationDate', per: 'year' }),
        ],
        [
            'term',
            trade,
            four(receivable, { originalTerm: 24 }),
            limit({ where: { field: 'originalTerm', test: 'least', values: ['12'] } }),
        ],
        [
            'rate',
            trade,
            four(receivable, { currentInterestRate: 20_000_000 }),
            limit({ where: { field: 'currentInterestRate', test: 'least', values: ['0.15'] } }),
        ],
        [
            'score',
            consumer,
            four(credit, { creditScore: 5_005_000 }),
            limit({ where: { field: 'creditScore', test: 'most', values: ['500.5'] } }),
        ],
    ] as const)('limits what depends on one %s', async (_, assetClass, rows, given) => {
        const more = { concentrations: [given] };
        expect(await codeOf(() => offer(assetClass, rows, more))).toBe('CONCENTRATION_EXCEEDED');
        await offer(assetClass, rows, { concentrations: [{ ...given, most: '100%' }] });
    });

    it('... and lets a pool pass that is spread', async () => {
        await offer(consumer, varied, { concentrations: [limit({ by: 'productType' })] });
        await offer(trade, industries, { concentrations: [limit({ by: 'industry' })] });
    });

    it.each([
        ['obligor', trade, receivable('1', { newObligorIdentifier: null }), rule('newObligorIdentifier', 'reported')],
        ['region', trade, receivable('1'), rule('geographicRegionObligor', 'in', 'FR1')],
        ['industry', trade, receivable('1'), rule('industry', 'not-in', 'steel', 'coal')],
        ['product', consumer, credit('1'), rule('productType', 'in', 'card')],
        ['vintage', trade, receivable('1'), rule('originationDate', 'least', '2025-06-30')],
        ['term', trade, receivable('1'), rule('originalTerm', 'most', '2')],
        ['rate', trade, receivable('1'), rule('currentInterestRate', 'least', '0.06')],
        ['score', consumer, credit('1'), rule('creditScore', 'least', '650.5')],
    ] as const)('keeps out what is of the wrong %s', async (_, assetClass, row, given) => {
        expect(await codeOf(() => offer(assetClass, [row], { eligibility: [given] }))).toBe('LOANS_INELIGIBLE');
    });

    it('refuses a part of a date of what is none', async () => {
        const more = { concentrations: [limit({ by: 'industry', per: 'year' })] };
        expect(await codeOf(() => offer(trade, industries, more))).toBe('RULES_INVALID');
    });
});
