import { allot, identifierFor, isIdentifier, payClass } from '@poolproof/chaincode/domain';

import { codeOf } from '../chaincode/refuses';
import { fc } from '../properties';
import { alter, keyOf, privately, requestId } from '../chaincode/builders';
import {
    allot as closeBook,
    authorise,
    authorised,
    bankA,
    bankB,
    book,
    cents,
    dealId,
    dollars,
    field,
    file,
    fund,
    held,
    issue,
    note,
    order,
    provide,
    regulator,
    settled,
    tranches,
    trust,
} from './desk';

import type { Amount, Day, Distribution, Order, Refusal, TrancheRecord } from '@poolproof/chaincode/domain';
import type { Client, MemoryLedger } from '../chaincode/memory-ledger';

const tranche = {
    className: 'A',
    original: 1_000_000n,
    minimum: 10_000n,
    increment: 1_000n,
    status: 'authorised',
} as unknown as TrancheRecord;

function placed(investor: string, face: number, given: Partial<Order> = {}): Order {
    return {
        ...{ dealId: 'deal-1', className: 'A', investor, face: BigInt(face) as Amount, minimum: 10_000n as Amount },
        ...{ status: 'placed', allotted: 0n as Amount, due: 0n as Amount, ...given },
    };
}

const allotted = (orders: readonly Order[], price = '100%') =>
    Object.fromEntries(
        allot({ tranches: [tranche], orders, dropped: [], prices: [{ className: 'A', price }] }).orders.map(each => [
            each.investor,
            Number(each.allotted),
        ]),
    );

describe('the book of a class', () => {
    it('gives everybody what it asked when orders meet the size', () => {
        expect(allotted([placed('a', 700_000), placed('b', 300_000)])).toEqual({ a: 700_000, b: 300_000 });
    });

    it('cuts orders alike, in steps, to the size of the class', () => {
        const shares = allotted([placed('a', 1_000_000), placed('b', 500_000), placed('c', 500_000)]);
        expect(shares).toEqual({ a: 500_000, b: 250_000, c: 250_000 });
        const uneven = allotted([placed('a', 1_000_000), placed('b', 1_000_000), placed('c', 1_000_000)]);
        expect(uneven).toEqual({ a: 334_000, b: 333_000, c: 333_000 });
    });

    it('leaves out who would get less than it wants at least, and shares again', () => {
        const orders = [
            placed('a', 900_000),
            placed('b', 900_000),
            placed('c', 200_000, { minimum: 150_000n as Amount }),
        ];
        expect(allotted(orders)).toEqual({ a: 500_000, b: 500_000, c: 0 });
    });

    it('leaves out orders whose limit is below the price', () => {
        const orders = [placed('a', 1_000_000), placed('b', 900_000, { limit: '99.5%' })];
        expect(allotted(orders, '99.75%')).toEqual({ a: 1_000_000, b: 0 });
        expect(allotted(orders, '99.5%')).toEqual({ a: 526_000, b: 474_000 });
    });

    it('asks the price of what is allotted, to the cent', () => {
        const {
            orders: [first],
        } = allot({
            tranches: [tranche],
            orders: [placed('a', 1_000_000)],
            dropped: [],
            prices: [{ className: 'A', price: '99.98765%' }],
        });
        expect(first?.due).toBe(999_877n);
    });

    it('tells what was ordered at the price, where three or more ordered: of two each would know the other’s', () => {
        const told = (orders: readonly Order[]) =>
            allot({ tranches: [tranche], orders, dropped: [], prices: [{ className: 'A', price: '99%' }] }).tranches[0];
        const two = [placed('a', 900_000), placed('b', 600_000)];
        expect(told(two)).toMatchObject({ status: 'allotted' });
        expect(told(two)).not.toHaveProperty('subscribed');
        const below = placed('c', 800_000, { limit: '98%' });
        expect(told([...two, below])).not.toHaveProperty('subscribed');
        expect(told([...two, below, placed('d', 100_000, { limit: '99%' })])).toMatchObject({ subscribed: 1_600_000n });
    });

    it('does not allot a class that is not covered', async () => {
        expect(await codeOf(async () => Promise.resolve(allotted([placed('a', 999_000)])))).toBe('CLASS_NOT_COVERED');
    });
});

describe('any book of a class', () => {
    interface Book {
        readonly offered: TrancheRecord;
        readonly orders: readonly Order[];
    }

    /** Classes that steps may not fill, and orders as the contract takes them, some with a minimum of their own. */
    const books: fc.Arbitrary<Book> = fc
        .record({ increment: fc.integer({ min: 1, max: 50 }), least: fc.integer({ min: 1, max: 20 }) })
        .chain(({ increment, least }) => {
            const original = fc.integer({ min: least * increment, max: 2_000 * increment });
            const wish = fc.record({ steps: fc.nat(4_000), takesRest: fc.boolean(), minimum: fc.nat(300) });
            return fc.record({ original, wishes: fc.array(wish, { maxLength: 12 }) }).map(({ original, wishes }) => {
                const sizes = { original, minimum: least * increment, increment };
                const offered = { ...tranche, ...inUnits(sizes) };
                const orders = wishes
                    .map(({ steps, takesRest, minimum }, i) => {
                        const face = steps * increment + (takesRest ? original % increment : 0);
                        const own = Math.max(minimum, 1) * increment;
                        return placed(`i${i}`, face, { minimum: BigInt(own) as Amount });
                    })
                    .filter(({ face, minimum }) => face >= minimum && face >= least * increment && face <= original);
                return { offered, orders };
            });
        });

    function inUnits<K extends string>(numbers: Readonly<Record<K, number>>): Record<K, Amount> {
        return Object.fromEntries(Object.entries<number>(numbers).map(([name, each]) => [name, BigInt(each)])) as never;
    }

    function shared({ offered, orders }: Book): readonly Order[] | string {
        try {
            const prices = [{ className: 'A', price: '100%' }];
            return allot({ tranches: [offered], orders, dropped: [], prices }).orders;
        } catch (error) {
            return (error as Refusal).code;
        }
    }

    const sum = (amounts: readonly bigint[]) => amounts.reduce((all, each) => all + each, 0n);

    it('is allotted in full or not at all, to nobody more than it asked or less than it wants, in steps', () => {
        let covered = 0;
        fc.assert(
            fc.property(books, book => {
                const { original, minimum, increment } = book.offered;
                const orders = shared(book);
                if (typeof orders === 'string') {
                    expect(orders).toBe('CLASS_NOT_COVERED');
                    return;
                }
                covered += 1;
                const filled = orders.filter(({ status }) => status === 'allotted');
                expect(sum(orders.map(({ allotted }) => allotted))).toBe(original);
                for (const { allotted, face, minimum: own } of filled) {
                    expect(allotted <= face && allotted >= minimum && allotted >= own).toBe(true);
                    const isAsAsked = allotted === face;
                    expect(isAsAsked || [0n, original % increment].includes(allotted % increment)).toBe(true);
                }
                for (const { allotted, status } of orders) expect(allotted > 0n).toBe(status === 'allotted');
                if (sum(orders.map(({ face }) => face)) === original)
                    for (const { allotted, face } of orders) expect(allotted).toBe(face);
            }),
            { numRuns: 2_000 },
        );
        expect(covered).toBeGreaterThan(300);
    });

    it('gives nobody more than a step and a rest above what whoever ordered as much or more is given', () => {
        fc.assert(
            fc.property(books, book => {
                const orders = shared(book);
                if (typeof orders === 'string') return;
                const filled = orders.filter(({ status }) => status === 'allotted');
                for (const a of filled)
                    for (const b of filled)
                        if (a.face >= b.face) expect(b.allotted - a.allotted < 2n * book.offered.increment).toBe(true);
            }),
            { numRuns: 1_000 },
        );
    });

    it('is allotted alike in whatever order the orders are named', () => {
        fc.assert(
            fc.property(books, fc.infiniteStream(fc.nat()), (book, numbers) => {
                const byName = (orders: readonly Order[] | string) =>
                    typeof orders === 'string' ? orders : new Map(orders.map(order => [order.investor, order]));
                const ranks = new Map(book.orders.map(order => [order, numbers.next().value as number]));
                const mixed = [...book.orders].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
                expect(byName(shared({ ...book, orders: mixed }))).toEqual(byName(shared(book)));
            }),
            { numRuns: 1_000 },
        );
    });
});

describe('the issue of a deal', () => {
    let ledger: MemoryLedger;

    beforeEach(async () => {
        ledger = await settled();
        await authorised(ledger);
    });

    const orders = ['A-1', 'A-2', 'B', 'C'].map(className => ({ className, investor: 'fund' }));

    async function orderAll(): Promise<void> {
        const sizes = { 'A-1': '5000.00', 'A-2': '18000.00', B: '3000.00', C: '2500.00' };
        for (const [className, size] of Object.entries(sizes)) await order(ledger, fund, className, size);
    }

    it('happens whole, or not at all', async () => {
        await orderAll();
        await closeBook(ledger, orders);
        await provide(ledger, fund, cents('28499.99'));
        expect(await codeOf(() => issue(ledger))).toBe('HOLDING_SHORT');
        expect(await held(ledger, fund, note('A-1'))).toBe('0.00');
        await provide(ledger, fund, cents('0.01'));
        alter(ledger, ['business-day', 'trust'], () => ({ day: '2026-01-19' }));
        expect(await codeOf(() => issue(ledger))).toBe('CLOSING_NOT_REACHED');
        alter(ledger, ['business-day', 'trust'], () => ({ day: '2026-01-20' }));
        await issue(ledger);
        expect((await tranches(ledger)).map(({ outstanding }) => outstanding)).toEqual([
            '500000',
            '1800000',
            '300000',
            '250000',
        ]);
        const dates = { issuedOn: '2026-01-20', firstPayment: '2026-02-15', finalPayment: '2032-07-15' };
        for (const tranche of await tranches(ledger)) expect(tranche).toMatchObject(dates);
        expect(await codeOf(() => issue(ledger))).toBe('NOTES_NOT_AUTHORISED');
    });

    it('fills an order once, however often the depository names it', async () => {
        await orderAll();
        await order(ledger, fund, 'C', '1200.00');
        const twice = [...orders, { className: 'C', investor: 'fund' }];
        expect(await codeOf(() => closeBook(ledger, twice))).toBe('REQUEST_INVALID');
        expect(await codeOf(() => closeBook(ledger, orders))).toBe('CLASS_NOT_COVERED');
    });

    it('is allotted at a price of every class, and issued for no less than its accounts open with', async () => {
        await orderAll();
        const at = (price: string, classes: readonly string[]) => {
            const prices = classes.map(className => ({ className, price }));
            const given = field('allotment', { dealId, prices, orders });
            return ledger.submit(trust, 'tranche:allot', { requestId: requestId() }, given);
        };
        const names = orders.map(({ className }) => className);
        expect(await codeOf(() => at('100%', names.slice(1)))).toBe('PRICE_MISSING');
        await at('0.5%', names);
        await provide(ledger, fund, cents('28500.00'));
        expect(await codeOf(() => issue(ledger))).toBe('PROCEEDS_SHORT');
        await at('0.6%', names);
        await issue(ledger);
        expect(await held(ledger, trust, 'cash:USD:bank-b', dealId)).toBe('150.00');
        expect(await held(ledger, bankA, 'cash:USD:bank-b')).toBe('21.00');
    });

    it('waits for the identification of every investor', async () => {
        await orderAll();
        await closeBook(ledger, orders);
        await provide(ledger, fund, cents('28500.00'));
        await file(ledger, 'fund', { clearedUntil: '2026-01-01' });
        expect(await codeOf(() => issue(ledger))).toBe('INVESTOR_NOT_ELIGIBLE');
    });

    it('waits while a party to it is suspended', async () => {
        await orderAll();
        await closeBook(ledger, orders);
        await provide(ledger, fund, cents('28500.00'));
        for (const party of ['bank-a', 'trust']) {
            await file(ledger, party, { suspended: true });
            expect(await codeOf(() => issue(ledger))).toBe('INSTITUTION_NOT_ACTIVE');
            await file(ledger, party);
        }
        expect(await held(ledger, bankA, dollars)).toBe('0.00');
        await issue(ledger);
    });

    it('replaces an order while the book is open, and not after', async () => {
        await orderAll();
        await order(ledger, fund, 'C', '2500.00');
        expect((await book(ledger, fund)).orders).toHaveLength(4);
        await closeBook(ledger, orders);
        expect(await codeOf(() => order(ledger, fund, 'C', '2000.00'))).toBe('ORDER_CLOSED');
    });

    it('is allotted again, until it is issued, without an investor that cannot pay', async () => {
        await orderAll();
        await order(ledger, bankB, 'C', '2500.00');
        const ofBankB = { className: 'C', investor: 'bank-b' };
        await closeBook(ledger, [...orders, ofBankB]);
        await provide(ledger, fund, cents('28500.00'));
        expect(await codeOf(() => issue(ledger))).toBe('HOLDING_SHORT');

        await closeBook(ledger, orders);
        expect((await book(ledger, bankB)).orders).toMatchObject([{ status: 'unfilled', allotted: '0', due: '0' }]);
        await order(ledger, bankB, 'C', '500.00');
        await issue(ledger);
        expect(await held(ledger, fund, note('C'))).toBe('2500.00');
        expect(await held(ledger, bankB, note('C'))).toBe('0.00');
        expect(await codeOf(() => closeBook(ledger, [...orders, ofBankB]))).toBe('NOTES_NOT_AUTHORISED');
    });

    it('takes orders of investors only, within the class', async () => {
        expect(await codeOf(() => order(ledger, bankA, 'C', '2500.00'))).toBe('ROLE_MISSING');
        expect(await codeOf(() => order(ledger, bankB, 'C', '2500.01'))).toBe('ORDER_INVALID');
        expect(await codeOf(() => order(ledger, bankB, 'C', '99.99'))).toBe('ORDER_INVALID');
        expect(await codeOf(() => order(ledger, bankB, 'D', '100.00'))).toBe('NOT_FOUND');
        // In steps of 100.00 alone, so that nobody comes to hold what it cannot sell in part.
        expect(await codeOf(() => order(ledger, bankB, 'C', '150.00'))).toBe('ORDER_INVALID');
        await order(ledger, bankB, 'C', '200.00');
    });

    it('shows the depository and the regulator every order, whoever’s book it stands in, and nobody else', async () => {
        await order(ledger, fund, 'C', '2500.00');
        await order(ledger, bankB, 'C', '500.00');
        await order(ledger, fund, 'A-1', '5000.00');
        const read = (reader: Client) => ledger.evaluate(reader, 'tranche:orders', { dealId });
        const expected = [
            { className: 'A-1', investor: 'fund', face: '500000' },
            { className: 'C', investor: 'bank-b', face: '50000' },
            { className: 'C', investor: 'fund', face: '250000' },
        ];
        for (const reader of [trust, regulator]) expect(await read(reader)).toMatchObject(expected);
        expect(await ledger.evaluate(trust, 'tranche:orders', { dealId: 'another' })).toEqual([]);
        for (const reader of [bankA, bankB, fund]) expect(await codeOf(() => read(reader))).toBe('ROLE_MISSING');
    });

    it.each([
        ['a smallest piece that is no whole number of steps', 'OFFERING_INVALID', { increment: '3000' }],
        ['a smallest piece above its size', 'OFFERING_INVALID', { minimum: '100000000' }],
        ['an identifier whose check digit is wrong', 'IDENTIFIER_INVALID', { identifier: 'US0378331006' }],
    ])('is not offered with %s', async (_, code, given) => {
        const common = { minimum: '10000', increment: '10000', ...given };
        const offerings = orders.map(({ className }) => ({ className, ...common }));
        const asked = { dealId, depository: 'trust', cash: 'cash:USD:bank-b', offerings };
        ledger.state.delete(keyOf(['issue', dealId]));
        const authorising = () => ledger.submit(bankA, 'tranche:authorise', { requestId: requestId(), ...asked });
        expect(await codeOf(authorising)).toBe(code);
    });

    it('is authorised in a deposit that its depository settles in', async () => {
        const deals = ['deal', 'terms', 'tape'].map(noun => [keyOf([noun, dealId]), keyOf([noun, 'deal-2'])] as const);
        for (const [from, to] of deals) ledger.state.set(to, ledger.state.get(from) ?? new Uint8Array());
        alter(ledger, ['deal', 'deal-2'], () => ({ id: 'deal-2' }));
        const offerings = [{ className: 'A-1', minimum: '10000', increment: '10000' }];
        const asked = { requestId: requestId(), dealId: 'deal-2', depository: 'trust', offerings };
        const authoriseIn = (cash: string) => ledger.submit(bankA, 'tranche:authorise', { ...asked, cash });
        expect(await codeOf(() => authoriseIn('cash:USD:bank-a'))).toBe('DEPOSIT_UNKNOWN');
        expect(await codeOf(() => authoriseIn('cash:EUR:bank-b'))).toBe('DEPOSIT_CURRENCY_WRONG');
        expect(await codeOf(() => authoriseIn('cash:USD:bank-b'))).toBe('OFFERING_INCOMPLETE');
        alter(ledger, ['deposit', 'cash:USD:bank-b'], () => ({ depository: 'registry' }));
        expect(await codeOf(() => authoriseIn('cash:USD:bank-b'))).toBe('DEPOSIT_UNKNOWN');
    });

    it('is allotted, issued, rated and retired by the depository of its deal, and by no other', async () => {
        alter(ledger, ['issue', dealId], () => ({ depository: 'registry' }));
        alter(ledger, ['tranche', dealId, 'A-1'], () => ({ depository: 'registry' }));
        const rating = { agency: 'Agency', rating: 'AAA', day: '2026-01-20' };
        const acts = [
            () => closeBook(ledger, orders),
            () => issue(ledger),
            () => ledger.submit(trust, 'tranche:retire', { requestId: requestId(), dealId }, privately()),
            () => {
                const asked = { requestId: requestId(), dealId, className: 'A-1', rating };
                return ledger.submit(trust, 'tranche:rate', asked, privately());
            },
        ];
        for (const act of acts) expect(await codeOf(act)).toBe('PARTY_WRONG');
    });

    it('is authorised once, by the originator of the deal', async () => {
        expect(await codeOf(() => authorise(ledger))).toBe('NOTES_NOT_AUTHORISED');
        expect(await codeOf(() => authorise(ledger, bankB))).toBe('PARTY_WRONG');
        expect(await codeOf(() => authorise(ledger, fund))).toBe('ROLE_MISSING');
    });
});

const day = '2026-03-16' as Day;

it('keeps a loss on record until it is reinstated, and redeems no class that bears one', () => {
    const whole = { ...tranche, balance: 1_000_000n, writtenDown: 0n, status: 'outstanding' } as TrancheRecord;
    const paid = (given: object) =>
        ({ interest: 0n, principal: 0n, residual: 0n, ...given }) as unknown as Distribution;
    const hit = payClass(whole, paid({ balanceEnding: 0n, writtenDown: 1_000_000n }), day);
    expect(hit).toMatchObject({ status: 'outstanding', factor: '0.0000000', writtenDown: 1_000_000n });
    const back = payClass(hit, paid({ balanceEnding: 400_000n, writtenDown: -400_000n }), day);
    expect(back).toMatchObject({ status: 'outstanding', factor: '0.4000000', writtenDown: 600_000n });
    // Reinstated and repaid on one day, it has no balance before or after.
    const repaid = payClass(hit, paid({ balanceEnding: 0n, writtenDown: -1_000_000n, principal: 1_000_000n }), day);
    expect(repaid).toMatchObject({ status: 'redeemed', endedOn: day, writtenDown: 0n });
});

it('redeems no class before its holders have had the interest they are owed', () => {
    const whole = { ...tranche, balance: 1_000_000n, writtenDown: 0n, status: 'outstanding' } as TrancheRecord;
    const paid = (interestShortfall: bigint) =>
        ({ balanceEnding: 0n, writtenDown: 0n, interestShortfall }) as unknown as Distribution;
    const owing = payClass(whole, paid(500n), day);
    expect(owing).toMatchObject({ status: 'outstanding', owed: 500n });
    expect(payClass(owing, paid(200n), day)).toMatchObject({ status: 'outstanding', owed: 200n });
    expect(payClass(owing, paid(0n), day).status).toBe('redeemed');
    expect(payClass(whole, paid(0n), day).status).toBe('redeemed');
});

it('keeps every rating of a class on record, put there by its depository', async () => {
    const ledger = await settled();
    await authorised(ledger);
    const rating = { agency: 'Agency', rating: 'AAA', day: '2026-01-20' };
    const asked = { dealId, className: 'A-1', rating };
    const rate = (client = trust) =>
        ledger.submit(client, 'tranche:rate', { requestId: requestId(), ...asked }, privately());
    expect(await codeOf(() => rate(bankA))).toBe('ROLE_MISSING');
    const { endorsers, event } = await rate();
    expect([...endorsers]).toEqual(['TrustMSP']);
    expect(event.payload).toEqual({ type: 'ClassRated', dealId, className: 'A-1', ...rating });
    const lower = { agency: 'Agency', rating: 'AA', day: '2026-06-01' };
    const down = { requestId: requestId(), dealId, className: 'A-1', rating: lower };
    await ledger.submit(trust, 'tranche:rate', down, privately());
    expect((await tranches(ledger))[0]?.ratings).toEqual([rating, lower]);
});

it('forms identifiers that pass the check of an ISIN and can be none', () => {
    expect(isIdentifier('US0378331005')).toBe(true);
    expect(isIdentifier('US0378331006')).toBe(false);
    const formed = identifierFor('deal-1', 'A-1');
    expect(formed).toMatch(/^QZ/);
    expect(isIdentifier(formed)).toBe(true);
    expect(identifierFor('deal-1', 'A-1')).toBe(formed);
    expect(identifierFor('deal-1', 'A-2')).not.toBe(formed);
});
