import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { CommittedBlock } from './committed-block';
import type { OrderedBlock } from './block';
import { LedgerError } from './peer-ledger';
import type { LedgerSnapshot } from './peer-ledger';
import { decodeBlock, encodeBlock, LedgerReader, recordsOfLedger } from './records';

/** Raised whenever a dump made before could no longer be read. */
const FORMAT = 'poolproof ledger dump 1';

/** Write what the peers of a channel know to one file: the blocks once, then every peer's own records. */
export async function writeDump(
    file: string,
    channelId: string,
    peers: ReadonlyMap<string, LedgerSnapshot>,
): Promise<void> {
    await pipeline(frames(channelId, peers), createGzip({ level: 1 }), createWriteStream(file));
}

/**
 * Read a dump: the channel, and for each peer a snapshot to which its ledger can go back.
 * @throws LedgerError if the file is not a dump of this format.
 */
export async function readDump(
    file: string,
): Promise<{ readonly channelId: string; readonly peers: ReadonlyMap<string, LedgerSnapshot> }> {
    const fields = fieldsOf(await contentOf(file));
    if (fields.next().value?.toString() !== FORMAT) throw new LedgerError(`${file} is not a "${FORMAT}"`);
    const channelId = textOf(fields.next().value);
    const blocks: OrderedBlock[] = [];
    for (let block = fields.next().value; block !== undefined && block.length > 0; block = fields.next().value) {
        blocks.push(decodeBlock(block));
    }
    const peers = new Map<string, LedgerSnapshot>();
    for (let name = fields.next().value; name !== undefined; name = fields.next().value) {
        peers.set(textOf(name), readPeer(fields, channelId, blocks));
    }
    return { channelId, peers };
}

type Fields = Generator<Buffer, undefined>;

function readPeer(fields: Fields, channelId: string, blocks: readonly OrderedBlock[]): LedgerSnapshot {
    const reader = new LedgerReader();
    for (let key = fields.next().value; key !== undefined && key.length > 0; key = fields.next().value) {
        reader.read(key.toString('latin1'), fields.next().value ?? Buffer.alloc(0));
    }
    const committed = reader.verdicts.map(({ codes, commitHash }, number) => {
        const block = blocks[number];
        if (block === undefined) throw new LedgerError(`block ${number} is missing from the dump`);
        return new CommittedBlock(channelId, block, codes, commitHash);
    });
    return { image: reader.image(committed.at(-1)), blocks: committed };
}

/** Fields with their lengths: format, channel, blocks and an empty field; each peer's name, keys and values, and an empty field. */
function* frames(channelId: string, peers: ReadonlyMap<string, LedgerSnapshot>): Generator<Buffer, void> {
    yield field(Buffer.from(FORMAT));
    yield field(Buffer.from(channelId));
    const longest = [...peers.values()].reduce<readonly CommittedBlock[]>(
        (most, { blocks }) => (blocks.length > most.length ? blocks : most),
        [],
    );
    for (const { block } of longest) yield field(encodeBlock(block));
    yield field(Buffer.alloc(0));
    for (const [name, { image, blocks }] of peers) {
        yield field(Buffer.from(name));
        const records = [...recordsOfLedger(image, blocks)].sort(([left], [right]) => (left < right ? -1 : 1));
        for (const [key, value] of records) {
            yield field(Buffer.from(key, 'latin1'));
            yield field(value ?? Buffer.alloc(0));
        }
        yield field(Buffer.alloc(0));
    }
}

function field(bytes: Uint8Array): Buffer {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
}

function* fieldsOf(content: Buffer): Fields {
    for (let at = 0; at + 4 <= content.length;) {
        const end = at + 4 + content.readUInt32BE(at);
        if (end > content.length) throw new LedgerError('the dump is cut short');
        yield content.subarray(at + 4, end);
        at = end;
    }
    return undefined;
}

async function contentOf(file: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    try {
        await pipeline(createReadStream(file), createGunzip(), async source => {
            for await (const chunk of source) chunks.push(chunk as Buffer);
        });
    } catch (error) {
        throw new LedgerError(`${file} cannot be read as a dump: ${(error as Error).message}`);
    }
    return Buffer.concat(chunks);
}

function textOf(bytes: Buffer | undefined): string {
    return bytes?.toString() ?? '';
}
