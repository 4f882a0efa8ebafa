import { inflateRawSync } from 'node:zlib';

import { Chunk } from '../domain/tape/chunk';
import { mostChunkBytes } from '../domain/tape/encoding';
import { loanSummaryReader } from '../domain/tape/summary';
import { Refusal } from '../domain/refusal';
import { signatories } from './deal';
import { tapeCollection } from '../domain/deal';
import { tapeReader } from '../domain/tape';

import type { Context } from './context';
import type { Deal } from '../domain/deal';
import type { Layout } from '../domain/tape/asset-class';
import type { LoanSummary } from '../domain/tape/summary';
import type { PrivateBook } from './book';
import type { Tape } from '../domain/tape';

/** Transient field that carries a chunk, deflated. */
export const chunkField = 'chunk';

/** The tape of a deal: its public record, and its chunks in the collection of originator and trustee. */
export class Tapes {
    private readonly tapes;

    constructor(private readonly ctx: Context) {
        this.tapes = ctx.book('tape', tapeReader);
    }

    /** @throws Refusal NOT_FOUND */
    load(dealId: string): Promise<Tape> {
        return this.tapes.load(dealId);
    }

    save(tape: Tape): Promise<void> {
        return this.tapes.save(tape, tape.dealId);
    }

    layDown(deal: Deal, tape: Tape): Promise<void> {
        return this.tapes.layDown(tape, signatories(deal), deal.id);
    }

    /** @throws Refusal RECORD_FORGED unless the tape lies under its deal's policy */
    mustBeProtected(deal: Deal): Promise<void> {
        return this.tapes.mustBeSignedBy(signatories(deal), deal.id);
    }

    /** The chunk of the transient map, inflated. @throws Refusal TRANSIENT_MISSING, CHUNK_INVALID, FIELD_INVALID */
    given(layout: Layout): Chunk {
        return Chunk.open(inflate(this.ctx.transient.bytes(chunkField)), layout);
    }

    /** Records the chunk of the transient map as it came, compressed, and its summary. */
    async record(deal: Deal, number: number, summary: LoanSummary): Promise<void> {
        await this.store(deal).put(this.chunkKey(deal, number), this.ctx.transient.bytes(chunkField));
        await this.summaries(deal).save(summary, deal.id, key(number));
    }

    /** @throws Refusal CHUNK_MISSING */
    async chunk(deal: Deal, number: number, layout: Layout): Promise<Chunk> {
        return Chunk.reopen(inflate(await this.stored(deal, number)), layout);
    }

    /** The chunk as recorded, compressed. @throws Refusal CHUNK_MISSING */
    async stored(deal: Deal, number: number): Promise<Uint8Array> {
        const bytes = await this.store(deal).get(this.chunkKey(deal, number));
        if (bytes.length === 0) throw new Refusal('CHUNK_MISSING', { number });
        return bytes;
    }

    summary(deal: Deal, number: number): Promise<LoanSummary | undefined> {
        return this.summaries(deal).find(deal.id, key(number));
    }

    /** Of so many chunks from a first, in order; undefined where there is none. */
    async allSummaries(deal: Deal, count: number, first = 0): Promise<(LoanSummary | undefined)[]> {
        const summaries: (LoanSummary | undefined)[] = [];
        for (let number = first; number < first + count; number++) summaries.push(await this.summary(deal, number));
        return summaries;
    }

    private store(deal: Deal) {
        return this.ctx.privateStore(tapeCollection(deal));
    }

    private chunkKey(deal: Deal, number: number): string {
        return this.ctx.stub.createCompositeKey('loans', [deal.id, key(number)]);
    }

    private summaries(deal: Deal): PrivateBook<LoanSummary> {
        return this.ctx.privateBook(tapeCollection(deal), 'loan-summary', loanSummaryReader);
    }
}

/** @throws Refusal CHUNK_INVALID */
export function inflate(bytes: Uint8Array): Uint8Array {
    try {
        return inflateRawSync(bytes, { maxOutputLength: mostChunkBytes });
    } catch {
        throw new Refusal('CHUNK_INVALID', { problem: `not deflated, or more than ${mostChunkBytes} bytes` });
    }
}

/** A number as part of a key: of one width, so that keys sort by number. */
export function key(number: number): string {
    return String(number).padStart(5, '0');
}
