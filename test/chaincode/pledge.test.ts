import {
    alter,
    bankA,
    bankB,
    consortium,
    issued,
    loan,
    privately,
    regulator,
    requestId,
    sealed,
    stateChunk,
    submitted,
    trustee,
} from './builders';
import { codeOf, refusalOf } from './refuses';

import type { Client, Outcome } from './memory-ledger';
import type { MemoryLedger } from './memory-ledger';

const loans = [loan('1'), loan('2'), loan('3')];

let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await consortium();
});

const ask = (client: Client, transaction: string, request: object): Promise<Outcome> =>
    ledger.submit(client, transaction, { requestId: requestId(), ...request }, privately());

const pledge = (dealId: string) => ask(trustee, 'pledge:pledge', { dealId, number: 0 });
/** What the registry holds, without the salts that every write draws anew. */
const registered = () =>
    [...(ledger.hidden.get('pledges') ?? [])]
        .filter(([key]) => key.includes('bucket'))
        .map(([key, value]) => [key, (JSON.parse(Buffer.from(value).toString()) as { value: unknown }).value]);
const release = (dealId: string) => ask(trustee, 'pledge:release', { dealId, number: 0 });

it('is endorsed by a trustee alone: no peer of an originator sees the registry', async () => {
    await submitted(ledger, 'deal-1', loans);
    expect([...(await pledge('deal-1')).endorsers]).toEqual(['TrustMSP']);
    await expect(ledger.evaluate(bankA, 'pledge:conflicts', { dealId: 'deal-1', number: 0 })).rejects.toThrow(
        'ROLE_MISSING',
    );
});

it('is all or nothing: an asset that backs another deal keeps its chunk out, however its number is written', async () => {
    await sealed(ledger, 'deal-1', loans);
    await submitted(ledger, 'deal-2', [loan('4'), { ...loan(' 2'), originatorName: 'bank  a' }]);
    const before = new Map(ledger.hidden.get('pledges'));
    const refusal = await refusalOf(() => pledge('deal-2'));
    expect(refusal).toMatchObject({ code: 'ASSET_ALREADY_PLEDGED', details: { deal: 'deal-1', others: 0 } });
    expect(ledger.hidden.get('pledges')).toEqual(before);
});

it('names the conflicting deals to trustee and regulator only', async () => {
    await sealed(ledger, 'deal-1', loans);
    await submitted(ledger, 'deal-2', [loan('2'), loan('4')]);
    const query = { dealId: 'deal-2', number: 0 };
    for (const client of [trustee, regulator])
        expect(await ledger.evaluate(client, 'pledge:conflicts', query)).toMatchObject([{ dealId: 'deal-1' }]);
    expect(await codeOf(() => ledger.evaluate(bankB, 'pledge:conflicts', query))).toBe('ROLE_MISSING');
});

it('keeps one asset out that stands twice under two deals of one moment: the second is refused', async () => {
    await submitted(ledger, 'deal-1', loans);
    await submitted(ledger, 'deal-2', loans);
    await pledge('deal-2');
    expect(await codeOf(() => pledge('deal-1'))).toBe('ASSET_ALREADY_PLEDGED');
});

it('stands as it is where the trustee, having been interrupted, pledges the chunk again', async () => {
    await submitted(ledger, 'deal-1', loans);
    await pledge('deal-1');
    const before = registered();
    await pledge('deal-1');
    expect(registered()).toEqual(before);
    await release('deal-1');
    await pledge('deal-1');
    expect(registered()).toEqual(before);
});

it('ends with the tape that is sent back: the assets are free for another deal', async () => {
    await submitted(ledger, 'deal-1', loans);
    await pledge('deal-1');
    const reject = () => ask(trustee, 'tape:reject', { dealId: 'deal-1', reason: 'no' });
    expect(await codeOf(reject)).toBe('TAPE_STILL_PLEDGED');
    await release('deal-1');
    await reject();
    await sealed(ledger, 'deal-2', loans);
});

it('ends with the deal, and not before its notes are repaid', async () => {
    await issued(ledger, 'deal-1', loans);
    expect(await codeOf(() => release('deal-1'))).toBe('DEAL_STATUS_WRONG');
    const end = () => ask(trustee, 'deal:end', { id: 'deal-1', reason: 'matured' });
    expect(await codeOf(end)).toBe('NOTES_NOT_REPAID');
    for (const className of ['A-1', 'A-2', 'B', 'C'])
        alter(ledger, ['tranche', 'deal-1', className], () => ({ balance: '0' }));
    await end();
    await release('deal-1');
    expect(await codeOf(() => release('deal-1'))).toBe('CHUNK_NOT_ACCEPTED');
    await sealed(ledger, 'deal-2', loans);
});

it('passes to a term deal when originator and trustee of the warehouse both consented', async () => {
    await issued(ledger, 'warehouse', loans);
    await submitted(ledger, 'term', loans.slice(0, 2));
    expect(await codeOf(() => pledge('term'))).toBe('ASSET_ALREADY_PLEDGED');
    await ask(bankA, 'deal:consentToTransfer', { id: 'warehouse', to: 'term' });
    expect(await codeOf(() => pledge('term'))).toBe('ASSET_ALREADY_PLEDGED');
    expect(await codeOf(() => ask(bankB, 'deal:consentToTransfer', { id: 'warehouse', to: 'term' }))).toBe(
        'PARTY_WRONG',
    );
    await ask(trustee, 'deal:consentToTransfer', { id: 'warehouse', to: 'term' });
    await pledge('term');
    await submitted(ledger, 'other', loans.slice(0, 1));
    expect((await refusalOf(() => pledge('other'))).details['deal']).toBe('term');
    await submitted(ledger, 'third', loans.slice(2));
    expect((await refusalOf(() => pledge('third'))).details['deal']).toBe('warehouse');
});

it('ends for a loan that is repaid, once the report is confirmed, and not for one charged off', async () => {
    await issued(ledger, 'deal-1', loans);
    const report = { dealId: 'deal-1', period: 1, version: 1 };
    const states = {
        1: { reportingPeriodActualEndBalanceAmount: 0, actualPrincipalCollectedAmount: 1_000_000 },
        2: { reportingPeriodActualEndBalanceAmount: 0, chargedoffPrincipalAmount: 1_000_000 },
        3: { reportingPeriodActualEndBalanceAmount: 1_000_000, actualPrincipalCollectedAmount: 0 },
    };
    await ledger.submit(
        bankA,
        'report:recordStates',
        { requestId: requestId(), ...report, number: 0 },
        stateChunk(loans, states),
    );
    await ask(bankA, 'report:file', report);
    const repaid = () => ask(trustee, 'pledge:releaseRepaid', { dealId: 'deal-1', number: 0, period: 1 });
    expect(await codeOf(repaid)).toBe('REPORT_NOT_CONFIRMED');
    await ask(trustee, 'report:confirm', report);
    expect([...(await repaid()).endorsers]).toEqual(['TrustMSP']);
    await sealed(ledger, 'deal-2', [loan('1')]);
    await submitted(ledger, 'deal-3', [loan('2')]);
    expect(await codeOf(() => pledge('deal-3'))).toBe('ASSET_ALREADY_PLEDGED');
});
