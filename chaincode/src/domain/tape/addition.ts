import { concentrationResultReader } from './concentration';
import { day, digest, flag, integer, list, minor, object, optional, text } from '../shape';
import { eligibilityResultReader } from './eligibility';

/** A document that a sale rests on, by its hash. */
export const evidenceReader = object({ name: text(100), sha256: digest });

export const additionReader = object({
    /** Counted over the life of the deal, from 1. */
    number: integer(1),
    /** The collection period in which, and the day on which, the loans are bought. */
    period: integer(1, 1200),
    day,
    /** Number of its first chunk: chunks of additions follow those of the sealed tape. */
    first: integer(1),
    chunkRoots: list(digest, { least: 1 }),
    /** Merkle root over its chunks: a loan of the addition is checked against it. */
    root: digest,
    count: integer(1),
    /** Principal bought, at par; left out where it would speak of fewer loans than the rules allow. */
    balance: optional(minor),
    /** Whether the loans take the place of others, which the originator buys back in exchange. */
    substitution: flag,
    eligibility: eligibilityResultReader,
    /** Of the whole pool with these loans in it. */
    concentrations: concentrationResultReader,
    /** Documents of this sale, once the trustee has accepted it. */
    evidence: list(evidenceReader),
});
/** Loans that join the pool of a live deal: bought in its revolving period, or in exchange for others. */
export type Addition = ReturnType<typeof additionReader>;
