import { randomBytes } from 'node:crypto';

import {
    loanSummaryReader,
    poolChunks,
    prove,
    recordChunkRequest,
    rejectTapeRequest,
    sealTapeRequest,
    secretLength,
    shape,
    submitTapeRequest,
    tapeReader,
} from '@poolproof/chaincode/domain';

import { asked, privately, told } from './client/ledger';
import { loansPerChunk, openChunk, packRecords } from './chunk';
import { SortedLoans } from './importer/sorted-loans';

import type {
    Chunk,
    LoanPlace,
    LoanSummary,
    Proof,
    RecordChunkRequest,
    RejectTapeRequest,
    SealTapeRequest,
    SubmitTapeRequest,
    Tape,
} from '@poolproof/chaincode/domain';
import type { Audits } from './audit';
import type { Deals } from './deal';
import type { Loan } from './importer/loan';
import type { Draft, Ledger, Reader, Receipt } from './client/ledger';

const { digest, id, integer, object, text } = shape;

export const chunkRecorded: Reader<ChunkRecorded> = told(object({ dealId: id, number: integer(0) }));
export const tapeSubmitted: Reader<TapeSubmitted> = told(object({ dealId: id, chunks: integer(1), root: digest }));
export const tapeRejected: Reader<TapeRejected> = told(object({ dealId: id, reason: text(500) }));
export const tapeSealed: Reader<TapeSealed> = told(object({ dealId: id, root: digest }));
const packedChunk = object({ number: integer(0), chunk: text(20_000_000) });

/** A chunk of a tape was recorded. */
export interface ChunkRecorded {
    readonly dealId: string;
    readonly number: number;
}

/** The originator has declared a tape complete. */
export interface TapeSubmitted {
    readonly dealId: string;
    readonly chunks: number;
    /** Merkle root of the tape. */
    readonly root: string;
}

/** The trustee has sent a tape back, and why. */
export interface TapeRejected {
    readonly dealId: string;
    readonly reason: string;
}

/** The trustee has sealed a tape: its loans are the pool. */
export interface TapeSealed {
    readonly dealId: string;
    readonly root: string;
}

/**
 * Loan tapes: private to the originator, the trustee and the regulator; only their root and the pool's figures are public.
 *
 * @example
 * const chunks = await bank.tapes.recordAll('auto-2026-1', loans);
 * await bank.tapes.submit({ dealId: 'auto-2026-1', chunks });
 * const proof = await trust.tapes.prove('auto-2026-1', 0, 17);
 */
export class Tapes {
    constructor(
        private readonly ledger: Ledger,
        private readonly deals: Deals,
        private readonly audits: Audits,
    ) {}

    /**
     * The originator records one chunk of loans.
     * @param packed the chunk, encoded and deflated (`packChunk`)
     * @throws Refused DEAL_STATUS_WRONG, CHUNK_INVALID, FIELD_INVALID, ASSET_TWICE, CHUNK_UNSORTED
     */
    async record(request: Draft<RecordChunkRequest>, packed: Uint8Array): Promise<Receipt<ChunkRecorded>> {
        const passage = privately(await this.deals.signatories(request.dealId), { chunk: packed });
        return this.ledger.submit('tape:record', [recordChunkRequest, chunkRecorded], request, passage);
    }

    /**
     * The originator records a whole tape, chunk after chunk, and says after each how far it is. What remains is `submit`.
     * @returns how many chunks there are
     */
    async recordAll(
        dealId: string,
        loans: readonly Loan[],
        progress?: (chunk: RecordedChunk) => void,
    ): Promise<number> {
        const assetClass = await this.deals.assetClass(dealId);
        const sorted = new SortedLoans(assetClass);
        try {
            for (const { cells } of loans) sorted.add(cells);
            const sizes = sorted.sizes(loansPerChunk);
            let number = 0;
            for (const records of sorted.chunks(sizes)) {
                const packed = packRecords(assetClass.loan, records, randomBytes(secretLength));
                const receipt = await this.record({ dealId, number }, packed);
                progress?.({ number, loans: records.length, bytes: packed.length, receipt });
                number++;
            }
            return number;
        } finally {
            sorted.close();
        }
    }

    /**
     * The originator declares the tape complete.
     * @throws Refused DEAL_STATUS_WRONG, CHUNK_MISSING, CHUNKS_OVERLAP
     */
    async submit(request: Draft<SubmitTapeRequest>): Promise<Receipt<TapeSubmitted>> {
        const passage = privately(await this.deals.signatories(request.dealId));
        return this.ledger.submit('tape:submit', [submitTapeRequest, tapeSubmitted], request, passage);
    }

    /**
     * The trustee sends a submitted tape back.
     * @throws Refused DEAL_STATUS_WRONG, TAPE_STILL_PLEDGED
     */
    async reject(request: Draft<RejectTapeRequest>): Promise<Receipt<TapeRejected>> {
        const passage = privately(await this.deals.signatories(request.dealId));
        return this.ledger.submit('tape:reject', [rejectTapeRequest, tapeRejected], request, passage);
    }

    /**
     * The trustee seals a tape all of whose chunks it has pledged; the pool's figures become public.
     * @throws Refused DEAL_STATUS_WRONG, CHUNK_CHANGED, CHUNK_NOT_ACCEPTED, POOL_BALANCE_DIFFERS
     */
    async seal(request: Draft<SealTapeRequest>): Promise<Receipt<TapeSealed>> {
        const passage = privately(await this.deals.signatories(request.dealId));
        return this.ledger.submit('tape:seal', [sealTapeRequest, tapeSealed], request, passage);
    }

    /** The public record. @throws Refused NOT_FOUND */
    read(dealId: string): Promise<Tape> {
        return this.ledger.evaluate('tape:read', tapeReader, asked({ dealId }));
    }

    /**
     * The loans of a chunk, for the deal's originator, its trustee and the regulator, whose reading leaves a trail.
     * @throws Refused NOT_FOUND, CHUNK_MISSING; Failure where the caller's institution is none of them
     */
    async loans(dealId: string, number: number): Promise<Chunk> {
        const { chunk } = await this.audits.reading({ dealId, kind: 'tape' }, licence =>
            this.ledger.evaluate('tape:chunk', packedChunk, asked({ dealId, number, ...licence })),
        );
        return openChunk(Buffer.from(chunk, 'base64'), (await this.deals.assetClass(dealId)).loan);
    }

    /**
     * Proves one loan of a tape to whoever is shown the proof: `verify(proof, root)` of the domain checks it against the public
     * root, offline. It shows nothing of any other loan.
     * @param row of the chunk, from 0
     * @throws Refused NOT_FOUND, CHUNK_MISSING
     */
    async prove(dealId: string, number: number, row: number): Promise<Proof> {
        const assetClass = await this.deals.assetClass(dealId);
        const { chunkRoots } = await this.read(dealId);
        return prove(assetClass, 'loan', await this.loans(dealId, number), row, chunkRoots, number);
    }

    /**
     * The numbers of the loans, chunk by chunk, in the tape's order. For those who may see the loans.
     * @param count of the chunks, from the first; all that are in the pool unless stated
     */
    async numbers(dealId: string, count?: number): Promise<string[][]> {
        const { loanRoles } = await this.deals.assetClass(dealId);
        const chunks = Array.from({ length: count ?? poolChunks(await this.read(dealId)) }, async (_, number) =>
            (await this.loans(dealId, number)).texts(loanRoles.number),
        );
        return (await Promise.all(chunks)).map(texts => texts.map(String));
    }

    /** Where loans stand in the pool, by their numbers. For those who may see the loans. */
    async places(dealId: string, loans: readonly string[]): Promise<ReadonlyMap<string, LoanPlace>> {
        const wanted = new Set(loans);
        const places = new Map<string, LoanPlace>();
        for (const [chunk, numbers] of (await this.numbers(dealId)).entries())
            for (const [row, number] of numbers.entries()) if (wanted.has(number)) places.set(number, { chunk, row });
        return places;
    }

    /** What is kept of a recorded chunk besides the loans, or null where there is none. For those who may see the loans. */
    summary(dealId: string, number: number): Promise<LoanSummary | null> {
        const answer = (value: unknown, at: string) => (value === null ? null : loanSummaryReader(value, at));
        return this.audits.reading({ dealId, kind: 'tape' }, licence =>
            this.ledger.evaluate('tape:summary', answer, asked({ dealId, number, ...licence })),
        );
    }
}

/** One chunk of a tape that has been recorded. */
export interface RecordedChunk {
    readonly number: number;
    readonly loans: number;
    /** As sent and stored. */
    readonly bytes: number;
    readonly receipt: Receipt<ChunkRecorded>;
}
