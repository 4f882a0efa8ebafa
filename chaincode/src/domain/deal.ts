import { addDays, addMonths, lastDayOf, monthOf } from './day';
import { canonical } from './canonical';
import { checkTerms } from './terms/check';
import { currency, day, digest, flag, id, integer, list, object, oneOf, optional } from './shape';
import { hexOf, utf8 } from './bytes';
import { namesIn } from './report/disclosure';
import { paymentCalendar } from './waterfall/dates';
import { mostPeriods, paymentPeriods } from './calendar/schedule';
import { poolRulesReader, poolTests } from './pool-rules';
import { Refusal } from './refusal';
import { sha256 } from './hash';

import type { Day } from './day';
import type { Institution, Role } from './institution';
import type { Reader } from './shape';
import type { Terms } from './terms/terms';

/**
 * Where a deal stands: `structuring` (chunks of the tape may be recorded), `submitted` (the tape is complete, the trustee accepts it),
 * `sealed`, `issued` (reports and distributions; its own terms say which waterfall runs), `closed`.
 */
const statusReader = oneOf('structuring', 'submitted', 'sealed', 'issued', 'closed');
export type DealStatus = ReturnType<typeof statusReader>;

const endReader = oneOf('called', 'matured', 'redeemed');

export const dealReader = object({
    id,
    status: statusReader,
    originator: id,
    servicer: id,
    trustee: id,
    /** MSP ids whose peers endorse every change of the deal: its originator and its trustee. */
    originatorMsp: id,
    trusteeMsp: id,
    currency,
    /** SHA-256 of the terms in canonical form. */
    termsHash: digest,
    rules: poolRulesReader,
    /** Whether loans may join the pool after the seal: bought in a revolving period, or in exchange for others. */
    grows: flag,
    cutoff: day,
    /** Number of collection periods to legal final maturity. */
    periods: integer(1, mostPeriods),
    /** Consent that another deal takes assets over from this one (a term deal from its warehouse): to which, and whose so far. */
    transfer: optional(object({ to: id, by: list(id, { most: 2 }) })),
    /** How the deal came to its end. */
    ended: optional(endReader),
});
/** A deal's public record. */
export type Deal = ReturnType<typeof dealReader>;

/** A deal's account bears its id, so that no deal may be called like another account in the same book: its money would be the deal's. */
const newDealId: Reader<string> = (value, at) => {
    const read = id(value, at);
    if (/^(own$|held\.|payable\.)/.test(read))
        throw new Refusal('REQUEST_INVALID', { at, problem: 'the name of an account of another kind' });
    return read;
};

export const openDealRequest = object({
    requestId: id,
    id: newDealId,
    terms: (document: unknown) => document,
    rules: poolRulesReader,
});
/** An originator opens a deal: its terms (a document, see terms/) and the rules of its pool. */
export type OpenDealRequest = ReturnType<typeof openDealRequest>;

export const closeDealRequest = object({ requestId: id, id });
/** The trustee closes a sealed deal: from then on it reports. */
export type CloseDealRequest = ReturnType<typeof closeDealRequest>;

export const endDealRequest = object({ requestId: id, id, reason: endReader });
/** The trustee ends a deal whose notes are repaid: its pledges can be released. */
export type EndDealRequest = ReturnType<typeof endDealRequest>;

export const consentToTransferRequest = object({ requestId: id, id, to: id });
/** The originator or the trustee of a deal consents that another deal takes assets over from it. */
export type ConsentToTransferRequest = ReturnType<typeof consentToTransferRequest>;

/** A period of the deal: collections from `begins` to `ends`, paid out on `paymentDate`. */
export interface DealPeriod {
    readonly number: number;
    readonly begins: Day;
    readonly ends: Day;
    readonly paymentDate: Day;
}

/** Name of the private collection in which an originator entrusts its tapes to a trustee. */
export function tapeCollection(parties: { readonly originator: string; readonly trustee: string }): string {
    return `tape_${parties.originator}_${parties.trustee}`;
}

/**
 * The institution that plays a role of the terms.
 * @throws Refusal TERMS_INVALID
 */
export function partyOf(terms: Terms, role: Role): string {
    const party = terms.parties[role];
    if (party === undefined) throw new Refusal('TERMS_INVALID', { at: `parties.${role}`, problem: 'missing' });
    return party;
}

export interface OpenDealFacts {
    readonly exists: boolean;
    /** The institutions of the terms' parties, by role, where they have joined. */
    readonly parties: Readonly<Partial<Record<Role, Institution | undefined>>>;
}

/**
 * A deal in structuring. Its servicer is its originator: loan states lie where the tape lies, and only the originator, the trustee and
 * the regulator have access there.
 * @throws Refusal REQUEST_INVALID, ASSET_CLASS_UNKNOWN, RULES_INVALID, SERVICER_NOT_ORIGINATOR, TERMS_INVALID, DEAL_EXISTS, PARTY_UNFIT
 */
export function openDeal(asked: OpenDealRequest, terms: Terms, facts: OpenDealFacts): Deal {
    newDealId(asked.id, 'request.id');
    poolTests(asked.rules, terms.currency);
    if (partyOf(terms, 'servicer') !== partyOf(terms, 'originator'))
        throw new Refusal('SERVICER_NOT_ORIGINATOR', { servicer: partyOf(terms, 'servicer') });
    if (partyOf(terms, 'trustee') === partyOf(terms, 'originator'))
        throw new Refusal('TERMS_INVALID', { at: 'parties.trustee', problem: 'the originator itself' });
    if (facts.exists) throw new Refusal('DEAL_EXISTS', { id: asked.id });
    const originator = fit(terms, facts, 'originator');
    const trustee = fit(terms, facts, 'trustee');
    fit(terms, facts, 'servicer');
    mustHold(terms);
    return {
        id: asked.id,
        status: 'structuring',
        originator: originator.id,
        servicer: originator.id,
        trustee: trustee.id,
        originatorMsp: originator.mspId,
        trusteeMsp: trustee.mspId,
        currency: terms.currency,
        termsHash: hexOf(sha256(utf8(canonical(asked.terms)))),
        rules: asked.rules,
        grows: mayGrow(asked, terms),
        cutoff: terms.dates.cutoff,
        periods: periodsOf(terms).length,
    };
}

/**
 * The record of a deal is created by a majority, not by its trustee, which looks at it again before it seals.
 * @throws Refusal as `openDeal` does, RECORD_FORGED unless the deal is what its terms and rules make of it
 */
export function mustBeAsOpened(deal: Deal, document: unknown, terms: Terms, facts: OpenDealFacts): void {
    const asked = { requestId: deal.id, id: deal.id, terms: document, rules: deal.rules };
    const opened = openDeal(asked, terms, { ...facts, exists: false });
    if (canonical({ ...opened, status: deal.status }) !== canonical(deal))
        throw new Refusal('RECORD_FORGED', { noun: 'deal', id: deal.id });
}

/** @throws Refusal DEAL_STATUS_WRONG unless the deal stands where the transaction needs it */
export function mustStand(deal: Deal, ...statuses: readonly DealStatus[]): void {
    if (!statuses.includes(deal.status))
        throw new Refusal('DEAL_STATUS_WRONG', { id: deal.id, status: deal.status, needed: statuses.join(' or ') });
}

/**
 * A sealed deal is issued, once its notes are.
 * @param issue how far its notes are, where they have been authorised
 * @throws Refusal DEAL_STATUS_WRONG, NOTES_NOT_ISSUED
 */
export function closeDeal(deal: Deal, issue: { readonly status: string } | undefined): Deal {
    mustStand(deal, 'sealed');
    if (issue?.status !== 'issued') throw new Refusal('NOTES_NOT_ISSUED', { id: deal.id });
    return { ...deal, status: 'issued' };
}

/**
 * An issued deal ends when none of its notes is left to be paid.
 * @param classes the deal's classes, with the principal not yet repaid
 * @param unpaid the first period whose payment is owed, where there is one: it has been run, or principal was reinstated for it
 * @param terms which say whether the notes can be called at all
 * @throws Refusal DEAL_STATUS_WRONG, CALL_NOT_AGREED, NOTES_NOT_REPAID, DISTRIBUTION_NOT_PAID
 */
export function endDeal(
    deal: Deal,
    classes: readonly { readonly className: string; readonly balance: bigint }[],
    unpaid: number | undefined,
    reason: EndDealRequest['reason'],
    { call }: Pick<Terms, 'call'>,
): Deal {
    mustStand(deal, 'issued');
    if (reason === 'called' && call === undefined) throw new Refusal('CALL_NOT_AGREED', { id: deal.id });
    const open = classes.find(({ balance }) => balance > 0n);
    if (open) throw new Refusal('NOTES_NOT_REPAID', { id: deal.id, className: open.className });
    if (unpaid !== undefined) throw new Refusal('DISTRIBUTION_NOT_PAID', { dealId: deal.id, period: unpaid });
    return { ...deal, status: 'closed', ended: reason };
}

/**
 * One party's consent. It counts for one deal at a time: consent to another takes the place of what was consented before.
 * @throws Refusal DEAL_STATUS_WRONG
 */
export function consentToTransfer(deal: Deal, to: string, party: string): Deal {
    mustStand(deal, 'sealed', 'issued');
    const before = deal.transfer?.to === to ? deal.transfer.by : [];
    return { ...deal, transfer: { to, by: [...new Set([...before, party])].sort() } };
}

/** Whether both parties of a deal have consented that another takes assets over from it. */
export function mayTakeOver(from: Deal, to: string): boolean {
    const { transfer, originator, trustee } = from;
    return transfer?.to === to && transfer.by.includes(originator) && transfer.by.includes(trustee);
}

/**
 * All periods to legal final maturity. A period's collections end with the month before its payment date; the first begins after
 * the cut-off date.
 * @throws Refusal TERMS_INVALID
 */
export function periodsOf(terms: Terms): DealPeriod[] {
    let begins = addDays(terms.dates.cutoff, 1);
    return paymentPeriods(paymentCalendar(terms)).map(({ number, due, paid }) => {
        const ends = lastDayOf(addMonths(monthOf(due), -1));
        if (ends < begins)
            throw new Refusal('TERMS_INVALID', { at: 'dates', problem: `period ${number} ends before it begins` });
        const period = { number, begins, ends, paymentDate: paid };
        begins = addDays(ends, 1);
        return period;
    });
}

/**
 * Whether loans may join the pool after the seal. What is paid for them must then be missing somewhere in the waterfall.
 * @throws Refusal TERMS_INVALID
 */
function mayGrow({ rules, terms: document }: OpenDealRequest, terms: Terms): boolean {
    const grows = rules.substitution !== undefined || terms.statuses.some(({ revolving }) => revolving);
    if (grows && !namesIn(document).has('receivablesPurchased'))
        throw new Refusal('TERMS_INVALID', {
            at: 'deposits',
            problem: 'loans may join the pool, and no formula takes receivablesPurchased into account',
        });
    return grows;
}

/** Terms with an error in them cannot be executed to the end: no deal is opened on them. */
function mustHold(terms: Terms): void {
    const errors = checkTerms(terms).filter(({ severity }) => severity === 'error');
    const [first] = errors;
    if (first)
        throw new Refusal('TERMS_INVALID', {
            at: first.at,
            problem: `${first.message} (${errors.length} errors in all)`,
        });
}

function fit(terms: Terms, facts: OpenDealFacts, role: Role): Institution {
    const institution = facts.parties[role];
    if (!institution?.roles.includes(role)) throw new Refusal('PARTY_UNFIT', { id: partyOf(terms, role), role });
    return institution;
}
