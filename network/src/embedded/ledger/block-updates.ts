import type { NamespaceSet } from './namespace-set';
import { hashedNamespace } from './world-state';
import type { Metadata, Update, Updates, Version, WorldState } from './world-state';

/** What the valid transactions of a block do to public keys and to the hashes of private ones; later ones see earlier ones. */
export class BlockUpdates {
    readonly publicKeys = new Map<string, Map<string, Update>>();
    readonly hashes = new Map<string, Map<string, Map<string, Update>>>();

    constructor(private readonly state: WorldState) {}

    /** Whether a key was written earlier in the block; `collection` is empty for public keys. */
    has(namespace: string, collection: string, key: string): boolean {
        return this.at(namespace, collection)?.has(key) === true;
    }

    at(namespace: string, collection: string): ReadonlyMap<string, Update> | undefined {
        return collection === '' ? this.publicKeys.get(namespace) : this.hashes.get(namespace)?.get(collection);
    }

    /** A key whose metadata alone the set changes after an earlier transaction of the block deleted it; see `deadly-metadata`. */
    metadataOfDeleted(set: NamespaceSet): string | undefined {
        const find = (
            collection: string,
            { writes, metadataWrites }: Pick<NamespaceSet, 'writes' | 'metadataWrites'>,
        ): string | undefined => {
            if (metadataWrites.length === 0) return undefined;
            const written = new Set(writes.map(({ key }) => key));
            const earlier = this.at(set.namespace, collection);
            return metadataWrites
                .map(({ key }) => key)
                .find(key => !written.has(key) && earlier?.has(key) === true && earlier.get(key)?.value === undefined);
        };
        const inCollections = set.collections.map(collection => find(collection.collection, collection));
        return [find('', set), ...inCollections].find(key => key !== undefined);
    }

    apply(set: NamespaceSet, version: Version): void {
        this.applyKeys(set.namespace, '', set, version);
        for (const collection of set.collections) {
            this.applyKeys(set.namespace, collection.collection, collection, version);
        }
    }

    /** The updates by namespace of the world state. */
    all(): Updates {
        const all = new Map<string, ReadonlyMap<string, Update>>(this.publicKeys);
        for (const [namespace, collections] of this.hashes) {
            for (const [collection, updates] of collections) all.set(hashedNamespace(namespace, collection), updates);
        }
        return all;
    }

    /**
     * A value alone keeps the metadata, a deletion drops it, metadata alone keeps the value and does nothing to a key that does
     * not exist (Fabric's validation/tx_ops.go).
     */
    private applyKeys(
        namespace: string,
        collection: string,
        { writes, metadataWrites }: Pick<NamespaceSet, 'writes' | 'metadataWrites'>,
        version: Version,
    ): void {
        const metadata = new Map(metadataWrites.map(write => [write.key, write.metadata]));
        for (const { key, value } of writes) {
            const kept = metadata.has(key) ? metadata.get(key) : this.current(namespace, collection, key)?.metadata;
            this.set(namespace, collection, key, { value, metadata: value === undefined ? undefined : kept, version });
            metadata.delete(key);
        }
        for (const [key, entries] of metadata) this.setMetadata(namespace, collection, key, entries, version);
    }

    private setMetadata(
        namespace: string,
        collection: string,
        key: string,
        metadata: Metadata | undefined,
        version: Version,
    ): void {
        const value = this.current(namespace, collection, key)?.value;
        if (value !== undefined) this.set(namespace, collection, key, { value, metadata, version });
    }

    private current(namespace: string, collection: string, key: string): Omit<Update, 'version'> | undefined {
        const place = collection === '' ? namespace : hashedNamespace(namespace, collection);
        return this.at(namespace, collection)?.get(key) ?? this.state.get(place, key);
    }

    private set(namespace: string, collection: string, key: string, update: Update): void {
        if (collection === '') {
            keysOf(this.publicKeys, namespace).set(key, update);
            return;
        }
        let collections = this.hashes.get(namespace);
        if (collections === undefined)
            this.hashes.set(namespace, (collections = new Map<string, Map<string, Update>>()));
        keysOf(collections, collection).set(key, update);
    }
}

function keysOf(map: Map<string, Map<string, Update>>, name: string): Map<string, Update> {
    let keys = map.get(name);
    if (keys === undefined) map.set(name, (keys = new Map<string, Update>()));
    return keys;
}
