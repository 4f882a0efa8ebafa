import { asset as assetReader, cashAsset, noteOf } from './holding';
import { currency, day, flag, id, integer, list, minor, object, oneOf, optional, text } from './shape';
import { formatRate, rate } from './rate';
import { identifierFor, isIdentifier } from './identifier';
import { add, zero } from './money';
import { canonical } from './canonical';
import { allSteps } from './waterfall/every-step';
import { mustStand } from './deal';
import { Refusal } from './refusal';

import type { Amount } from './money';
import type { Day } from './day';
import type { Coupon, Terms } from './terms/terms';
import type { Deal } from './deal';
import type { Institution } from './institution';
import type { Distribution } from './waterfall/record';
import type { Deposit, Supply } from './holding';

const ratingReader = object({ agency: text(60), rating: text(20), day });

/** A rating agency's opinion of a class, and the day it was given. */
export type Rating = ReturnType<typeof ratingReader>;

/**
 * The public record of a class of notes. `original` is authorised by the terms; `subscribed` was ordered when the book was closed;
 * `outstanding` is the face that the books hold, to which all holdings sum; `balance` is the principal not yet repaid, so
 * `factor` = balance / original.
 */
export const trancheReader = object({
    dealId: id,
    className: id,
    asset: assetReader,
    /** The institution that keeps the books of holders. */
    depository: id,
    /** An ISIN, or an identifier of that form which is never a real one. */
    identifier: text(12),
    /** 1 is the most senior. */
    rank: integer(0),
    currency,
    original: minor,
    /** Face ordered at the price or above it when the book was last closed; absent where so few ordered that it would tell who how much. */
    subscribed: optional(minor),
    outstanding: minor,
    balance: minor,
    /** Seven decimals, as published: `0.8324525`. */
    factor: text(20),
    /** Principal written down and not reinstated. */
    writtenDown: minor,
    /** Interest still owed on a class that has no balance left: its principal is repaid, or written down. */
    owed: optional(minor),
    /** The terms also pay it what is left over: it is not redeemed with its last principal. */
    residual: optional(flag),
    /** In words: `1.10% actual/360`. */
    coupon: text(100),
    /** The business day on which it was issued. */
    issuedOn: optional(day),
    firstPayment: day,
    finalPayment: day,
    /** The business day on which it was redeemed or cancelled. */
    endedOn: optional(day),
    /** `allotted`: the book is closed, and payment awaited; `cancelled`: what was left of it when its deal had ended. */
    status: oneOf('authorised', 'allotted', 'outstanding', 'redeemed', 'cancelled'),
    /** Smallest piece of face that may change hands, and the steps above it. */
    minimum: minor,
    increment: minor,
    /** No transfer before this day. */
    lockedUntil: optional(day),
    /** Investor categories one of which a holder must have; none: any investor whose identification holds. */
    categories: list(id),
    ratings: list(ratingReader),
});
export type TrancheRecord = ReturnType<typeof trancheReader>;

/** What an offering says of a class beyond the terms. */
export const offeringReader = object({
    className: id,
    identifier: optional(text(12)),
    /** Face of a class without a balance of its own (a residual certificate), in minor units. */
    face: optional(minor),
    minimum: minor,
    increment: minor,
    lockedUntil: optional(day),
    categories: optional(list(id, { most: 20 })),
});
export type Offering = ReturnType<typeof offeringReader>;

export const authoriseRequest = object({
    requestId: id,
    dealId: id,
    depository: id,
    /** The deposit in which the deal is paid for and pays: `cash:USD:bank-b`. */
    cash: cashAsset,
    offerings: list(offeringReader, { least: 1, most: 100 }),
});
/** The originator lays down the classes of a sealed deal, as its terms authorise them. */
export type AuthoriseRequest = ReturnType<typeof authoriseRequest>;

export const rateRequest = object({ requestId: id, dealId: id, className: id, rating: ratingReader });
/** The depository puts a rating agency's action on record. */
export type RateRequest = ReturnType<typeof rateRequest>;

export const dealRequest = object({ requestId: id, dealId: id });
/** A transaction on a whole deal. */
export type DealRequest = ReturnType<typeof dealRequest>;

export const readDealRequest = object({ dealId: id });

/** How a deal's notes are issued and paid: public, under the depository's key-level policy. */
export const issueReader = object({
    dealId: id,
    depository: id,
    cash: cashAsset,
    classes: list(id),
    originator: id,
    trustee: id,
    /** What stays in the deal's account at closing. */
    retained: minor,
    /** The institution behind each payee of the terms. */
    payees: list(object({ role: id, institution: id })),
    status: oneOf('authorised', 'issued'),
});
export type Issue = ReturnType<typeof issueReader>;

export interface IssuePlanFacts {
    /** The issue that was planned before, where one was. */
    readonly before: Issue | undefined;
    readonly depository: Pick<Institution, 'roles'>;
    /** The deposit in which the deal is to be paid, where it is open. */
    readonly deposit: Pick<Deposit, 'depository'> | undefined;
    /** Ids of the payees that have joined: others cannot be paid into a book. */
    readonly members: readonly string[];
}

/**
 * How the notes of a deal are issued and paid, from its terms.
 * @throws Refusal PARTY_UNFIT, NOTES_NOT_AUTHORISED, DEAL_STATUS_WRONG, DEPOSIT_CURRENCY_WRONG, DEPOSIT_UNKNOWN
 */
export function planIssue(asked: AuthoriseRequest, deal: Deal, terms: Terms, facts: IssuePlanFacts): Issue {
    const { dealId, depository, cash } = asked;
    if (!facts.depository.roles.includes('depository'))
        throw new Refusal('PARTY_UNFIT', { id: depository, role: 'depository' });
    if (facts.before !== undefined)
        throw new Refusal('NOTES_NOT_AUTHORISED', { className: dealId, status: facts.before.status });
    mustStand(deal, 'sealed', 'issued');
    if (!cash.startsWith(`cash:${terms.currency}:`))
        throw new Refusal('DEPOSIT_CURRENCY_WRONG', { asset: cash, currency: terms.currency });
    if (facts.deposit?.depository !== depository) throw new Refusal('DEPOSIT_UNKNOWN', { asset: cash });
    return {
        dealId,
        depository,
        cash,
        classes: terms.tranches.map(tranche => tranche.id),
        originator: deal.originator,
        trustee: deal.trustee,
        retained: add(...terms.accounts.map(account => account.opening ?? zero)),
        payees: Object.entries(terms.parties)
            .filter(([, institution]) => facts.members.includes(institution))
            .map(([role, institution]) => ({ role, institution })),
        status: 'authorised',
    };
}

/**
 * The records of all classes of a deal as its terms authorise them; nothing is outstanding yet.
 * @throws Refusal OFFERING_INCOMPLETE, IDENTIFIER_INVALID, OFFERING_INVALID
 */
export function authorise(
    dealId: string,
    depository: string,
    terms: Terms,
    offerings: readonly Offering[],
): TrancheRecord[] {
    const stranger = offerings.find(({ className }) => !terms.tranches.some(tranche => tranche.id === className));
    if (stranger) throw new Refusal('OFFERING_INCOMPLETE', { className: stranger.className });
    const residual = residualClasses(terms);
    return terms.tranches.map(tranche => {
        const offering = offerings.find(({ className }) => className === tranche.id);
        if (offering === undefined) throw new Refusal('OFFERING_INCOMPLETE', { className: tranche.id });
        const original = tranche.balance > 0n ? tranche.balance : (offering.face ?? tranche.balance);
        checkOffering(offering, original);
        const { minimum, increment, lockedUntil, categories = [] } = offering;
        return {
            dealId,
            className: tranche.id,
            asset: noteOf(dealId, tranche.id),
            depository,
            identifier: offering.identifier ?? identifierFor(dealId, tranche.id),
            rank: tranche.rank,
            currency: terms.currency,
            original,
            outstanding: 0n as Amount,
            balance: tranche.balance,
            factor: factorOf(tranche.balance, original),
            writtenDown: 0n as Amount,
            ...(residual.has(tranche.id) && { residual: true }),
            coupon: couponInWords(tranche.coupon),
            firstPayment: terms.dates.firstPayment,
            finalPayment: tranche.final ?? terms.dates.legalFinal,
            status: 'authorised',
            minimum,
            increment,
            ...(lockedUntil === undefined ? {} : { lockedUntil }),
            categories,
            ratings: [],
        };
    });
}

/**
 * The records of a deal's notes are created by a majority: who moves money on them, and the trustee that closes the deal, look at them again.
 * @throws Refusal RECORD_FORGED unless issue and classes are what the terms authorise, as far as they have been issued
 */
export function mustBeAsAuthorised(deal: Deal, terms: Terms, issue: Issue, tranches: readonly TrancheRecord[]): void {
    const { depository, payees, status } = issue;
    const members = Object.values(terms.parties);
    const known = {
        before: undefined,
        depository: { roles: ['depository'] },
        deposit: { depository },
        members,
    } as const;
    const planned = planIssue({ ...issue, requestId: deal.id, offerings: [] }, deal, terms, known);
    const isKnown = payees.every(payee => planned.payees.some(each => canonical(each) === canonical(payee)));
    if (!isKnown || canonical({ ...planned, payees, status }) !== canonical(issue))
        throw new Refusal('RECORD_FORGED', { noun: 'issue', id: deal.id });
    const offerings = tranches.map(tranche => ({ ...tranche, face: tranche.original }));
    authorise(deal.id, depository, terms, offerings).forEach((authorised, i) => {
        const given = tranches[i];
        const { original: outstanding } = authorised;
        const offered = given?.status === 'allotted' ? { status: 'allotted' } : {};
        const reached = status === 'issued' ? { outstanding, status: 'outstanding' } : offered;
        const told = { ratings: given?.ratings, subscribed: given?.subscribed, issuedOn: given?.issuedOn };
        if (canonical({ ...authorised, ...reached, ...told }) !== canonical(given))
            throw new Refusal('RECORD_FORGED', { noun: 'tranche', id: `${deal.id} ${authorised.className}` });
    });
}

/**
 * A class after its part of a distribution; one whose principal is all paid is redeemed, and its notes are cancelled, unless its holders
 * have more to come: interest that is still owed, or what the terms leave over for them.
 */
export function payClass(tranche: TrancheRecord, paid: Distribution, today: Day): TrancheRecord {
    const writtenDown = (tranche.writtenDown + paid.writtenDown) as Amount;
    const hadPrincipal = tranche.balance > 0n || tranche.writtenDown > 0n || tranche.owed !== undefined;
    const isRepaid = paid.balanceEnding === 0n && writtenDown === 0n && hadPrincipal;
    const owed = paid.balanceEnding === 0n && paid.interestShortfall > 0n ? paid.interestShortfall : undefined;
    const isOver = isRepaid && owed === undefined && tranche.residual !== true;
    return {
        ...tranche,
        balance: paid.balanceEnding,
        factor: factorOf(paid.balanceEnding, tranche.original),
        writtenDown,
        owed,
        ...(isOver && tranche.status === 'outstanding' ? { status: 'redeemed', endedOn: today } : {}),
    };
}

/** The notes of a deal are issued once. @throws Refusal NOTES_NOT_AUTHORISED */
export function mustAwaitIssue({ dealId, status }: Issue): void {
    if (status !== 'authorised') throw new Refusal('NOTES_NOT_AUTHORISED', { className: dealId, status });
}

/** Before its notes are issued a class can be ordered, and its book closed, also anew. @throws Refusal NOTES_NOT_AUTHORISED */
export function mustBeOffered({ className, status }: Pick<TrancheRecord, 'className' | 'status'>): void {
    if (status !== 'authorised' && status !== 'allotted')
        throw new Refusal('NOTES_NOT_AUTHORISED', { className, status });
}

/** Whether a face is made up of whole steps of its class, or holds what no step of the class fills. */
export function isInSteps(
    face: Amount,
    { original, increment }: Pick<TrancheRecord, 'increment' | 'original'>,
): boolean {
    return face % increment === 0n || face % increment === original % increment;
}

/** The record with the face that the books now hold of it. */
export function withSupply(tranche: TrancheRecord, supplies: readonly Supply[]): TrancheRecord {
    const supply = supplies.find(({ asset }) => asset === tranche.asset);
    return supply === undefined ? tranche : { ...tranche, outstanding: supply.outstanding };
}

/** A rating agency's action, put on record in the order received. */
export function rateClass(tranche: TrancheRecord, rating: Rating): TrancheRecord {
    return { ...tranche, ratings: [...tranche.ratings, rating] };
}

/** Balance over original balance, 7 decimals, half-up, as trustees publish it. */
export function factorOf(balance: Amount, original: Amount): string {
    return formatRate(rate(balance, original), 7, 'half-up');
}

/** Classes that a step pays beyond interest and principal. */
function residualClasses(terms: Terms): Set<string> {
    return new Set(Array.from(allSteps(terms), ({ step }) => (step.do === 'pay' ? step.to : '')));
}

function checkOffering({ className, identifier, minimum, increment }: Offering, original: Amount): void {
    if (identifier !== undefined && !isIdentifier(identifier)) throw new Refusal('IDENTIFIER_INVALID', { className });
    if (original <= 0n)
        throw new Refusal('OFFERING_INVALID', { className, problem: 'a class without a balance needs a face' });
    if (minimum <= 0n || increment <= 0n || minimum > original)
        throw new Refusal('OFFERING_INVALID', { className, problem: 'minimum or increment out of range' });
    if (minimum % increment !== 0n)
        throw new Refusal('OFFERING_INVALID', { className, problem: 'the smallest piece is no whole number of steps' });
}

function couponInWords(coupon: Coupon | undefined): string {
    if (coupon === undefined) return 'none';
    const percent = (value: Coupon['fixed']) =>
        value === undefined
            ? ''
            : `${formatRate(rate(value.n * 100n, value.d), 4, 'half-even').replace(/0{1,2}$/, '')}%`;
    const base = coupon.fixed !== undefined ? percent(coupon.fixed) : (coupon.index ?? 'by formula');
    const margin = coupon.margin === undefined ? '' : ` + ${percent(coupon.margin)}`;
    return `${base}${margin} ${coupon.dayCount}`;
}
