import { add, greater, lesser, subtract, zero } from './money';
import { placeOf, positive, post } from './holding';
import { byCodePoint } from './canonical';
import { compare, parseRate, portion } from './rate';
import { id, list, minor, object, oneOf, optional, text } from './shape';
import { isEligible } from './standing';
import { Refusal } from './refusal';
import { isInSteps, mustBeOffered, withSupply } from './tranche';

import type { Amount } from './money';
import type { Day } from './day';
import type { Asset, Books, Holding, Movement, Supply } from './holding';
import type { Reader } from './shape';
import type { Standing } from './standing';
import type { TrancheRecord } from './tranche';

const price: Reader<string> = (value, at) => {
    const read = text(20)(value, at);
    if (!/^\d{1,3}(\.\d{1,8})?%$/.test(read))
        throw new Refusal('REQUEST_INVALID', { at, problem: 'not a price in percent of face such as 99.98765%' });
    return read;
};

/** An investor's order in the book of a class, in the investor's own book only. */
export const orderReader = object({
    dealId: id,
    className: id,
    investor: id,
    face: minor,
    /** An allotment below this is not wanted. */
    minimum: minor,
    /** The most it pays, in percent of face; absent: whatever the price will be. */
    limit: optional(price),
    status: oneOf('placed', 'withdrawn', 'allotted', 'unfilled', 'settled'),
    /** Face allotted, at which price, and what is due for it. */
    allotted: minor,
    price: optional(price),
    due: minor,
});
export type Order = ReturnType<typeof orderReader>;

/** Transient field `order`: what an investor orders. */
export const placeOrderReader = object({
    dealId: id,
    className: id,
    /** In whole steps of the class, or with what no step of it fills: all of it, or all that is left, can be ordered. */
    face: positive,
    minimum: optional(positive),
    limit: optional(price),
});
export type PlaceOrder = ReturnType<typeof placeOrderReader>;

/** Transient field `order` of a withdrawal. */
export const withdrawOrderReader = object({ dealId: id, className: id });

const ordersOf = list(object({ className: id, investor: id }), { least: 1, most: 1000 });

/** Orders, each named once: one named twice would be filled, and paid for, twice. */
const namedOnce: typeof ordersOf = (value, at) => {
    const orders = ordersOf(value, at);
    const names = orders.map(({ className, investor }) => `${className} ${investor}`);
    const twice = names.findIndex((name, i) => names.indexOf(name) < i);
    if (twice >= 0) throw new Refusal('REQUEST_INVALID', { at: `${at}[${twice}]`, problem: 'an order named before' });
    return orders;
};

/** Every order for the notes of a deal, as the depository sees its book. */
export const orderBookReader = list(orderReader);

/** Transient field `allotment`: the price of every class in percent of face, and who has ordered. */
export const allotReader = object({
    dealId: id,
    prices: list(object({ className: id, price }), { least: 1, most: 100 }),
    orders: namedOnce,
});
export type Allot = ReturnType<typeof allotReader>;

/** Which orders were allotted or not when the book was closed. In the depository's book. */
export const allotmentReader = object({ dealId: id, orders: list(object({ className: id, investor: id })) });
export type Allotment = ReturnType<typeof allotmentReader>;

/**
 * An investor's order, which replaces its earlier one in the same class unless notes were allotted to that.
 * @throws Refusal NOTES_NOT_AUTHORISED, ORDER_CLOSED, ORDER_INVALID
 */
export function order(asked: PlaceOrder, investor: string, tranche: TrancheRecord, before: Order | undefined): Order {
    const { face, minimum = tranche.minimum } = asked;
    mustBeOffered(tranche);
    if (before?.status === 'allotted' || before?.status === 'settled') throw new Refusal('ORDER_CLOSED');
    const isWithin = face >= tranche.minimum && face <= tranche.original && minimum <= face;
    if (!isWithin || !isInSteps(face, tranche)) throw new Refusal('ORDER_INVALID');
    return { ...asked, minimum, investor, status: 'placed', allotted: zero, due: zero };
}

/** @throws Refusal ORDER_CLOSED */
export function withdraw(before: Order): Order {
    if (before.status !== 'placed' && before.status !== 'unfilled') throw new Refusal('ORDER_CLOSED');
    return { ...before, status: 'withdrawn' };
}

export interface AllotFacts {
    readonly tranches: readonly TrancheRecord[];
    /** Every order placed in the classes offered. */
    readonly orders: readonly Order[];
    /** The orders of an earlier allotment that are named no more. */
    readonly dropped: readonly Order[];
    readonly prices: Allot['prices'];
}

/** The classes as the public sees them once the book is closed, and every order of it. */
export interface Allotted {
    readonly tranches: readonly TrancheRecord[];
    readonly orders: readonly Order[];
}

/**
 * Close the book of a deal: every class is allotted in full, or none is. Within a class, orders whose limit is below the price are
 * left out; if the rest is for no more than the size, each gets what it asked; otherwise all get the same part of their order, in
 * whole steps of the class, and one of them what no step fills. Who would get less than its own or the class's minimum gets nothing,
 * the smallest order first, and the others share again.
 *
 * Until the notes are issued the book may be allotted anew, by the same rules: an investor that cannot pay on the closing day is left
 * out, and others take its part.
 * @throws Refusal NOTES_NOT_AUTHORISED, PRICE_MISSING, CLASS_NOT_COVERED
 */
export function allot({ tranches, orders, dropped, prices }: AllotFacts): Allotted {
    const classes = tranches.map(tranche => {
        mustBeOffered(tranche);
        const { className } = tranche;
        const price = prices.find(each => each.className === className)?.price;
        if (price === undefined) throw new Refusal('PRICE_MISSING', { className });
        const placed = orders.filter(order => order.className === className && order.status !== 'withdrawn');
        const willing = placed.filter(order => isWilling(order, price));
        const faces = allotClass(tranche, willing);
        const filled = placed.map(order => filledOrder(order, faces.get(order) ?? zero, price));
        return { tranche: allottedClass(tranche, willing), filled };
    });
    const left = dropped.filter(({ status }) => status === 'allotted');
    const emptied = left.map(order => ({ ...order, allotted: zero, due: zero, status: 'unfilled' }) as const);
    return {
        tranches: classes.map(({ tranche }) => tranche),
        orders: [...classes.flatMap(({ filled }) => filled), ...emptied],
    };
}

function filledOrder(order: Order, allotted: Amount, price: string): Order {
    const due = portion(allotted, parseRate(price), 'half-up');
    return { ...order, allotted, price, due, status: allotted > 0n ? 'allotted' : 'unfilled' };
}

/** Of two orders each investor could tell the other's from the sum. */
const fewestOrders = 3;

function allottedClass({ subscribed: _before, ...tranche }: TrancheRecord, willing: readonly Order[]): TrancheRecord {
    const subscribed = add(...willing.map(({ face }) => face));
    return { ...tranche, status: 'allotted', ...(willing.length >= fewestOrders && { subscribed }) };
}

export interface IssueFacts {
    readonly tranches: readonly TrancheRecord[];
    readonly orders: readonly Order[];
    /** Of those who have ordered, and of the deal's trustee and originator. */
    readonly standings: readonly Standing[];
    readonly books: Books;
    readonly closing: IssueClosing;
}

/** Where the proceeds of an issue go. */
export interface IssueClosing {
    readonly cash: Asset;
    /** Keeper of the deal's account, and the account's name. */
    readonly trustee: string;
    readonly account: string;
    readonly originator: string;
    /** What stays in the deal's account: the opening balances of its reserve and other accounts. */
    readonly retained: Amount;
    /** The closing of the terms: interest accrues from it. */
    readonly day: Day;
}

export interface Issued {
    readonly tranches: readonly TrancheRecord[];
    readonly orders: readonly Order[];
    readonly holdings: readonly Holding[];
    readonly supplies: readonly Supply[];
}

/**
 * Settle an issue on its closing day, or later: notes to every investor against its payment into the deal's account, and the purchase price
 * of the pool from there to the originator. The whole deal, or nothing of it.
 * @throws Refusal CLOSING_NOT_REACHED, INSTITUTION_NOT_ACTIVE, NOTES_NOT_AUTHORISED, INVESTOR_NOT_ELIGIBLE, CLASS_NOT_COVERED, PROCEEDS_SHORT, HOLDING_SHORT
 */
export function issue(facts: IssueFacts): Issued {
    const { tranches, orders, standings, books, closing } = facts;
    if (books.day < closing.day) throw new Refusal('CLOSING_NOT_REACHED', { day: closing.day });
    const standingOf = (id: string) => standings.find(({ institution }) => institution === id);
    for (const party of [closing.trustee, closing.originator])
        if (!standingOf(party)?.active) throw new Refusal('INSTITUTION_NOT_ACTIVE', { at: 'the issue' });
    for (const tranche of tranches) {
        const { className, original, categories } = tranche;
        mustBeOffered(tranche);
        const taken = orders.filter(order => order.className === className && order.status === 'allotted');
        for (const { investor } of taken) {
            const standing = standingOf(investor);
            if (!standing?.active || !isEligible(standing, categories, books.day))
                throw new Refusal('INVESTOR_NOT_ELIGIBLE', { at: `class ${className}` });
        }
        if (add(...taken.map(order => order.allotted)) !== original)
            throw new Refusal('CLASS_NOT_COVERED', { className });
    }
    const proceeds = add(...orders.map(order => (order.status === 'allotted' ? order.due : zero)));
    if (proceeds < closing.retained) throw new Refusal('PROCEEDS_SHORT');
    const posted = post(books, issueMovements(tranches, orders, closing));

    return {
        tranches: tranches.map(tranche => {
            return { ...withSupply(tranche, posted.supplies), status: 'outstanding', issuedOn: books.day };
        }),
        orders: orders.map(order => (order.status === 'allotted' ? { ...order, status: 'settled' } : order)),
        ...posted,
    };
}

/** Notes against cash for every order allotted, and the price of the pool to its seller. */
export function issueMovements(
    tranches: readonly TrancheRecord[],
    orders: readonly Order[],
    closing: IssueClosing,
): readonly Movement[] {
    const { cash, trustee, account, originator, retained } = closing;
    const dealAccount = placeOf(trustee, account);
    const taken = orders.filter(order => order.status === 'allotted');
    const proceeds = add(...taken.map(order => order.due));
    const purchasePrice = subtract(proceeds, retained);
    const legs = taken.flatMap(order => {
        const notes = tranches.find(({ className }) => className === order.className)?.asset;
        if (notes === undefined) throw new Error(`no class ${order.className}`);
        const investor = order.investor;
        return [
            { asset: notes, quantity: order.allotted, from: 'issuer', to: placeOf(investor) } as const,
            { asset: cash, quantity: order.due, from: placeOf(investor), to: dealAccount },
        ];
    });
    const price = { asset: cash, quantity: purchasePrice, from: dealAccount, to: placeOf(originator) };
    return [...legs, price].filter(movement => movement.quantity > 0n);
}

function isWilling({ limit }: Order, price: string): boolean {
    return limit === undefined || compare(parseRate(limit), parseRate(price)) >= 0;
}

function allotClass(tranche: TrancheRecord, willing: readonly Order[]): ReadonlyMap<Order, Amount> {
    const { className, minimum } = tranche;
    let orders = [...willing].sort(bySizeThenInvestor);
    for (;;) {
        const faces = shareOut(tranche, orders);
        if (faces === undefined) throw new Refusal('CLASS_NOT_COVERED', { className });
        const enough = (order: Order) => (faces.get(order) ?? zero) >= greater(order.minimum, minimum);
        const smallest = orders.filter(order => !enough(order)).at(-1);
        if (smallest === undefined) return faces;
        orders = orders.filter(order => order !== smallest);
    }
}

/** Largest first; equal orders by investor, so that every peer shares alike. */
function bySizeThenInvestor(a: Order, b: Order): number {
    return a.face === b.face ? byCodePoint(a.investor, b.investor) : a.face > b.face ? -1 : 1;
}

/**
 * The same part of every order in whole steps; the steps left go one by one to those cut most, never beyond an order, and what no step
 * fills to the first that wants it. Undefined where the orders do not cover the class.
 */
function shareOut(
    { original, increment }: TrancheRecord,
    orders: readonly Order[],
): ReadonlyMap<Order, Amount> | undefined {
    const demand = add(...orders.map(order => order.face));
    if (demand < original) return undefined;
    if (demand === original) return new Map(orders.map(order => [order, order.face]));
    const faces = new Map(orders.map(order => [order, wholeSteps((original * order.face) / demand, increment)]));
    const cut = (order: Order) => (original * order.face) % (demand * increment);
    const cutMost = [...orders].sort((a, b) => (cut(a) === cut(b) ? 0 : cut(a) > cut(b) ? -1 : 1));
    let left = subtract(original, add(...faces.values()));
    while (left > 0n) {
        const step = lesser(increment, left);
        const fitting = cutMost.filter(order => subtract(order.face, faces.get(order) ?? zero) >= step);
        if (fitting.length === 0) return undefined;
        for (const order of fitting.slice(0, Number(left / step))) {
            faces.set(order, add(faces.get(order) ?? zero, step));
            left = subtract(left, step);
        }
    }
    return faces;
}

function wholeSteps(face: bigint, increment: Amount): Amount {
    return (face - (face % increment)) as Amount;
}
