import { bankA, bankB, consortium, loan, privately, regulator, requestId, sealed, trustee } from './builders';
import { codeOf } from './refuses';

import type { MemoryLedger } from './memory-ledger';

const query = { dealId: 'deal-1', number: 0 };

let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await consortium();
    await sealed(ledger, 'deal-1', [loan('1'), loan('2')]);
});

const access = (id: string, what: object) =>
    ledger.submit(
        regulator,
        'audit:access',
        { requestId: id, dealId: 'deal-1', purpose: 'yearly review', ...what },
        privately(),
    );

it('lets the regulator read the loans of a deal only after leaving a trail', async () => {
    expect(await codeOf(() => ledger.evaluate(regulator, 'tape:chunk', query))).toBe('ACCESS_NOT_RECORDED');
    const { endorsers } = await access('review', { kind: 'tape' });
    expect([...endorsers].sort()).toEqual(['BankAMSP', 'TrustMSP']);
    expect(await ledger.evaluate(regulator, 'tape:chunk', { ...query, access: 'review' })).toHaveProperty('chunk');
});

it('covers what was named and nothing else', async () => {
    await access('review', { kind: 'states', period: 1 });
    const read = () => ledger.evaluate(regulator, 'tape:summary', { ...query, access: 'review' });
    expect(await codeOf(read)).toBe('ACCESS_NOT_RECORDED');
    const other = { ...query, period: 2, version: 1, access: 'review' };
    expect(await codeOf(() => ledger.evaluate(regulator, 'report:states', other))).toBe('ACCESS_NOT_RECORDED');
});

it('shows the trail to the parties of the deal, and to nobody else', async () => {
    await access('review', { kind: 'tape' });
    for (const client of [bankA, trustee, regulator])
        expect(await ledger.evaluate(client, 'audit:trail', { dealId: 'deal-1' })).toMatchObject([
            { by: 'regulator', kind: 'tape', purpose: 'yearly review' },
        ]);
    await expect(ledger.evaluate(bankB, 'audit:trail', { dealId: 'deal-1' })).rejects.toThrow('access permission');
    expect(ledger.publicText()).not.toContain('yearly review');
});

it('is left by regulators only, each request once', async () => {
    const request = { requestId: requestId(), dealId: 'deal-1', kind: 'tape', purpose: 'curiosity' };
    expect(await codeOf(() => ledger.submit(bankB, 'audit:access', request, privately()))).toBe('ROLE_MISSING');
    await access('review', { kind: 'tape' });
    expect(await codeOf(() => access('review', { kind: 'states', period: 1 }))).toBe('REQUEST_REUSED');
});
