import { common, ledger } from '@hyperledger/fabric-protos';
import { OrderedBlock } from './block';
import type { CommittedBlock } from './committed-block';
import { emptyImage, historyOf, orderedNumber } from './image';
import type { Changes, Expiry, Image, Modification, PrivateSetName } from './image';
import { entries, put } from './key-tree';
import type { KeyTree } from './key-tree';
import { metadataOf } from './namespace-set';
import { entryMessages } from './read-write-set';
import type { ValidationCode } from './transaction';
import type { KeptPrivateData } from './transient-store';
import { WorldState } from './world-state';
import type { Metadata, Update, Version, VersionedValue } from './world-state';

const { KVMetadataWrite } = ledger.rwset.kvrwset;

/**
 * One entry of a peer's ledger as it is kept on disk or dumped; an absent value removes it. Keys have one character a byte and start
 * with a letter for their kind: b verdicts of a block, e expiries, h history, l location of a transaction, m missing private data, p
 * private sets, s state, t private data that waits for its block.
 */
export type LedgerRecord = readonly [key: string, value: Uint8Array | undefined];

/** What a commit, or private data that came late, changes. */
export function* recordsOf(changes: Omit<Changes, 'committed'> & Partial<Changes>): Generator<LedgerRecord, void> {
    const { committed } = changes;
    for (const [namespace, keys] of changes.updates) {
        for (const [key, update] of keys) yield [`s${namespace}\0${key}`, encodeUpdate(update)];
    }
    for (const [key, bytes] of changes.privateSets) yield [`p${key}`, bytes];
    for (const [key, name] of changes.missing) yield [`m${key}`, name && encodeJson(name)];
    for (const [key, expiries] of changes.expiries) yield [`e${key}`, expiries && encodeJson(expiries)];
    if (committed !== undefined) yield* recordsOfBlock(committed);
}

/** Private data that waits for its block, and what a block settles of it. */
export function* recordsOfTransient(
    kept: readonly KeptPrivateData[],
    settled: readonly string[],
): Generator<LedgerRecord, void> {
    for (const { key, height, bytes } of kept) {
        const head = Buffer.alloc(6);
        head.writeUIntBE(height, 0, 6);
        yield [`t${key}`, Buffer.concat([head, bytes])];
    }
    for (const key of settled) yield [`t${key}`, undefined];
}

/** All of a peer's ledger. */
export function* recordsOfLedger(image: Image, blocks: Iterable<CommittedBlock>): Generator<LedgerRecord, void> {
    for (const committed of blocks) yield* recordsOfBlock(committed);
    for (const namespace of image.state.names()) {
        for (const [key, entry] of image.state.range(namespace, '', undefined)) {
            yield [`s${namespace}\0${key}`, encodeUpdate(entry)];
        }
    }
    for (const [key, bytes] of entries(image.privateSets)) yield [`p${key}`, bytes];
    for (const [key, name] of entries(image.missing)) yield [`m${key}`, encodeJson(name)];
    for (const [key, expiries] of entries(image.expiries)) yield [`e${key}`, encodeJson(expiries)];
}

/** Verdicts, history and locations, which follow from the block. */
function* recordsOfBlock(committed: CommittedBlock): Generator<LedgerRecord, void> {
    yield [
        `b${orderedNumber(committed.number)}`,
        Buffer.concat([
            Buffer.from([committed.commitHash.length]),
            committed.commitHash,
            Uint8Array.from(committed.codes),
        ]),
    ];
    for (const [key, version] of historyOf(committed)) yield [`h${key}\0${suffixOf(version)}`, nothing];
    for (const [index, { txId }] of committed.block.transactions.entries()) {
        const version = { block: committed.number, transaction: index };
        if (txId !== '') yield [`l${txId}\0${suffixOf(version)}`, nothing];
    }
}

/** A peer's ledger as its records tell it, in the order of their keys; the blocks come from where they are kept once for all. */
export class LedgerReader {
    readonly verdicts: { readonly codes: readonly ValidationCode[]; readonly commitHash: Uint8Array }[] = [];
    readonly transient: KeptPrivateData[] = [];
    private readonly state = new Map<string, Map<string, Update>>();
    private history: KeyTree<Modification>;
    private locations: KeyTree<Version>;
    private privateSets: KeyTree<Uint8Array>;
    private missing: KeyTree<PrivateSetName>;
    private expiries: KeyTree<readonly Expiry[]>;

    read(key: string, value: Uint8Array): void {
        const name = key.slice(1);
        switch (key[0]) {
            case 'b': {
                const end = 1 + (value[0] ?? 0);
                const codes = [...value.subarray(end)] as ValidationCode[];
                this.verdicts.push({ codes, commitHash: value.subarray(1, end) });
                return;
            }
            case 'e':
                this.expiries = put(this.expiries, name, () => decodeJson<readonly Expiry[]>(value));
                return;
            case 'h':
                this.history = put(this.history, withoutSuffix(name), older => ({ version: versionIn(name), older }));
                return;
            case 'l':
                this.locations = put(this.locations, withoutSuffix(name), first => first ?? versionIn(name));
                return;
            case 'm':
                this.missing = put(this.missing, name, () => decodeJson<PrivateSetName>(value));
                return;
            case 'p':
                this.privateSets = put(this.privateSets, name, () => value);
                return;
            case 's':
                this.readState(name, value);
                return;
            case 't':
                this.transient.push({
                    key: name,
                    height: Buffer.from(value.subarray(0, 6)).readUIntBE(0, 6),
                    bytes: value.subarray(6),
                });
        }
    }

    /** The image, given the last block. */
    image(last: CommittedBlock | undefined): Image {
        if (last === undefined) return emptyImage;
        return {
            height: last.number + 1,
            blockHash: last.block.hash,
            previousHash: last.block.previousHash,
            commitHash: last.commitHash,
            state: WorldState.empty.with(this.state),
            history: this.history,
            locations: this.locations,
            privateSets: this.privateSets,
            missing: this.missing,
            expiries: this.expiries,
        };
    }

    private readState(name: string, value: Uint8Array): void {
        const at = name.indexOf('\0');
        const namespace = name.slice(0, at);
        const keys = this.state.get(namespace) ?? new Map<string, Update>();
        keys.set(name.slice(at + 1), decodeValue(value));
        this.state.set(namespace, keys);
    }
}

/** A block for all peers: common.Block bytes with the orderers' signatures. */
export function encodeBlock(block: OrderedBlock): Uint8Array {
    const message = block.message();
    const metadata = new common.BlockMetadata();
    metadata.setMetadataList([block.signatures]);
    message.setMetadata(metadata);
    return message.serializeBinary();
}

export function decodeBlock(bytes: Uint8Array): OrderedBlock {
    const message = common.Block.deserializeBinary(bytes);
    const header = message.getHeader();
    return new OrderedBlock(
        header?.getNumber() ?? 0,
        header?.getPreviousHash_asU8() ?? nothing,
        message.getData()?.getDataList_asU8() ?? [],
        message.getMetadata()?.getMetadataList_asU8()[0],
    );
}

const nothing = new Uint8Array();

function encodeUpdate({ value, metadata, version }: Update | VersionedValue): Uint8Array | undefined {
    if (value === undefined) return undefined;
    const entriesBytes = metadata === undefined ? nothing : encodeMetadata(metadata);
    const head = Buffer.alloc(14);
    head.writeUIntBE(version.block, 0, 6);
    head.writeUInt32BE(version.transaction, 6);
    head.writeUInt32BE(entriesBytes.length, 10);
    return Buffer.concat([head, entriesBytes, value]);
}

function decodeValue(bytes: Uint8Array): Update {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = 14 + head.readUInt32BE(10);
    return {
        version: { block: head.readUIntBE(0, 6), transaction: head.readUInt32BE(6) },
        metadata:
            end === 14
                ? undefined
                : metadataOf(KVMetadataWrite.deserializeBinary(bytes.subarray(14, end)).getEntriesList()),
        value: bytes.subarray(end),
    };
}

function encodeMetadata(metadata: Metadata): Uint8Array {
    const message = new KVMetadataWrite();
    message.setEntriesList(entryMessages(metadata));
    return message.serializeBinary();
}

function encodeJson(value: unknown): Uint8Array {
    return Buffer.from(JSON.stringify(value));
}

function decodeJson<V>(bytes: Uint8Array): V {
    return JSON.parse(Buffer.from(bytes).toString()) as V;
}

function suffixOf({ block, transaction }: Version): string {
    return orderedNumber(block) + orderedNumber(transaction);
}

const SUFFIX = 24;

function withoutSuffix(name: string): string {
    return name.slice(0, -SUFFIX - 1);
}

function versionIn(name: string): Version {
    return { block: Number(name.slice(-SUFFIX, -SUFFIX / 2)), transaction: Number(name.slice(-SUFFIX / 2)) };
}
