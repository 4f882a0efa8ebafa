import type { Channel } from './channel';
import { collectionOf, definitionKeys, LIFECYCLE, sequenceKey } from './definition';
import type { ChaincodeDefinition, CollectionDefinition } from './definition';
import type { Definitions } from './definitions';
import { RangeQuery, ReadWriteSet } from './read-write-set';
import { TouchedKeys } from './touched-keys';
import type { NamespaceTouched } from './touched-keys';
import { chaincodeKey, hashedNamespace, ledgerKey, privateNamespace, sameVersion } from './world-state';
import type { Metadata, Version, VersionedValue, WorldState } from './world-state';

/** A state operation that Fabric refuses. The message is Fabric's own, typos included. */
export class SimulationError extends Error {
    override readonly name = 'SimulationError';
}

export interface KeyValue {
    readonly key: string;
    readonly value: Uint8Array;
}

/** Rows one at a time. What was fetched is what the read set records, whether or not the chaincode ever sees it. */
export interface StateIterator {
    next(): KeyValue | undefined;
    close(): void;
}

/** One page of rows; the bookmark is the key the next page starts with, or empty at the end. */
export interface PagedIterator extends StateIterator {
    bookmark(): string;
}

export interface SimulationResults {
    /** rwset.TxReadWriteSet bytes. */
    readonly publicSet: Uint8Array;
    /** rwset.TxPvtReadWriteSet bytes; undefined if nothing private was written. */
    readonly privateSet: Uint8Array | undefined;
    /** What the gateway's ChaincodeInterest is made from. */
    readonly touched: readonly NamespaceTouched[];
}

/**
 * One endorsement's view of the committed state, and its read and write sets. It sees one height throughout, whatever is committed
 * meanwhile, and never its own writes. Every method can throw SimulationError.
 */
export class Simulator {
    private readonly sets = new ReadWriteSet();
    private readonly touched = new TouchedKeys();
    private readonly queries: { readonly namespace: string; readonly query: RangeQuery }[] = [];
    private readonly recorded = new Set<string>();
    private written = false;
    private queriedPrivate = false;
    private queriedPage = false;
    private closed = false;

    constructor(
        readonly txId: string,
        private readonly channel: Channel,
        private readonly state: WorldState,
        private readonly definitions: Definitions,
    ) {}

    /**
     * The chaincode called, and whether it is defined. Records the read of its sequence, as every call does in Fabric; one that
     * is not defined is looked for in the legacy lifecycle too.
     */
    chaincodeDefinition(chaincode: string): ChaincodeDefinition | undefined {
        if (this.getState(LIFECYCLE, sequenceKey(chaincode)) === undefined) this.getState(LEGACY_LIFECYCLE, chaincode);
        return this.definitions.definition(this.state, chaincode);
    }

    /** The collection whose access is checked; records the reads of its chaincode's definition. */
    collection(chaincode: string, collection: string): CollectionDefinition {
        const definition = this.recordedDefinition(chaincode);
        const found = definition && collectionOf(this.channel, definition, collection);
        if (found === undefined) {
            throw new SimulationError(`collection ${this.channel.name}/${chaincode}/${collection} could not be found`);
        }
        return found;
    }

    getState(namespace: string, key: string): Uint8Array | undefined {
        return this.read(namespace, key)?.value;
    }

    /** An empty value deletes. */
    putState(namespace: string, key: string, value: Uint8Array): void {
        this.mustWrite();
        this.sets.write(namespace, key, value);
        this.touched.wrote(namespace, '', key, this.state.get(namespace, ledgerKey(key))?.metadata);
    }

    deleteState(namespace: string, key: string): void {
        this.putState(namespace, key, nothing);
    }

    getStateMetadata(namespace: string, key: string): Metadata {
        return this.read(namespace, key)?.metadata ?? new Map();
    }

    /** Replaces all metadata of the key, as Fabric's peer does. */
    setStateMetadata(namespace: string, key: string, metadata: Metadata): void {
        this.mustWrite();
        this.sets.writeMetadata(namespace, key, metadata);
        this.touched.wrote(namespace, '', key, this.state.get(namespace, ledgerKey(key))?.metadata);
    }

    /** Keys from `start` (included) to `end` (excluded; empty for all). */
    stateRange(namespace: string, start: string, end: string): StateIterator {
        this.mustBeOpen();
        return this.recordedRange(namespace, start, end, Infinity);
    }

    /** At most `pageSize` rows; forbidden in a transaction that writes. */
    stateRangePage(namespace: string, start: string, end: string, pageSize: number): PagedIterator {
        if (this.written) throw this.unsupported('Paginated queries are supported only in a read-only transaction');
        this.queriedPage = true;
        this.mustBeOpen();
        return this.recordedRange(namespace, start, end, pageSize);
    }

    getPrivateData(namespace: string, collection: string, key: string): Uint8Array | undefined {
        this.mustHaveCollection(namespace, collection);
        const held = this.state.get(privateNamespace(namespace, collection), ledgerKey(key));
        const hashed = this.hashed(namespace, collection, key);
        if (!sameVersion(hashed?.version, held?.version)) {
            throw new SimulationError(
                `private data matching public hash version is not available. Public hash version = ${display(hashed?.version)}, Private data version = ${display(held?.version)}`,
            );
        }
        this.sets.readHash(namespace, collection, key, held?.version);
        this.touched.readPrivate(namespace, collection);
        return held?.value;
    }

    getPrivateDataHash(namespace: string, collection: string, key: string): Uint8Array | undefined {
        return this.readHashed(namespace, collection, key)?.value;
    }

    putPrivateData(namespace: string, collection: string, key: string, value: Uint8Array): void {
        this.mustHaveCollection(namespace, collection);
        this.mustWrite();
        this.sets.writePrivate(namespace, collection, key, value);
        this.touched.wrote(namespace, collection, key, this.hashed(namespace, collection, key)?.metadata);
    }

    deletePrivateData(namespace: string, collection: string, key: string): void {
        this.putPrivateData(namespace, collection, key, nothing);
    }

    /** Delete the key with all its former values. */
    purgePrivateData(namespace: string, collection: string, key: string): void {
        this.mustHaveCollection(namespace, collection);
        this.mustWrite();
        this.sets.writePrivate(namespace, collection, key, nothing, true);
        this.touched.wrote(namespace, collection, key, this.hashed(namespace, collection, key)?.metadata);
    }

    getPrivateMetadata(namespace: string, collection: string, key: string): Metadata {
        return this.readHashed(namespace, collection, key)?.metadata ?? new Map();
    }

    setPrivateMetadata(namespace: string, collection: string, key: string, metadata: Metadata): void {
        this.mustHaveCollection(namespace, collection);
        this.mustWrite();
        this.sets.writePrivateMetadata(namespace, collection, key, metadata);
        this.touched.wrote(namespace, collection, key, this.hashed(namespace, collection, key)?.metadata);
    }

    /** Private keys; records nothing, and is forbidden in a transaction that writes. */
    privateRange(namespace: string, collection: string, start: string, end: string): StateIterator {
        if (this.written) throw this.unsupported('Queries on pvt data is supported only in a read-only transaction');
        this.queriedPrivate = true;
        this.mustHaveCollection(namespace, collection);
        return new Rows(this.state, privateNamespace(namespace, collection), start, end, Infinity);
    }

    /** Rich queries belong to CouchDB; this state, like LevelDB, does not know them. */
    richQuery(): never {
        throw new SimulationError('ExecuteQuery not supported for leveldb');
    }

    /** Close the read and write sets and hand them over. */
    results(): SimulationResults {
        this.mustBeOpen();
        for (const { namespace, query } of this.queries) this.sets.range(namespace, query);
        return { ...this.sets.encode(), touched: this.touched.summary() };
    }

    /** No use after this. */
    done(): void {
        this.closed = true;
    }

    private read(namespace: string, key: string): VersionedValue | undefined {
        this.mustBeOpen();
        const found = this.state.get(namespace, ledgerKey(key));
        this.sets.read(namespace, key, found?.version);
        this.touched.read(namespace);
        return found;
    }

    private hashed(namespace: string, collection: string, key: string): VersionedValue | undefined {
        return this.state.get(hashedNamespace(namespace, collection), this.sets.hashOf(key).toString('latin1'));
    }

    private readHashed(namespace: string, collection: string, key: string): VersionedValue | undefined {
        this.mustHaveCollection(namespace, collection);
        const hashed = this.hashed(namespace, collection, key);
        this.sets.readHash(namespace, collection, key, hashed?.version);
        this.touched.read(namespace);
        return hashed;
    }

    private recordedRange(namespace: string, start: string, end: string, limit: number): PagedIterator {
        const query = new RangeQuery(start, end);
        this.queries.push({ namespace, query });
        this.touched.read(namespace);
        return new Rows(this.state, namespace, start, end, limit, query);
    }

    /** The definition with its reads recorded; Fabric reads it anew at each access, to the same read set. */
    private recordedDefinition(chaincode: string): ChaincodeDefinition | undefined {
        const definition = this.definitions.definition(this.state, chaincode);
        if (chaincode !== LIFECYCLE && !this.recorded.has(chaincode)) {
            this.recorded.add(chaincode);
            const [metadata, ...fields] = definitionKeys(chaincode);
            for (const key of definition === undefined ? [metadata] : [metadata, ...fields])
                this.getState(LIFECYCLE, key);
        }
        return definition;
    }

    private mustHaveCollection(namespace: string, collection: string): void {
        this.mustBeOpen();
        const definition = this.recordedDefinition(namespace);
        if (definition === undefined) {
            throw new SimulationError(
                `collection config not defined for chaincode [${namespace}], pass the collection configuration upon chaincode definition/instantiation`,
            );
        }
        if (collectionOf(this.channel, definition, collection) === undefined) {
            throw new SimulationError(
                `collection [${collection}] not defined in the collection config for chaincode [${namespace}]`,
            );
        }
    }

    private mustBeOpen(): void {
        if (this.closed) throw new SimulationError('this instance should not be used after calling Done()');
    }

    private mustWrite(): void {
        this.mustBeOpen();
        if (this.queriedPrivate) {
            throw this.unsupported('Transaction has already performed queries on pvt data. Writes are not allowed');
        }
        if (this.queriedPage) {
            throw this.unsupported('Transaction has already performed a paginated query. Writes are not allowed');
        }
        this.written = true;
    }

    private unsupported(text: string): SimulationError {
        return new SimulationError(`txid [${this.txId}]: unsuppored transaction. ${text}`);
    }
}

/** Rows of a namespace up to a limit, each fetch recorded in the query if there is one. */
class Rows implements PagedIterator {
    private readonly rows: Generator<readonly [string, VersionedValue], void>;
    private fetched = 0;

    constructor(
        state: WorldState,
        namespace: string,
        start: string,
        end: string,
        private readonly limit: number,
        private readonly query?: RangeQuery,
    ) {
        this.rows = state.range(namespace, ledgerKey(start), end === '' ? undefined : ledgerKey(end));
    }

    next(): KeyValue | undefined {
        const row = this.fetched < this.limit ? this.rows.next().value : undefined;
        if (row === undefined) {
            this.query?.fetched(undefined);
            return undefined;
        }
        this.fetched++;
        const key = chaincodeKey(row[0]);
        this.query?.fetched(key, row[1].version);
        return { key, value: row[1].value };
    }

    /** The key after the page, which is not recorded as read. */
    bookmark(): string {
        const next = this.rows.next().value;
        this.close();
        return next === undefined ? '' : chaincodeKey(next[0]);
    }

    close(): void {
        this.rows.return();
    }
}

const nothing = new Uint8Array();

const LEGACY_LIFECYCLE = 'lscc';

function display(version: Version | undefined): string {
    return version === undefined ? '<nil>' : `{BlockNum: ${version.block}, TxNum: ${version.transaction}}`;
}
