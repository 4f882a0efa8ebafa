import type { BlockUpdates } from './block-updates';
import { find } from './key-tree';
import { expiryKey, privateSetKey } from './image';
import type { Expiry, Image, PrivateSetName } from './image';
import { keyHash } from './private-updates';
import type { PrivateUpdates } from './private-updates';
import { hashedNamespace, privateNamespace } from './world-state';
import type { Update, Updates } from './world-state';

/** Block-to-live of a collection; 0 keeps its data for ever. */
export type BlockToLive = (namespace: string, collection: string) => number;

/**
 * Schedules what a block's private writes will lose: a key written in block n with block-to-live b goes when block n + b + 1 is
 * committed, hash and value alike (Fabric's pvtstatepurgemgmt).
 */
export function scheduleExpiries(
    block: number,
    hashes: BlockUpdates,
    privates: PrivateUpdates,
    sets: readonly PrivateSetName[],
    blockToLive: BlockToLive,
): Map<string, Expiry[]> {
    const schedule = new Map<string, Expiry[]>();
    const add = (expiry: Expiry): void => {
        const life = blockToLive(expiry.namespace, expiry.collection);
        if (life === 0) return;
        const at = expiryKey(block + life + 1);
        schedule.set(at, [...(schedule.get(at) ?? []), expiry]);
    };
    const known = new Set<string>();
    for (const { namespace, collection, keys } of privates.values()) {
        if (blockToLive(namespace, collection) === 0) continue;
        for (const [key, { value }] of keys) {
            const hash = keyHash(key);
            known.add(`${namespace}\0${collection}\0${hash}`);
            if (value !== undefined) add({ kind: 'key', namespace, collection, hash, key, committedIn: block });
        }
    }
    for (const [namespace, collections] of hashes.hashes) {
        for (const [collection, updates] of collections) {
            if (blockToLive(namespace, collection) === 0) continue;
            for (const [hash, { value }] of updates) {
                if (value === undefined || known.has(`${namespace}\0${collection}\0${hash}`)) continue;
                add({ kind: 'key', namespace, collection, hash, key: undefined, committedIn: block });
            }
        }
    }
    for (const { namespace, collection, version } of sets) add({ kind: 'set', namespace, collection, version });
    return schedule;
}

/** What goes with this block: keys not written since, and private sets. */
export interface Expired {
    readonly updates: Updates;
    readonly sets: ReadonlyMap<string, undefined>;
}

export function expiredBy(block: number, image: Image, hashes: BlockUpdates, privates: PrivateUpdates): Expired {
    const updates = new Map<string, Map<string, Update>>();
    const sets = new Map<string, undefined>();
    const drop = (place: string, key: string): void => {
        let keys = updates.get(place);
        if (keys === undefined) updates.set(place, (keys = new Map<string, Update>()));
        keys.set(key, { value: undefined, metadata: undefined, version: { block, transaction: 0 } });
    };
    for (const expiry of find(image.expiries, expiryKey(block)) ?? []) {
        if (expiry.kind === 'set') {
            sets.set(privateSetKey(expiry), undefined);
            continue;
        }
        const { namespace, collection, hash, key, committedIn } = expiry;
        const hashPlace = hashedNamespace(namespace, collection);
        const valuePlace = privateNamespace(namespace, collection);
        const isCurrent = image.state.get(hashPlace, hash)?.version.block === committedIn;
        if (isCurrent && !hashes.has(namespace, collection, hash)) drop(hashPlace, hash);
        if (key === undefined || privates.get(valuePlace)?.keys.has(key) === true) continue;
        if (isCurrent || image.state.get(valuePlace, key)?.version.block === committedIn) drop(valuePlace, key);
    }
    return { updates, sets };
}
