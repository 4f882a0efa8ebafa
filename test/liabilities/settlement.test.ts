import { codeOf, refusalOf } from '../chaincode/refuses';
import { alter, keyOf, privately, requestId } from '../chaincode/builders';
import {
    agree,
    bankA,
    bankB,
    book,
    cents,
    closed,
    dealId,
    dollars,
    euros,
    field,
    file,
    fund,
    held,
    instruct,
    issued,
    move,
    mustAddUp,
    note,
    openDay,
    openDayStepwise,
    pending,
    provide,
    settle,
    trust,
} from './desk';

import type { MemoryLedger } from '../chaincode/memory-ledger';
import type { Amount, PendingPage } from '@poolproof/chaincode/domain';
import type { Trade } from './desk';

/** The fund holds 12,000.00 of A-2 and 3,000.00 dollars, bank B 6,000.00 of A-2 and 500.00 dollars. */
let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await issued();
});

afterEach(() => mustAddUp(ledger));

const payment = { means: 'deposit', asset: dollars, amount: cents('495.00') } as const;
const fundToBankB = (reference: string) => ({ reference, deliverer: 'fund', receiver: 'bank-b' });

it('settles a trade, notes against cash, in one transaction endorsed by the depository', async () => {
    const reference = await agree(ledger, fund, bankB, { quantity: cents('500.00'), payment });
    const { endorsers, event } = await settle(ledger, fundToBankB(reference));
    expect([...endorsers]).toEqual(['TrustMSP']);
    expect(event.payload).toEqual({ type: 'InstructionsSettled', day: '2026-01-20' });
    expect(await held(ledger, fund, note('A-2'))).toBe('11500.00');
    expect(await held(ledger, bankB, note('A-2'))).toBe('6500.00');
    expect(await held(ledger, fund, dollars)).toBe('3495.00');
    expect(await held(ledger, bankB, dollars)).toBe('5.00');
    expect((await book(ledger, bankB)).instructions).toEqual([]);
    expect((await closed(ledger, bankB)).find(each => each.reference === reference)?.status).toBe('settled');
});

it('moves nothing on one side’s word', async () => {
    await instruct(ledger, fund, 'deliver', bankB, { reference: 'lone' });
    expect(await codeOf(() => settle(ledger, fundToBankB('lone')))).toBe('NOT_FOUND');
    expect(await held(ledger, fund, note('A-2'))).toBe('12000.00');
});

it.each<[string, Trade, Trade]>([
    ['what it costs', { payment }, { payment: { ...payment, amount: cents('494.00') } }],
    ['in which cash', { payment }, { payment: { ...payment, asset: euros } }],
    ['how it is paid', { payment }, { payment: { means: 'outside', currency: 'USD', amount: payment.amount } }],
    ['whether it is paid', { payment }, {}],
    ['what changes hands', {}, { asset: note('A-1') }],
    ['how much', { partial: true }, { partial: true, quantity: cents('900.00') }],
    ['when', {}, { settlementDay: '2026-01-19' }],
    ['whether it is a pledge', { kind: 'pledge' }, {}],
    ['which pledge is released', { kind: 'release', lien: 'one' }, { kind: 'release', lien: 'another' }],
    ['from when the pledge may be enforced', { kind: 'pledge', enforceableFrom: '2026-01-21' }, { kind: 'pledge' }],
])('refuses sides that do not agree on %s', async (_, delivered, received) => {
    await instruct(ledger, fund, 'deliver', bankB, { reference: 'differ', ...delivered });
    await instruct(ledger, bankB, 'receive', fund, { reference: 'differ', ...received });
    const part = { ...fundToBankB('differ'), ...(delivered.partial && { quantity: cents('100.00') }) };
    expect(await codeOf(() => settle(ledger, part))).toBe('INSTRUCTION_NOT_MATCHED');
});

it.each<[string, Trade, Trade]>([
    ['deliverer', { expiryDay: '2026-01-20' }, { expiryDay: '2026-01-22' }],
    ['receiver', { expiryDay: '2026-01-22' }, { expiryDay: '2026-01-20' }],
])('holds a %s to its word no longer than it says, whatever the other side says', async (_, delivered, received) => {
    await instruct(ledger, fund, 'deliver', bankB, { reference: 'short', ...delivered });
    await instruct(ledger, bankB, 'receive', fund, { reference: 'short', ...received });
    await openDay(ledger, '2026-01-21');
    expect(await codeOf(() => settle(ledger, fundToBankB('short')))).toBe('INSTRUCTION_EXPIRED');
    expect((await pending(ledger)).pairs).toEqual([]);
});

it('locks notes up until the day stated, and not on it', async () => {
    alter(ledger, ['tranche', dealId, 'A-2'], () => ({ lockedUntil: '2026-01-21' }));
    const reference = await agree(ledger, fund, bankB);
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('NOTES_LOCKED');
    await openDay(ledger, '2026-01-21');
    await settle(ledger, fundToBankB(reference));
});

it('refuses a buyer short of cash and a seller short of notes, and moves neither leg', async () => {
    const dear = await agree(ledger, fund, bankB, { payment: { ...payment, amount: cents('500.01') } });
    expect(await codeOf(() => settle(ledger, fundToBankB(dear)))).toBe('HOLDING_SHORT');
    const much = await agree(ledger, fund, bankB, { quantity: cents('12100.00') });
    expect(await codeOf(() => settle(ledger, fundToBankB(much)))).toBe('HOLDING_SHORT');
    expect(await held(ledger, fund, note('A-2'))).toBe('12000.00');
    expect(await held(ledger, bankB, dollars)).toBe('500.00');
});

it('settles an instruction once', async () => {
    const reference = await agree(ledger, fund, bankB);
    await settle(ledger, fundToBankB(reference));
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('INSTRUCTION_NOT_OPEN');
    const twice = await agree(ledger, fund, bankB);
    expect(await codeOf(() => settle(ledger, fundToBankB(twice), fundToBankB(twice)))).toBe('INSTRUCTION_NOT_OPEN');
});

it('settles a chain of trades net, and refuses the whole chain when one link is missing', async () => {
    await provide(ledger, bankA, cents('100.00'));
    const first = await agree(ledger, fund, bankA, { payment: { ...payment, amount: cents('28400.00') } });
    const second = await agree(ledger, bankA, fund, { payment: { ...payment, amount: cents('28390.00') } });
    const there = { reference: first, deliverer: 'fund', receiver: 'bank-a' };
    const back = { reference: second, deliverer: 'bank-a', receiver: 'fund' };
    expect(await codeOf(() => settle(ledger, back))).toBe('HOLDING_SHORT');
    await settle(ledger, there, back);
    expect(await held(ledger, fund, note('A-2'))).toBe('12000.00');
    expect(await held(ledger, fund, dollars)).toBe('3010.00');

    const good = await agree(ledger, fund, bankB);
    const bad = await agree(ledger, fund, bankB, { quantity: cents('99900.00') });
    expect(await codeOf(() => settle(ledger, fundToBankB(good), fundToBankB(bad)))).toBe('HOLDING_SHORT');
    expect((await book(ledger, fund)).instructions.find(each => each.reference === good)?.status).toBe('placed');
});

it('settles in parts where both sides allow it, and the parts of the price sum to it', async () => {
    const price = { ...payment, amount: cents('333.33') };
    const reference = await agree(ledger, fund, bankB, { quantity: cents('700.00'), payment: price, partial: true });
    await settle(ledger, { ...fundToBankB(reference), quantity: cents('200.00') });
    expect(await held(ledger, bankB, dollars)).toBe('404.77');
    await settle(ledger, fundToBankB(reference));
    expect(await held(ledger, bankB, dollars)).toBe('166.67');

    const whole = await agree(ledger, fund, bankB);
    const part = { ...fundToBankB(whole), quantity: cents('200.00') };
    expect(await codeOf(() => settle(ledger, part))).toBe('PARTIAL_NOT_ALLOWED');
});

it('lets a party withdraw while nothing has settled, and not after', async () => {
    const reference = await agree(ledger, fund, bankB);
    const cancel = () =>
        ledger.submit(bankB, 'settlement:cancel', { requestId: requestId() }, field('instruction', { reference }));
    await cancel();
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('INSTRUCTION_NOT_OPEN');
    const done = await agree(ledger, fund, bankB);
    await settle(ledger, fundToBankB(done));
    const late = field('instruction', { reference: done });
    expect(await codeOf(() => ledger.submit(bankB, 'settlement:cancel', { requestId: requestId() }, late))).toBe(
        'INSTRUCTION_NOT_OPEN',
    );
});

it('moves nothing in or out of the book of an institution that has no role any more', async () => {
    const [bought, sold] = [await agree(ledger, fund, bankB), await agree(ledger, bankB, fund)];
    alter(ledger, ['institution', 'bank-b'], () => ({ roles: [] }));
    expect(await codeOf(() => settle(ledger, fundToBankB(bought)))).toBe('INSTITUTION_NOT_ACTIVE');
    const sale = { reference: sold, deliverer: 'bank-b', receiver: 'fund' };
    expect(await codeOf(() => settle(ledger, sale))).toBe('INSTITUTION_NOT_ACTIVE');
});

it('takes no second word under a reference of which a part has settled, also once the rest is withdrawn', async () => {
    const reference = await agree(ledger, fund, bankB, { partial: true });
    await settle(ledger, { ...fundToBankB(reference), quantity: cents('400.00') });
    const withdrawn = field('instruction', { reference });
    for (const party of [fund, bankB])
        await ledger.submit(party, 'settlement:cancel', { requestId: requestId() }, withdrawn);
    expect(await codeOf(() => instruct(ledger, fund, 'deliver', bankB, { reference }))).toBe('INSTRUCTION_EXISTS');
    const [last] = (await closed(ledger, fund)).filter(each => each.reference === reference);
    expect(last).toMatchObject({ status: 'cancelled', settled: '40000' });
});

it('lets an investor receive notes to the end of the day until which its identification holds', async () => {
    const [first, second] = [await agree(ledger, fund, bankB), await agree(ledger, fund, bankB)];
    await file(ledger, 'bank-b', { clearedUntil: '2026-01-20' });
    await settle(ledger, fundToBankB(first));
    await openDay(ledger, '2026-01-21');
    expect(await codeOf(() => settle(ledger, fundToBankB(second)))).toBe('INVESTOR_NOT_ELIGIBLE');
});

it('settles neither before the settlement day nor after the expiry', async () => {
    const days = { settlementDay: '2026-01-22', expiryDay: '2026-01-23' };
    const reference = await agree(ledger, fund, bankB, days);
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('INSTRUCTION_NOT_DUE');
    await openDay(ledger, '2026-01-26');
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('INSTRUCTION_EXPIRED');
    expect(await codeOf(() => openDay(ledger, '2026-01-26'))).toBe('DAY_PASSED');
});

it('does not let a slip of the year end all that is open: one step of the business day leads a month at most', async () => {
    const reference = await agree(ledger, fund, bankB, { expiryDay: '2026-02-20' });
    for (const slip of ['2027-01-21', '2026-02-21'])
        expect(await refusalOf(() => openDay(ledger, slip))).toMatchObject({
            code: 'DAY_TOO_FAR',
            details: { day: slip, today: '2026-01-20', last: '2026-02-20' },
        });
    await openDay(ledger, '2026-02-20');
    await settle(ledger, fundToBankB(reference));
});

it('holds the trades of a suspended party, and lets nobody buy who may not hold', async () => {
    const reference = await agree(ledger, fund, bankB);
    await file(ledger, 'fund', { suspended: true });
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('INSTITUTION_NOT_ACTIVE');
    await file(ledger, 'fund');
    await file(ledger, 'bank-b', { clearedUntil: '2026-01-19' });
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('INVESTOR_NOT_ELIGIBLE');
    await file(ledger, 'bank-b');
    await settle(ledger, fundToBankB(reference));
});

it('moves pieces of the denominations only, but lets a holder sell all it has', async () => {
    const odd = await agree(ledger, fund, bankB, { quantity: cents('150.00') });
    expect(await codeOf(() => settle(ledger, fundToBankB(odd)))).toBe('DENOMINATION_BROKEN');
    await move(ledger, fund, bankB, { quantity: cents('12000.00') });
    expect(await held(ledger, fund, note('A-2'))).toBe('0.00');
});

it('remembers of a day what was held at its end, once, however often it changed', async () => {
    const days = async () => {
        const { holdings } = await book(ledger, fund);
        return holdings.find(({ asset }) => asset === note('A-2'))?.closings;
    };
    for (const quantity of ['500.00', '300.00']) await move(ledger, fund, bankB, { quantity: cents(quantity) });
    await openDay(ledger, '2026-01-21');
    await move(ledger, bankB, fund, { quantity: cents('200.00') });
    expect(await days()).toEqual([
        { day: '2026-01-20', quantity: '1120000' },
        { day: '2026-01-21', quantity: '1140000' },
    ]);
});

it('leaves notes to the depository that keeps them', async () => {
    alter(ledger, ['tranche', dealId, 'A-2'], () => ({ depository: 'registry' }));
    const reference = await agree(ledger, fund, bankB);
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('NOTES_KEPT_ELSEWHERE');
});

it('is asked of a depository that has opened a day, of institutions whose books it has opened, once for a deposit', async () => {
    const again = { requestId: requestId(), currency: 'USD', bank: 'bank-b' };
    expect(await codeOf(() => ledger.submit(trust, 'holding:openDeposit', again))).toBe('DEPOSIT_EXISTS');
    const reference = await agree(ledger, fund, bankB);
    const [, book] = [...ledger.hidden].find(([name]) => name === 'book_bank-b') ?? [];
    const cover = [...(book?.keys() ?? [])].find(key => key.includes('cover')) ?? '';
    const opened = book?.get(cover) ?? new Uint8Array();
    book?.delete(cover);
    expect(await codeOf(() => instruct(ledger, bankB, 'receive', fund, { reference: 'r' }))).toBe('BOOK_NOT_OPEN');
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('BOOK_NOT_OPEN');
    book?.set(cover, opened);
    const day = keyOf(['business-day', 'trust']);
    const today = ledger.state.get(day) ?? new Uint8Array();
    ledger.state.delete(day);
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('DAY_NOT_OPEN');
    ledger.state.set(day, today);
    await settle(ledger, fundToBankB(reference));
});

it('settles one currency against another', async () => {
    await provide(ledger, bankA, cents('1000.00'), euros);
    const reference = await agree(ledger, fund, bankA, {
        asset: dollars,
        quantity: cents('1100.00'),
        payment: { means: 'deposit', asset: euros, amount: cents('1000.00') },
    });
    await settle(ledger, { reference, deliverer: 'fund', receiver: 'bank-a' });
    expect(await held(ledger, fund, euros)).toBe('1000.00');
    expect(await held(ledger, fund, dollars)).toBe('1900.00');
});

it('delivers against cash paid outside once the deliverer has seen it', async () => {
    const outside = { means: 'outside', currency: 'USD', amount: cents('990.00') } as const;
    const reference = await agree(ledger, fund, bankB, { payment: outside });
    expect(await codeOf(() => settle(ledger, fundToBankB(reference)))).toBe('PAYMENT_NOT_CONFIRMED');
    const seen = field('instruction', { reference, paymentReference: 'FEDWIRE 20260120-17' });
    expect(
        await codeOf(() => ledger.submit(bankB, 'settlement:confirmPayment', { requestId: requestId() }, seen)),
    ).toBe('PAYMENT_NOT_OUTSIDE');
    await ledger.submit(fund, 'settlement:confirmPayment', { requestId: requestId() }, seen);
    // It would keep both the cash and the notes.
    const cancelled = field('instruction', { reference });
    const withdrawn = () => ledger.submit(fund, 'settlement:cancel', { requestId: requestId() }, cancelled);
    expect(await codeOf(withdrawn)).toBe('PAYMENT_CONFIRMED');
    await settle(ledger, fundToBankB(reference));
    expect(await held(ledger, fund, dollars)).toBe('3000.00');
});

describe('notes pledged for a loan', () => {
    const repo = { kind: 'pledge', quantity: cents('10000.00'), payment } as const;

    it('stay with their owner, who cannot sell or pledge them again', async () => {
        const reference = await agree(ledger, fund, bankB, repo);
        await settle(ledger, fundToBankB(reference));
        expect(await held(ledger, fund, note('A-2'))).toBe('12000.00');
        expect(await held(ledger, fund, dollars)).toBe('3495.00');
        const sale = await agree(ledger, fund, bankB, { quantity: cents('2100.00') });
        expect(await codeOf(() => settle(ledger, fundToBankB(sale)))).toBe('HOLDING_SHORT');
        const again = await agree(ledger, fund, bankB, { ...repo, quantity: cents('2100.00') });
        expect(await codeOf(() => settle(ledger, fundToBankB(again)))).toBe('HOLDING_SHORT');
    });

    it('bear the new charge alone where one is exchanged for another in one batch', async () => {
        const old = await agree(ledger, fund, bankB, { ...repo, reference: 'old' });
        await settle(ledger, fundToBankB(old));
        const back = await agree(ledger, bankB, fund, { kind: 'release', quantity: repo.quantity, lien: old });
        await provide(ledger, bankA, cents('495.00'));
        const fresh = await agree(ledger, fund, bankA, { ...repo, reference: 'fresh' });
        const pairs = [
            { reference: back, deliverer: 'bank-b', receiver: 'fund' },
            { reference: fresh, deliverer: 'fund', receiver: 'bank-a' },
        ];
        await settle(ledger, ...pairs);
        const { holdings, liens } = await book(ledger, fund);
        expect(liens.map(({ reference }) => reference)).toEqual(['fresh']);
        expect(holdings.find(({ asset }) => asset === note('A-2'))?.liens).toEqual(['fresh']);
    });

    it('are released by their lender alone, and no more than was pledged', async () => {
        const lien = await agree(ledger, fund, bankB, repo);
        await settle(ledger, fundToBankB(lien));
        const release = { kind: 'release', quantity: cents('10000.00'), lien } as const;
        const byOther = await agree(ledger, bankA, fund, release);
        const other = { reference: byOther, deliverer: 'bank-a', receiver: 'fund' };
        expect(await codeOf(() => settle(ledger, other))).toBe('LIEN_NOT_FOUND');
        // A-1 is pledged to another: who has a lien on A-2 cannot give it free.
        await move(ledger, fund, bankA, { kind: 'pledge', asset: note('A-1'), quantity: cents('5000.00') });
        const others = await agree(ledger, bankB, fund, { ...release, asset: note('A-1'), quantity: cents('5000.00') });
        const notIts = { reference: others, deliverer: 'bank-b', receiver: 'fund' };
        expect(await codeOf(() => settle(ledger, notIts))).toBe('LIEN_NOT_FOUND');
        const tooMuch = await agree(ledger, bankB, fund, { ...release, quantity: cents('10000.01') });
        const much = { reference: tooMuch, deliverer: 'bank-b', receiver: 'fund' };
        expect(await codeOf(() => settle(ledger, much))).toBe('LIEN_EXCEEDED');
        await move(ledger, bankB, fund, { ...release, payment });
        expect(await held(ledger, bankB, dollars)).toBe('500.00');
        await move(ledger, fund, bankB, { quantity: cents('12000.00') });
    });
});

describe('notes pledged until a day', () => {
    const repo = { kind: 'pledge', quantity: cents('10000.00'), payment, enforceableFrom: '2026-01-27' } as const;
    const taking = { kind: 'enforce', pledgor: 'fund', quantity: cents('10000.00') } as const;
    const byLender = (reference: string) => ({ reference, deliverer: 'bank-b', receiver: 'bank-b' });
    let lien: string;

    beforeEach(async () => {
        lien = await agree(ledger, fund, bankB, repo);
        await settle(ledger, fundToBankB(lien));
    });

    const enforce = async (reference: string, given: Trade = {}) => {
        await instruct(ledger, bankB, 'deliver', bankB, { ...taking, lien, ...given, reference });
        return settle(ledger, byLender(reference));
    };

    it('are taken by their lender once it was not paid back, though their pledgor is suspended', async () => {
        expect(await codeOf(() => enforce('early'))).toBe('LIEN_NOT_ENFORCEABLE');
        await openDay(ledger, '2026-01-27');
        await file(ledger, 'fund', { suspended: true });
        await settle(ledger, byLender('early'));
        expect(await held(ledger, fund, note('A-2'))).toBe('2000.00');
        expect(await held(ledger, bankB, note('A-2'))).toBe('16000.00');
        expect((await book(ledger, fund)).liens).toEqual([]);
        expect(await codeOf(() => enforce('again'))).toBe('LIEN_NOT_FOUND');
    });

    it('are not taken beyond what is pledged, in broken pieces, by who may not hold them, or by anybody else', async () => {
        await openDay(ledger, '2026-01-27');
        expect(await codeOf(() => enforce('much', { quantity: cents('10100.00') }))).toBe('LIEN_EXCEEDED');
        expect(await codeOf(() => enforce('odd', { quantity: cents('150.00') }))).toBe('DENOMINATION_BROKEN');
        await file(ledger, 'bank-b', { clearedUntil: '2026-01-19' });
        expect(await codeOf(() => enforce('unfit'))).toBe('INVESTOR_NOT_ELIGIBLE');
        const other = { ...taking, lien, reference: 'other' };
        await instruct(ledger, bankA, 'deliver', bankA, other);
        const taken = () => settle(ledger, { reference: 'other', deliverer: 'bank-a', receiver: 'bank-a' });
        expect(await codeOf(taken)).toBe('LIEN_NOT_FOUND');
    });

    it('are not taken where the pledge states no day, or the two sides another one', async () => {
        const { enforceableFrom: _day, ...plain } = repo;
        const small = { ...plain, quantity: cents('1000.00'), payment: { ...payment, amount: cents('1.00') } };
        const without = await agree(ledger, fund, bankB, small);
        await settle(ledger, fundToBankB(without));
        await openDayStepwise(ledger, '2026-02-27');
        const part = { lien: without, quantity: cents('1000.00') };
        expect(await codeOf(() => enforce('without', part))).toBe('LIEN_NOT_ENFORCEABLE');
        await instruct(ledger, fund, 'deliver', bankB, { ...small, enforceableFrom: '2026-03-01', reference: 'apart' });
        await instruct(ledger, bankB, 'receive', fund, { ...small, enforceableFrom: '2026-04-01', reference: 'apart' });
        expect(await codeOf(() => settle(ledger, fundToBankB('apart')))).toBe('INSTRUCTION_NOT_MATCHED');
    });
});

it('names the place of a pair in a refusal, never its reference', async () => {
    const good = await agree(ledger, fund, bankB);
    const late = await agree(ledger, fund, bankB, { settlementDay: '2026-01-22' });
    const refusal = await refusalOf(() => settle(ledger, fundToBankB(good), fundToBankB(late)));
    expect([refusal.code, refusal.details['at']]).toEqual(['INSTRUCTION_NOT_DUE', 'batch.pairs[1]']);
    const absent = await refusalOf(() => settle(ledger, fundToBankB('nowhere')));
    expect(absent.message).toBe('NOT_FOUND: there is no instruction by the reference in batch.pairs[0]');
    const again = await refusalOf(() => instruct(ledger, fund, 'deliver', bankB, { reference: good }));
    expect(again.message).not.toContain(good);
});

it('closes what has expired, and keeps its reference taken', async () => {
    const reference = await agree(ledger, fund, bankB, { expiryDay: '2026-01-21' });
    const given = { instructions: ['fund', 'bank-b'].map(institution => ({ institution, reference })) };
    const expire = () => ledger.submit(trust, 'settlement:expire', { requestId: requestId() }, field('expired', given));
    // Its last day is its own.
    await openDay(ledger, '2026-01-21');
    expect(await codeOf(expire)).toBe('INSTRUCTION_NOT_EXPIRED');
    await openDay(ledger, '2026-01-22');
    const { expired } = await pending(ledger);
    expect(new Set(expired)).toEqual(new Set(given.instructions));
    await expire();
    expect((await book(ledger, fund)).instructions).toEqual([]);
    expect((await closed(ledger, fund)).map(({ status }) => status)).toContain('expired');
    expect(await codeOf(expire)).toBe('INSTRUCTION_NOT_OPEN');
    expect(await codeOf(() => instruct(ledger, fund, 'deliver', bankB, { reference }))).toBe('INSTRUCTION_EXISTS');
});

const fileClosed = async (given?: object) => {
    const closed = given ?? { instructions: (await pending(ledger)).closed };
    return ledger.submit(trust, 'settlement:file', { requestId: requestId() }, field('closed', closed));
};

/** The record of an instruction that is not filed. */
function lyingOpen(records: ReadonlyMap<string, Uint8Array>, reference: string): Uint8Array {
    const found = [...records].find(
        ([key, value]) => key.startsWith('\u0000instruction\u0000') && Buffer.from(value).includes(reference),
    );
    return found?.[1] ?? new Uint8Array();
}

it('files what is closed, however often it is asked to, and tells its owners the same before and after', async () => {
    const settled = await agree(ledger, fund, bankB);
    const open = await agree(ledger, fund, bankB);
    await settle(ledger, fundToBankB(settled));
    const before = [await closed(ledger, fund), (await book(ledger, fund)).instructions];
    const given = { instructions: (await pending(ledger)).closed };
    expect(given.instructions).toContainEqual({ institution: 'fund', reference: settled });
    await fileClosed(given);
    expect((await pending(ledger)).closed).toEqual([]);
    expect([await closed(ledger, fund), (await book(ledger, fund)).instructions]).toEqual(before);
    await fileClosed(given);
    expect([await closed(ledger, fund), (await book(ledger, fund)).instructions]).toEqual(before);
    expect(await codeOf(() => settle(ledger, fundToBankB(settled)))).toBe('INSTRUCTION_NOT_OPEN');
    expect(await codeOf(() => instruct(ledger, fund, 'deliver', bankB, { reference: settled }))).toBe(
        'INSTRUCTION_EXISTS',
    );
    const still = { instructions: [{ institution: 'fund', reference: open }] };
    expect(await codeOf(() => fileClosed(still))).toBe('INSTRUCTION_STILL_OPEN');
    const nowhere = { instructions: [{ institution: 'fund', reference: 'nowhere' }] };
    expect(await codeOf(() => fileClosed(nowhere))).toBe('NOT_FOUND');
});

it('shows an instruction that was withdrawn and placed again once it has settled, and once only', async () => {
    const reference = await agree(ledger, fund, bankB);
    const cancelled = { requestId: requestId() };
    await ledger.submit(fund, 'settlement:cancel', cancelled, field('instruction', { reference }));
    const shown = async () =>
        [...(await book(ledger, fund)).instructions, ...(await closed(ledger, fund))]
            .filter(each => each.reference === reference)
            .map(({ status }) => status);
    expect(await shown()).toEqual(['cancelled']);
    await instruct(ledger, fund, 'deliver', bankB, { reference });
    expect(await shown()).toEqual(['placed', 'cancelled']);
    await settle(ledger, fundToBankB(reference));
    expect(await shown()).toEqual(['settled']);
    await fileClosed();
    expect(await shown()).toEqual(['settled']);
});

it('reads closed instructions once each, also where they are filed between two pages', async () => {
    const records = ledger.hidden.get('book_fund') ?? new Map<string, Uint8Array>();
    const before = (await closed(ledger, fund)).length;
    const reference = await agree(ledger, fund, bankB);
    await settle(ledger, fundToBankB(reference));
    const keyAt = (noun: string, i: number) => `\u0000${noun}\u0000${i.toString(16).padStart(64, '0')}\u0000`;
    const own = lyingOpen(records, reference);
    for (let i = 0; i < 1_100; i++) records.set(keyAt(i % 2 ? 'closed' : 'instruction', i), own);
    const first = (await ledger.evaluate(fund, 'holding:closed', {})) as { records: object[]; next: string };
    for (let i = 0; i < 1_100; i += 2) {
        records.delete(keyAt('instruction', i));
        records.set(keyAt('closed', i), own);
    }
    let [count, after] = [first.records.length, first.next as string | undefined];
    while (after !== undefined) {
        const page = (await ledger.evaluate(fund, 'holding:closed', { after })) as typeof first;
        [count, after] = [count + page.records.length, page.next];
    }
    expect(first.records).toHaveLength(500);
    expect(count).toBe(1_101 + before);
});

it('reads thousands of closed instructions page by page, and looks at none that is filed to see what waits', async () => {
    const reference = await agree(ledger, fund, bankB);
    await settle(ledger, fundToBankB(reference));
    await fileClosed();
    const before = await closed(ledger, fund);
    const records = ledger.hidden.get('book_fund') ?? new Map<string, Uint8Array>();
    const prefix = '\u0000closed\u0000';
    const [one = new Uint8Array()] = [...records].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value);
    for (let i = 0; i < 4_000; i++) records.set(`${prefix}${i.toString(16).padStart(64, '0')}\u0000`, one);
    expect(await closed(ledger, fund)).toHaveLength(before.length + 4_000);

    const waiting = await agree(ledger, fund, bankB);
    // Whoever looked at a closed instruction here would stumble.
    for (const key of [...records.keys()].filter(each => each.startsWith(prefix))) records.set(key, Buffer.from('{'));
    const { pairs } = await pending(ledger);
    expect(pairs).toEqual([fundToBankB(waiting)]);
    expect((await book(ledger, fund)).instructions).toHaveLength(1);
});

it('reads every open instruction of a book, however many pages they fill', async () => {
    const reference = await agree(ledger, fund, bankB);
    const records = ledger.hidden.get('book_fund') ?? new Map<string, Uint8Array>();
    const prefix = '\u0000instruction\u0000';
    const open = lyingOpen(records, reference);
    for (let i = 0; i < 1_200; i++) records.set(`${prefix}${i.toString(16).padStart(64, '0')}\u0000`, open);
    expect((await book(ledger, fund)).instructions).toHaveLength(1_201);
    const { pairs } = await pending(ledger);
    expect(pairs.filter(each => each.reference === reference)).toHaveLength(1_201);
    const page = (await ledger.evaluate(trust, 'settlement:pending', {})) as PendingPage;
    expect(page.due.length + page.closed.length).toBe(1_000);
});

it('refuses a public list that a peer might cut off', async () => {
    for (let i = 0; i <= 5_000; i++) {
        const asset = `cash:USD:bank-${i}`;
        const deposit = { asset, depository: 'trust', outstanding: '0' };
        ledger.state.set(`\u0000deposit\u0000${asset}\u0000`, Buffer.from(JSON.stringify(deposit)));
    }
    expect(await codeOf(() => ledger.evaluate(fund, 'holding:deposits'))).toBe('LIST_TOO_LONG');
    for (const key of [...ledger.state.keys()].filter(each => /cash:USD:bank-\d/.test(each))) ledger.state.delete(key);
});

it('credits a deal’s account on its trustee’s instruction only, and never debits it on one', async () => {
    const cash = { asset: dollars, quantity: cents('10.00'), account: dealId } as const;
    const receive = (client = trust) => instruct(ledger, client, 'receive', fund, { ...cash, reference: 'in' });
    expect(await codeOf(() => receive(bankA))).toBe('INSTRUCTION_INVALID');
    await receive();
    const out = { ...cash, reference: 'out' };
    expect(await codeOf(() => instruct(ledger, trust, 'deliver', fund, out))).toBe('INSTRUCTION_INVALID');
    const bought = { ...cash, asset: euros, payment, reference: 'bought' };
    expect(await codeOf(() => instruct(ledger, trust, 'receive', fund, bought))).toBe('INSTRUCTION_INVALID');
    const nowhere = { ...cash, account: 'no-deal', reference: 'nowhere' };
    expect(await codeOf(() => instruct(ledger, trust, 'receive', fund, nowhere))).toBe('NOT_FOUND');
});

it('lets a bank issue and redeem its own deposits only', async () => {
    const issue = { reference: 'mint', kind: 'issue', asset: dollars, quantity: cents('1.00') } as const;
    expect(await codeOf(() => instruct(ledger, fund, 'deliver', fund, issue))).toBe('INSTRUCTION_INVALID');
    await instruct(ledger, bankB, 'deliver', bankB, { ...issue, kind: 'redeem', quantity: cents('500.01') });
    const redeem = { reference: 'mint', deliverer: 'bank-b', receiver: 'bank-b' };
    expect(await codeOf(() => settle(ledger, redeem))).toBe('HOLDING_SHORT');
});

it('tells the depository which instructions wait for each other', async () => {
    const reference = await agree(ledger, fund, bankB);
    await instruct(ledger, fund, 'deliver', bankB, { reference: 'lone' });
    const { pairs } = await pending(ledger);
    expect(pairs).toEqual([fundToBankB(reference)]);
    expect(await codeOf(() => pending(ledger, fund))).toBe('ROLE_MISSING');
});

it('lets only the depository settle', async () => {
    const batch = field('batch', { pairs: [fundToBankB('any')] });
    const settling = () => ledger.submit(bankB, 'settlement:settle', { requestId: requestId() }, batch);
    expect(await codeOf(settling)).toBe('ROLE_MISSING');
    const distributing = () =>
        ledger.submit(
            bankB,
            'settlement:distribute',
            { requestId: requestId(), dealId: 'deal-1', period: 1 },
            privately(),
        );
    expect(await codeOf(distributing)).toBe('ROLE_MISSING');
});

it('lets no desk dispose of its book that has no role to do so', async () => {
    const reference = await agree(ledger, fund, bankB);
    const seen = field('instruction', { reference, paymentReference: 'FEDWIRE 1' });
    for (const roles of ['', 'admin', 'regulator', 'trustee']) {
        const clerk = { ...fund, roles };
        expect(await codeOf(() => instruct(ledger, clerk, 'deliver', bankB, { reference: 'rogue' }))).toBe(
            'ROLE_MISSING',
        );
        for (const [name, given] of [
            ['cancel', field('instruction', { reference })],
            ['confirmPayment', seen],
        ] as const)
            expect(
                await codeOf(() => ledger.submit(clerk, `settlement:${name}`, { requestId: requestId() }, given)),
            ).toBe('ROLE_MISSING');
    }
    expect((await book(ledger, fund)).instructions).toMatchObject([{ reference, status: 'placed' }]);
});

it('moves no more at once than all books together can be read with', async () => {
    const mint = { kind: 'issue', asset: dollars, quantity: cents('10000000000000000.00') } as const;
    const most = { ...mint, quantity: (mint.quantity - 1n) as Amount };
    expect(await codeOf(() => instruct(ledger, bankB, 'deliver', bankB, { ...mint, reference: 'much' }))).toBe(
        'REQUEST_INVALID',
    );
    for (const reference of ['one', 'two']) {
        await instruct(ledger, bankB, 'deliver', bankB, { ...most, reference });
        await settle(ledger, { reference, deliverer: 'bank-b', receiver: 'bank-b' });
    }
    expect(await ledger.evaluate(fund, 'holding:deposits')).toHaveLength(2);
});
