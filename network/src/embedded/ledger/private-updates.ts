import type { BlockUpdates } from './block-updates';
import { sameBytes, sha256 } from './digest';
import type { Image } from './image';
import { readPrivateWrites } from './namespace-set';
import type { PrivateSet } from './namespace-set';
import { chaincodeKey, privateNamespace } from './world-state';
import type { Update, Version } from './world-state';

/** A private set that a valid transaction wrote and this peer holds. */
export interface HeldSet extends PrivateSet {
    readonly version: Version;
}

/** Private updates by namespace, collection and ledger key. */
export type PrivateUpdates = Map<
    string,
    { readonly namespace: string; readonly collection: string; readonly keys: Map<string, Update> }
>;

/**
 * What the private sets of a block do to this peer's private keys. A key whose metadata alone was written keeps its value but
 * moves to the version its hash has, else it would count as out of step with its hash.
 */
export function privateUpdates(held: readonly HeldSet[], hashes: BlockUpdates, image: Image): PrivateUpdates {
    const updates: PrivateUpdates = new Map();
    const renewed: { readonly set: HeldSet; readonly key: string }[] = [];
    for (const set of held) {
        const { writes, metadataKeys } = readPrivateWrites(set);
        const keys = keysOf(updates, set);
        for (const { key, value } of writes) keys.set(key, { value, metadata: undefined, version: set.version });
        for (const key of metadataKeys) renewed.push({ set, key });
    }
    for (const { set, key } of renewed) renew(keysOf(updates, set), set, key, hashes, image);
    return updates;
}

function renew(keys: Map<string, Update>, set: HeldSet, key: string, hashes: BlockUpdates, image: Image): void {
    const hashed = hashes.at(set.namespace, set.collection)?.get(keyHash(key));
    const latest = keys.get(key) ?? image.state.get(privateNamespace(set.namespace, set.collection), key);
    if (hashed?.value === undefined || latest?.value === undefined) return;
    if (!sameBytes(sha256(latest.value), hashed.value)) return;
    keys.set(key, { value: latest.value, metadata: undefined, version: hashed.version });
}

function keysOf(updates: PrivateUpdates, { namespace, collection }: PrivateSet): Map<string, Update> {
    const place = privateNamespace(namespace, collection);
    let entry = updates.get(place);
    if (entry === undefined) updates.set(place, (entry = { namespace, collection, keys: new Map() }));
    return entry.keys;
}

/** The hashed state's key for a private ledger key. */
export function keyHash(key: string): string {
    return sha256(chaincodeKey(key)).toString('latin1');
}
