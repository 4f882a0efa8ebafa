import type { NoteClass, Table, Wanted } from './table';

export interface Ordering {
    readonly className: string;
    readonly face: bigint;
    readonly minimum?: bigint;
    readonly limit?: string;
}

export function order(table: Table, investor: string, { className, face, minimum, limit }: Ordering): boolean {
    const offered = table.classOf(className);
    const least = minimum ?? offered.minimum;
    const key = `${investor}|${className}`;
    const before = table.orders.get(key)?.status;
    if (!table.files.has(investor) || !isOffered(offered)) return false;
    if (before === 'allotted' || before === 'settled') return false;
    if (face < offered.minimum || face > offered.original || least > face) return false;
    if (![0n, offered.original % offered.increment].includes(face % offered.increment)) return false;
    table.orders.set(key, { face, minimum: least, limit, status: 'placed', allotted: 0n, due: 0n });
    return true;
}

export function withdrawOrder(table: Table, investor: string, className: string): boolean {
    const wanted = table.orders.get(`${investor}|${className}`);
    if (wanted?.status !== 'placed' && wanted?.status !== 'unfilled') return false;
    wanted.status = 'withdrawn';
    return true;
}

/**
 * Prices in percent of face by class, and the orders named, `investor|class`. Every class is covered, or nothing is allotted. Whoever
 * was allotted notes before and is not named again has none.
 */
export function allot(table: Table, prices: Readonly<Record<string, string>>, names: readonly string[]): boolean {
    if (new Set(names).size < names.length || ![...table.classes.values()].every(isOffered)) return false;
    const books = [...table.classes].map(([asset, offered]) => {
        const className = asset.split(':')[2] ?? '';
        const price = prices[className];
        const placed = names
            .filter(name => name.endsWith(`|${className}`) && isInBook(table.orders.get(name)))
            .map(name => ({ name, wanted: table.orders.get(name) as Wanted }));
        if (price === undefined) return undefined;
        const willing = placed.filter(({ wanted }) => isAtLeast(wanted.limit, price));
        const faces = sharesOf(offered, willing);
        const subscribed = willing.reduce((sum, { wanted }) => sum + wanted.face, 0n);
        return faces && { offered, placed, faces, price, subscribed: willing.length > 2 ? subscribed : undefined };
    });
    if (books.includes(undefined)) return false;
    for (const name of table.allotment ?? []) {
        const wanted = table.orders.get(name);
        if (wanted?.status === 'allotted') Object.assign(wanted, { status: 'unfilled', allotted: 0n, due: 0n });
    }
    for (const book of books)
        if (book) Object.assign(book.offered, { status: 'allotted', subscribed: book.subscribed });
    for (const book of books)
        for (const { name, wanted } of book?.placed ?? []) {
            wanted.allotted = book?.faces.get(name) ?? 0n;
            wanted.due = costOf(wanted.allotted, book?.price ?? '');
            wanted.status = wanted.allotted > 0n ? 'allotted' : 'unfilled';
        }
    table.allotment = names;
    return true;
}

export function isOffered({ status }: NoteClass): boolean {
    return status === 'authorised' || status === 'allotted';
}

function isInBook(wanted: Wanted | undefined): boolean {
    return wanted !== undefined && wanted.status !== 'withdrawn';
}

/** Where the proceeds go: into the deal's account, and what is not retained there on to the seller of the pool. */
export interface Closing {
    readonly cash: string;
    readonly dealAccount: string;
    readonly originator: string;
    readonly retained: bigint;
}

/** All notes against payment, or none. */
export function issue(table: Table, { cash, dealAccount, originator, retained }: Closing): boolean {
    const taken = (table.allotment ?? [])
        .map(name => ({ name, wanted: table.orders.get(name) }))
        .filter(({ wanted }) => wanted?.status === 'allotted') as { name: string; wanted: Wanted }[];
    const proceeds = taken.reduce((sum, { wanted }) => sum + wanted.due, 0n);
    if (table.allotment === undefined || proceeds < retained) return false;
    if (![dealAccount.split('|')[0] ?? '', originator].every(each => table.isActive(each))) return false;
    for (const [asset, offered] of table.classes) {
        const { original, categories } = offered;
        const orders = taken.filter(({ name }) => asset.endsWith(`:${name.split('|')[1]}`));
        const investors = orders.map(({ name }) => name.split('|')[0] ?? '');
        if (!isOffered(offered) || orders.reduce((sum, { wanted }) => sum + wanted.allotted, 0n) !== original)
            return false;
        if (!investors.every(each => table.isActive(each) && table.mayHold(each, categories))) return false;
    }
    const owed = new Map<string, bigint>();
    for (const { name, wanted } of taken) {
        const [investor = ''] = name.split('|');
        owed.set(investor, (owed.get(investor) ?? 0n) + wanted.due);
    }
    // What the seller receives it may pay with: all of it moves at once.
    owed.set(originator, (owed.get(originator) ?? 0n) - (proceeds - retained));
    if ([...owed].some(([investor, sum]) => table.amount(investor, cash) < sum)) return false;

    for (const [investor, sum] of owed) table.add(`${investor}|own|${cash}|free`, -sum);
    table.add(`${dealAccount}|${cash}|free`, retained);
    for (const { name, wanted } of taken) {
        const [investor, className = ''] = name.split('|');
        table.add(`${investor}|own|${table.asset(className)}|free`, wanted.allotted);
        wanted.status = 'settled';
    }
    for (const offered of table.classes.values())
        Object.assign(offered, { status: 'outstanding', outstanding: offered.original });
    return true;
}

interface Named {
    readonly name: string;
    readonly wanted: Wanted;
}

/** Everybody's part, or undefined where the orders do not cover the class. Who would get too little drops out, the smallest first. */
function sharesOf(offered: NoteClass, willing: readonly Named[]): Map<string, bigint> | undefined {
    const left = [...willing].sort((a, b) => order3(b.wanted.face, a.wanted.face) || (a.name < b.name ? -1 : 1));
    for (;;) {
        const demand = left.reduce((sum, { wanted }) => sum + wanted.face, 0n);
        if (demand < offered.original) return undefined;
        const faces = scaled(offered, left, demand);
        if (faces === undefined) return undefined;
        const tooLittle = left.filter(({ name, wanted }) => {
            const least = wanted.minimum > offered.minimum ? wanted.minimum : offered.minimum;
            return (faces.get(name) ?? 0n) < least;
        });
        const dropped = tooLittle.at(-1);
        if (dropped === undefined) return faces;
        left.splice(left.indexOf(dropped), 1);
    }
}

/**
 * The same part of each order, rounded down to whole steps; what is left goes a step at a time to those cut by most, and the rest that
 * is no step to the first that has room for it. Undefined where steps are left that fit into no order.
 */
function scaled(
    { original, increment }: NoteClass,
    orders: readonly Named[],
    demand: bigint,
): Map<string, bigint> | undefined {
    if (demand === original) return new Map(orders.map(({ name, wanted }) => [name, wanted.face]));
    const exact = orders.map(({ name, wanted }) => {
        const numerator = wanted.face * original;
        const steps = numerator / (demand * increment);
        return { name, wanted, face: steps * increment, cut: numerator - steps * increment * demand };
    });
    let rest = original - exact.reduce((sum, { face }) => sum + face, 0n);
    const byCut = [...exact].sort((a, b) => order3(b.cut, a.cut));
    const hasRoom = (step: bigint) => (each: (typeof exact)[number]) => each.wanted.face - each.face >= step;
    while (rest >= increment) {
        const fitting = byCut.filter(hasRoom(increment));
        if (fitting.length === 0) return undefined;
        for (const each of fitting) {
            if (rest < increment) break;
            each.face += increment;
            rest -= increment;
        }
    }
    const last = byCut.find(hasRoom(rest));
    if (last === undefined) return undefined;
    last.face += rest;
    return new Map(exact.map(({ name, face }) => [name, face]));
}

function order3(a: bigint, b: bigint): number {
    return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a limit in percent of face allows a price; no limit allows any. */
function isAtLeast(limit: string | undefined, price: string): boolean {
    return limit === undefined || millionths(limit) >= millionths(price);
}

/** A face at a price, to the nearest cent, half a cent up. */
export function costOf(face: bigint, price: string): bigint {
    const scale = 100n * 100_000_000n;
    return (2n * face * millionths(price) + scale) / (2n * scale);
}

/** A percentage such as `99.5%` in hundred-millionths. */
function millionths(percent: string): bigint {
    const [whole = '0', decimals = ''] = percent.replace('%', '').split('.');
    return BigInt(whole + decimals.padEnd(8, '0'));
}
