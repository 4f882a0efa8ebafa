import { additionReader, evidenceReader } from './tape/addition';
import { bytesOf, concat, hexOf } from './bytes';
import { canonical } from './canonical';
import { complete, mustFollow } from './tape/complete';
import { digest, id, integer, list, object, oneOf, optional, text } from './shape';
import { concentrationResultReader, judgeConcentrations } from './tape/concentration';
import { eligibilityResultReader, judgeEligibility } from './tape/eligibility';
import { fewestLoans } from './pool-rules';
import { mustStand } from './deal';
import { poolStatistics, poolStatisticsReader } from './tape/pool';
import { Refusal } from './refusal';
import { rootOf } from './tape/merkle';

import type { AssetClass } from './tape/asset-class';
import type { Deal } from './deal';
import type { PoolRules } from './pool-rules';
import type { LoanSummary } from './tape/summary';

/** Most chunks of a tape. */
export const mostChunks = 4096;

export const recordChunkRequest = object({ requestId: id, dealId: id, number: integer(0, mostChunks - 1) });
/** The originator records one chunk of the tape; the chunk itself, deflated, is the transient field `chunk`. */
export type RecordChunkRequest = ReturnType<typeof recordChunkRequest>;

export const submitTapeRequest = object({ requestId: id, dealId: id, chunks: integer(1, mostChunks) });
/** The originator declares the tape complete: these chunks, numbered from 0, and no others. */
export type SubmitTapeRequest = ReturnType<typeof submitTapeRequest>;

export const sealTapeRequest = object({ requestId: id, dealId: id, evidence: list(evidenceReader, { most: 20 }) });
/** The trustee seals the tape it has accepted, with the hashes of the documents it rests on (true sale, opinions, receipts). */
export type SealTapeRequest = ReturnType<typeof sealTapeRequest>;

export const rejectTapeRequest = object({ requestId: id, dealId: id, reason: text(500) });
/** The trustee sends a submitted tape back to structuring. Its pledges, if any, are to be released first. */
export type RejectTapeRequest = ReturnType<typeof rejectTapeRequest>;

/** `access`: id of the trail that was left for this reading, by who is no party of the deal (audit.ts). */
export const readChunkRequest = object({ dealId: id, number: integer(0, mostChunks - 1), access: optional(id) });
export type ReadChunkRequest = ReturnType<typeof readChunkRequest>;

/** The public side of a tape: what commits to its loans without showing any. */
export const tapeReader = object({
    dealId: id,
    status: oneOf('recording', 'submitted', 'sealed'),
    /** Merkle root of every chunk, in order; none while recording. */
    chunkRoots: list(digest),
    /** Merkle root over the chunk roots: anyone can check a loan against it. */
    root: optional(digest),
    /** Recomputed by the contract; published at the seal. */
    pool: optional(poolStatisticsReader),
    /** How the pool stands against the rules of eligibility and concentration, since it was submitted. */
    eligibility: optional(eligibilityResultReader),
    concentrations: optional(concentrationResultReader),
    evidence: list(evidenceReader),
    /** The addition that the originator offers and the trustee has not answered yet. */
    offer: optional(additionReader),
    /** How many additions were answered, how many chunks those accepted brought, and the period of the last; the periods hold them. */
    additions: optional(integer(1)),
    added: optional(integer(1)),
    lastAddition: optional(integer(1)),
    /** Why the trustee last sent it, or an offer, back. */
    rejected: optional(text(500)),
});
export type Tape = ReturnType<typeof tapeReader>;

/** Number of chunks of the pool: those of the sealed tape, and those of the additions. */
export function poolChunks(tape: Tape): number {
    return tape.chunkRoots.length + (tape.added ?? 0);
}

/** Root of a chunk that awaits the trustee's acceptance, or that has it: of the tape, or of the open offer. */
export function submittedRoot(tape: Tape, number: number): string | undefined {
    const { chunkRoots, offer } = tape;
    return number < chunkRoots.length ? chunkRoots[number] : offer?.chunkRoots[number - offer.first];
}

/** Whether a chunk is in the open offer. */
export function isOffered({ offer }: Tape, number: number): boolean {
    return offer !== undefined && number >= offer.first && number < offer.first + offer.chunkRoots.length;
}

/**
 * Chunks of the tape are recorded in structuring, those of an addition while nothing is offered, numbered on from the pool's last.
 * @throws Refusal DEAL_STATUS_WRONG, OFFER_OPEN, CHUNK_TAKEN
 */
export function mustBeOpen(deal: Deal, tape: Tape, number: number): void {
    mustStand(deal, 'structuring', 'issued');
    if (deal.status === 'structuring') return;
    if (tape.offer) throw new Refusal('OFFER_OPEN', { number: tape.offer.number });
    if (number < poolChunks(tape)) throw new Refusal('CHUNK_TAKEN', { number });
}

/** The tape of a new deal: nothing recorded yet. */
export function newTape(dealId: string): Tape {
    return {
        dealId,
        status: 'recording',
        chunkRoots: [],
        root: undefined,
        pool: undefined,
        evidence: [],
        rejected: undefined,
    };
}

/**
 * A complete tape. Its chunks follow one another in the order of their assets, so that no asset stands in it twice.
 * @throws Refusal DEAL_STATUS_WRONG, CHUNK_MISSING, CHUNKS_OVERLAP, LOANS_INELIGIBLE, CONCENTRATION_EXCEEDED
 */
export function submitTape(
    deal: Deal,
    tape: Tape,
    summaries: readonly (LoanSummary | undefined)[],
): { deal: Deal; tape: Tape } {
    mustStand(deal, 'structuring');
    const recorded = complete(summaries);
    const chunkRoots = recorded.map(summary => summary.root);
    mustFollow(recorded);
    const root = hexOf(rootOf(concat(...chunkRoots.map(bytesOf))));
    const results = judgePool(deal.rules, recorded);
    return {
        deal: { ...deal, status: 'submitted' },
        tape: { ...tape, ...results, status: 'submitted', chunkRoots, root, rejected: undefined },
    };
}

/**
 * Sent back: the originator corrects it and submits again.
 * @throws Refusal DEAL_STATUS_WRONG, TAPE_STILL_PLEDGED
 */
export function rejectTape(
    deal: Deal,
    tape: Tape,
    accepted: readonly boolean[],
    reason: string,
): { deal: Deal; tape: Tape } {
    mustStand(deal, 'submitted');
    const number = accepted.indexOf(true);
    if (number >= 0) throw new Refusal('TAPE_STILL_PLEDGED', { number });
    return { deal: { ...deal, status: 'structuring' }, tape: { ...newTape(tape.dealId), rejected: reason } };
}

export interface SealFacts {
    readonly deal: Deal;
    readonly tape: Tape;
    readonly assetClass: AssetClass;
    readonly summaries: readonly (LoanSummary | undefined)[];
    /** For each chunk, whether the registry holds the pledge of exactly this chunk. */
    readonly accepted: readonly boolean[];
    /** The pool balance on which the terms are built. */
    readonly statedBalance: bigint;
}

/**
 * The trustee's seal: every chunk is pledged to this deal, the pool is what the terms say, and its figures become public.
 * @throws Refusal DEAL_STATUS_WRONG, CHUNK_MISSING, CHUNK_CHANGED, CHUNK_NOT_ACCEPTED, RECORD_FORGED, POOL_TOO_SMALL,
 * POOL_BALANCE_DIFFERS
 */
export function sealTape(facts: SealFacts, asked: SealTapeRequest): { deal: Deal; tape: Tape } {
    const { deal, tape, assetClass } = facts;
    mustStand(deal, 'submitted');
    const summaries = complete(facts.summaries);
    const changed = summaries.findIndex((summary, i) => summary.root !== tape.chunkRoots[i]);
    if (changed >= 0) throw new Refusal('CHUNK_CHANGED', { number: changed });
    const missing = facts.accepted.indexOf(false);
    if (missing >= 0) throw new Refusal('CHUNK_NOT_ACCEPTED', { number: missing });
    const submitted = submitTape({ ...deal, status: 'structuring' }, newTape(deal.id), summaries);
    if (canonical(submitted.tape) !== canonical(tape))
        throw new Refusal('RECORD_FORGED', { noun: 'tape', id: deal.id });
    const fewest = fewestLoans(deal.rules);
    const pool = poolStatistics(assetClass, summaries, fewest);
    if (pool.count < fewest) throw new Refusal('POOL_TOO_SMALL', { least: fewest });
    if (pool.balance !== facts.statedBalance)
        throw new Refusal('POOL_BALANCE_DIFFERS', { stated: facts.statedBalance, recomputed: pool.balance });
    return {
        deal: { ...deal, status: 'sealed' },
        tape: { ...tape, status: 'sealed', pool, evidence: asked.evidence },
    };
}

function judgePool(rules: PoolRules, summaries: readonly LoanSummary[]): Pick<Tape, 'eligibility' | 'concentrations'> {
    const { eligibility = [], concentrations = [] } = rules;
    const balance = summaries.reduce((sum, summary) => sum + summary.balance, 0n);
    return {
        eligibility: judgeEligibility(
            eligibility,
            summaries.map(summary => summary.ineligible),
        ),
        concentrations: judgeConcentrations(
            concentrations,
            summaries.map(summary => summary.groups),
            balance,
            fewestLoans(rules),
        ),
    };
}
