import { bytesOf, concat, hexOf } from './bytes';
import { complete, mustFollow } from './tape/complete';
import { assetClassOf } from './tape/asset-class';
import { day, flag, id, integer, list, object, optional, text } from './shape';
import { evidenceReader } from './tape/addition';
import { fewestLoans } from './pool-rules';
import { judgeConcentrations } from './tape/concentration';
import { judgeEligibility } from './tape/eligibility';
import { mustBeFit, mustBeWithinLimit } from './substitution';
import { mustStand } from './deal';
import { poolChunks } from './tape';
import { Refusal } from './refusal';
import { reportOf } from './report';
import { rootOf } from './tape/merkle';

import type { Addition } from './tape/addition';
import type { Deal } from './deal';
import type { GroupBalance } from './tape/concentration';
import type { LoanSummary } from './tape/summary';
import type { Outgoing, Substitutions } from './substitution';
import type { Period } from './report';
import type { Status } from './terms/terms';
import type { Tape } from './tape';

/** Most chunks of one addition: they are judged in one transaction. */
export const mostAdded = 100;

export const offerAdditionRequest = object({
    requestId: id,
    dealId: id,
    period: integer(1, 1200),
    day,
    chunks: integer(1, mostAdded),
    substitution: optional(flag),
});
/**
 * The originator offers recorded chunks, numbered on from the pool's last, for sale on a day of a collection period. For a
 * substitution, the transient field `outgoing` names the loans that leave, each by chunk and row: `[[0,17],[2,5]]`.
 */
export type OfferAdditionRequest = ReturnType<typeof offerAdditionRequest>;

export const acceptAdditionRequest = object({
    requestId: id,
    dealId: id,
    evidence: list(evidenceReader, { most: 20 }),
});
/** The trustee accepts the open offer, whose chunks it has pledged: the loans are the deal's. */
export type AcceptAdditionRequest = ReturnType<typeof acceptAdditionRequest>;

export const declineAdditionRequest = object({ requestId: id, dealId: id, reason: text(500) });
/** The trustee declines the open offer. Its pledges, if any, are to be released first. */
export type DeclineAdditionRequest = ReturnType<typeof declineAdditionRequest>;

/** The pool as last reported, as far as concentrations need it. */
export interface CurrentPool {
    readonly balance: bigint;
    /** For every chunk, the groups of every limit. */
    readonly groups: readonly (readonly (readonly GroupBalance[])[])[];
}

export interface OfferFacts {
    readonly deal: Deal;
    readonly tape: Tape;
    readonly period: Period;
    /** The status of the terms in which the deal stands. */
    readonly status: Status;
    readonly summaries: readonly (LoanSummary | undefined)[];
    readonly pool: CurrentPool;
    /** Of a substitution: the loans that leave, and what has been exchanged before. */
    readonly outgoing: Outgoing;
    readonly substitutions: Substitutions;
}

/**
 * Offers loans to a live deal: eligible, and within every limit of concentration together with the pool as last reported. Loans that
 * leave in exchange are still counted in that pool.
 * @throws Refusal DEAL_STATUS_WRONG, OFFER_OPEN, NOT_REVOLVING, SUBSTITUTION_NOT_ALLOWED, PERIOD_REPORTED, DAY_OUTSIDE,
 * ADDITION_OUT_OF_ORDER, CHUNK_MISSING, CHUNKS_OVERLAP, SUBSTITUTE_UNFIT, SUBSTITUTION_EXCEEDED, LOANS_INELIGIBLE, CONCENTRATION_EXCEEDED
 */
export function offerAddition(
    asked: OfferAdditionRequest,
    facts: OfferFacts,
): { tape: Tape; offer: Addition; substitutions: Substitutions } {
    const { deal, tape, period, pool, outgoing } = facts;
    const isSubstitution = asked.substitution ?? false;
    mustStand(deal, 'issued');
    if (tape.offer) throw new Refusal('OFFER_OPEN', { number: tape.offer.number });
    mustBeInTime(asked, tape, period);
    if (!isSubstitution && facts.status.revolving !== true)
        throw new Refusal('NOT_REVOLVING', { id: deal.id, status: facts.status.id });
    const summaries = complete(facts.summaries, poolChunks(tape));
    mustFollow(summaries, poolChunks(tape));
    if (isSubstitution) {
        const { averages } = assetClassOf(deal.rules.assetClass);
        mustBeFit(deal.rules.substitution, summaries, outgoing, averages);
        mustBeWithinLimit(deal.rules.substitution, outgoing, facts.substitutions, tape.pool?.balance ?? 0n);
    }
    const { eligibility = [], concentrations = [] } = deal.rules;
    const chunkRoots = summaries.map(summary => summary.root);
    const balance = summaries.reduce((sum, summary) => sum + summary.balance, 0n);
    const count = summaries.reduce((sum, summary) => sum + summary.rows, 0);
    const offer: Addition = {
        number: (tape.additions ?? 0) + 1,
        period: asked.period,
        day: asked.day,
        first: poolChunks(tape),
        chunkRoots,
        root: hexOf(rootOf(concat(...chunkRoots.map(bytesOf)))),
        count,
        ...(count >= fewestLoans(deal.rules) && { balance: balance as Addition['balance'] & bigint }),
        substitution: isSubstitution,
        eligibility: judgeEligibility(
            eligibility,
            summaries.map(summary => summary.ineligible),
        ),
        concentrations: judgeConcentrations(
            concentrations,
            [...pool.groups, ...summaries.map(summary => summary.groups)],
            pool.balance + balance,
            fewestLoans(deal.rules),
        ),
        evidence: [],
    };
    const open = isSubstitution ? outgoing.loans.map(loan => ({ ...loan, period: asked.period })) : [];
    return { tape: { ...tape, offer, rejected: undefined }, offer, substitutions: { ...facts.substitutions, open } };
}

export interface AcceptFacts {
    readonly deal: Deal;
    readonly tape: Tape;
    /** The period of the open offer. */
    readonly period: Period;
    /** For each chunk of the offer, the root as recorded now, and whether the registry holds its pledge. */
    readonly roots: readonly (string | undefined)[];
    readonly accepted: readonly boolean[];
    readonly substitutions: Substitutions;
}

/**
 * The trustee's acceptance: from now on the loans are in the pool, and those they take the place of are the originator's again.
 * @throws Refusal DEAL_STATUS_WRONG, OFFER_MISSING, PERIOD_REPORTED, CHUNK_CHANGED, CHUNK_NOT_ACCEPTED
 */
export function acceptAddition(
    { evidence }: AcceptAdditionRequest,
    { deal, tape, period, roots, accepted, substitutions }: AcceptFacts,
): { tape: Tape; period: Period; addition: Addition; substitutions: Substitutions } {
    mustStand(deal, 'issued');
    const { offer, ...rest } = mustOffer(tape);
    mustBeUnreported(period);
    const changed = offer.chunkRoots.findIndex((root, i) => root !== roots[i]);
    if (changed >= 0) throw new Refusal('CHUNK_CHANGED', { number: offer.first + changed });
    const missing = accepted.indexOf(false);
    if (missing >= 0) throw new Refusal('CHUNK_NOT_ACCEPTED', { number: offer.first + missing });
    const addition = { ...offer, evidence };
    return {
        addition,
        tape: {
            ...rest,
            added: (tape.added ?? 0) + offer.chunkRoots.length,
            additions: offer.number,
            lastAddition: offer.period,
        },
        period: { ...period, additions: [...period.additions, addition] },
        substitutions: { done: [...substitutions.done, ...substitutions.open], open: [] },
    };
}

/**
 * The offer is off; its chunks may be recorded again.
 * @throws Refusal DEAL_STATUS_WRONG, OFFER_MISSING, TAPE_STILL_PLEDGED
 */
export function declineAddition(
    { reason }: DeclineAdditionRequest,
    { deal, tape, accepted, substitutions }: Pick<AcceptFacts, 'accepted' | 'deal' | 'substitutions' | 'tape'>,
): { tape: Tape; substitutions: Substitutions } {
    mustStand(deal, 'issued');
    const { offer, ...rest } = mustOffer(tape);
    const pledged = accepted.indexOf(true);
    if (pledged >= 0) throw new Refusal('TAPE_STILL_PLEDGED', { number: offer.first + pledged });
    return {
        tape: { ...rest, additions: offer.number, rejected: reason },
        substitutions: { ...substitutions, open: [] },
    };
}

/** @throws Refusal OFFER_MISSING */
export function mustOffer(tape: Tape): Tape & { readonly offer: Addition } {
    const { offer } = tape;
    if (offer === undefined) throw new Refusal('OFFER_MISSING', { id: tape.dealId });
    return { ...tape, offer };
}

/** The period is open, the day lies in it, and no later period has grown yet: chunks are numbered in the order of periods. */
function mustBeInTime(asked: OfferAdditionRequest, tape: Tape, period: Period): void {
    mustBeUnreported(period);
    if (asked.day < period.begins || asked.day > period.ends)
        throw new Refusal('DAY_OUTSIDE', { day: asked.day, period: period.number });
    if (asked.period < (tape.lastAddition ?? 0))
        throw new Refusal('ADDITION_OUT_OF_ORDER', { period: asked.period, last: tape.lastAddition ?? 0 });
}

function mustBeUnreported(period: Period): void {
    if (reportOf(period)) throw new Refusal('PERIOD_REPORTED', { period: period.number });
}
