import { currency, day, flag, id, list, minor, object, oneOf, optional, text } from './shape';
import { divide } from './rate';
import { isEligible } from './standing';
import { asset as assetReader, cashAsset, partsOfAsset, placeOf, positive, post, quantityOf } from './holding';
import { subtract, zero } from './money';
import { Refusal } from './refusal';

import type { Amount } from './money';
import type { Asset, Books, Holding, Movement, Place, Supply } from './holding';
import type { Day } from './day';
import type { Reader } from './shape';
import type { Standing } from './standing';
import type { TrancheRecord } from './tranche';

const deposit = object({ means: oneOf('deposit'), asset: cashAsset, amount: positive });
const outside = object({ means: oneOf('outside'), currency, amount: positive });

/** The money leg: deposits that move in the same transaction, or cash outside that the deliverer confirms by its reference. */
export type Payment = ReturnType<typeof deposit> | ReturnType<typeof outside>;

const paymentReader: Reader<Payment> = (value, at) =>
    ((value as { means?: unknown } | null)?.means === 'outside' ? outside : deposit)(value, at);

const asked = {
    /** Agreed on by both sides beforehand; unique in each side's book. */
    reference: id,
    /**
     * What is asked for: a change of owner; a charge on notes that stay with their owner, or its end; or that a bank's own deposit is
     * issued into its account or redeemed out of it, which the bank alone asks for.
     */
    kind: oneOf('transfer', 'pledge', 'release', 'issue', 'redeem'),
    side: oneOf('deliver', 'receive'),
    counterparty: id,
    /** The account that receives cash: `own` where nothing is said, or a deal's that the institution keeps. */
    account: optional(id),
    asset: assetReader,
    quantity: positive,
    /** Absent: free of payment. */
    payment: optional(paymentReader),
    settlementDay: day,
    /** The last business day on which it may settle. */
    expiryDay: day,
    /** Whether it may settle in parts. Both sides must allow it. */
    partial: optional(flag),
    /** Of a release: the reference under which the notes were pledged. */
    lien: optional(id),
};

/** What a party places: private, by the transient map. */
export const instructReader = object(asked);
export type Instruct = ReturnType<typeof instructReader>;

/**
 * One side's instruction, in its own book. Seller and buyer each place theirs; the depository settles the two when they say the
 * same. In a pledge the pledgor delivers and the lender receives; in its release the lender delivers the charge back and the
 * pledgor receives it.
 */
export const instructionReader = object({
    ...asked,
    account: id,
    partial: flag,
    institution: id,
    status: oneOf('placed', 'partly-settled', 'settled', 'cancelled'),
    /** Of `quantity`, what has settled, and of the payment, what has been paid. */
    settled: minor,
    paid: minor,
    /** Reference of a payment outside, once the deliverer has seen it arrive. */
    paymentReference: optional(text(100)),
});
export type Instruction = ReturnType<typeof instructionReader>;

/** A party's public request: everything else about its instruction travels in the transient field `instruction`. */
export const privateRequest = object({ requestId: id });
export type PrivateRequest = ReturnType<typeof privateRequest>;

/** Transient field `instruction` of a cancellation. */
export const cancelReader = object({ reference: id });

/** Transient field `instruction` of a deliverer's confirmation that cash paid outside has arrived. */
export const confirmPaymentReader = object({ reference: id, paymentReference: text(100) });

/** Transient field `batch`: which instructions the depository settles together, and how much of each where not all. */
export const batchReader = object({
    pairs: list(object({ reference: id, deliverer: id, receiver: id, quantity: optional(positive) }), {
        least: 1,
        most: 500,
    }),
});
export type Batch = ReturnType<typeof batchReader>;

/** Two instructions of one reference, and how much of them to settle: all that is left, where nothing is said. */
export interface Pair {
    readonly deliver: Instruction;
    readonly receive: Instruction;
    readonly quantity?: Amount | undefined;
}

/** A lender's charge on notes, in the pledgor's book under the pledge's reference. Only this lender can release it. */
export const lienReader = object({
    reference: id,
    pledgor: id,
    lender: id,
    asset: assetReader,
    /** What is still charged. */
    quantity: minor,
});
export type Lien = ReturnType<typeof lienReader>;

/** Where a class is kept, and what the terms allow it to be transferred in and to whom. */
export type Restrictions = Pick<
    TrancheRecord,
    'asset' | 'categories' | 'depository' | 'increment' | 'lockedUntil' | 'minimum' | 'status'
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
 * @throws Refusal INSTRUCTION_NOT_MATCHED, INSTITUTION_NOT_ACTIVE, INSTRUCTION_NOT_OPEN, INSTRUCTION_EXPIRED, INSTRUCTION_NOT_DUE,
 * NOTES_KEPT_ELSEWHERE, NOTES_NOT_OUTSTANDING, NOTES_LOCKED, INVESTOR_NOT_ELIGIBLE, LIEN_NOT_FOUND, PARTIAL_NOT_ALLOWED, LIEN_EXCEEDED,
 * PAYMENT_NOT_CONFIRMED, HOLDING_SHORT, DENOMINATION_BROKEN
 */
export function settle(pairs: readonly Pair[], facts: SettlementFacts): Settled {
    checkDistinct(pairs);
    for (const pair of pairs) checkPair(pair, facts);
    const legs = pairs.map(legOf);
    const liens = liensAfter(pairs, facts.liens);
    const posted = post(
        facts.books,
        legs.flatMap(leg => leg.movements),
    );
    for (const pair of pairs) checkDenomination(pair, posted.holdings, facts);

    return { instructions: legs.flatMap(leg => leg.instructions), liens, ...posted };
}

/** The movements of one pair, so that the contract knows which accounts to load. */
export function movementsOf(pair: Pair): readonly Movement[] {
    return legOf(pair).movements;
}

export interface PlaceFacts {
    /** The instruction that the institution has placed under this reference before. */
    readonly before: Instruction | undefined;
    /** The trustee of the deal whose account is named, where one is. */
    readonly keeper: string | undefined;
}

/**
 * A party's instruction as it goes into its book. It binds nobody yet.
 * @throws Refusal INSTRUCTION_INVALID, INSTRUCTION_EXISTS
 */
export function place(asked: Instruct, institution: string, { before, keeper }: PlaceFacts): Instruction {
    const { reference, account = 'own', partial = false } = asked;
    const problem = problemOf(asked, institution, keeper);
    if (problem !== undefined) throw new Refusal('INSTRUCTION_INVALID', { reference, problem });
    if (before !== undefined && (before.status !== 'cancelled' || before.settled > 0n))
        throw new Refusal('INSTRUCTION_EXISTS', { reference });

    return { ...asked, institution, account, partial, status: 'placed', settled: zero, paid: zero };
}

function problemOf(asked: Instruct, institution: string, keeper: string | undefined): string | undefined {
    const { kind, side, counterparty, account = 'own', asset, payment, settlementDay, expiryDay, lien } = asked;
    if (isOwn(kind) !== (counterparty === institution))
        return 'only a bank that issues or redeems is its own counterparty';
    if (isOwn(kind) && !isOwnDeposit(asset, institution)) return 'a bank issues and redeems its own deposit';
    if (isOwn(kind) && (side === 'receive' || payment !== undefined))
        return 'a bank issues and redeems without payment';
    if (expiryDay < settlementDay) return 'it expires before its settlement day';
    if (isCharge(kind) && partsOfAsset(asset).kind === 'cash') return 'only notes can be pledged';
    if ((kind === 'release') !== (lien !== undefined)) return 'a release, and nothing else, names its lien';
    if (account === 'own') return undefined;
    if (side === 'deliver' || !asset.startsWith('cash:')) return 'a deal account only receives cash';
    return keeper === institution ? undefined : 'the account is of no deal whose trustee the institution is';
}

/**
 * Withdraw an instruction. It is its institution's own until it has settled: consent that is withdrawn in time settles nothing.
 * @throws Refusal INSTRUCTION_NOT_OPEN
 */
export function cancel(instruction: Instruction): Instruction {
    checkOpen(instruction);
    return { ...instruction, status: 'cancelled' };
}

/**
 * The deliverer has seen the cash arrive outside.
 * @throws Refusal INSTRUCTION_NOT_OPEN, PAYMENT_NOT_OUTSIDE
 */
export function confirmPayment(instruction: Instruction, paymentReference: string): Instruction {
    checkOpen(instruction);
    if (instruction.side !== 'deliver' || instruction.payment?.means !== 'outside')
        throw new Refusal('PAYMENT_NOT_OUTSIDE', { reference: instruction.reference });
    return { ...instruction, paymentReference };
}

/** The bank's one instruction as both sides of a pair: nobody else has to consent to what it owes. */
export function alone(instruction: Instruction): Pair {
    return { deliver: instruction, receive: { ...instruction, side: 'receive' } };
}

/**
 * The instructions that may settle today: placed on both sides under one reference, or a bank's alone. Whether they say the same and
 * whether there is enough to deliver, settlement finds out.
 */
export function pairUp(instructions: readonly Instruction[], today: Day): Batch['pairs'] {
    const due = instructions.filter(
        ({ status, settlementDay, expiryDay }) =>
            (status === 'placed' || status === 'partly-settled') && settlementDay <= today && today <= expiryDay,
    );
    const received = new Set(due.filter(({ side }) => side === 'receive').map(idOf));
    return due
        .filter(({ side }) => side === 'deliver')
        .filter(deliver => isOwn(deliver.kind) || received.has(idOf(deliver)))
        .map(({ reference, institution, counterparty }) => ({
            reference,
            deliverer: institution,
            receiver: counterparty,
        }));
}

/** What both sides of a pair have in common: who delivers, who receives, under which reference. */
function idOf({ reference, side, institution, counterparty }: Instruction): string {
    const [deliverer, receiver] = side === 'deliver' ? [institution, counterparty] : [counterparty, institution];
    return `${reference}|${deliverer}|${receiver}`;
}

function checkDistinct(pairs: readonly Pair[]): void {
    const seen = new Set<string>();
    for (const { deliver } of pairs) {
        const id = `${deliver.institution}|${deliver.reference}`;
        if (seen.has(id)) throw new Refusal('INSTRUCTION_NOT_OPEN', { reference: deliver.reference });
        seen.add(id);
    }
}

function checkPair(pair: Pair, facts: SettlementFacts): void {
    const { deliver, receive } = pair;
    const { reference } = deliver;
    if (!isMatch(deliver, receive)) throw new Refusal('INSTRUCTION_NOT_MATCHED', { reference });
    for (const { institution } of [deliver, receive])
        if (!standingOf(institution, facts).active) throw new Refusal('INSTITUTION_NOT_ACTIVE', { reference });
    checkOpen(deliver);
    checkOpen(receive);
    const { day } = facts.books;
    const expiry = deliver.expiryDay < receive.expiryDay ? deliver.expiryDay : receive.expiryDay;
    if (day > expiry) throw new Refusal('INSTRUCTION_EXPIRED', { reference, day });
    if (day < deliver.settlementDay) throw new Refusal('INSTRUCTION_NOT_DUE', { reference, day });
    checkRestrictions(pair, facts);
    checkQuantity(pair);
    if (deliver.payment?.means === 'outside' && deliver.paymentReference === undefined)
        throw new Refusal('PAYMENT_NOT_CONFIRMED', { reference });
}

function isMatch(deliver: Instruction, receive: Instruction): boolean {
    return (
        deliver.side === 'deliver' &&
        receive.side === 'receive' &&
        deliver.reference === receive.reference &&
        deliver.counterparty === receive.institution &&
        receive.counterparty === deliver.institution &&
        (deliver.institution === receive.institution) === isOwn(deliver.kind) &&
        deliver.kind === receive.kind &&
        deliver.lien === receive.lien &&
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

function checkOpen(instruction: Instruction): void {
    if (instruction.status !== 'placed' && instruction.status !== 'partly-settled')
        throw new Refusal('INSTRUCTION_NOT_OPEN', { reference: instruction.reference });
}

function checkRestrictions({ deliver, receive }: Pair, facts: SettlementFacts): void {
    const { reference } = deliver;
    if (partsOfAsset(deliver.asset).kind === 'cash') return;
    const { depository, status, lockedUntil, categories } = restrictionsOn(deliver.asset, facts);
    const { day } = facts.books;
    if (depository !== facts.depository) throw new Refusal('NOTES_KEPT_ELSEWHERE', { reference });
    if (status !== 'outstanding') throw new Refusal('NOTES_NOT_OUTSTANDING', { reference, status });
    if (deliver.kind !== 'transfer') return;
    if (lockedUntil !== undefined && day < lockedUntil)
        throw new Refusal('NOTES_LOCKED', { reference, until: lockedUntil });
    const standing = standingOf(receive.institution, facts);
    if (!isEligible(standing, categories, day)) throw new Refusal('INVESTOR_NOT_ELIGIBLE', { reference });
}

function checkQuantity(pair: Pair): void {
    const { deliver, receive, quantity } = pair;
    const { reference } = deliver;
    const left = subtract(deliver.quantity, deliver.settled);
    if (quantity === undefined || quantity === left) return;
    if (!deliver.partial || !receive.partial) throw new Refusal('PARTIAL_NOT_ALLOWED', { reference });
    if (quantity <= 0n || quantity > left) throw new Refusal('PARTIAL_NOT_ALLOWED', { reference });
}

/** A pledge opens a lien under its reference; a release takes from the lien it names, which must be this lender's on these notes. */
function liensAfter(pairs: readonly Pair[], before: readonly Lien[]): readonly Lien[] {
    const liens = new Map(before.map(lien => [lienId(lien.pledgor, lien.reference), lien]));
    const changed = new Set<string>();
    for (const pair of pairs) {
        if (!isCharge(pair.deliver.kind)) continue;
        const lien = pair.deliver.kind === 'pledge' ? lienOpened(pair, liens) : lienReduced(pair, liens);
        const id = lienId(lien.pledgor, lien.reference);
        liens.set(id, lien);
        changed.add(id);
    }
    return [...liens].filter(([id]) => changed.has(id)).map(([, lien]) => lien);
}

function lienOpened(pair: Pair, liens: ReadonlyMap<string, Lien>): Lien {
    const { reference, institution: pledgor, counterparty: lender, asset } = pair.deliver;
    const before = liens.get(lienId(pledgor, reference))?.quantity ?? zero;
    return { reference, pledgor, lender, asset, quantity: (before + quantityToSettle(pair)) as Amount };
}

function lienReduced(pair: Pair, liens: ReadonlyMap<string, Lien>): Lien {
    const { deliver, receive } = pair;
    const lien = liens.get(lienId(receive.institution, deliver.lien ?? ''));
    if (lien === undefined || lien.lender !== deliver.institution || lien.asset !== deliver.asset)
        throw new Refusal('LIEN_NOT_FOUND', { reference: deliver.reference });
    const quantity = subtract(lien.quantity, quantityToSettle(pair));
    if (quantity < 0n) throw new Refusal('LIEN_EXCEEDED', { reference: deliver.reference });
    return { ...lien, quantity };
}

function isOwn(kind: Instruction['kind']): boolean {
    return kind === 'issue' || kind === 'redeem';
}

function isCharge(kind: Instruction['kind']): boolean {
    return kind === 'pledge' || kind === 'release';
}

function isOwnDeposit(asset: Asset, institution: string): boolean {
    const parts = partsOfAsset(asset);
    return parts.kind === 'cash' && parts.bank === institution;
}

function lienId(pledgor: string, reference: string): string {
    return `${pledgor}|${reference}`;
}

/**
 * Notes change hands in the denominations of their terms, and nobody is left with a piece below the smallest; a holder may always
 * sell all it has.
 */
function checkDenomination(pair: Pair, changed: readonly Holding[], facts: SettlementFacts): void {
    const { asset, institution, kind, reference } = pair.deliver;
    if (partsOfAsset(asset).kind === 'cash' || kind !== 'transfer') return;
    const { minimum, increment } = restrictionsOn(asset, facts);
    const moved = quantityToSettle(pair);
    const left = [...changed, ...facts.books.holdings].find(
        holding => holding.institution === institution && holding.asset === asset,
    );
    const rest = left === undefined ? zero : quantityOf(left);
    const isWhole = rest === 0n || (moved >= minimum && (moved - minimum) % increment === 0n && rest >= minimum);
    if (!isWhole) throw new Refusal('DENOMINATION_BROKEN', { reference });
}

interface Leg {
    readonly movements: readonly Movement[];
    readonly instructions: readonly Instruction[];
}

function legOf(pair: Pair): Leg {
    const { deliver, receive } = pair;
    const quantity = quantityToSettle(pair);
    const settled = (deliver.settled + quantity) as Amount;
    const payment = paymentFor(deliver, settled);
    const complete = settled === deliver.quantity;
    const progress = {
        settled,
        paid: (deliver.paid + payment) as Amount,
        status: complete ? 'settled' : 'partly-settled',
    } as const;
    return {
        movements: [assetLeg(pair, quantity), ...cashLeg(pair, payment)],
        instructions: (isOwn(deliver.kind) ? [deliver] : [deliver, receive]).map(each => ({ ...each, ...progress })),
    };
}

function assetLeg({ deliver, receive }: Pair, quantity: Amount): Movement {
    const { asset, kind } = deliver;
    const [from, to] = placesBetween(deliver, receive)[kind];
    return { asset, quantity, from, to };
}

function placesBetween(deliver: Instruction, receive: Instruction): Record<Instruction['kind'], [Place, Place]> {
    const deliverer = placeOf(deliver.institution, deliver.account);
    const receiver = placeOf(receive.institution, receive.account);
    return {
        transfer: [deliverer, receiver],
        pledge: [deliverer, placeOf(deliver.institution, deliver.account, 'pledged')],
        release: [placeOf(receive.institution, receive.account, 'pledged'), receiver],
        issue: ['issuer', deliverer],
        redeem: [deliverer, 'issuer'],
    };
}

function cashLeg({ deliver, receive }: Pair, amount: Amount): readonly Movement[] {
    const { payment } = deliver;
    if (payment?.means !== 'deposit' || amount === 0n) return [];
    const from = placeOf(receive.institution, receive.account);
    const to = placeOf(deliver.institution, deliver.account);
    return [{ asset: payment.asset, quantity: amount, from, to }];
}

/** What is due when `settled` has been delivered, less what was paid before: parts sum to the whole price to the cent. */
function paymentFor(deliver: Instruction, settled: Amount): Amount {
    if (deliver.payment === undefined) return zero;
    return (divide(deliver.payment.amount * settled, deliver.quantity, 'down') - deliver.paid) as Amount;
}

function quantityToSettle({ deliver, quantity }: Pair): Amount {
    return quantity ?? subtract(deliver.quantity, deliver.settled);
}

function standingOf(institution: string, facts: SettlementFacts): Standing {
    const found = facts.standings.find(standing => standing.institution === institution);
    if (found === undefined) throw new Error(`standing of ${institution} was not loaded`);
    return found;
}

function restrictionsOn(asset: Asset, facts: SettlementFacts): Restrictions {
    const found = facts.restrictions.find(restrictions => restrictions.asset === asset);
    if (found === undefined) throw new Error(`restrictions of ${asset} were not loaded`);
    return found;
}
