import {
    confirmReportRequest,
    disputeReportRequest,
    fileReportRequest,
    periodReader,
    recordStatesRequest,
    shape,
    stateSummaryReader,
    wholeReportReader,
} from '@poolproof/chaincode/domain';

import { alignMonths, openChunk, packChunk } from './chunk';
import { asked, privately, told } from './client/ledger';

import type {
    Chunk,
    ConfirmReportRequest,
    DisputeReportRequest,
    FileReportRequest,
    Period,
    RecordStatesRequest,
    StateSummary,
    WholeReport,
} from '@poolproof/chaincode/domain';
import type { Audits } from './audit';
import type { Deals } from './deal';
import type { Draft, Ledger, Reader, Receipt } from './client/ledger';
import type { LoanMonth } from './importer/loan-month';
import type { Tapes } from './tape';

const { id, integer, list, object, text } = shape;

const version = { dealId: id, period: integer(1), version: integer(1) };
export const statesRecorded: Reader<StatesRecorded> = told(object({ ...version, number: integer(0) }));
export const reportFiled: Reader<ReportFiled> = told(object({ ...version, affected: list(integer(1)) }));
export const reportAnswered: Reader<ReportId> = told(object(version));
const packedStates = object({ number: integer(0), chunk: text(20_000_000) });

/** One version of one period's report. */
export interface ReportId {
    readonly dealId: string;
    readonly period: number;
    readonly version: number;
}

/** The loan states of a chunk were recorded for a period. */
export interface StatesRecorded extends ReportId {
    /** Of the chunk. */
    readonly number: number;
}

/** A report was filed, or restated. */
export interface ReportFiled extends ReportId {
    /** Later periods that are to be restated as well. */
    readonly affected: readonly number[];
}

/**
 * Monthly loan states, and the reports the contract computes from them.
 *
 * @example
 * const report = { dealId: 'auto-2026-1', period: 1, version: 1 };
 * await servicer.reports.recordAll(report, months);
 * await servicer.reports.file(report);
 * await trust.reports.confirm(report);
 */
export class Reports {
    constructor(
        private readonly ledger: Ledger,
        private readonly deals: Deals,
        private readonly tapes: Tapes,
        private readonly audits: Audits,
    ) {}

    /**
     * The servicer records a month of one chunk, laid out as the tape's chunk is (`alignMonths`, `packChunk`).
     * @throws Refused PERIOD_OUT_OF_ORDER, VERSION_OUT_OF_ORDER, PERIOD_AFFECTED, STATE_NOT_ROLLED, CHUNK_INVALID
     */
    async recordStates(request: Draft<RecordStatesRequest>, packed: Uint8Array): Promise<Receipt<StatesRecorded>> {
        const passage = privately(await this.deals.signatories(request.dealId), { chunk: packed });
        return this.ledger.submit('report:recordStates', [recordStatesRequest, statesRecorded], request, passage);
    }

    /**
     * The servicer records a whole month of the pool. What remains is `file`.
     * @throws ImportError for a loan that is not in the deal's tape; nothing is sent then
     */
    async recordAll(report: ReportId, months: readonly LoanMonth[]): Promise<readonly Receipt<StatesRecorded>[]> {
        const assetClass = await this.deals.assetClass(report.dealId);
        const { dealId, period } = report;
        const numbers = await this.tapes.numbers(dealId, await this.chunksIn(dealId, period));
        const chunks = alignMonths(numbers, months, assetClass);
        const receipts: Receipt<StatesRecorded>[] = [];
        for (const [number, rows] of chunks.entries())
            receipts.push(await this.recordStates({ ...report, number }, packChunk(assetClass.state, rows)));
        return receipts;
    }

    /** How many chunks the pool has in a period: those of the month before, and those bought in it. */
    async chunksIn(dealId: string, period: number): Promise<number> {
        const { additions } = await this.read(dealId, period);
        const before = period === 1 ? undefined : (await this.read(dealId, period - 1)).versions.at(-1);
        const { length } = (before ?? (await this.tapes.read(dealId))).chunkRoots;
        return additions.reduce((count, { chunkRoots }) => count + chunkRoots.length, length);
    }

    /**
     * The servicer files the report of a period, or with a reason its restatement; every figure is recomputed from the loans.
     * @throws Refused REASON_MISSING, STATES_MISSING, BASIS_CHANGED, FACT_UNKNOWN
     */
    async file(request: Draft<FileReportRequest>): Promise<Receipt<ReportFiled>> {
        const passage = privately(await this.deals.signatories(request.dealId));
        return this.ledger.submit('report:file', [fileReportRequest, reportFiled], request, passage);
    }

    /** The trustee confirms a report: a distribution may rest on it. */
    async confirm(request: Draft<ConfirmReportRequest>): Promise<Receipt<ReportId>> {
        const passage = privately(await this.deals.signatories(request.dealId));
        return this.ledger.submit('report:confirm', [confirmReportRequest, reportAnswered], request, passage);
    }

    /** The trustee disputes a report: the servicer is to restate it. */
    async dispute(request: Draft<DisputeReportRequest>): Promise<Receipt<ReportId>> {
        const passage = privately(await this.deals.signatories(request.dealId));
        return this.ledger.submit('report:dispute', [disputeReportRequest, reportAnswered], request, passage);
    }

    /** A period and all reports on it. @throws Refused NOT_FOUND */
    read(dealId: string, period: number): Promise<Period> {
        return this.ledger.evaluate('report:read', periodReader, asked({ dealId, period }));
    }

    /** All periods of a deal. */
    list(dealId: string): Promise<readonly Period[]> {
        return this.ledger.evaluate('report:list', list(periodReader), asked({ dealId }));
    }

    /** The loan states of a chunk as recorded, for the deal's originator, its trustee and the regulator. */
    async states(report: ReportId, number: number): Promise<Chunk> {
        const { dealId, period } = report;
        const { chunk } = await this.audits.reading({ dealId, kind: 'states', period }, licence =>
            this.ledger.evaluate('report:states', packedStates, asked({ ...report, number, ...licence })),
        );
        return openChunk(Buffer.from(chunk, 'base64'), (await this.deals.assetClass(report.dealId)).state);
    }

    /** Everything that the loans of a period add up to, also what is not published. For those who may see the loans. */
    whole(report: ReportId): Promise<WholeReport> {
        const { dealId, period } = report;
        return this.audits.reading({ dealId, kind: 'states', period }, licence =>
            this.ledger.evaluate('report:whole', wholeReportReader, asked({ ...report, ...licence })),
        );
    }

    /** Figures of a recorded chunk and the loans in it that do not roll forward, or null. For those who may see the loans. */
    summary(report: ReportId, number: number): Promise<StateSummary | null> {
        const answer = (value: unknown, at: string) => (value === null ? null : stateSummaryReader(value, at));
        const { dealId, period } = report;
        return this.audits.reading({ dealId, kind: 'states', period }, licence =>
            this.ledger.evaluate('report:summary', answer, asked({ ...report, number, ...licence })),
        );
    }
}
