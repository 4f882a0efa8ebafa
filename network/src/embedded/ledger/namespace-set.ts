import { ledger } from '@hyperledger/fabric-protos';
import { bytesAsKey } from './digest';
import { ledgerKey } from './world-state';
import type { Metadata, Version } from './world-state';

const { kvrwset } = ledger.rwset;

/** The read and write sets of a transaction in one namespace, decoded; keys are ledger keys. */
export interface NamespaceSet {
    readonly namespace: string;
    readonly reads: readonly { readonly key: string; readonly version: Version | undefined }[];
    readonly ranges: readonly ledger.rwset.kvrwset.RangeQueryInfo[];
    readonly writes: readonly KeyWrite[];
    readonly metadataWrites: readonly KeyMetadataWrite[];
    readonly collections: readonly CollectionSet[];
}

/** The same by hash of a collection's keys, with the hash of the private write set, which only members have. */
export interface CollectionSet {
    readonly collection: string;
    readonly reads: readonly { readonly key: string; readonly version: Version | undefined }[];
    readonly writes: readonly (KeyWrite & { readonly purge: boolean })[];
    readonly metadataWrites: readonly KeyMetadataWrite[];
    /** Empty where nothing private was written. */
    readonly privateSetHash: Uint8Array;
}

/** An absent value deletes. */
export interface KeyWrite {
    readonly key: string;
    readonly value: Uint8Array | undefined;
}

/** Absent metadata removes all of it. */
export interface KeyMetadataWrite {
    readonly key: string;
    readonly metadata: Metadata | undefined;
}

/** Private values that a transaction wrote to one collection. */
export interface PrivateSet {
    readonly namespace: string;
    readonly collection: string;
    /** kvrwset.KVRWSet bytes, whose hash is public. */
    readonly bytes: Uint8Array;
}

/** @throws Error if a part cannot be read. */
export function readWriteSets(message: ledger.rwset.TxReadWriteSet): readonly NamespaceSet[] {
    return message.getNsRwsetList().map(namespace => {
        const sets = kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8());
        return {
            namespace: namespace.getNamespace(),
            reads: sets.getReadsList().map(read => ({ key: ledgerKey(read.getKey()), version: versionOf(read) })),
            ranges: sets.getRangeQueriesInfoList(),
            writes: sets.getWritesList().map(readWrite),
            metadataWrites: sets.getMetadataWritesList().map(write => ({
                key: ledgerKey(write.getKey()),
                metadata: metadataOf(write.getEntriesList()),
            })),
            collections: namespace.getCollectionHashedRwsetList().map(readCollectionSet),
        };
    });
}

/** Whether a transaction wrote to a namespace at all, which decides whose policy must hold. */
export function writesTo(set: NamespaceSet): boolean {
    return (
        set.writes.length > 0 ||
        set.metadataWrites.length > 0 ||
        set.collections.some(({ writes, metadataWrites }) => writes.length > 0 || metadataWrites.length > 0)
    );
}

/** The private sets of a rwset.TxPvtReadWriteSet, one a collection. */
export function readPrivateSets(bytes: Uint8Array): readonly PrivateSet[] {
    return ledger.rwset.TxPvtReadWriteSet.deserializeBinary(bytes)
        .getNsPvtRwsetList()
        .flatMap(namespace =>
            namespace.getCollectionPvtRwsetList().map(collection => ({
                namespace: namespace.getNamespace(),
                collection: collection.getCollectionName(),
                bytes: collection.getRwset_asU8(),
            })),
        );
}

/** Keys and values of a private set; metadata writes only name the key. */
export function readPrivateWrites(set: PrivateSet): {
    readonly writes: readonly KeyWrite[];
    readonly metadataKeys: readonly string[];
} {
    const sets = kvrwset.KVRWSet.deserializeBinary(set.bytes);
    return {
        writes: sets.getWritesList().map(readWrite),
        metadataKeys: sets.getMetadataWritesList().map(write => ledgerKey(write.getKey())),
    };
}

/** rwset.TxPvtReadWriteSet bytes of private sets in namespace and collection order. */
export function encodePrivateSets(sets: readonly PrivateSet[]): Uint8Array {
    const message = new ledger.rwset.TxPvtReadWriteSet();
    const namespaces = new Map<string, ledger.rwset.NsPvtReadWriteSet>();
    for (const set of sets) {
        let namespace = namespaces.get(set.namespace);
        if (namespace === undefined) {
            namespace = message.addNsPvtRwset();
            namespace.setNamespace(set.namespace);
            namespaces.set(set.namespace, namespace);
        }
        const collection = new ledger.rwset.CollectionPvtReadWriteSet();
        collection.setCollectionName(set.collection);
        collection.setRwset(set.bytes);
        namespace.addCollectionPvtRwset(collection);
    }
    return message.serializeBinary();
}

function readCollectionSet(message: ledger.rwset.CollectionHashedReadWriteSet): CollectionSet {
    const sets = kvrwset.HashedRWSet.deserializeBinary(message.getHashedRwset_asU8());
    return {
        collection: message.getCollectionName(),
        reads: sets
            .getHashedReadsList()
            .map(read => ({ key: bytesAsKey(read.getKeyHash_asU8()), version: versionOf(read) })),
        writes: sets.getHashedWritesList().map(write => ({
            key: bytesAsKey(write.getKeyHash_asU8()),
            value: isHashDelete(write) ? undefined : write.getValueHash_asU8(),
            purge: write.getIsPurge(),
        })),
        metadataWrites: sets.getMetadataWritesList().map(write => ({
            key: bytesAsKey(write.getKeyHash_asU8()),
            metadata: metadataOf(write.getEntriesList()),
        })),
        privateSetHash: message.getPvtRwsetHash_asU8(),
    };
}

function readWrite(write: ledger.rwset.kvrwset.KVWrite): KeyWrite {
    const value = write.getValue_asU8();
    return { key: ledgerKey(write.getKey()), value: write.getIsDelete() || value.length === 0 ? undefined : value };
}

const HASH_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function isHashDelete(write: ledger.rwset.kvrwset.KVWriteHash): boolean {
    const hash = write.getValueHash_asU8();
    return write.getIsDelete() || hash.length === 0 || Buffer.from(hash).toString('hex') === HASH_OF_NOTHING;
}

function versionOf(read: { getVersion(): ledger.rwset.kvrwset.Version | undefined }): Version | undefined {
    const version = read.getVersion();
    return version && { block: version.getBlockNum(), transaction: version.getTxNum() };
}

/** Metadata of its entries; none means that it is removed. */
export function metadataOf(entries: readonly ledger.rwset.kvrwset.KVMetadataEntry[]): Metadata | undefined {
    return entries.length === 0 ? undefined : new Map(entries.map(entry => [entry.getName(), entry.getValue_asU8()]));
}
