import { ledger } from '@hyperledger/fabric-protos';
import { sha256 } from './digest';
import { RangeReads, MERKLE_DEGREE, readMessage, summaryMessage, versionMessage } from './range-reads';
import { ledgerKey } from './world-state';
import type { Metadata, Version } from './world-state';

const { rwset } = ledger;
const { kvrwset } = ledger.rwset;

/** What a range query looked at; `end` is the last key fetched until the query is exhausted. */
export class RangeQuery {
    readonly reads = new RangeReads(MERKLE_DEGREE);
    private end = '';
    private exhausted = false;

    constructor(
        private readonly startKey: string,
        private readonly endKey: string,
    ) {}

    /** Record the next row, or that there is none. */
    fetched(key: string | undefined, version?: Version): void {
        if (key === undefined) {
            this.exhausted = true;
            this.end = this.endKey;
            return;
        }
        this.reads.add(readMessage(key, version));
        this.end = key;
    }

    message(): ledger.rwset.kvrwset.RangeQueryInfo {
        const info = new kvrwset.RangeQueryInfo();
        info.setStartKey(this.startKey);
        info.setEndKey(this.end);
        info.setItrExhausted(this.exhausted);
        const done = this.reads.done();
        if ('summary' in done) {
            info.setReadsMerkleHashes(summaryMessage(done.summary));
        } else if (done.rows.length > 0) {
            const reads = new kvrwset.QueryReads();
            reads.setKvReadsList([...done.rows]);
            info.setRawReads(reads);
        }
        return info;
    }
}

interface CollectionSets {
    readonly reads: Map<string, ledger.rwset.kvrwset.KVReadHash>;
    readonly hashedWrites: Map<string, ledger.rwset.kvrwset.KVWriteHash>;
    readonly hashedMetadata: Map<string, ledger.rwset.kvrwset.KVMetadataWriteHash>;
    readonly writes: Map<string, ledger.rwset.kvrwset.KVWrite>;
    readonly metadata: Map<string, ledger.rwset.kvrwset.KVMetadataWrite>;
}

interface NamespaceSets {
    readonly reads: Map<string, ledger.rwset.kvrwset.KVRead>;
    readonly writes: Map<string, ledger.rwset.kvrwset.KVWrite>;
    readonly metadata: Map<string, ledger.rwset.kvrwset.KVMetadataWrite>;
    readonly ranges: RangeQuery[];
    readonly collections: Map<string, CollectionSets>;
}

/**
 * The read and write sets of one simulation. A later read or write of a key replaces the earlier one; everything comes out sorted
 * by key bytes except range queries, which keep the order of their calls (Fabric's rwsetutil/rwset_builder.go).
 */
export class ReadWriteSet {
    private readonly namespaces = new Map<string, NamespaceSets>();
    private readonly keyHashes = new Map<string, Buffer>();

    read(namespace: string, key: string, version: Version | undefined): void {
        this.of(namespace).reads.set(ledgerKey(key), readMessage(key, version));
    }

    write(namespace: string, key: string, value: Uint8Array): void {
        this.of(namespace).writes.set(ledgerKey(key), writeMessage(key, value));
    }

    writeMetadata(namespace: string, key: string, metadata: Metadata): void {
        const message = new kvrwset.KVMetadataWrite();
        message.setKey(key);
        message.setEntriesList(entryMessages(metadata));
        this.of(namespace).metadata.set(ledgerKey(key), message);
    }

    range(namespace: string, query: RangeQuery): void {
        this.of(namespace).ranges.push(query);
    }

    readHash(namespace: string, collection: string, key: string, version: Version | undefined): void {
        const message = new kvrwset.KVReadHash();
        message.setKeyHash(this.hashOf(key));
        if (version !== undefined) message.setVersion(versionMessage(version));
        this.ofCollection(namespace, collection).reads.set(ledgerKey(key), message);
    }

    writePrivate(namespace: string, collection: string, key: string, value: Uint8Array, purge = false): void {
        const write = writeMessage(key, value);
        const hashed = new kvrwset.KVWriteHash();
        hashed.setKeyHash(this.hashOf(key));
        hashed.setIsDelete(write.getIsDelete());
        if (!write.getIsDelete()) hashed.setValueHash(sha256(value));
        hashed.setIsPurge(purge);
        const sets = this.ofCollection(namespace, collection);
        sets.writes.set(ledgerKey(key), write);
        sets.hashedWrites.set(ledgerKey(key), hashed);
    }

    /** The private set only names the key: its metadata is public under the key's hash, and its version moves with it. */
    writePrivateMetadata(namespace: string, collection: string, key: string, metadata: Metadata): void {
        const named = new kvrwset.KVMetadataWrite();
        named.setKey(key);
        const hashed = new kvrwset.KVMetadataWriteHash();
        hashed.setKeyHash(this.hashOf(key));
        hashed.setEntriesList(entryMessages(metadata));
        const sets = this.ofCollection(namespace, collection);
        sets.metadata.set(ledgerKey(key), named);
        sets.hashedMetadata.set(ledgerKey(key), hashed);
    }

    /** The hash under which everybody knows a private key: needed at every access, computed once. */
    hashOf(key: string): Buffer {
        let hash = this.keyHashes.get(key);
        if (hash === undefined) this.keyHashes.set(key, (hash = sha256(key)));
        return hash;
    }

    /** rwset.TxReadWriteSet, and rwset.TxPvtReadWriteSet if something private was written. */
    encode(): { readonly publicSet: Uint8Array; readonly privateSet: Uint8Array | undefined } {
        const publicSet = new rwset.TxReadWriteSet();
        const privateSet = new rwset.TxPvtReadWriteSet();
        for (const [namespace, sets] of sorted(this.namespaces)) {
            const own = new rwset.NsReadWriteSet();
            own.setNamespace(namespace);
            own.setRwset(encodePublic(sets));
            const privates: ledger.rwset.CollectionPvtReadWriteSet[] = [];
            for (const [collection, of] of sorted(sets.collections)) {
                const hashed = new rwset.CollectionHashedReadWriteSet();
                hashed.setCollectionName(collection);
                hashed.setHashedRwset(encodeHashed(of));
                const values = encodePrivate(collection, of);
                if (values !== undefined) {
                    hashed.setPvtRwsetHash(sha256(values.getRwset_asU8()));
                    privates.push(values);
                }
                own.addCollectionHashedRwset(hashed);
            }
            publicSet.addNsRwset(own);
            if (privates.length > 0) privateSet.addNsPvtRwset(privatesOf(namespace, privates));
        }
        return {
            publicSet: publicSet.serializeBinary(),
            privateSet: privateSet.getNsPvtRwsetList().length > 0 ? privateSet.serializeBinary() : undefined,
        };
    }

    private of(namespace: string): NamespaceSets {
        let sets = this.namespaces.get(namespace);
        if (sets === undefined) {
            sets = { reads: new Map(), writes: new Map(), metadata: new Map(), ranges: [], collections: new Map() };
            this.namespaces.set(namespace, sets);
        }
        return sets;
    }

    private ofCollection(namespace: string, collection: string): CollectionSets {
        const { collections } = this.of(namespace);
        let sets = collections.get(collection);
        if (sets === undefined) {
            sets = {
                reads: new Map(),
                hashedWrites: new Map(),
                hashedMetadata: new Map(),
                writes: new Map(),
                metadata: new Map(),
            };
            collections.set(collection, sets);
        }
        return sets;
    }
}

function writeMessage(key: string, value: Uint8Array): ledger.rwset.kvrwset.KVWrite {
    const write = new kvrwset.KVWrite();
    write.setKey(key);
    write.setIsDelete(value.length === 0);
    write.setValue(value);
    return write;
}

/** Metadata entries sorted by name. */
export function entryMessages(metadata: Metadata): ledger.rwset.kvrwset.KVMetadataEntry[] {
    return sorted(metadata).map(([name, value]) => {
        const entry = new kvrwset.KVMetadataEntry();
        entry.setName(name);
        entry.setValue(value);
        return entry;
    });
}

function encodePublic(sets: NamespaceSets): Uint8Array {
    const message = new kvrwset.KVRWSet();
    message.setReadsList(sortedValues(sets.reads));
    message.setWritesList(sortedValues(sets.writes));
    message.setMetadataWritesList(sortedValues(sets.metadata));
    message.setRangeQueriesInfoList(withoutRepeats(sets.ranges.map(range => range.message())));
    return message.serializeBinary();
}

/** Of several queries over the same keys to the same end, the first is recorded. */
function withoutRepeats(ranges: readonly ledger.rwset.kvrwset.RangeQueryInfo[]): ledger.rwset.kvrwset.RangeQueryInfo[] {
    const seen = new Set<string>();
    return ranges.filter(range => {
        const identity = JSON.stringify([range.getStartKey(), range.getEndKey(), range.getItrExhausted()]);
        return !seen.has(identity) && seen.add(identity);
    });
}

function encodeHashed(sets: CollectionSets): Uint8Array {
    const message = new kvrwset.HashedRWSet();
    message.setHashedReadsList(sortedValues(sets.reads));
    message.setHashedWritesList(sortedValues(sets.hashedWrites));
    message.setMetadataWritesList(sortedValues(sets.hashedMetadata));
    return message.serializeBinary();
}

function encodePrivate(collection: string, sets: CollectionSets): ledger.rwset.CollectionPvtReadWriteSet | undefined {
    if (sets.writes.size === 0 && sets.metadata.size === 0) return undefined;
    const values = new kvrwset.KVRWSet();
    values.setWritesList(sortedValues(sets.writes));
    values.setMetadataWritesList(sortedValues(sets.metadata));
    const message = new rwset.CollectionPvtReadWriteSet();
    message.setCollectionName(collection);
    message.setRwset(values.serializeBinary());
    return message;
}

function privatesOf(
    namespace: string,
    collections: ledger.rwset.CollectionPvtReadWriteSet[],
): ledger.rwset.NsPvtReadWriteSet {
    const message = new rwset.NsPvtReadWriteSet();
    message.setNamespace(namespace);
    message.setCollectionPvtRwsetList(collections);
    return message;
}

function sorted<V>(map: ReadonlyMap<string, V>): [string, V][] {
    return [...map].sort(([left], [right]) => (left < right ? -1 : 1));
}

function sortedValues<V>(map: ReadonlyMap<string, V>): V[] {
    return sorted(map).map(([, value]) => value);
}
