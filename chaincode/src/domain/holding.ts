import { addDays } from './day';
import { currency, day, id, list, minor, object, optional, text } from './shape';
import { isCurrency, zero } from './money';
import { Refusal } from './refusal';

import type { Amount, Currency } from './money';
import type { Day } from './day';
import type { Reader } from './shape';

/**
 * What a book can hold: a class of notes in original face value, `note:aart-2017-3:A-2`, or a settlement bank's deposit,
 * `cash:USD:bank-b`. Quantities are minor units of the notes' or the deposit's currency. Face does not change while principal is
 * repaid: the class's public factor says what is left of it.
 */
export type Asset = `note:${string}:${string}` | `cash:${Currency}:${string}`;

/** What a holder may dispose of, and what it still owns but has pledged. */
export type Part = 'free' | 'pledged';

/** One side of a movement: a part of an account in an institution's book, or the issuer of the asset. */
export type Place = 'issuer' | { readonly institution: string; readonly account: string; readonly part: Part };

const part = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}';
const form = new RegExp(`^(note|cash):(${part}):(${part})$`);

/** Reads an asset of a request. @throws Refusal REQUEST_INVALID */
export const asset: Reader<Asset> = (value, at) => {
    const match = typeof value === 'string' ? form.exec(value) : null;
    if (!match || (match[1] === 'cash' && !isCurrency(match[2])))
        throw new Refusal('REQUEST_INVALID', {
            at,
            problem: 'not an asset such as note:aart-2017-3:A-2 or cash:USD:bank-b',
        });
    return value as Asset;
};

/** Reads the asset of a request that must be cash. @throws Refusal REQUEST_INVALID */
export const cashAsset: Reader<Asset> = (value, at) => {
    const read = asset(value, at);
    if (!read.startsWith('cash:'))
        throw new Refusal('REQUEST_INVALID', { at, problem: 'not cash such as cash:USD:bank-b' });
    return read;
};

/** What is moved at once has at most 18 digits, so that no sum of it outgrows the 30 digits that a record can be read with. */
const mostAtOnce = 10n ** 18n;

/** Reads minor units that must be more than nothing, and no more than can be moved at once. @throws Refusal REQUEST_INVALID */
export const positive: Reader<Amount> = (value, at) => {
    const read = minor(value, at);
    if (read <= 0n) throw new Refusal('REQUEST_INVALID', { at, problem: 'not more than nothing' });
    if (read >= mostAtOnce) throw new Refusal('REQUEST_INVALID', { at, problem: 'more than 18 digits' });
    return read;
};

/** One asset in one account of one institution's book. */
export const holdingReader = object({
    institution: id,
    /** `own`, the id of the deal for which the institution keeps the account, or for whom it keeps it: `held.fund`. */
    account: text(80),
    asset,
    free: minor,
    pledged: minor,
    /** What was held at the end of each day on which a holding of notes changed, oldest first: who is paid on a record date. */
    closings: list(object({ day, quantity: minor })),
    /** References of the liens on what is pledged, in the same book. */
    liens: optional(list(id)),
});
export type Holding = ReturnType<typeof holdingReader>;
export type Closing = Holding['closings'][number];

/** The public record of a bank's deposit in a currency: its outstanding amount is what the bank owes all holders together. */
export const depositReader = object({
    asset: cashAsset,
    /** The institution that keeps the books in which it is held. */
    depository: id,
    outstanding: minor,
});
export type Deposit = ReturnType<typeof depositReader>;

export const openDepositRequest = object({ requestId: id, currency, bank: id });
/** The depository admits a bank whose deposits in a currency it settles in. */
export type OpenDepositRequest = ReturnType<typeof openDepositRequest>;

/** A bank's deposit before anybody holds any of it. @throws Refusal DEPOSIT_EXISTS */
export function openDeposit(asked: OpenDepositRequest, depository: string, before: Deposit | undefined): Deposit {
    const asset = cashOf(asked.currency, asked.bank);
    if (before !== undefined) throw new Refusal('DEPOSIT_EXISTS', { asset });
    return { asset, depository, outstanding: zero };
}

/** How much of an asset its issuer owes: the public figure to which all books together must sum. */
export interface Supply {
    readonly asset: Asset;
    readonly outstanding: Amount;
}

/** Value that leaves one place and arrives at another, whole. */
export interface Movement {
    readonly asset: Asset;
    /** Positive. */
    readonly quantity: Amount;
    readonly from: Place;
    readonly to: Place;
}

/** Everything that a set of movements may touch, as it stands: an account that holds nothing is there with nothing. */
export interface Books {
    /** The business day that the depository has opened. */
    readonly day: Day;
    readonly holdings: readonly Holding[];
    readonly supplies: readonly Supply[];
}

/** How long a holding that changes remembers what it was; one that does not change never forgets. */
export const closingsKeptDays = 100;

/**
 * The one function that moves value: issue, transfer, payment, pledge and redemption are lists of movements. All of them happen,
 * or none; only what stands at the end counts, so that a batch settles net. Returns what has changed.
 * @throws Refusal HOLDING_SHORT when a place would fall below nothing
 */
export function post(books: Books, movements: readonly Movement[]): Omit<Books, 'day'> {
    const changes = netChanges(movements);
    const holdings = books.holdings.flatMap(holding => changedHolding(holding, changes, books.day));
    const supplies = books.supplies.flatMap(supply => changedSupply(supply, changes));
    const loaded = keysOf(books);
    if ([...changes.keys()].some(key => !loaded.has(key)))
        throw new Error('a movement touches a place that was not loaded');
    const short =
        holdings.filter(holding => holding.free < 0n || holding.pledged < 0n).length +
        supplies.filter(supply => supply.outstanding < 0n).length;
    if (short > 0) throw new Refusal('HOLDING_SHORT', { short });
    return { holdings, supplies };
}

export function emptyHolding(institution: string, account: string, asset: Asset): Holding {
    return { institution, account, asset, free: zero, pledged: zero, closings: [] };
}

export function quantityOf(holding: Holding): Amount {
    return (holding.free + holding.pledged) as Amount;
}

/** What was held at the end of `day`; nothing, where it is forgotten: never more than was held. */
export function quantityOn(holding: Holding, day: Day): Amount {
    return holding.closings.filter(closing => closing.day <= day).at(-1)?.quantity ?? zero;
}

/** The places that movements touch, each once. The contract loads these before it posts. */
export function placesOf(movements: readonly Movement[]): Pick<Holding, 'institution' | 'account' | 'asset'>[] {
    const places = new Map<string, Pick<Holding, 'institution' | 'account' | 'asset'>>();
    for (const { asset, from, to } of movements)
        for (const place of [from, to])
            if (place !== 'issuer') {
                const { institution, account } = place;
                places.set(`${asset}|${institution}|${account}`, { institution, account, asset });
            }
    return [...places.values()];
}

export function noteOf(dealId: string, className: string): Asset {
    return `note:${dealId}:${className}`;
}

export function cashOf(currency: Currency, bank: string): Asset {
    return `cash:${currency}:${bank}`;
}

export interface NoteParts {
    readonly kind: 'note';
    readonly dealId: string;
    readonly className: string;
}

export interface CashParts {
    readonly kind: 'cash';
    readonly currency: Currency;
    readonly bank: string;
}

export function partsOfAsset(asset: Asset): NoteParts | CashParts {
    const [kind, scope = '', name = ''] = asset.split(':');
    return kind === 'note'
        ? { kind, dealId: scope, className: name }
        : { kind: 'cash', currency: scope as Currency, bank: name };
}

/** Where notes lie, as a key: in an institution's own account alone. */
export function placeOfNotes({ institution, asset }: Pick<Holding, 'institution' | 'asset'>): string {
    return `${institution}|${asset}`;
}

/** A part of an institution's account. */
export function placeOf(institution: string, account = 'own', part: Part = 'free'): Place {
    return { institution, account, part };
}

function netChanges(movements: readonly Movement[]): Map<string, bigint> {
    const changes = new Map<string, bigint>();
    for (const movement of movements) {
        if (movement.quantity <= 0n) throw new Error('a movement must move something');
        for (const [place, sign] of [
            [movement.from, -1n],
            [movement.to, 1n],
        ] as const) {
            const key = keyOf(movement.asset, place);
            changes.set(key, (changes.get(key) ?? 0n) + sign * movement.quantity);
        }
    }
    return changes;
}

function changedHolding(holding: Holding, changes: ReadonlyMap<string, bigint>, day: Day): Holding[] {
    const { institution, account } = holding;
    const [free, pledged] = (['free', 'pledged'] as const).map(
        part => changes.get(keyOf(holding.asset, { institution, account, part })) ?? 0n,
    ) as [bigint, bigint];
    if (free === 0n && pledged === 0n) return [];
    const changed = {
        ...holding,
        free: (holding.free + free) as Amount,
        pledged: (holding.pledged + pledged) as Amount,
    };
    const { liens, ...rest } = changed;
    // What is not pledged any more, whether released or redeemed, no lien can charge.
    const charged = liens !== undefined && changed.pledged > 0n ? { liens } : {};
    return [{ ...rest, ...charged, closings: closingsAfter(changed, day) }];
}

function closingsAfter(holding: Holding, day: Day): readonly Closing[] {
    if (!holding.asset.startsWith('note:')) return [];
    const horizon = addDays(day, -closingsKeptDays);
    const earlier = holding.closings.filter(closing => closing.day < day);
    const forgotten = earlier.filter(closing => closing.day <= horizon).length - 1;
    return [...earlier.slice(Math.max(forgotten, 0)), { day, quantity: quantityOf(holding) }];
}

function changedSupply(supply: Supply, changes: ReadonlyMap<string, bigint>): Supply[] {
    const change = changes.get(keyOf(supply.asset, 'issuer')) ?? 0n;
    return change === 0n ? [] : [{ ...supply, outstanding: (supply.outstanding - change) as Amount }];
}

function keysOf(books: Books): ReadonlySet<string> {
    const parts = ['free', 'pledged'] as const;
    return new Set([
        ...books.supplies.map(supply => keyOf(supply.asset, 'issuer')),
        ...books.holdings.flatMap(({ asset: held, institution, account }) =>
            parts.map(part => keyOf(held, { institution, account, part })),
        ),
    ]);
}

function keyOf(held: Asset, place: Place): string {
    return place === 'issuer' ? `${held}|issuer` : `${held}|${place.institution}|${place.account}|${place.part}`;
}
