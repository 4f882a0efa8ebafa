import { codeOf, refusalOf } from '../chaincode/refuses';
import { requestId } from '../chaincode/builders';
import {
    agree,
    bankB,
    book,
    cents,
    closed,
    dollars,
    euros,
    field,
    fund,
    held,
    instructAll,
    issued,
    mustAddUp,
    note,
    openDay,
    pending,
    settle,
    trust,
} from './desk';

import type { Client, MemoryLedger } from '../chaincode/memory-ledger';
import type { PendingPage } from '@poolproof/chaincode/domain';
import type { Trade } from './desk';

/** Instructions that their institution places together, and the depository settles by itself or with others. */
let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await issued();
});

afterEach(() => mustAddUp(ledger));

const payment = { means: 'deposit', asset: dollars, amount: cents('4.00') } as const;
const sale: Trade = { quantity: cents('100.00'), payment };

/** Both sides of some trades, the fund selling, each side placing its own together. */
async function agreeTogether(references: readonly string[], given: Trade = sale): Promise<void> {
    const said = references.map(reference => ({ ...given, reference }));
    await instructAll(ledger, fund, 'deliver', bankB, said);
    await instructAll(ledger, bankB, 'receive', fund, said);
}

const numbered = (count: number, name = 'many') => Array.from({ length: count }, (_, i) => `${name}-${i}`);
const sold = (reference: string) => ({ reference, deliverer: 'fund', receiver: 'bank-b' });

/** What became of each instruction of a book, as its owner reads it. */
async function statuses(client: Client): Promise<Record<string, string>> {
    const all = [...(await book(ledger, client)).instructions, ...(await closed(ledger, client))];
    return Object.fromEntries(all.map(({ reference, status }) => [reference, status]));
}

/** Of a book, the keys that an act has written. */
async function written(client: Client, act: () => Promise<unknown>): Promise<string[]> {
    const records = ledger.hiddenIn(`book_${client.institution}`);
    const before = new Map(records);
    await act();
    const changed = [...records].filter(([key, value]) => before.get(key) !== value).map(([key]) => key);
    return changed.map(key => key.split('\u0000')[1] ?? '').sort();
}

it('settles a hundred trades that were placed together by writing one record for all, beside what is held', async () => {
    await agreeTogether(numbered(100));
    const { pairs } = await pending(ledger);
    expect(pairs).toHaveLength(100);
    expect(await written(fund, () => settle(ledger, ...pairs))).toEqual(['holding', 'holding', 'sheet']);
    expect(await held(ledger, fund, note('A-2'))).toBe('2000.00');
    expect(await held(ledger, fund, dollars)).toBe('3400.00');
    expect(new Set(Object.values(await statuses(bankB)))).toEqual(new Set(['settled']));
});

it('lets the depository settle some of them, in parts, with others, and without being told where they lie', async () => {
    await agreeTogether(['a', 'b', 'c'], { ...sale, quantity: cents('200.00'), partial: true });
    const alone = await agree(ledger, fund, bankB, sale);
    const half = { ...sold('a'), quantity: cents('100.00') };
    await settle(ledger, half, sold(alone));
    expect(await statuses(fund)).toMatchObject({ a: 'partly-settled', b: 'placed', c: 'placed', [alone]: 'settled' });
    const { pairs } = await pending(ledger);
    await settle(ledger, ...pairs.filter(({ reference }) => reference !== 'b'));
    expect(await statuses(bankB)).toMatchObject({ a: 'settled', b: 'placed', c: 'settled' });
    expect(await held(ledger, fund, dollars)).toBe('3012.00');
});

it('places all of them, or none', async () => {
    const taken = await agree(ledger, fund, bankB, sale);
    const before = new Map(ledger.hiddenIn('book_fund'));
    const place = (...said: (Trade & { readonly reference: string })[]) =>
        refusalOf(() => instructAll(ledger, fund, 'deliver', bankB, said));
    const good = { ...sale, reference: 'good' };
    const exists = { code: 'INSTRUCTION_EXISTS', details: { at: 'instructions[1]' } };
    expect(await place(good, { ...sale, reference: taken })).toMatchObject(exists);
    expect(await place(good, { ...sale, reference: 'good' })).toMatchObject(exists);
    const over = { ...sale, reference: 'over', expiryDay: '2026-01-01' };
    expect(await place(good, over)).toMatchObject({
        ...{ code: 'INSTRUCTION_INVALID', details: { at: 'instructions[1]' } },
    });
    const unknown = { ...sale, reference: 'unknown', payment: { ...payment, asset: 'cash:USD:nobody' } } as const;
    expect(await place(good, unknown)).toMatchObject({ code: 'DEPOSIT_UNKNOWN' });
    const tooMany = numbered(101).map(reference => ({ ...sale, reference }));
    expect(await place(...tooMany)).toMatchObject({ code: 'REQUEST_INVALID', details: { at: 'instructions' } });
    expect(ledger.hiddenIn('book_fund')).toEqual(before);
});

it('withdraws one of them, and settles it under its reference only when it is placed again', async () => {
    await agreeTogether(['a', 'b']);
    const stale = (await pending(ledger)).pairs;
    const cancelled = field('instruction', { reference: 'a' });
    await ledger.submit(fund, 'settlement:cancel', { requestId: requestId() }, cancelled);
    expect(await statuses(fund)).toMatchObject({ a: 'cancelled', b: 'placed' });
    expect(await codeOf(() => settle(ledger, ...stale))).toBe('INSTRUCTION_NOT_OPEN');
    await instructAll(ledger, fund, 'deliver', bankB, [{ ...sale, reference: 'a' }]);
    await settle(ledger, ...stale);
    expect(await statuses(fund)).toMatchObject({ a: 'settled', b: 'settled' });
    expect((await closed(ledger, fund)).filter(({ reference }) => reference === 'a')).toHaveLength(1);
});

it('finds under its reference what does not lie on the sheet that is named', async () => {
    await agreeTogether(['a', 'b']);
    await agreeTogether(['c', 'd']);
    const { pairs } = await pending(ledger);
    const other = pairs.find(({ reference }) => reference === 'c')?.sheets;
    const refusal = await refusalOf(() => settle(ledger, { ...sold('nowhere'), sheets: other }));
    expect(refusal).toMatchObject({ code: 'NOT_FOUND', details: { id: 'batch.pairs[0]' } });
    await settle(ledger, { ...sold('a'), sheets: other }, { ...sold('b'), sheets: { deliver: 'nowhere' } });
    expect(await statuses(fund)).toMatchObject({ a: 'settled', b: 'settled', c: 'placed', d: 'placed' });
    expect(await codeOf(() => settle(ledger, { ...sold('b'), sheets: other }))).toBe('INSTRUCTION_NOT_OPEN');
});

it('finds everything that waits, page by page, whether placed alone or together', async () => {
    const cash = { asset: dollars, quantity: cents('0.01') };
    for (let sheet = 0; sheet < 12; sheet++) await agreeTogether(numbered(100, `sheet-${sheet}`), cash);
    const alone = await agree(ledger, fund, bankB, cash);
    const pages: PendingPage[] = [];
    let next: PendingPage['next'];
    do {
        pages.push((await ledger.evaluate(trust, 'settlement:pending', { ...next })) as PendingPage);
        next = pages.at(-1)?.next;
    } while (next !== undefined);
    expect(pages.map(({ due }) => due.length <= 1_100)).toEqual(pages.map(() => true));
    expect(pages.flatMap(({ due }) => due)).toHaveLength(2 * 1_201);
    const { pairs } = await pending(ledger);
    expect(pairs).toHaveLength(1_201);
    expect(pairs.filter(({ reference }) => reference === alone)).toHaveLength(1);
    // What lies on the same sheets stands together, so that a batch touches few.
    const changes = pairs.filter(({ sheets }, i) => sheets?.deliver !== pairs[i - 1]?.sheets?.deliver);
    expect(changes.length).toBeLessThanOrEqual(13);
    expect((await book(ledger, fund)).instructions).toHaveLength(1_201);
});

it('confirms, closes and files each by itself', async () => {
    const outside = { means: 'outside', currency: 'USD', amount: cents('99.00') } as const;
    await agreeTogether(['paid', 'unpaid'], { ...sale, payment: outside, expiryDay: '2026-01-21' });
    const seen = field('instruction', { reference: 'paid', paymentReference: 'FEDWIRE 20260120-18' });
    await ledger.submit(fund, 'settlement:confirmPayment', { requestId: requestId() }, seen);
    const [paid, unpaid] = ['paid', 'unpaid'].map(sold);
    if (!paid || !unpaid) throw new Error('two were placed');
    expect(await codeOf(() => settle(ledger, paid, unpaid))).toBe('PAYMENT_NOT_CONFIRMED');
    await settle(ledger, paid);

    await openDay(ledger, '2026-01-22');
    const { expired } = await pending(ledger);
    await ledger.submit(
        ...([trust, 'settlement:expire', { requestId: requestId() }] as const),
        field('expired', { instructions: expired }),
    );
    const expected = { paid: 'settled', unpaid: 'expired' };
    expect(await statuses(fund)).toMatchObject(expected);
    const { closed: unfiled } = await pending(ledger);
    await ledger.submit(
        ...([trust, 'settlement:file', { requestId: requestId() }] as const),
        field('closed', { instructions: unfiled }),
    );
    expect(await pending(ledger)).toEqual({ pairs: [], expired: [], closed: [] });
    expect(await statuses(fund)).toMatchObject(expected);
    const left = [...ledger.hiddenIn('book_fund').keys()].map(key => key.split('\u0000')[1]);
    expect(left.filter(noun => noun === 'sheet' || noun === 'instruction')).toEqual([]);
    expect(await codeOf(() => settle(ledger, paid))).toBe('INSTRUCTION_NOT_OPEN');
});

it('settles a payment in two currencies that both sides placed among other trades', async () => {
    const price = { means: 'deposit', asset: euros, amount: cents('0.00') } as const;
    expect(await codeOf(() => agreeTogether(['x', 'y'], { ...sale, payment: price }))).toBe('REQUEST_INVALID');
    const swap = { asset: dollars, quantity: cents('10.00'), payment: { ...price, amount: cents('9.00') } };
    await agreeTogether(['swap', 'other'], swap);
    expect(await codeOf(() => settle(ledger, sold('swap')))).toBe('HOLDING_SHORT');
});

it('refuses a reference twice on a sheet, also of one that was withdrawn before', async () => {
    const twice = ['again', 'again'].map(reference => ({ ...sale, reference }));
    const place = () => instructAll(ledger, fund, 'deliver', bankB, twice);
    expect(await codeOf(place)).toBe('INSTRUCTION_EXISTS');
    await instructAll(ledger, fund, 'deliver', bankB, twice.slice(1));
    const withdrawn = field('instruction', { reference: 'again' });
    await ledger.submit(fund, 'settlement:cancel', { requestId: requestId() }, withdrawn);
    expect(await codeOf(place)).toBe('INSTRUCTION_EXISTS');
});
