import { BulkHash, hashLength } from './tape/bulk-hash';
import { canonical } from './canonical';
import { digest, id, integer, label, list, object, record } from './shape';
import { hexOf, utf8 } from './bytes';
import { mostChunks } from './tape';
import { mustStand } from './deal';
import { Refusal } from './refusal';
import { sha256 } from './hash';

import type { Deal, DealStatus } from './deal';
import type { Midstate } from './tape/bulk-hash';
import type { Reader } from './shape';

/** Length of a fingerprint in the registry, in hexadecimal digits: the first 128 bits of the HMAC. */
const width = 32;

export const layRegistryKeyRequest = object({ requestId: id });
/** The regulator lays down the registry's key, once: 32 random bytes in the transient field `key`. */
export type LayRegistryKeyRequest = ReturnType<typeof layRegistryKeyRequest>;

const chunkFields = { requestId: id, dealId: id, number: integer(0, mostChunks - 1) };
const chunkRequest = object(chunkFields);
/** The trustee accepts a chunk of a submitted tape: its assets are pledged to the deal. */
export const pledgeRequest = chunkRequest;
export type PledgeRequest = ReturnType<typeof pledgeRequest>;
/** The trustee gives the assets of a chunk free. */
export const releaseRequest = chunkRequest;
export type ReleaseRequest = ReturnType<typeof releaseRequest>;

/** The trustee gives free the assets of a chunk that were repaid or bought back in a period whose report it has confirmed. */
export const releaseRepaidRequest = object({ ...chunkFields, period: integer(1, 1200) });
export type ReleaseRepaidRequest = ReturnType<typeof releaseRepaidRequest>;

export const registryKeyReader = object({ key: digest });

/**
 * One bucket of the registry: for every deal that holds assets of this bucket, their fingerprints in ascending order, one after
 * the other in hexadecimal.
 */
export type Bucket = Readonly<Record<string, string>>;
export const bucketReader: Reader<Bucket> = record(label);

/** Rows of a chunk whose assets were released. */
export const releasedReader = object({ rows: list(integer(0)) });

/** The buckets without what is released, and all rows of the chunk that have been. */
export interface Released {
    readonly buckets: Map<string, Bucket>;
    readonly rows: readonly number[];
}

/** An asset of a chunk as the registry sees it. */
export interface Fingerprint {
    /** Row of the chunk. */
    readonly row: number;
    /** Two hexadecimal digits: the leading 8 bits of the plain SHA-256 of the identity. */
    readonly bucket: string;
    /** Hexadecimal. */
    readonly value: string;
}

/** An asset that is pledged already. */
export interface Conflict {
    readonly row: number;
    readonly dealId: string;
}

export interface PledgeFacts {
    readonly deal: Deal;
    readonly number: number;
    readonly fingerprints: readonly Fingerprint[];
    /** Every bucket that a fingerprint belongs to, as it stands. */
    readonly buckets: ReadonlyMap<string, Bucket>;
    /** Deals whose parties have consented that this deal takes their assets over. */
    readonly givers: ReadonlySet<string>;
    /** Merkle root of the chunk as recorded, and as the submitted tape names it. */
    readonly root: string;
    readonly submittedRoot: string | undefined;
    /** Whether the chunk is offered to a live deal and not yet answered. */
    readonly isOffered: boolean;
}

/**
 * The fingerprints of a chunk's assets: HMAC-SHA256 of the identity under the registry's key (RFC 2104). Without the key nobody can
 * tell whether an asset he can name is pledged.
 */
export function fingerprintsOf(key: Uint8Array, identities: readonly Uint8Array[]): Fingerprint[] {
    const hash = new BulkHash();
    const [inner, outer] = [keyedState(hash, key, 0x36), keyedState(hash, key, 0x5c)];
    const digest = new Uint8Array(hashLength);
    return identities.map((identity, row) => {
        hash.message.set(identity);
        hash.hash(identity.length, digest, 0);
        const bucket = hexOf(digest.subarray(0, 1));
        hash.message.set(identity);
        hash.hash(identity.length, digest, 0, inner, hmacBlock);
        hash.message.set(digest);
        hash.hash(hashLength, digest, 0, outer, hmacBlock);
        return { row, bucket, value: hexOf(digest.subarray(0, width / 2)) };
    });
}

const hmacBlock = 64;

/** Where a hash stands after the block of the key, of at most 64 bytes, mixed with a constant. */
function keyedState(hash: BulkHash, key: Uint8Array, constant: number): Midstate {
    for (let i = 0; i < hmacBlock; i++) hash.message[i] = (key[i] ?? 0) ^ constant;
    return hash.midstate();
}

/** What the registry keeps of an accepted chunk. Public facts only: any peer may compute its hash and compare. */
export function acceptanceOf(dealId: string, number: number, root: string): Uint8Array {
    return utf8(canonical({ dealId, number, root }));
}

/** The hash that peers outside the registry hold of an acceptance. */
export function acceptanceHash(dealId: string, number: number, root: string): string {
    return hexOf(sha256(acceptanceOf(dealId, number, root)));
}

/**
 * Pledges the assets of a chunk to a deal: all of them, or none. An asset backs at most one live deal; from a deal whose parties
 * consented it passes to this one. What is accepted already stays as it is, so that a trustee who was interrupted can start again.
 * @throws Refusal DEAL_STATUS_WRONG, CHUNK_CHANGED, ASSET_ALREADY_PLEDGED
 */
export function pledge(facts: PledgeFacts, accepted: boolean): Map<string, Bucket> {
    const { deal, number, buckets, givers } = facts;
    mustAwait(facts, 'submitted');
    if (facts.root !== facts.submittedRoot) throw new Refusal('CHUNK_CHANGED', { number });
    if (accepted) return new Map();
    const [conflict, ...others] = conflictsOf(facts.fingerprints, buckets).filter(({ dealId }) => !givers.has(dealId));
    if (conflict) {
        const { row, dealId } = conflict;
        throw new Refusal('ASSET_ALREADY_PLEDGED', { number, row, deal: dealId, others: others.length });
    }

    // Past this line the pledge must succeed.
    return changeEach(facts, (bucket, given) => {
        const left = [...givers].reduce((rest, giver) => without(rest, giver, given), bucket);
        return { ...left, [deal.id]: [...split(left[deal.id] ?? ''), ...given].sort().join('') };
    });
}

/**
 * Takes the assets of a chunk out of the registry: of a tape or an offer that is sent back, or of a deal that is over.
 * @throws Refusal DEAL_STATUS_WRONG, CHUNK_NOT_ACCEPTED
 */
export function release(facts: PledgeFacts, accepted: boolean): Map<string, Bucket> {
    const { deal, number } = facts;
    mustAwait(facts, 'submitted', 'closed');
    if (!accepted) throw new Refusal('CHUNK_NOT_ACCEPTED', { number });
    return changeEach(facts, (bucket, given) => without(bucket, deal.id, given));
}

/**
 * Takes single assets of a live deal out of the registry: those repaid or bought back in a month whose report is confirmed.
 * A loan charged off stays pledged: what is recovered from it belongs to the deal. A row is released once: its asset may have come
 * back to the same deal in another chunk, and backs it there.
 * @param before rows of the chunk that were released before
 * @throws Refusal DEAL_STATUS_WRONG
 */
export function releaseRows(facts: PledgeFacts, rows: ReadonlySet<number>, before: ReadonlySet<number>): Released {
    mustStand(facts.deal, 'issued');
    const fingerprints = facts.fingerprints.filter(({ row }) => rows.has(row) && !before.has(row));
    return {
        buckets: changeEach({ ...facts, fingerprints }, (bucket, given) => without(bucket, facts.deal.id, given)),
        rows: [...new Set([...before, ...rows])].sort((a, b) => a - b),
    };
}

/** The deal stands so, or it is live and the chunk is offered to it. @throws Refusal DEAL_STATUS_WRONG */
function mustAwait({ deal, isOffered }: PledgeFacts, ...statuses: readonly DealStatus[]): void {
    mustStand(deal, ...statuses, ...(isOffered ? (['issued'] as const) : []));
}

/** The assets that back another deal, or this one already, in the order of the rows. */
export function conflictsOf(fingerprints: readonly Fingerprint[], buckets: ReadonlyMap<string, Bucket>): Conflict[] {
    const holders = new Map([...buckets].map(([name, bucket]) => [name, Object.entries(bucket)]));
    return fingerprints.flatMap(({ row, bucket, value }) => {
        const holder = holders.get(bucket)?.find(([, values]) => holds(values, value));
        return holder ? [{ row, dealId: holder[0] }] : [];
    });
}

/** Changes every bucket that the fingerprints belong to. */
function changeEach(
    { fingerprints, buckets }: PledgeFacts,
    change: (bucket: Bucket, given: ReadonlySet<string>) => Bucket,
): Map<string, Bucket> {
    const given = new Map<string, Set<string>>();
    for (const { bucket, value } of fingerprints) {
        const values = given.get(bucket) ?? new Set();
        given.set(bucket, values.add(value));
    }
    return new Map([...given].map(([name, values]) => [name, change(buckets.get(name) ?? {}, values)]));
}

/** A bucket in which a deal no longer holds the fingerprints given. */
function without(bucket: Bucket, dealId: string, given: ReadonlySet<string>): Bucket {
    const { [dealId]: held = '', ...others } = bucket;
    const left = split(held)
        .filter(value => !given.has(value))
        .join('');
    return left === '' ? others : { ...others, [dealId]: left };
}

/** Binary search in fingerprints of one width. */
function holds(values: string, value: string): boolean {
    let [low, high] = [0, values.length / width];
    while (low < high) {
        const middle = (low + high) >>> 1;
        const found = values.slice(middle * width, (middle + 1) * width);
        if (found === value) return true;
        if (found < value) low = middle + 1;
        else high = middle;
    }
    return false;
}

function split(values: string): string[] {
    return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}
