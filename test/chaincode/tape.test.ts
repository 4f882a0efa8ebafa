import {
    bankA,
    bankB,
    chunkOf,
    consortium,
    fund,
    inOrder,
    loan,
    loanChunk,
    opened,
    privately,
    requestId,
    rules,
    sealed,
    submitted,
    terms,
    trustee,
} from './builders';
import { codeOf, refusalOf } from './refuses';

import type { MemoryLedger } from './memory-ledger';

const loans = [loan('1'), loan('2', { obligorGeographicLocation: 'CA' }), loan('3')];

let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await consortium();
});

const record = (dealId: string, transient = loanChunk(loans), number = 0) =>
    ledger.submit(bankA, 'tape:record', { requestId: requestId(), dealId, number }, transient);

describe('opening a deal', () => {
    it('lays its records down under its originator and its trustee', async () => {
        await opened(ledger, 'deal-1', loans);
        const { endorsers } = await record('deal-1');
        expect([...endorsers].sort()).toEqual(['BankAMSP', 'TrustMSP']);
        expect(await ledger.evaluate(fund, 'deal:read', { id: 'deal-1' })).toMatchObject({
            status: 'structuring',
            trustee: 'trust',
        });
    });

    it('is refused to anybody but the originator of the terms', async () => {
        const request = { requestId: requestId(), id: 'deal-1', terms: terms(1), rules };
        expect(await codeOf(() => ledger.submit(bankB, 'deal:open', request))).toBe('PARTY_WRONG');
        expect(await codeOf(() => ledger.submit(fund, 'deal:open', request))).toBe('ROLE_MISSING');
    });

    it('refuses a servicer that is not the originator, which has no access to the loans', async () => {
        const parties = { originator: 'bank-a', servicer: 'bank-b', trustee: 'trust' };
        const request = { requestId: requestId(), id: 'deal-1', terms: { ...terms(1), parties }, rules };
        expect(await codeOf(() => ledger.submit(bankA, 'deal:open', request))).toBe('SERVICER_NOT_ORIGINATOR');
    });

    it('refuses parties that do not hold their role', async () => {
        const request = {
            requestId: requestId(),
            id: 'deal-1',
            terms: { ...terms(1), parties: { originator: 'bank-a', servicer: 'bank-a', trustee: 'fund' } },
            rules,
        };
        expect(await codeOf(() => ledger.submit(bankA, 'deal:open', request))).toBe('PARTY_UNFIT');
    });

    it('refuses a second deal of the same name, and terms that cannot be read', async () => {
        await opened(ledger, 'deal-1', loans);
        expect(await codeOf(() => opened(ledger, 'deal-1', loans))).toBe('DEAL_EXISTS');
        for (const account of ['own', 'held.fund', 'payable.servicer'])
            expect(await codeOf(() => opened(ledger, account, loans))).toBe('REQUEST_INVALID');
        const request = { requestId: requestId(), id: 'deal-2', terms: { ...terms(1), tranches: 'none' }, rules };
        expect(await codeOf(() => ledger.submit(bankA, 'deal:open', request))).toBe('TERMS_INVALID');
    });
});

it('refuses to open a deal on terms that do not add up, naming the place', async () => {
    const document = terms(3_000_000);
    const waterfalls = Object.fromEntries(Object.keys(document['waterfalls'] as object).map(status => [status, []]));
    const request = { requestId: requestId(), id: 'deal-1', terms: { ...document, waterfalls }, rules };
    const refusal = await refusalOf(() => ledger.submit(bankA, 'deal:open', request));
    expect(refusal.code).toBe('TERMS_INVALID');
    expect(refusal.details['at']).toMatch(/^waterfalls|^accounts|^fees|^tranches|^values/);
    expect(await codeOf(() => ledger.evaluate(bankA, 'deal:read', { id: 'deal-1' }))).toBe('NOT_FOUND');
});

describe('a tape', () => {
    it('is recorded, submitted, pledged and sealed, and its pool becomes public', async () => {
        await sealed(ledger, 'deal-1', loans);
        const tape = await ledger.evaluate(fund, 'tape:read', { dealId: 'deal-1' });
        expect(tape).toMatchObject({
            status: 'sealed',
            pool: { count: 3, balance: '3000000', averages: { obligorCreditScore: '700.000000' } },
        });
    });

    it('shows no loan to anybody outside: not in public state, not in events', async () => {
        const { event } = await record(
            (await opened(ledger, 'deal-1', [loan('SECRET-17')]), 'deal-1'),
            loanChunk([loan('SECRET-17')]),
        );
        expect(ledger.publicText()).not.toContain('SECRET-17');
        expect(JSON.stringify(event)).not.toContain('SECRET-17');
    });

    it('is read by originator and trustee, and refused by Fabric to others', async () => {
        await submitted(ledger, 'deal-1', loans);
        for (const member of [bankA, trustee])
            expect(await ledger.evaluate(member, 'tape:chunk', { dealId: 'deal-1', number: 0 })).toHaveProperty(
                'chunk',
            );
        await expect(ledger.evaluate(bankB, 'tape:chunk', { dealId: 'deal-1', number: 0 })).rejects.toThrow(
            'access permission',
        );
    });

    it('is refused when an asset stands in it twice, also across chunks', async () => {
        await opened(ledger, 'deal-1', loans);
        expect(await codeOf(() => record('deal-1', loanChunk([loan('1'), loan('1')])))).toBe('ASSET_TWICE');
        await record('deal-1');
        await record('deal-1', loanChunk(loans.slice(0, 1)), 1);
        const submit = () =>
            ledger.submit(bankA, 'tape:submit', { requestId: requestId(), dealId: 'deal-1', chunks: 2 }, privately());
        expect(await codeOf(submit)).toBe('CHUNKS_OVERLAP');
    });

    it('is refused when its rows are not in order', async () => {
        await opened(ledger, 'deal-1', loans);
        expect(await codeOf(() => record('deal-1', chunkOf('loan', inOrder(loans).reverse())))).toBe('CHUNK_UNSORTED');
    });

    it('is refused with the place of a wrong field and nothing written', async () => {
        await opened(ledger, 'deal-1', loans);
        const negative = { ...loan('1'), reportingPeriodActualEndBalanceAmount: -1 };
        expect(() => loanChunk([negative])).toThrow('FIELD_INVALID: rows[0].reportingPeriodActualEndBalanceAmount');
        const before = new Map(ledger.state);
        const refusal = await refusalOf(() => record('deal-1', privately({ chunk: Uint8Array.of(1, 2, 3) })));
        expect(refusal.code).toBe('CHUNK_INVALID');
        expect(ledger.state).toEqual(before);
        expect(ledger.hidden.get('tape_bank-a_trust')?.size ?? 0).toBe(0);
    });

    it('cannot change once it is submitted, until the trustee sends it back', async () => {
        await submitted(ledger, 'deal-1', loans);
        expect(await codeOf(() => record('deal-1'))).toBe('DEAL_STATUS_WRONG');
        await ledger.submit(
            trustee,
            'tape:reject',
            { requestId: requestId(), dealId: 'deal-1', reason: 'scores missing' },
            privately(),
        );
        await record('deal-1');
    });

    it('is not sealed before every chunk is pledged, nor on another balance than the terms say', async () => {
        await submitted(ledger, 'deal-1', loans);
        const seal = (dealId: string) =>
            ledger.submit(trustee, 'tape:seal', { requestId: requestId(), dealId, evidence: [] }, privately());
        expect(await codeOf(() => seal('deal-1'))).toBe('CHUNK_NOT_ACCEPTED');
        await opened(ledger, 'deal-2', [loan('7')]);
        await record('deal-2', loanChunk([loan('8', { reportingPeriodActualEndBalanceAmount: 1 })]));
        await ledger.submit(bankA, 'tape:submit', { requestId: requestId(), dealId: 'deal-2', chunks: 1 }, privately());
        await ledger.submit(
            trustee,
            'pledge:pledge',
            { requestId: requestId(), dealId: 'deal-2', number: 0 },
            privately(),
        );
        expect(await codeOf(() => seal('deal-2'))).toBe('POOL_BALANCE_DIFFERS');
    });

    it('puts together the rows of a stratification that would show single loans', async () => {
        const many = Array.from({ length: 8 }, (_, i) => loan(`T${i}`));
        const pool = [...many, loan('9', { obligorGeographicLocation: 'WY' })];
        await sealed(ledger, 'deal-1', pool, { rules: { fewestLoans: 5 } });
        const tape = (await ledger.evaluate(fund, 'tape:read', { dealId: 'deal-1' })) as {
            pool: { strata: { rows: { key: string }[] }[] };
        };
        expect(tape.pool.strata[0]?.rows.map(row => row.key)).not.toContain('WY');
    });
});

describe('a request', () => {
    it('that is repeated gets the first answer, under the same endorsers', async () => {
        await opened(ledger, 'deal-1', loans);
        const request = { requestId: 'once', dealId: 'deal-1', number: 0 };
        const chunk = loanChunk(loans);
        const first = await ledger.submit(bankA, 'tape:record', request, chunk);
        const again = await ledger.submit(
            bankA,
            'tape:record',
            request,
            privately({ chunk: chunk['chunk'] as Uint8Array }),
        );
        expect(again.reply).toEqual(first.reply);
        expect(again.endorsers).toEqual(first.endorsers);
    });

    it('that is repeated with other content is refused', async () => {
        await opened(ledger, 'deal-1', loans);
        const request = { requestId: 'once', dealId: 'deal-1', number: 0 };
        await ledger.submit(bankA, 'tape:record', request, loanChunk(loans));
        expect(await codeOf(() => ledger.submit(bankA, 'tape:record', request, loanChunk(loans)))).toBe(
            'REQUEST_REUSED',
        );
    });

    it('is refused for its shape before its author, its author before what it names, and that before its state', async () => {
        expect(await codeOf(() => ledger.submit(fund, 'tape:record', '{"dealId"'))).toBe('REQUEST_INVALID');
        const request = { requestId: 'r', dealId: 'none', number: 0 };
        expect(await codeOf(() => ledger.submit(fund, 'tape:record', request))).toBe('ROLE_MISSING');
        expect(await codeOf(() => ledger.submit(bankA, 'tape:record', request))).toBe('NOT_FOUND');
        await submitted(ledger, 'none', loans);
        expect(await codeOf(() => ledger.submit(bankB, 'tape:record', request, privately()))).toBe('PARTY_WRONG');
        expect(await codeOf(() => ledger.submit(bankA, 'tape:record', request, privately()))).toBe('DEAL_STATUS_WRONG');
    });
});
