import {
    acceptanceHash,
    acceptanceOf,
    bucketReader,
    conflictsOf,
    fingerprintsOf,
    registryKeyReader,
    releasedReader,
} from '../domain/pledge';
import { bytesOf, hexOf } from '../domain/bytes';
import { identitiesOf } from '../domain/tape/summary';
import { Deals } from './deal';
import { mayTakeOver } from '../domain/deal';
import { Refusal } from '../domain/refusal';

import type { AssetClass } from '../domain/tape/asset-class';
import type { Bucket, Fingerprint, Released } from '../domain/pledge';
import type { Chunk } from '../domain/tape/chunk';
import type { Context } from './context';
import type { Deal } from '../domain/deal';

/** Collection of the double-pledge registry. */
export const pledgesCollection = 'pledges';

/** The double-pledge registry: its key, its buckets, and which chunks were accepted. Held by trustees and regulators only. */
export class Pledges {
    constructor(private readonly ctx: Context) {}

    /** Lays down the registry's key. @throws Refusal REGISTRY_KEY_LAID, TRANSIENT_MISSING, REQUEST_INVALID */
    async layKey(): Promise<void> {
        const key = this.ctx.transient.bytes('key');
        if (key.length !== 32) throw new Refusal('REQUEST_INVALID', { at: 'key', problem: 'not 32 bytes' });
        if (await this.keys.exists()) throw new Refusal('REGISTRY_KEY_LAID');
        await this.keys.save({ key: hexOf(key) });
    }

    /** What identifies the assets of a chunk here. @throws Refusal REGISTRY_KEY_MISSING */
    async fingerprints(chunk: Chunk, assetClass: AssetClass): Promise<Fingerprint[]> {
        const record = await this.keys.find();
        if (record === undefined) throw new Refusal('REGISTRY_KEY_MISSING');
        return fingerprintsOf(bytesOf(record.key), identitiesOf(chunk, assetClass));
    }

    /** The buckets that the fingerprints belong to. */
    async buckets(fingerprints: readonly Fingerprint[]): Promise<Map<string, Bucket>> {
        const buckets = new Map<string, Bucket>();
        for (const { bucket } of fingerprints)
            if (!buckets.has(bucket)) buckets.set(bucket, (await this.book.find(bucket)) ?? {});
        return buckets;
    }

    /** Of the deals that hold any of these assets, those whose parties consented that this deal takes them over. */
    async givers(
        deal: Deal,
        fingerprints: readonly Fingerprint[],
        buckets: ReadonlyMap<string, Bucket>,
    ): Promise<Set<string>> {
        const holders = new Set(conflictsOf(fingerprints, buckets).map(({ dealId }) => dealId));
        const givers = new Set<string>();
        for (const holder of holders)
            if (mayTakeOver(await new Deals(this.ctx).load(holder), deal.id)) givers.add(holder);
        return givers;
    }

    async save(buckets: ReadonlyMap<string, Bucket>): Promise<void> {
        for (const [name, bucket] of buckets) await this.book.save(bucket, name);
    }

    /** Rows of a chunk whose assets were released one by one. */
    async released(dealId: string, number: number): Promise<Set<number>> {
        return new Set((await this.releases.find(dealId, String(number)))?.rows);
    }

    async release(dealId: string, number: number, { buckets, rows }: Released): Promise<void> {
        await this.save(buckets);
        await this.releases.save({ rows }, dealId, String(number));
    }

    /** Marks a chunk as accepted: without a salt, so that peers outside the registry can check its hash. */
    async accept(dealId: string, number: number, root: string): Promise<void> {
        await this.store.put(this.acceptanceKey(dealId, number), acceptanceOf(dealId, number, root));
    }

    async withdraw(dealId: string, number: number): Promise<void> {
        await this.store.remove(this.acceptanceKey(dealId, number));
    }

    /**
     * Whether the registry holds the acceptance of exactly this chunk. Compares hashes, which every peer holds: the originator's
     * peer, which may not see the registry, endorses the seal on the same evidence as the trustee's.
     */
    async isAccepted(dealId: string, number: number, root: string): Promise<boolean> {
        const key = this.acceptanceKey(dealId, number);
        const hash = await this.ctx.stub.getPrivateDataHash(pledgesCollection, key);
        return hexOf(hash) === acceptanceHash(dealId, number, root);
    }

    /** For each chunk, numbered from a first, whether it is accepted as these roots say it is. */
    async acceptances(dealId: string, chunkRoots: readonly string[], first = 0): Promise<boolean[]> {
        const accepted: boolean[] = [];
        for (const [i, root] of chunkRoots.entries()) accepted.push(await this.isAccepted(dealId, first + i, root));
        return accepted;
    }

    private acceptanceKey(dealId: string, number: number): string {
        return this.ctx.stub.createCompositeKey('accepted', [dealId, String(number)]);
    }

    private get keys() {
        return this.ctx.privateBook(pledgesCollection, 'registry-key', registryKeyReader);
    }

    private get releases() {
        return this.ctx.privateBook(pledgesCollection, 'released', releasedReader);
    }

    private get book() {
        return this.ctx.privateBook(pledgesCollection, 'bucket', bucketReader);
    }

    private get store() {
        return this.ctx.privateStore(pledgesCollection);
    }
}
