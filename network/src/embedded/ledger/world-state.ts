import { entries, find, put, remove } from './key-tree';
import type { KeyTree } from './key-tree';

/** The block and the transaction in it that last wrote a key. */
export interface Version {
    readonly block: number;
    readonly transaction: number;
}

/** Metadata of a key by name, such as VALIDATION_PARAMETER. */
export type Metadata = ReadonlyMap<string, Uint8Array>;

/** A committed value. */
export interface VersionedValue {
    readonly value: Uint8Array;
    readonly metadata: Metadata | undefined;
    readonly version: Version;
}

/** What a block does to one key; an absent value deletes. */
export interface Update {
    readonly value: Uint8Array | undefined;
    readonly metadata: Metadata | undefined;
    readonly version: Version;
}

/** Updates by namespace and ledger key. */
export type Updates = ReadonlyMap<string, ReadonlyMap<string, Update>>;

/**
 * One peer's committed keys at one height: public state, private state and the hashes of private state, the latter two in
 * namespaces of their own as in Fabric's state database. Never changes; a commit makes the next one.
 */
export class WorldState {
    static readonly empty = new WorldState(new Map());

    private constructor(private readonly namespaces: ReadonlyMap<string, KeyTree<VersionedValue>>) {}

    get(namespace: string, key: string): VersionedValue | undefined {
        return find(this.namespaces.get(namespace), key);
    }

    /** Keys in byte order from `start` (included) to `end` (excluded, or to the last one if undefined). */
    range(
        namespace: string,
        start: string,
        end: string | undefined,
    ): Generator<readonly [string, VersionedValue], void> {
        return entries(this.namespaces.get(namespace), start, end);
    }

    names(): IterableIterator<string> {
        return this.namespaces.keys();
    }

    /** Changes whenever a key of the namespace does; for caches of what was read from it. */
    stamp(namespace: string): unknown {
        return this.namespaces.get(namespace);
    }

    with(updates: Updates): WorldState {
        const namespaces = new Map(this.namespaces);
        for (const [namespace, keys] of updates) {
            let tree = namespaces.get(namespace);
            for (const [key, { value, metadata, version }] of keys) {
                tree = value === undefined ? remove(tree, key) : put(tree, key, () => ({ value, metadata, version }));
            }
            namespaces.set(namespace, tree);
        }
        return new WorldState(namespaces);
    }
}

/** The state's key of a chaincode's key: its UTF-8 bytes, one character each, so that keys sort by byte as in Fabric. */
export function ledgerKey(key: string): string {
    return beyondAscii.test(key) ? Buffer.from(key, 'utf8').toString('latin1') : key;
}

/** The chaincode's key of a state's key. */
export function chaincodeKey(key: string): string {
    return beyondAscii.test(key) ? Buffer.from(key, 'latin1').toString('utf8') : key;
}

/** Where the values of a collection are kept. */
export function privateNamespace(namespace: string, collection: string): string {
    return `${namespace}$$p${collection}`;
}

/** Where the hashes of a collection's keys and values are kept, on every peer. */
export function hashedNamespace(namespace: string, collection: string): string {
    return `${namespace}$$h${collection}`;
}

export function sameVersion(left: Version | undefined, right: Version | undefined): boolean {
    return left?.block === right?.block && left?.transaction === right?.transaction;
}

// eslint-disable-next-line no-control-regex -- the ASCII range includes control characters
const beyondAscii = /[^\x00-\x7f]/;
