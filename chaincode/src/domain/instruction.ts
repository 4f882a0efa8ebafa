import { asset as assetReader, cashAsset, partsOfAsset, positive } from './holding';
import { byCodePoint } from './canonical';
import { currency, day, digest, flag, id, list, minor, object, oneOf, optional, text } from './shape';
import { Refusal } from './refusal';
import { subtract, zero } from './money';

import type { Amount } from './money';
import type { Asset, Deposit } from './holding';
import type { Day } from './day';
import type { Reader } from './shape';

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
     * What is asked for: a change of owner; a charge on notes that stay with their owner, or its end; that a bank's own deposit is
     * issued into its account or redeemed out of it, which the bank alone asks for; or that a lender takes what was pledged to it and
     * not redeemed in time, to which the pledgor has agreed in the pledge.
     */
    kind: oneOf('transfer', 'pledge', 'release', 'enforce', 'issue', 'redeem'),
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
    /** Of a release or an enforcement: the reference under which the notes were pledged. */
    lien: optional(id),
    /** Of an enforcement: who pledged the notes. */
    pledgor: optional(id),
    /** Of a pledge: from this business day on the lender may take what is still charged. Absent: it never may by itself. */
    enforceableFrom: optional(day),
};

/** What a party places. */
export const instructReader = object(asked);

export type Instruct = ReturnType<typeof instructReader>;

/** Most instructions that a party places together: whatever changes one of them writes all of them again. */
export const mostOnSheet = 100;

/** What a party places in one transaction, private, by the transient map: all of it, or nothing. */
export const instructionsReader = list(instructReader, { least: 1, most: mostOnSheet });

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
    status: oneOf('placed', 'partly-settled', 'settled', 'cancelled', 'expired'),
    /** Of `quantity`, what has settled, and of the payment, what has been paid. */
    settled: minor,
    paid: minor,
    /** Reference of a payment outside, once the deliverer has seen it arrive. */
    paymentReference: optional(text(100)),
    /** Who keeps the books of what it moves, and alone settles it and closes it when it expires. */
    depository: id,
    /** The sheet on which it lies in its book, where it was placed together with others and is not filed. */
    sheet: optional(id),
});

export type Instruction = ReturnType<typeof instructionReader>;

/** What an institution placed together. Trades that are placed together are settled together at a fraction of the cost. */
export const sheetReader = object({ id, instructions: list(instructionReader, { most: mostOnSheet }) });

/** A party's public request: everything else about its instructions travels in the transient map. */
export const privateRequest = object({ requestId: id });

export type PrivateRequest = ReturnType<typeof privateRequest>;

/** Transient field `instruction` of a cancellation. */
export const cancelReader = object({ reference: id });

/** Transient field `instruction` of a deliverer's confirmation that cash paid outside has arrived. */
export const confirmPaymentReader = object({ reference: id, paymentReference: text(100) });

/** On which sheets the two instructions of a pair lie. Known from what waits; the depository finds them without, but more slowly. */
const sheetsOfPair = object({ deliver: optional(id), receive: optional(id) });

const pairReader = object({
    reference: id,
    deliverer: id,
    receiver: id,
    quantity: optional(positive),
    sheets: optional(sheetsOfPair),
});

/** Transient field `batch`: which instructions the depository settles together, and how much of each where not all. */
export const batchReader = object({ pairs: list(pairReader, { least: 1, most: 500 }) });

export type Batch = ReturnType<typeof batchReader>;

/** Transient field `expired`: the instructions that the depository closes because their last day is over. */
export const expireReader = object({
    instructions: list(object({ institution: id, reference: id }), { least: 1, most: 500 }),
});

export type Expire = ReturnType<typeof expireReader>;

/** Transient field `closed`: the instructions that the depository files away because they can settle no more. */
export const fileReader = object({
    instructions: list(object({ institution: id, reference: id }), { least: 1, most: 500 }),
});

export type File = ReturnType<typeof fileReader>;

/** Two instructions of one reference, and how much of them to settle: all that is left, where nothing is said. */
export interface Pair {
    /** Its place in the request, which a refusal names: the reference is nobody else's business. */
    readonly at: string;
    readonly deliver: Instruction;
    readonly receive: Instruction;
    readonly quantity?: Amount | undefined;
}

export interface PlaceFacts {
    /** The instruction that the institution has placed under this reference before. */
    readonly before: Instruction | undefined;
    /** The trustee of the deal whose account is named, where one is. */
    readonly trustee: string | undefined;
    /** Who keeps the books of what it moves. */
    readonly keepers: readonly Pick<Deposit, 'asset' | 'depository'>[];
}

/**
 * A party's instructions as they go into its book: all of them, or none. They bind nobody yet.
 * @param facts of each instruction, in their order
 * @param sheet what the sheet is called on which they lie where there are several
 * @throws Refusal INSTRUCTION_INVALID, INSTRUCTION_EXISTS
 */
export function placeAll(
    asked: readonly Instruct[],
    institution: string,
    facts: readonly PlaceFacts[],
    sheet: string,
): Instruction[] {
    const placed = new Map<string, Instruction>();
    const together = asked.length > 1 ? { sheet } : {};
    for (const [i, instruct] of asked.entries()) {
        const at = `instructions[${i}]`;
        const { before: found, trustee, keepers = [] } = facts[i] ?? {};
        const known = { before: placed.get(instruct.reference) ?? found, trustee, keepers };
        placed.set(instruct.reference, { ...place(instruct, institution, known, at), ...together });
    }
    return [...placed.values()];
}

function place(asked: Instruct, institution: string, facts: PlaceFacts, at: string): Instruction {
    const { before, trustee, keepers } = facts;
    const { account = 'own', partial = false } = asked;
    const problem = problemOf(asked, institution, trustee);
    if (problem !== undefined) throw new Refusal('INSTRUCTION_INVALID', { at, problem });
    const [depository, other] = keepersOf(asked, keepers);
    if (depository === undefined) throw new Error(`who keeps ${asked.asset} was not loaded`);
    if (other !== undefined)
        throw new Refusal('INSTRUCTION_INVALID', { at, problem: 'two depositories keep what it moves' });
    if (before !== undefined && (before.status !== 'cancelled' || before.settled > 0n))
        throw new Refusal('INSTRUCTION_EXISTS', { at });

    return { ...asked, institution, account, partial, depository, status: 'placed', settled: zero, paid: zero };
}

/** Who keeps what an instruction moves, each once. */
function keepersOf(asked: Instruct, keepers: PlaceFacts['keepers']): string[] {
    const moved = assetsIn(asked);
    return [...new Set(keepers.filter(({ asset }) => moved.includes(asset)).map(({ depository }) => depository))];
}

/** What an instruction moves: notes or a deposit, and the deposit that is paid for it. */
export function assetsIn({ asset, payment }: Pick<Instruct, 'asset' | 'payment'>): Asset[] {
    return payment?.means === 'deposit' ? [asset, payment.asset] : [asset];
}

/**
 * Withdraw an instruction. It is its institution's own until it has settled: consent that is withdrawn in time settles nothing. Who has
 * confirmed that it was paid outside would keep both the cash and what it sold.
 * @throws Refusal INSTRUCTION_NOT_OPEN, PAYMENT_CONFIRMED
 */
export function cancel(instruction: Instruction): Instruction {
    mustBeOpen(instruction, 'instruction');
    if (instruction.paymentReference !== undefined) throw new Refusal('PAYMENT_CONFIRMED', { at: 'instruction' });
    return { ...instruction, status: 'cancelled' };
}

/**
 * Close an instruction that can settle no more, so that what is open stays little.
 * @param by the depository that closes it, and whose business day it is
 * @throws Refusal CASH_KEPT_ELSEWHERE, NOTES_KEPT_ELSEWHERE, INSTRUCTION_NOT_OPEN, INSTRUCTION_NOT_EXPIRED
 */
export function expire(instruction: Instruction, at: string, by: string, today: Day): Instruction {
    mustBeKeptBy(by, instruction, at);
    mustBeOpen(instruction, at);
    if (today <= instruction.expiryDay) throw new Refusal('INSTRUCTION_NOT_EXPIRED', { at, today });
    return { ...instruction, status: 'expired' };
}

/**
 * The deliverer has seen the cash arrive outside.
 * @throws Refusal INSTRUCTION_NOT_OPEN, PAYMENT_NOT_OUTSIDE
 */
export function confirmPayment(instruction: Instruction, paymentReference: string): Instruction {
    mustBeOpen(instruction, 'instruction');
    if (instruction.side !== 'deliver' || instruction.payment?.means !== 'outside')
        throw new Refusal('PAYMENT_NOT_OUTSIDE');
    return { ...instruction, paymentReference };
}

/** One instruction as both sides of a pair: nobody else has to consent to what a bank owes, or to what a lender may take. */
export function alone(instruction: Instruction): Omit<Pair, 'at'> {
    return { deliver: instruction, receive: { ...instruction, side: 'receive' } };
}

/**
 * To file away an instruction that can settle no more: it is closed already, and changes nothing but its place.
 * @throws Refusal INSTRUCTION_STILL_OPEN
 */
export function mustBeClosed(instruction: Instruction, at: string): void {
    if (isOpen(instruction)) throw new Refusal('INSTRUCTION_STILL_OPEN', { at });
}

const named = object({ institution: id, reference: id });

/** One side of a trade that may settle today, as far as the other side is found by it. */
const dueReader = object({
    reference: id,
    kind: asked.kind,
    side: asked.side,
    institution: id,
    counterparty: id,
    sheet: optional(id),
});

export type Due = ReturnType<typeof dueReader>;

/** Where instructions lie that are not filed away: by themselves, or on sheets. */
const drawer = oneOf('instruction', 'sheet');

/** Where the next page of what waits in all books begins: in whose book, in which drawer of it, and after which key. */
const placeInBooks = object({ institution: id, drawer, after: optional(digest) });

export type PlaceInBooks = ReturnType<typeof placeInBooks>;

export const readPendingRequest = object({
    institution: optional(id),
    drawer: optional(drawer),
    after: optional(digest),
});
/** Which page of what waits to read: the first where nothing is said. */
export type ReadPendingRequest = ReturnType<typeof readPendingRequest>;

/** A page of what waits for the depository in all books; `next` leads on, where there is more. */
export const pendingPageReader = object({
    due: list(dueReader),
    /** Open, but their last day is over. */
    expired: list(named),
    /** Can settle no more, and are to be filed away. */
    closed: list(named),
    next: optional(placeInBooks),
});

export type PendingPage = ReturnType<typeof pendingPageReader>;

/** What of these instructions waits for a depository. Those that are due on a later day are left out. */
export function waitingOf(
    instructions: readonly Instruction[],
    depository: string,
    today: Day,
): Omit<PendingPage, 'next'> {
    const kept = instructions.filter(each => each.depository === depository);
    const open = kept.filter(isOpen);
    return {
        due: open
            .filter(({ settlementDay, expiryDay }) => settlementDay <= today && today <= expiryDay)
            .map(({ reference, kind, side, institution, counterparty, sheet }) => {
                return { reference, kind, side, institution, counterparty, ...(sheet === undefined ? {} : { sheet }) };
            }),
        expired: open.filter(({ expiryDay }) => expiryDay < today).map(nameOf),
        closed: kept.filter(instruction => !isOpen(instruction)).map(nameOf),
    };
}

/** What waits for the depository: pairs that may settle today, instructions whose last day is over, and closed ones not yet filed. */
export interface Pending {
    readonly pairs: Batch['pairs'];
    readonly expired: Expire['instructions'];
    readonly closed: File['instructions'];
}

/**
 * The instructions that may settle today: placed on both sides under one reference, or alone where nobody else is asked. Whether
 * they say the same and whether there is enough to deliver, settlement finds out. What lies on the same sheets stands together.
 */
export function pairUp(due: readonly Due[]): Batch['pairs'] {
    const received = new Map(due.filter(({ side }) => side === 'receive').map(each => [idOf(each), each]));
    return due
        .filter(({ side }) => side === 'deliver')
        .filter(deliver => isAlone(deliver.kind) || received.has(idOf(deliver)))
        .map(deliver => pairOf(deliver, received.get(idOf(deliver))))
        .sort((a, b) => byCodePoint(sheetsText(a), sheetsText(b)));
}

function pairOf({ reference, institution, counterparty, sheet }: Due, receive?: Due): Batch['pairs'][number] {
    const pair = { reference, deliverer: institution, receiver: counterparty };
    if (sheet === undefined && receive?.sheet === undefined) return pair;
    return { ...pair, sheets: { ...(sheet && { deliver: sheet }), ...(receive?.sheet && { receive: receive.sheet }) } };
}

function sheetsText({ sheets }: Batch['pairs'][number]): string {
    return `${sheets?.deliver ?? ''}|${sheets?.receive ?? ''}`;
}

/** How much of a pair is to settle: all that is left, where nothing is said. */
export function quantityToSettle({ deliver, quantity }: Pair): Amount {
    return quantity ?? subtract(deliver.quantity, deliver.settled);
}

/** Whether it may still settle, if its day has come. */
export function isOpen({ status }: Instruction): boolean {
    return status === 'placed' || status === 'partly-settled';
}

/** Two depositories that moved the same books would know nothing of each other. @throws Refusal CASH_KEPT_ELSEWHERE, NOTES_KEPT_ELSEWHERE */
export function mustBeKeptBy(depository: string, instruction: Instruction, at: string): void {
    if (instruction.depository === depository) return;
    const { kind } = partsOfAsset(instruction.asset);
    throw new Refusal(kind === 'cash' ? 'CASH_KEPT_ELSEWHERE' : 'NOTES_KEPT_ELSEWHERE', { at });
}

/** @throws Refusal INSTRUCTION_NOT_OPEN when it is settled, withdrawn or expired */
export function mustBeOpen(instruction: Instruction, at: string): void {
    if (!isOpen(instruction)) throw new Refusal('INSTRUCTION_NOT_OPEN', { at });
}

/** What one institution asks for alone: a bank of its own deposit, a lender of what was pledged to it. */
export function isAlone(kind: Instruction['kind']): boolean {
    return kind === 'issue' || kind === 'redeem' || kind === 'enforce';
}

/** What leaves notes with their owner. */
export function isCharge(kind: Instruction['kind']): boolean {
    return kind === 'pledge' || kind === 'release';
}

function problemOf(asked: Instruct, institution: string, trustee: string | undefined): string | undefined {
    const { kind, side, counterparty, account = 'own', asset, payment, settlementDay, expiryDay } = asked;
    if (isAlone(kind) !== (counterparty === institution))
        return 'only a bank that issues or redeems and a lender that enforces are their own counterparty';
    if ((kind === 'issue' || kind === 'redeem') && !isOwnDeposit(asset, institution))
        return 'a bank issues and redeems its own deposit';
    if (isAlone(kind) && (side === 'receive' || payment !== undefined))
        return 'what needs no counterparty is delivered without payment';
    if (expiryDay < settlementDay) return 'it expires before its settlement day';
    const charge = problemOfCharge(asked, institution);
    if (charge !== undefined || account === 'own') return charge;
    if (side === 'deliver' || payment !== undefined || !asset.startsWith('cash:'))
        return 'a deal account only receives cash, and pays nothing for it';
    return trustee === institution ? undefined : 'the account is of no deal whose trustee the institution is';
}

function problemOfCharge({ kind, asset, lien, pledgor, enforceableFrom }: Instruct, institution: string) {
    const isOfLien = kind === 'release' || kind === 'enforce';
    if ((isCharge(kind) || isOfLien) && partsOfAsset(asset).kind === 'cash') return 'only notes can be pledged';
    if (isOfLien !== (lien !== undefined)) return 'a release or an enforcement, and nothing else, names its lien';
    if ((kind === 'enforce') !== (pledgor !== undefined)) return 'an enforcement, and nothing else, names the pledgor';
    if (pledgor === institution) return 'nobody enforces against itself';
    if (kind !== 'pledge' && enforceableFrom !== undefined) return 'only a pledge says when it may be enforced';
    return undefined;
}

/** What both sides of a pair have in common: who delivers, who receives, under which reference. */
function idOf({ reference, side, institution, counterparty }: Due): string {
    const [deliverer, receiver] = side === 'deliver' ? [institution, counterparty] : [counterparty, institution];
    return `${reference}|${deliverer}|${receiver}`;
}

function nameOf({ institution, reference }: Instruction): { institution: string; reference: string } {
    return { institution, reference };
}

function isOwnDeposit(asset: Asset, institution: string): boolean {
    const parts = partsOfAsset(asset);
    return parts.kind === 'cash' && parts.bank === institution;
}
