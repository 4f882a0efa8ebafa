import { common, peer } from '@hyperledger/fabric-protos';
import type { CommittedBlock } from './committed-block';
import { put, remove } from './key-tree';
import type { KeyTree } from './key-tree';
import { WorldState } from './world-state';
import type { Updates, Version } from './world-state';

/**
 * All that one peer knows at one height apart from the blocks themselves. It never changes: a commit makes the next one, a
 * simulation holds on to one, and a named snapshot is one kept.
 */
export interface Image {
    readonly height: number;
    readonly blockHash: Uint8Array;
    readonly previousHash: Uint8Array;
    readonly commitHash: Uint8Array;
    readonly state: WorldState;
    /** Valid writes of public keys by `historyKey`, newest first. */
    readonly history: KeyTree<Modification>;
    /** Where a transaction id first appeared. */
    readonly locations: KeyTree<Version>;
    /** kvrwset.KVRWSet bytes by `privateSetKey`. */
    readonly privateSets: KeyTree<Uint8Array>;
    /** Private data the peer should have and has not, by `privateSetKey`. */
    readonly missing: KeyTree<PrivateSetName>;
    /** What goes when a block is committed, by `expiryKey`. */
    readonly expiries: KeyTree<readonly Expiry[]>;
}

export interface Modification {
    readonly version: Version;
    readonly older: Modification | undefined;
}

/** A private write set by the transaction that wrote it. */
export interface PrivateSetName {
    readonly namespace: string;
    readonly collection: string;
    readonly version: Version;
}

/** A private key, or the set that wrote it, whose time runs out. */
export type Expiry =
    | {
          readonly kind: 'key';
          readonly namespace: string;
          readonly collection: string;
          /** The hash of the key, as ledger key. */
          readonly hash: string;
          /** The key itself where this peer has it. */
          readonly key: string | undefined;
          readonly committedIn: number;
      }
    | ({ readonly kind: 'set' } & PrivateSetName);

/** What one block changes; an absent entry is removed. */
export interface Changes {
    readonly committed: CommittedBlock;
    /** Public, hashed and private keys. */
    readonly updates: Updates;
    readonly privateSets: ReadonlyMap<string, Uint8Array | undefined>;
    readonly missing: ReadonlyMap<string, PrivateSetName | undefined>;
    readonly expiries: ReadonlyMap<string, readonly Expiry[] | undefined>;
}

export const emptyImage: Image = {
    height: 0,
    blockHash: new Uint8Array(),
    previousHash: new Uint8Array(),
    commitHash: new Uint8Array(),
    state: WorldState.empty,
    history: undefined,
    locations: undefined,
    privateSets: undefined,
    missing: undefined,
    expiries: undefined,
};

/** The image after the block. */
export function advance(image: Image, changes: Changes): Image {
    const { committed } = changes;
    return {
        height: image.height + 1,
        blockHash: committed.block.hash,
        previousHash: committed.block.previousHash,
        commitHash: committed.commitHash,
        state: image.state.with(changes.updates),
        history: withHistory(image.history, committed),
        locations: withLocations(image.locations, committed),
        privateSets: withEntries(image.privateSets, changes.privateSets),
        missing: withEntries(image.missing, changes.missing),
        expiries: withEntries(image.expiries, changes.expiries),
    };
}

/** Apply what was reconciled between blocks. */
export function amend(image: Image, changes: Omit<Changes, 'committed'>): Image {
    return {
        ...image,
        state: image.state.with(changes.updates),
        privateSets: withEntries(image.privateSets, changes.privateSets),
        missing: withEntries(image.missing, changes.missing),
        expiries: withEntries(image.expiries, changes.expiries),
    };
}

export function historyKey(namespace: string, key: string): string {
    return `${namespace}\0${key}`;
}

/** Sorts by collection, then by age. */
export function privateSetKey({ namespace, collection, version }: PrivateSetName): string {
    return `${privateSetPrefix(namespace, collection)}${orderedNumber(version.block)}${orderedNumber(version.transaction)}`;
}

export function privateSetPrefix(namespace: string, collection: string): string {
    return `${namespace}\0${collection}\0`;
}

export function expiryKey(block: number): string {
    return orderedNumber(block);
}

/** Public keys written by the valid transactions of a block, in order, for its history. */
export function* historyOf(committed: CommittedBlock): Generator<readonly [string, Version], void> {
    for (const [index, transaction] of committed.block.transactions.entries()) {
        if (committed.codes[index] !== peer.TxValidationCode.VALID) continue;
        if (transaction.type !== common.HeaderType.ENDORSER_TRANSACTION) continue;
        const version = { block: committed.number, transaction: index };
        for (const { namespace, writes } of transaction.sets) {
            for (const { key } of writes) yield [historyKey(namespace, key), version];
        }
    }
}

function withHistory(history: KeyTree<Modification>, committed: CommittedBlock): KeyTree<Modification> {
    let tree = history;
    for (const [key, version] of historyOf(committed)) tree = put(tree, key, older => ({ version, older }));
    return tree;
}

function withLocations(locations: KeyTree<Version>, committed: CommittedBlock): KeyTree<Version> {
    let tree = locations;
    for (const [index, { txId }] of committed.block.transactions.entries()) {
        if (txId === '') continue;
        tree = put(tree, txId, first => first ?? { block: committed.number, transaction: index });
    }
    return tree;
}

function withEntries<V>(tree: KeyTree<V>, entries: ReadonlyMap<string, V | undefined>): KeyTree<V> {
    let changed = tree;
    for (const [key, value] of entries) {
        changed = value === undefined ? remove(changed, key) : put(changed, key, () => value);
    }
    return changed;
}

/** A number as twelve digits, so that numbers sort as text. */
export function orderedNumber(value: number): string {
    return value.toString().padStart(12, '0');
}
