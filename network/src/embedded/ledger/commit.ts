import { common, peer } from '@hyperledger/fabric-protos';
import type { OrderedBlock } from './block';
import { BlockUpdates } from './block-updates';
import type { Channel } from './channel';
import { commitHash } from './commit-hash';
import { CommittedBlock } from './committed-block';
import { conflictVerdict } from './conflict-check';
import { isDeadly } from './deadly-metadata';
import type { CollectionDefinition } from './definition';
import type { Definitions } from './definitions';
import { sameBytes, sha256 } from './digest';
import { EndorsementCheck } from './endorsement-check';
import { expiredBy, scheduleExpiries } from './expiry';
import { expiryKey, privateSetKey } from './image';
import type { Changes, Image, PrivateSetName } from './image';
import { find } from './key-tree';
import type { CollectionSet } from './namespace-set';
import { privateUpdates } from './private-updates';
import type { HeldSet } from './private-updates';
import { purgedSets } from './purge';
import type { Transaction } from './transaction';
import { invalid, valid } from './verdict';
import type { Verdict } from './verdict';
import type { Update } from './world-state';

const { TxValidationCode: Code } = peer;

/** A private write set that a block names and a peer looks for. */
export interface WantedSet {
    readonly txId: string;
    readonly namespace: string;
    readonly collection: string;
    /** SHA-256 of the set. */
    readonly hash: Uint8Array;
}

/** What a peer brings to the commit of a block. */
export interface CommitContext {
    readonly channel: Channel;
    readonly definitions: Definitions;
    readonly mspId: string;
    readonly image: Image;
    /** Private data as this peer holds it or gets it from others; undefined where it cannot be had now. */
    readonly findPrivate: (wanted: WantedSet) => Uint8Array | undefined;
}

/** Validate a block against a peer's image, in Fabric's order, and work out all that it changes. */
export function prepareCommit(block: OrderedBlock, context: CommitContext): Changes {
    const { image } = context;
    const verdicts = block.number === 0 ? block.transactions.map(() => valid) : endorsementVerdicts(block, context);
    const { held, missing } = gatherPrivate(block, verdicts, context);
    const updates = new BlockUpdates(image.state);
    for (const [index, transaction] of block.transactions.entries()) {
        if (verdicts[index] !== valid || transaction.type !== common.HeaderType.ENDORSER_TRANSACTION) continue;
        const verdict = stateVerdict(transaction, image, updates);
        verdicts[index] = verdict;
        if (verdict !== valid) continue;
        for (const set of transaction.sets) updates.apply(set, { block: block.number, transaction: index });
    }
    const codes = verdicts.map(({ code }) => code);
    const reasons = verdicts.map(({ reason }) => reason);
    // Fabric's chain of commit hashes starts with the first block after the genesis block.
    const hash = block.number === 0 ? image.commitHash : commitHash(codes, updates, image.commitHash);
    const committed = new CommittedBlock(context.channel.name, block, codes, hash, reasons);
    return changesOf(committed, updates, held, missing, context);
}

function endorsementVerdicts(block: OrderedBlock, context: CommitContext): Verdict[] {
    const check = new EndorsementCheck(context.channel, context.definitions, context.image.state);
    const verdicts = block.transactions.map(transaction => verdictOf(transaction, check, context));
    const seen = new Set<string>();
    for (const [index, { txId, type }] of block.transactions.entries()) {
        if (verdicts[index] !== valid || type !== common.HeaderType.ENDORSER_TRANSACTION) continue;
        if (seen.has(txId)) verdicts[index] = invalid('DUPLICATE_TXID', 'the block has it twice');
        seen.add(txId);
    }
    return verdicts;
}

function verdictOf(transaction: Transaction, check: EndorsementCheck, context: CommitContext): Verdict {
    const form = transaction.formVerdict(context.channel);
    if (form !== valid) return form;
    const before = find(context.image.locations, transaction.txId);
    if (before !== undefined) return invalid('DUPLICATE_TXID', `it was in block ${before.block}`);
    return check.verdict(transaction);
}

function stateVerdict(transaction: Transaction, image: Image, updates: BlockUpdates): Verdict {
    const conflict = conflictVerdict(transaction.sets, image.state, updates);
    if (conflict !== valid || !isDeadly(transaction, updates)) return conflict;
    return invalid('INVALID_OTHER_REASON', 'a real peer panics on it: see the warning FabricPanic');
}

/** The private sets of well endorsed transactions that this peer's organisation may have. */
function gatherPrivate(
    block: OrderedBlock,
    verdicts: readonly Verdict[],
    context: CommitContext,
): { readonly held: readonly HeldSet[]; readonly missing: readonly PrivateSetName[] } {
    const held: HeldSet[] = [];
    const missing: PrivateSetName[] = [];
    for (const [index, transaction] of block.transactions.entries()) {
        if (verdicts[index] !== valid || transaction.type !== common.HeaderType.ENDORSER_TRANSACTION) continue;
        const version = { block: block.number, transaction: index };
        for (const { namespace, collections } of transaction.sets) {
            for (const set of collections) {
                const { collection, privateSetHash: hash } = set;
                if (!hasWrites(set) || !isMember(collectionOf(namespace, collection, context), context.mspId)) continue;
                const bytes = context.findPrivate({ txId: transaction.txId, namespace, collection, hash });
                if (bytes !== undefined && sameBytes(sha256(bytes), hash))
                    held.push({ namespace, collection, bytes, version });
                else missing.push({ namespace, collection, version });
            }
        }
    }
    return { held, missing };
}

function changesOf(
    committed: CommittedBlock,
    updates: BlockUpdates,
    gathered: readonly HeldSet[],
    missing: readonly PrivateSetName[],
    context: CommitContext,
): Changes {
    const { image } = context;
    const valid = gathered.filter(({ version }) => committed.codes[version.transaction] === Code.VALID);
    const privates = privateUpdates(valid, updates, image);
    const expired = expiredBy(committed.number, image, updates, privates);
    // Public, hashed and private keys lie in places of their own; what expires may lie in any of them.
    const all = new Map<string, ReadonlyMap<string, Update>>(updates.all());
    for (const [place, { keys }] of privates) all.set(place, keys);
    for (const [place, keys] of expired.updates) all.set(place, new Map([...(all.get(place) ?? []), ...keys]));
    const blockToLive = (namespace: string, collection: string): number =>
        collectionOf(namespace, collection, context)?.blockToLive ?? 0;
    const schedule = scheduleExpiries(committed.number, updates, privates, [...gathered, ...missing], blockToLive);
    const expiries = [...schedule].map(
        ([key, entries]) => [key, [...(find(image.expiries, key) ?? []), ...entries]] as const,
    );
    return {
        committed,
        updates: all,
        privateSets: new Map([
            ...gathered.map(set => [privateSetKey(set), set.bytes] as const),
            ...purgedSets(committed, image, gathered),
            ...expired.sets,
        ]),
        missing: new Map([...missing.map(name => [privateSetKey(name), name] as const), ...expired.sets]),
        expiries: new Map([...expiries, [expiryKey(committed.number), undefined]]),
    };
}

function collectionOf(namespace: string, collection: string, context: CommitContext): CollectionDefinition | undefined {
    return context.definitions.collection(context.image.state, namespace, collection);
}

function isMember(collection: CollectionDefinition | undefined, mspId: string): boolean {
    return collection?.memberMspIds.includes(mspId) === true;
}

function hasWrites(set: CollectionSet): boolean {
    return set.writes.length > 0 || set.metadataWrites.length > 0;
}
