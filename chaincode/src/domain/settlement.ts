import { isEligible } from './standing';
import { legOf } from './leg';
import { liensAfter, withLiens } from './lien';
import { isAlone, mustBeKeptBy, mustBeOpen, quantityToSettle } from './instruction';
import { partsOfAsset, placeOfNotes, post, quantityOf } from './holding';
import { Refusal } from './refusal';
import { subtract, zero } from './money';

import type { Asset, Books, Holding, Supply } from './holding';
import type { Day } from './day';
import type { Instruction, Pair, Payment } from './instruction';
import type { Lien } from './lien';
import type { Standing } from './standing';
import type { TrancheRecord } from './tranche';

/** What the terms allow a class to be transferred in and to whom. */
export type Restrictions = Pick<
    TrancheRecord,
    'asset' | 'categories' | 'increment' | 'lockedUntil' | 'minimum' | 'status'
>;

export interface SettlementFacts {
    /** The depository that settles. */
    readonly depository: string;
    readonly books: Books;
    readonly standings: readonly Standing[];
    readonly restrictions: readonly Restrictions[];
    /** The liens that releases name. */
    readonly liens: readonly Lien[];
}

export interface Settled {
    readonly instructions: readonly Instruction[];
    readonly liens: readonly Lien[];
    readonly holdings: readonly Holding[];
    readonly supplies: readonly Supply[];
}

/**
 * Settle matched instructions: all of them, or none. The securities and the cash of every pair move in one list of movements, and
 * only what stands at the end counts, so that a chain of trades settles although nobody along it owns anything before.
 * @throws Refusal INSTRUCTION_NOT_MATCHED, CASH_KEPT_ELSEWHERE, NOTES_KEPT_ELSEWHERE, INSTITUTION_NOT_ACTIVE, INSTRUCTION_NOT_OPEN,
 * INSTRUCTION_EXPIRED, INSTRUCTION_NOT_DUE, NOTES_NOT_OUTSTANDING, NOTES_LOCKED, INVESTOR_NOT_ELIGIBLE, PARTIAL_NOT_ALLOWED,
 * PAYMENT_NOT_CONFIRMED, LIEN_NOT_FOUND, LIEN_NOT_ENFORCEABLE, LIEN_EXCEEDED, HOLDING_SHORT, DENOMINATION_BROKEN
 */
export function settle(pairs: readonly Pair[], facts: SettlementFacts): Settled {
    checkDistinct(pairs);
    const known = knownOf(facts);
    for (const pair of pairs) checkPair(pair, known);
    const legs = pairs.map(legOf);
    const liens = liensAfter(pairs, facts.liens, facts.books.day);
    const posted = post(
        facts.books,
        legs.flatMap(leg => leg.movements),
    );
    const left = new Map(
        [...facts.books.holdings, ...posted.holdings].map(holding => [placeOfNotes(holding), holding]),
    );
    for (const pair of pairs) checkDenomination(pair, left, known);

    const holdings = withLiens(posted.holdings, facts.books.holdings, liens);
    return { instructions: legs.flatMap(leg => leg.instructions), liens, supplies: posted.supplies, holdings };
}

/** The facts as they are looked up for every pair. */
interface Known extends Pick<SettlementFacts, 'depository'> {
    readonly day: Day;
    readonly standings: ReadonlyMap<string, Standing>;
    readonly restrictions: ReadonlyMap<Asset, Restrictions>;
}

function knownOf({ depository, books, standings, restrictions }: SettlementFacts): Known {
    return {
        depository,
        day: books.day,
        standings: new Map(standings.map(standing => [standing.institution, standing])),
        restrictions: new Map(restrictions.map(each => [each.asset, each])),
    };
}

function checkDistinct(pairs: readonly Pair[]): void {
    const seen = new Set<string>();
    for (const { at, deliver } of pairs) {
        const id = `${deliver.institution}|${deliver.reference}`;
        if (seen.has(id)) throw new Refusal('INSTRUCTION_NOT_OPEN', { at });
        seen.add(id);
    }
}

function checkPair(pair: Pair, known: Known): void {
    const { at, deliver, receive } = pair;
    if (!isMatch(deliver, receive)) throw new Refusal('INSTRUCTION_NOT_MATCHED', { at });
    mustBeKeptBy(known.depository, deliver, at);
    for (const { institution } of [deliver, receive])
        if (!standingOf(institution, known).active) throw new Refusal('INSTITUTION_NOT_ACTIVE', { at });
    mustBeOpen(deliver, at);
    mustBeOpen(receive, at);
    const { day } = known;
    const expiry = deliver.expiryDay < receive.expiryDay ? deliver.expiryDay : receive.expiryDay;
    if (day > expiry) throw new Refusal('INSTRUCTION_EXPIRED', { at, day });
    if (day < deliver.settlementDay) throw new Refusal('INSTRUCTION_NOT_DUE', { at, day });
    checkRestrictions(pair, known);
    checkQuantity(pair);
    if (deliver.payment?.means === 'outside' && deliver.paymentReference === undefined)
        throw new Refusal('PAYMENT_NOT_CONFIRMED', { at });
}

function isMatch(deliver: Instruction, receive: Instruction): boolean {
    return (
        deliver.side === 'deliver' &&
        receive.side === 'receive' &&
        deliver.reference === receive.reference &&
        deliver.counterparty === receive.institution &&
        receive.counterparty === deliver.institution &&
        (deliver.institution === receive.institution) === isAlone(deliver.kind) &&
        deliver.kind === receive.kind &&
        deliver.lien === receive.lien &&
        deliver.enforceableFrom === receive.enforceableFrom &&
        deliver.asset === receive.asset &&
        deliver.quantity === receive.quantity &&
        deliver.settled === receive.settled &&
        deliver.settlementDay === receive.settlementDay &&
        isSamePayment(deliver.payment, receive.payment)
    );
}

function isSamePayment(a: Payment | undefined, b: Payment | undefined): boolean {
    if (a === undefined || b === undefined) return a === b;
    if (a.amount !== b.amount) return false;
    return a.means === 'deposit'
        ? b.means === 'deposit' && a.asset === b.asset
        : b.means === 'outside' && a.currency === b.currency;
}

function checkRestrictions({ at, deliver, receive }: Pair, known: Known): void {
    if (partsOfAsset(deliver.asset).kind === 'cash') return;
    const { status, lockedUntil, categories } = restrictionsOn(deliver.asset, known);
    const { day } = known;
    if (status !== 'outstanding') throw new Refusal('NOTES_NOT_OUTSTANDING', { at, status });
    if (!changesOwner(deliver.kind)) return;
    if (lockedUntil !== undefined && day < lockedUntil) throw new Refusal('NOTES_LOCKED', { at, until: lockedUntil });
    const standing = standingOf(receive.institution, known);
    if (!isEligible(standing, categories, day)) throw new Refusal('INVESTOR_NOT_ELIGIBLE', { at });
}

function checkQuantity(pair: Pair): void {
    const { at, deliver, receive, quantity } = pair;
    const left = subtract(deliver.quantity, deliver.settled);
    if (quantity === undefined || quantity === left) return;
    if (!deliver.partial || !receive.partial) throw new Refusal('PARTIAL_NOT_ALLOWED', { at });
    if (quantity <= 0n || quantity > left) throw new Refusal('PARTIAL_NOT_ALLOWED', { at });
}

/**
 * Notes change hands in the denominations of their terms, and nobody is left with a piece below the smallest; a holder may always
 * sell all it has.
 */
function checkDenomination(pair: Pair, holdings: ReadonlyMap<string, Holding>, known: Known): void {
    const { asset, institution, kind, pledgor: giver = institution } = pair.deliver;
    if (partsOfAsset(asset).kind === 'cash' || !changesOwner(kind)) return;
    const { minimum, increment } = restrictionsOn(asset, known);
    const moved = quantityToSettle(pair);
    const left = holdings.get(placeOfNotes({ institution: giver, asset }));
    const rest = left === undefined ? zero : quantityOf(left);
    const isWhole = rest === 0n || (moved >= minimum && (moved - minimum) % increment === 0n && rest >= minimum);
    if (!isWhole) throw new Refusal('DENOMINATION_BROKEN', { at: pair.at });
}

function changesOwner(kind: Instruction['kind']): boolean {
    return kind === 'transfer' || kind === 'enforce';
}

function standingOf(institution: string, { standings }: Known): Standing {
    const found = standings.get(institution);
    if (found === undefined) throw new Error(`standing of ${institution} was not loaded`);
    return found;
}

function restrictionsOn(asset: Asset, { restrictions }: Known): Restrictions {
    const found = restrictions.get(asset);
    if (found === undefined) throw new Error(`restrictions of ${asset} were not loaded`);
    return found;
}
