import { ClassicLevel } from 'classic-level';
import { CommittedBlock } from './committed-block';
import type { OrderedBlock } from './block';
import { orderedNumber } from './image';
import type { Changes, Image } from './image';
import { decodeBlock, encodeBlock, LedgerReader, recordsOf, recordsOfLedger, recordsOfTransient } from './records';
import type { LedgerRecord } from './records';
import type { LedgerStore, Stored } from './store';
import type { KeptPrivateData } from './transient-store';

interface Write {
    readonly records: readonly LedgerRecord[];
    readonly done: () => void;
    readonly failed: (error: unknown) => void;
}

interface Replacement {
    readonly image: Image;
    readonly blocks: readonly CommittedBlock[];
    readonly done: () => void;
    readonly failed: (error: unknown) => void;
}

/**
 * One LevelDB folder for all peers of a network. Blocks are kept once; everything else is each peer's own. What several peers save at
 * the same moment goes to disk in one synced batch, which LevelDB writes whole or not at all: one flush a block, and after a crash every peer
 * stands at a whole block.
 */
export class LevelFolder {
    private waiting: Write[] = [];
    private writing = false;
    /** Number of blocks on disk or on their way there. */
    private blocksKept = 0;
    /** Blocks read so far, so that peers share them. */
    private readonly blocks = new Map<number, Promise<OrderedBlock>>();
    /** Peers whose ledgers are kept here, by the prefix of their keys. */
    private readonly peers = new Set<string>();
    /** What peers go back to, until all of them have said so. */
    private readonly replacements = new Map<string, Replacement>();

    private constructor(
        private readonly db: ClassicLevel<Buffer, Uint8Array>,
        private readonly channelId: string,
    ) {}

    /** @throws Error if another process has the folder open. */
    static async open(folder: string, channelId: string): Promise<LevelFolder> {
        const db = new ClassicLevel<Buffer, Uint8Array>(folder, { keyEncoding: 'buffer', valueEncoding: 'view' });
        await db.open();
        const opened = new LevelFolder(db, channelId);
        for await (const key of db.keys({ ...between('B', 'C'), reverse: true, limit: 1 })) {
            opened.blocksKept = Number(textOf(key).slice(1)) + 1;
        }
        return opened;
    }

    /** The ledger of one peer. */
    store(peer: string): LedgerStore {
        const prefix = `P${peer}\0`;
        this.peers.add(prefix);
        return {
            load: () => this.load(prefix),
            save: (changes, settled = []) => this.save(prefix, changes, settled),
            keep: data => this.keep(prefix, data),
            replace: (image, blocks) => this.replace(prefix, image, blocks),
        };
    }

    async close(): Promise<void> {
        await this.write([]);
        await this.db.close();
    }

    private async load(prefix: string): Promise<Stored> {
        const reader = new LedgerReader();
        const end = `${prefix.slice(0, -1)}\u0001`;
        for await (const [key, value] of this.db.iterator(between(prefix, end))) {
            reader.read(textOf(key).slice(prefix.length), value);
        }
        const blocks: CommittedBlock[] = [];
        for (const [number, { codes, commitHash }] of reader.verdicts.entries()) {
            blocks.push(new CommittedBlock(this.channelId, await this.block(number), codes, commitHash));
        }
        return { image: reader.image(blocks.at(-1)), blocks, transient: reader.transient };
    }

    private async save(
        prefix: string,
        changes: Omit<Changes, 'committed'> & Partial<Changes>,
        settled: readonly string[],
    ): Promise<void> {
        const own = [...recordsOf(changes), ...recordsOfTransient([], settled)];
        await this.write([...this.recordsOfBlock(changes.committed?.block), ...prefixed(prefix, own)]);
    }

    /** Without waiting for the disk, since what is lost with the machine can be endorsed again. */
    private async keep(prefix: string, data: KeptPrivateData): Promise<void> {
        await this.db.batch([...prefixed(prefix, recordsOfTransient([data], []))].map(operationOf));
    }

    /** Resolves when all peers have asked to be replaced and one batch has replaced them, since they share their blocks. */
    private replace(prefix: string, image: Image, blocks: readonly CommittedBlock[]): Promise<void> {
        return new Promise((done, failed) => {
            this.replacements.set(prefix, { image, blocks, done, failed });
            if (this.replacements.size < this.peers.size) return;
            const all = new Map(this.replacements);
            this.replacements.clear();
            this.replaceAll(all).then(
                () => all.forEach(replacement => replacement.done()),
                (error: unknown) => all.forEach(replacement => replacement.failed(error)),
            );
        });
    }

    private async replaceAll(replacements: ReadonlyMap<string, Replacement>): Promise<void> {
        const records: LedgerRecord[] = [];
        for await (const key of this.db.keys()) records.push([textOf(key), undefined]);
        const kept = new Map<number, OrderedBlock>();
        for (const [prefix, { image, blocks }] of replacements) {
            for (const { block } of blocks) kept.set(block.number, block);
            records.push(...prefixed(prefix, recordsOfLedger(image, blocks)));
        }
        for (const [number, block] of kept) records.push([blockKey(number), encodeBlock(block)]);
        this.blocksKept = kept.size;
        this.blocks.clear();
        await this.write(records);
    }

    private block(number: number): Promise<OrderedBlock> {
        let block = this.blocks.get(number);
        if (block === undefined) this.blocks.set(number, (block = this.readBlock(number)));
        return block;
    }

    private async readBlock(number: number): Promise<OrderedBlock> {
        const bytes = await this.db.get(bytesOf(blockKey(number)));
        if (bytes === undefined) throw new Error(`block ${number} is missing on disk`);
        return decodeBlock(bytes);
    }

    /** The block itself, unless another peer has brought it. */
    private recordsOfBlock(block: OrderedBlock | undefined): readonly LedgerRecord[] {
        if (block === undefined || block.number < this.blocksKept) return [];
        this.blocksKept = block.number + 1;
        return [[blockKey(block.number), encodeBlock(block)]];
    }

    private write(records: readonly LedgerRecord[]): Promise<void> {
        return new Promise((done, failed) => {
            this.waiting.push({ records, done, failed });
            // All peers commit a block in the same turn of the event loop: wait for them.
            if (!this.writing) setImmediate(() => void this.flush());
            this.writing = true;
        });
    }

    private async flush(): Promise<void> {
        while (this.waiting.length > 0) {
            const writes = this.waiting;
            this.waiting = [];
            try {
                await this.db.batch(
                    writes.flatMap(({ records }) => records.map(operationOf)),
                    { sync: true },
                );
                for (const { done } of writes) done();
            } catch (error) {
                for (const { failed } of writes) failed(error);
            }
        }
        this.writing = false;
    }
}

function* prefixed(prefix: string, records: Iterable<LedgerRecord>): Generator<LedgerRecord, void> {
    for (const [key, value] of records) yield [prefix + key, value];
}

function operationOf([key, value]: LedgerRecord):
    | { readonly type: 'put'; readonly key: Buffer; readonly value: Uint8Array }
    | { readonly type: 'del'; readonly key: Buffer } {
    return value === undefined ? { type: 'del', key: bytesOf(key) } : { type: 'put', key: bytesOf(key), value };
}

function blockKey(number: number): string {
    return `B${orderedNumber(number)}`;
}

function between(start: string, end: string): { readonly gte: Buffer; readonly lt: Buffer } {
    return { gte: bytesOf(start), lt: bytesOf(end) };
}

function bytesOf(key: string): Buffer {
    return Buffer.from(key, 'latin1');
}

function textOf(key: Buffer): string {
    return key.toString('latin1');
}
