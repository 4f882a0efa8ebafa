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
    terms,
    trustee,
} from './builders';
import { codeOf } from './refuses';

import type { MemoryLedger } from './memory-ledger';

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
