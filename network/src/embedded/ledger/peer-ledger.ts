import type { OrderedBlock } from './block';
import type { Channel } from './channel';
import { prepareCommit } from './commit';
import type { WantedSet } from './commit';
import type { CommittedBlock, CommittedTransaction } from './committed-block';
import { collectionOf } from './definition';
import type { ChaincodeDefinition, CollectionDefinition } from './definition';
import { Definitions } from './definitions';
import { sameBytes, sha256 } from './digest';
import { advance, amend, emptyImage, historyKey, privateSetKey } from './image';
import type { Changes, Image, Modification, PrivateSetName } from './image';
import { entries, find } from './key-tree';
import { encodePrivateSets } from './namespace-set';
import type { PrivateSet } from './namespace-set';
import { reconciliation } from './reconciliation';
import { Simulator } from './simulator';
import type { LedgerStore, Stored } from './store';
import { TransientStore } from './transient-store';
import { ledgerKey } from './world-state';

/** A block does not follow the last one, or a dump cannot be read. */
export class LedgerError extends Error {
    override readonly name = 'LedgerError';
}

export interface PeerLedgerOptions {
    readonly channel: Channel;
    /** The organisation whose private data the peer may keep. */
    readonly mspId: string;
    /** Asks other peers for a private set that this peer should have and has not. */
    readonly fetchPrivate?: (wanted: WantedSet) => Uint8Array | undefined;
    /** Absent: the ledger lives in memory. */
    readonly store?: LedgerStore;
}

/** A height of a ledger to which it can go back, more than once. */
export interface LedgerSnapshot {
    readonly image: Image;
    readonly blocks: readonly CommittedBlock[];
}

/** One change of a key, as history queries tell it. */
export interface KeyModification {
    readonly txId: string;
    readonly value: Uint8Array;
    /** The client's own time, from the channel header. */
    readonly timestamp: { readonly seconds: number; readonly nanos: number };
    readonly isDelete: boolean;
}

/** Open the ledger of one peer as it was left, or empty. */
export async function openPeerLedger(options: PeerLedgerOptions): Promise<PeerLedger> {
    return new PeerLedger(options, (await options.store?.load()) ?? { image: emptyImage, blocks: [], transient: [] });
}

/** What one peer knows: its own world state, private data, history and blocks. Nothing is shared with other peers but bytes. */
export class PeerLedger {
    private image: Image;
    private blocks: CommittedBlock[];
    private readonly definitions: Definitions;
    private readonly transient: TransientStore;
    private readonly listeners = new Set<(block: CommittedBlock) => void>();
    private last: Promise<unknown> = Promise.resolve();

    constructor(
        private readonly options: PeerLedgerOptions,
        start: Stored,
    ) {
        this.image = start.image;
        this.blocks = [...start.blocks];
        this.transient = new TransientStore(start.transient);
        this.definitions = new Definitions(options.channel);
    }

    get mspId(): string {
        return this.options.mspId;
    }

    /** Number of blocks. */
    get height(): number {
        return this.image.height;
    }

    /** Hash of the last block's header; empty before the first. */
    get currentBlockHash(): Uint8Array {
        return this.image.blockHash;
    }

    get previousBlockHash(): Uint8Array {
        return this.image.previousHash;
    }

    /** A chaincode as defined in the committed state. */
    definition(chaincode: string): ChaincodeDefinition | undefined {
        return this.definitions.definition(this.image.state, chaincode);
    }

    collection(chaincode: string, collection: string): CollectionDefinition | undefined {
        const definition = this.definition(chaincode);
        return definition && collectionOf(this.options.channel, definition, collection);
    }

    /** A view of the committed state as it is now, and the read and write sets of what is done with it. */
    newSimulator(txId: string): Simulator {
        return new Simulator(txId, this.options.channel, this.image.state, this.definitions);
    }

    /**
     * Validate and commit the next block; blocks wait for each other in the order of the calls.
     * @throws LedgerError if the block does not follow the last one.
     */
    commit(block: OrderedBlock): Promise<CommittedBlock> {
        return this.afterOthers(() => this.commitNext(block));
    }

    /** The ledger as it is now, after the blocks handed in so far. */
    snapshot(): Promise<LedgerSnapshot> {
        return this.afterOthers(() => ({ image: this.image, blocks: [...this.blocks] }));
    }

    /** Go back to a snapshot. What was committed since is forgotten, and nobody is told. */
    revert(snapshot: LedgerSnapshot): Promise<void> {
        return this.afterOthers(async () => {
            await this.options.store?.replace(snapshot.image, snapshot.blocks);
            this.image = snapshot.image;
            this.blocks = [...snapshot.blocks];
        });
    }

    block(number: number): CommittedBlock | undefined {
        return this.blocks[number];
    }

    blockByHash(hash: Uint8Array): CommittedBlock | undefined {
        return this.blocks.find(({ block }) => sameBytes(block.hash, hash));
    }

    blockByTxId(txId: string): CommittedBlock | undefined {
        const location = find(this.image.locations, txId);
        return location && this.blocks[location.block];
    }

    /** The transaction with its verdict, valid or not. */
    transaction(txId: string): CommittedTransaction | undefined {
        const location = find(this.image.locations, txId);
        return location && this.blocks[location.block]?.transaction(location.transaction);
    }

    hasTransaction(txId: string): boolean {
        return find(this.image.locations, txId) !== undefined;
    }

    /** Changes of a public key, newest first, as committed when the iteration starts. */
    *history(namespace: string, key: string): Generator<KeyModification, void> {
        const wanted = ledgerKey(key);
        let modification = find(this.image.history, historyKey(namespace, wanted));
        for (; modification !== undefined; modification = modification.older) {
            const told = this.tell(modification, namespace, wanted);
            if (told !== undefined) yield told;
        }
    }

    /** Called for every block from now on, in order; the answer ends it. */
    onCommit(listener: (block: CommittedBlock) => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    /** Keep private writes (rwset.TxPvtReadWriteSet bytes) of an endorsed transaction until its block comes. */
    async keepPrivate(txId: string, txPvtReadWriteSet: Uint8Array): Promise<void> {
        const kept = this.transient.keep(txId, txPvtReadWriteSet, this.height);
        await this.options.store?.keep(kept);
    }

    /** A private set another peer asks for: of a transaction still on its way, or of a committed one. */
    privateSet(wanted: WantedSet): Uint8Array | undefined {
        const { txId, namespace, collection, hash } = wanted;
        const location = find(this.image.locations, txId);
        const committed =
            location && find(this.image.privateSets, privateSetKey({ namespace, collection, version: location }));
        return committed ?? this.transient.find(txId, namespace, collection, hash);
    }

    /** The private data of a block that this peer holds: rwset.TxPvtReadWriteSet bytes by index of the transaction. */
    privateDataOf(blockNumber: number): ReadonlyMap<number, Uint8Array> {
        const found = new Map<number, PrivateSet[]>();
        for (const { namespace, collection, version } of this.privateSetNames(blockNumber)) {
            const bytes = find(this.image.privateSets, privateSetKey({ namespace, collection, version }));
            if (bytes === undefined) continue;
            const sets = found.get(version.transaction) ?? [];
            found.set(version.transaction, [...sets, { namespace, collection, bytes }]);
        }
        return new Map([...found].map(([index, sets]) => [index, encodePrivateSets(sets)]));
    }

    /** Private sets of committed transactions that this peer should have and has not. */
    missingPrivateData(): readonly PrivateSetName[] {
        return [...entries(this.image.missing)].map(([, name]) => name);
    }

    /** Ask other peers for what is missing. Values that were overwritten since are kept as history only. */
    async fetchMissing(): Promise<void> {
        for (const name of this.missingPrivateData()) {
            const wanted = this.wantedOf(name);
            const bytes = wanted && this.options.fetchPrivate?.(wanted);
            if (bytes === undefined || !sameBytes(sha256(bytes), wanted?.hash)) continue;
            await this.afterOthers(() => this.takeIn(name, bytes));
        }
    }

    private async takeIn(name: PrivateSetName, bytes: Uint8Array): Promise<void> {
        const block = this.blocks[name.version.block];
        if (block === undefined || find(this.image.missing, privateSetKey(name)) === undefined) return;
        const blockToLive = (namespace: string, collection: string): number =>
            this.collection(namespace, collection)?.blockToLive ?? 0;
        const changes = reconciliation(name, bytes, block, this.image, blockToLive);
        await this.options.store?.save(changes);
        this.image = amend(this.image, changes);
    }

    /** Wait for the blocks handed in so far. */
    async close(): Promise<void> {
        await this.last;
    }

    /** What changes the ledger happens one after another. */
    private afterOthers<V>(work: () => V | Promise<V>): Promise<V> {
        const done = this.last.then(work);
        this.last = done.catch(() => undefined);
        return done;
    }

    private async commitNext(block: OrderedBlock): Promise<CommittedBlock> {
        const { image } = this;
        if (block.number !== image.height || !sameBytes(block.previousHash, image.blockHash)) {
            throw new LedgerError(`block ${block.number} does not follow block ${image.height - 1}`);
        }
        const changes = prepareCommit(block, {
            channel: this.options.channel,
            definitions: this.definitions,
            mspId: this.mspId,
            image,
            findPrivate: wanted => this.findPrivate(wanted),
        });
        const settled = this.transient.settledBy(
            block.transactions.map(({ txId }) => txId),
            image.height,
        );
        await this.options.store?.save(changes, settled);
        this.transient.forget(settled);
        this.apply(changes);
        return changes.committed;
    }

    private apply(changes: Changes): void {
        const { committed } = changes;
        this.image = advance(this.image, changes);
        this.blocks.at(-1)?.release();
        this.blocks.push(committed);
        for (const listener of this.listeners) listener(committed);
    }

    private findPrivate(wanted: WantedSet): Uint8Array | undefined {
        const { txId, namespace, collection, hash } = wanted;
        return this.transient.find(txId, namespace, collection, hash) ?? this.options.fetchPrivate?.(wanted);
    }

    private tell({ version }: Modification, namespace: string, key: string): KeyModification | undefined {
        const transaction = this.blocks[version.block]?.block.transaction(version.transaction);
        const set = transaction?.sets.find(candidate => candidate.namespace === namespace);
        const write = set?.writes.find(candidate => candidate.key === key);
        if (transaction === undefined || write === undefined) return undefined;
        return {
            txId: transaction.txId,
            value: write.value ?? new Uint8Array(),
            timestamp: transaction.timestamp,
            isDelete: write.value === undefined,
        };
    }

    private *privateSetNames(blockNumber: number): Generator<PrivateSetName, void> {
        const committed = this.blocks[blockNumber];
        for (const [index, transaction] of committed?.block.transactions.entries() ?? []) {
            for (const { namespace, collections } of readableSets(transaction)) {
                for (const { collection } of collections) {
                    yield { namespace, collection, version: { block: blockNumber, transaction: index } };
                }
            }
        }
    }

    private wantedOf({ namespace, collection, version }: PrivateSetName): WantedSet | undefined {
        const transaction = this.blocks[version.block]?.block.transaction(version.transaction);
        const set = transaction?.sets
            .find(candidate => candidate.namespace === namespace)
            ?.collections.find(candidate => candidate.collection === collection);
        return set && { txId: transaction?.txId ?? '', namespace, collection, hash: set.privateSetHash };
    }
}

function readableSets(transaction: OrderedBlock['transactions'][number]): OrderedBlock['transactions'][number]['sets'] {
    try {
        return transaction.sets;
    } catch {
        return [];
    }
}
