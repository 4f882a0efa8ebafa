import { basename } from 'node:path';

import { AlignedMonths } from './importer/aligned-months';
import { checkRollForward } from './quality/roll-forward';
import { ImportError } from './importer/import-error';
import { inLanes, mostInFlight } from './lanes';
import { Inspection } from './quality/inspection';
import { loansPerChunk, openChunk, packRecords } from './chunk';
import { QualityFailure } from './quality/failure';
import { none } from './quality/check';
import { readMapped } from './importer/mapping';
import { SortedLoans } from './importer/sorted-loans';

import type { AssetClass, Currency, Layout } from '@poolproof/chaincode/domain';
import type { ChunkPlace, TapeSecret } from './tape-secret';
import type { Finding, QualityReport } from './quality/inspection';
import type { LoanMonth } from './importer/loan-month';
import type { Connection } from './connection';
import type { Mapping } from './importer/mapping';
import type { ReportId } from './report';

/** A recording under way, told when the file is read and nothing sent, and after every chunk. */
export interface Progress {
    /** Chunks on the ledger by now. */
    readonly recorded: number;
    /** Of them, those that an earlier run had recorded. */
    readonly found: number;
    readonly chunks: number;
}

/** How a file is recorded. */
export interface RecordingOptions {
    /** Kept by the client from the first attempt to the last: see `TapeSecret.open`. */
    readonly secret: TapeSecret;
    /** Chunks under way at a time, 16 at most; 3 unless stated. */
    readonly inFlight?: number;
    /** What the file calls its columns: see `readMapping`. */
    readonly mapping?: Mapping;
    /** Told now and then how many records have been read, until the file is: nothing is sent before. */
    readonly reading?: (records: number) => void;
    /** Told what the file is worth, before anything is sent. */
    readonly judged?: (report: QualityReport) => void;
    readonly progress?: (progress: Progress) => void;
}

/** A file with the loans of a tape, and to which deal they belong. */
export interface TapeFile extends RecordingOptions {
    readonly dealId: string;
    /** CSV, or EX-102 where the name ends in .xml. */
    readonly path: string;
    readonly loansPerChunk?: number;
}

/** A file with the loan states of a month, and to which report they belong. */
export interface MonthFile extends RecordingOptions, ReportId {
    readonly path: string;
    /** The month of the file that is meant, `2017-06`. */
    readonly month: string;
}

/**
 * The originator records the whole tape of a file: read and checked to its end before anything is sent, in memory that does not grow with
 * it. Called again after a crash, with the same secret, it sends what is not on the ledger yet. What remains is `tapes.submit`.
 * @returns how many chunks there are
 * @throws ImportError naming file, line and field, QualityFailure with what is wrong in the whole file; nothing has been sent then
 * @throws Refused as `tapes.record`
 */
export async function recordTape(connection: Connection, tape: TapeFile): Promise<number> {
    const { dealId } = tape;
    const { deals, tapes } = connection;
    const [assetClass, { currency }] = await Promise.all([deals.assetClass(dealId), deals.read(dealId)]);
    const loans = await readSorted(tape, assetClass, currency);
    try {
        const sizes = loans.sizes(tape.loansPerChunk ?? loansPerChunk);
        await recordChunks(tape, {
            chunks: sizes.length,
            layout: assetClass.loan,
            records: numbered(loans.chunks(sizes)),
            content: async number => (await tapes.summary(dealId, number))?.content,
            place: number => ({ dealId, number }),
            send: (requestId, number, packed) => tapes.record({ requestId, dealId, number }, packed),
        });
        return sizes.length;
    } finally {
        loans.close();
    }
}

/**
 * The servicer records a month of a file, as `recordTape` does the tape. What remains is `reports.file`. Where the deal's terms refuse
 * loans that do not follow from the month before, these are found and listed first.
 * @throws ImportError also for a loan that is not in the deal's tape, QualityFailure; nothing has been sent then
 * @throws Refused as `reports.recordStates`
 */
export async function recordMonth(connection: Connection, report: MonthFile): Promise<number> {
    const { dealId, mapping, period, version } = report;
    const { deals, reports } = connection;
    const [assetClass, { currency, rules }] = await Promise.all([deals.assetClass(dealId), deals.read(dealId)]);
    const chunks = await reports.chunksIn(dealId, period);
    const inspection = new Inspection(assetClass, currency, 'state', mapping);
    const judged = new JudgedMonth(report, inspection);
    const aligned = await AlignedMonths.of(numbersOf(connection, dealId, chunks), judged.records(), assetClass).finally(
        () => inspection.close(),
    );
    const id = { dealId, period, version };
    try {
        const mayDeviate = rules.rollForward.exceptions === 'adjust';
        judged.mustBeFit(mayDeviate ? [] : await checkRollForward(connection, id, aligned, chunks));
        await recordChunks(report, {
            chunks,
            layout: assetClass.state,
            records: numbered(everyChunk(aligned, chunks)),
            content: async number => (await reports.summary(id, number))?.content,
            place: number => ({ ...id, number }),
            send: (requestId, number, packed) => reports.recordStates({ ...id, requestId, number }, packed),
        });
        return chunks;
    } finally {
        aligned.close();
    }
}

/** The records of the month that is meant, judged as they are read. */
class JudgedMonth {
    private quality: QualityReport | undefined;

    constructor(
        private readonly file: MonthFile,
        private readonly inspection: Inspection,
    ) {}

    /** Up to the first that a rule refuses. @throws QualityFailure at the end of the file, ImportError */
    async *records(): AsyncGenerator<LoanMonth> {
        const { mapping, month, path, reading } = this.file;
        for await (const row of counted(readMapped(path, this.inspection.columns, mapping), reading)) {
            const period = this.inspection.period(row);
            if (period !== month) continue;
            const cells = this.inspection.read(row, period);
            if (!this.inspection.refused) yield { place: { file: row.file, line: row.line }, period, cells };
        }
        this.quality = this.inspection.report();
        if (this.quality.refused) throw new QualityFailure(this.quality);
        if (this.quality.records === 0) throw new ImportError({ file: basename(path), line: 1 }, none(month));
    }

    /** Once all is read. @throws QualityFailure where there is more that refuses it */
    mustBeFit(refusals: readonly Finding[]): void {
        if (!this.quality) throw new Error('not read yet');
        const { findings } = this.quality;
        if (refusals.length > 0)
            throw new QualityFailure({ ...this.quality, findings: [...refusals, ...findings], refused: true });
        this.file.judged?.(this.quality);
    }
}

/**
 * Judges the file and puts its loans in the tape's order, in one reading.
 * @throws ImportError, QualityFailure
 */
async function readSorted(
    { path, mapping, judged, reading }: TapeFile,
    assetClass: AssetClass,
    currency: Currency,
): Promise<SortedLoans> {
    const [inspection, loans] = [new Inspection(assetClass, currency, 'loan'), new SortedLoans(assetClass)];
    try {
        for await (const row of counted(readMapped(path, inspection.columns, mapping), reading)) {
            const cells = inspection.read(row);
            if (!inspection.refused) loans.add(cells);
        }
        const report = inspection.report();
        if (report.refused) throw new QualityFailure(report);
        if (report.records === 0) throw new ImportError({ file: basename(path), line: 1 }, none());
        judged?.(report);
        return loans;
    } catch (error) {
        loans.close();
        throw error;
    } finally {
        inspection.close();
    }
}

interface Recording {
    readonly chunks: number;
    readonly layout: Layout;
    readonly records: Generator<readonly [number: number, records: readonly Uint8Array[]]>;
    /** Of a chunk on the ledger, the hash of its rows. */
    readonly content: (number: number) => Promise<string | undefined>;
    readonly place: (number: number) => ChunkPlace;
    readonly send: (requestId: string, number: number, packed: Uint8Array) => Promise<unknown>;
}

/** Sends the chunks that are not on the ledger, a few at a time: so many are in memory. */
async function recordChunks({ secret, inFlight = 3, progress }: RecordingOptions, recording: Recording): Promise<void> {
    const { chunks, layout, place, records } = recording;
    const earlier = earlierChunks(recording);
    let [recorded, found] = [0, 0];
    progress?.({ recorded, found, chunks });
    await inLanes(records, inFlight, async ([number, some]) => {
        const packed = packRecords(layout, some, secret.salt(place(number)));
        if (await earlier(number, packed)) found++;
        else await recording.send(secret.requestId(place(number), packed), number, packed);
        recorded++;
        progress?.({ recorded, found, chunks });
    });
}

/**
 * Whether an earlier run has recorded a chunk. Chunks are taken in order and no more than `mostInFlight` are under way, so beyond that
 * many missing ones there is none, and the ledger is not asked any more.
 */
function earlierChunks({ content, layout }: Recording): (number: number, packed: Uint8Array) => Promise<boolean> {
    let missing = 0;
    return async (number, packed) => {
        if (missing >= mostInFlight) return false;
        const known = await content(number);
        const found = known !== undefined && known === Buffer.from(openChunk(packed, layout).content()).toString('hex');
        if (!found) missing++;
        return found;
    };
}

/** The same records, told of at every ten thousandth. */
async function* counted<T>(records: AsyncIterable<T>, tell?: (records: number) => void): AsyncGenerator<T> {
    let count = 0;
    for await (const record of records) {
        if (++count % 10_000 === 0) tell?.(count);
        yield record;
    }
}

function* numbered<T>(values: Iterable<T>): Generator<readonly [number, T]> {
    let number = 0;
    for (const value of values) yield [number++, value];
}

function* everyChunk(aligned: AlignedMonths, chunks: number): Generator<Uint8Array[]> {
    for (let number = 0; number < chunks; number++) yield aligned.chunk(number);
}

/** The loans of the tape, as the ledger has them, a chunk at a time. */
async function* numbersOf({ deals, tapes }: Connection, dealId: string, chunks: number): AsyncGenerator<string[]> {
    const { loanRoles } = await deals.assetClass(dealId);
    for (let number = 0; number < chunks; number++)
        yield (await tapes.loans(dealId, number)).texts(loanRoles.number).map(String);
}
