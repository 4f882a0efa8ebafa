import { additionReader } from './tape/addition';
import { compareDays, compareFigures, composeReport, deltaOf } from './report/compose';
import { day, digest, id, integer, label, list, minor, object, oneOf, optional, record, text } from './shape';
import { delinquencyReader } from './report/delinquency';
import { mostChunks } from './tape';
import { mostPeriods } from './calendar/schedule';
import { mustStand } from './deal';
import { Refusal } from './refusal';
import { standardFacts } from './terms/facts';
import { withholdable } from './report/disclosure';

import type { Amount } from './money';
import type { Deal, DealPeriod } from './deal';
import type { Reader } from './shape';
import type { Measures } from './report/measures';
import type { PublishedFacts, WholeReport } from './report/disclosure';
import type { StandardFacts } from './terms/facts';
import type { StateSummary } from './report/state-summary';
import type { Tape } from './tape';

const periodNumber = integer(1, mostPeriods);
const versionNumber = integer(1, 1000);

/** The servicer records a month of one chunk; the loan states, deflated, are the transient field `chunk`. */
export const recordStatesRequest = object({
    requestId: id,
    dealId: id,
    period: periodNumber,
    version: versionNumber,
    number: integer(0, mostChunks - 1),
});
export type RecordStatesRequest = ReturnType<typeof recordStatesRequest>;

/**
 * The servicer files its report on the states recorded. `stated`: its own figures, compared with those recomputed. `reason`: of
 * a restatement, that is, of any version after the first.
 */
export const fileReportRequest = object({
    requestId: id,
    dealId: id,
    period: periodNumber,
    version: versionNumber,
    stated: optional(record(label)),
    reason: optional(text(500)),
});
export type FileReportRequest = ReturnType<typeof fileReportRequest>;

export const confirmReportRequest = object({ requestId: id, dealId: id, period: periodNumber, version: versionNumber });
export type ConfirmReportRequest = ReturnType<typeof confirmReportRequest>;

export const disputeReportRequest = object({
    requestId: id,
    dealId: id,
    period: periodNumber,
    version: versionNumber,
    reason: text(500),
});
export type DisputeReportRequest = ReturnType<typeof disputeReportRequest>;

export const readStatesRequest = object({
    dealId: id,
    period: periodNumber,
    version: versionNumber,
    number: integer(0, mostChunks - 1),
    /** As in `readChunkRequest`. */
    access: optional(id),
});
export type ReadStatesRequest = ReturnType<typeof readStatesRequest>;

export const readWholeRequest = object({
    dealId: id,
    period: periodNumber,
    version: versionNumber,
    /** As in `readChunkRequest`. */
    access: optional(id),
});
export type ReadWholeRequest = ReturnType<typeof readWholeRequest>;

export const readPeriodRequest = object({ dealId: id, period: periodNumber });
export type ReadPeriodRequest = ReturnType<typeof readPeriodRequest>;

const factsReader = object(
    Object.fromEntries(
        Object.entries(standardFacts).map(([name, row]) => {
            const reader: Reader<unknown> = row.unit === 'money' ? minor : integer(0);
            return [name, withholdable.some(each => each === name) ? optional(reader) : reader];
        }),
    ),
) as unknown as Reader<PublishedFacts>;

const measuresReader = object({
    smm: optional(label),
    cpr: optional(label),
    mdr: label,
    cdr: label,
    abs: optional(label),
    cumulativeNetLoss: label,
    poolFactor: label,
});

/** A figure of the servicer's own, or of the last day that was observed, that is not what the loans add up to. */
const differenceReader = object({ fact: label, stated: label, recomputed: label });

/** What a restatement changed: new minus old. */
const deltaReader = record(minor);

export const reportVersionReader = object({
    version: versionNumber,
    status: oneOf('filed', 'confirmed', 'disputed'),
    facts: factsReader,
    /** Sum of every amount field of the loan states as reported, by its standard name. */
    totals: record(minor),
    /** Names of what is not published, as it rests on too few loans: see report/disclosure.ts. */
    withheld: list(label),
    /** Number of loan-months that did not roll forward, by kind. */
    exceptions: record(integer(0)),
    /** Loans past due, in the deal's own buckets; small ones are put together. */
    delinquency: delinquencyReader,
    /** Averages weighted by the balance at the end, by field. */
    averages: record(label),
    measures: measuresReader,
    /** Merkle root of every chunk of the month's loan states, and the root over them. */
    chunkRoots: list(digest),
    root: digest,
    differences: list(differenceReader),
    /** Of a restatement. */
    reason: optional(text(500)),
    delta: optional(deltaReader),
    /** Of a dispute. */
    dispute: optional(text(500)),
});
/** One report on a period. Never changed but for the trustee's answer: a correction is a further version. */
export type ReportVersion = ReturnType<typeof reportVersionReader>;

const wholeFactsReader = object(
    Object.fromEntries(
        Object.entries(standardFacts).map(([name, row]) => [name, row.unit === 'money' ? minor : integer(0)]),
    ),
) as unknown as Reader<StandardFacts>;

/** Everything that the loans of a period add up to. For those who may see the loans. */
export const wholeReportReader: Reader<WholeReport> = object({
    facts: wholeFactsReader,
    totals: record(minor),
    exceptions: record(integer(0)),
    delinquency: delinquencyReader,
    averages: record(label),
    measures: object({
        smm: label,
        cpr: label,
        mdr: label,
        cdr: label,
        abs: optional(label),
        cumulativeNetLoss: label,
        poolFactor: label,
    }) as Reader<Measures>,
});

export const periodReader = object({
    dealId: id,
    number: periodNumber,
    begins: day,
    ends: day,
    paymentDate: day,
    /** Loans bought in the period. */
    additions: list(additionReader),
    /** The pool balance at the end of days, where the terms watch them. */
    days: list(object({ day, balance: minor })),
    versions: list(reportVersionReader),
    /** An earlier period was restated after this one was last reported: this one is to be restated too. */
    affectedBy: optional(periodNumber),
});
/** A collection period of a deal and all reports on it, laid down at closing. */
export type Period = ReturnType<typeof periodReader>;

/** A period on which nothing is reported yet. */
export function newPeriod(dealId: string, period: DealPeriod): Period {
    return { dealId, ...period, additions: [], days: [], versions: [], affectedBy: undefined };
}

/** The report in force: the last version. */
export function reportOf(period: Period): ReportVersion | undefined {
    return period.versions[period.versions.length - 1];
}

/** Version of the report that the trustee has confirmed last, if it has one. */
export function lastConfirmed({ versions }: Period): number | undefined {
    return versions.filter(({ status }) => status === 'confirmed').at(-1)?.version;
}

/**
 * The report of a period that a distribution may rest on.
 * @throws Refusal REPORT_MISSING, REPORT_NOT_CONFIRMED, PERIOD_AFFECTED
 */
export function confirmedReport(period: Period): ReportVersion {
    const report = reportOf(period);
    const { number } = period;
    if (report === undefined) throw new Refusal('REPORT_MISSING', { period: number });
    if (report.status !== 'confirmed')
        throw new Refusal('REPORT_NOT_CONFIRMED', { period: number, version: report.version });
    if (period.affectedBy !== undefined)
        throw new Refusal('PERIOD_AFFECTED', { period: number, earlier: period.affectedBy });
    return report;
}

/** Where a month's loan states begin: with the tape, or with the month before; and the loans that came in the month. */
export interface Basis {
    readonly chunkRoots: readonly string[];
    /** How many of the chunks were in the pool before the month; those after them were bought in it. */
    readonly carried: number;
    /** Period and version of the states; none for the tape. */
    readonly states: { readonly period: number; readonly version: number } | undefined;
    readonly cumulativeChargedOff: Amount;
    readonly cumulativeRecoveries: Amount;
}

/**
 * Reports of a period follow one another.
 * @throws Refusal DEAL_STATUS_WRONG, VERSION_OUT_OF_ORDER
 */
export function mustBeNext(deal: Deal, period: Period, version: number): void {
    mustStand(deal, 'issued');
    if (period.versions.length + 1 !== version)
        throw new Refusal('VERSION_OUT_OF_ORDER', { period: period.number, version: period.versions.length + 1 });
}

/**
 * What a report of a period rests on: the report in force of the period before, and the loans bought in it.
 * @throws Refusal PERIOD_OUT_OF_ORDER, PERIOD_AFFECTED
 */
export function basisOf(tape: Tape, period: Period, before: Period | undefined): Basis {
    const bought = period.additions.flatMap(({ chunkRoots }) => chunkRoots);
    if (before === undefined)
        return {
            chunkRoots: [...tape.chunkRoots, ...bought],
            carried: tape.chunkRoots.length,
            states: undefined,
            cumulativeChargedOff: 0n as Amount,
            cumulativeRecoveries: 0n as Amount,
        };
    const report = reportOf(before);
    if (report === undefined)
        throw new Refusal('PERIOD_OUT_OF_ORDER', { period: period.number, before: before.number });
    if (before.affectedBy !== undefined)
        throw new Refusal('PERIOD_AFFECTED', { period: before.number, earlier: before.affectedBy });
    const { cumulativeChargedOff, cumulativeRecoveries } = report.facts;
    const states = { period: before.number, version: report.version };
    const { chunkRoots } = report;
    return {
        chunkRoots: [...chunkRoots, ...bought],
        carried: chunkRoots.length,
        states,
        cumulativeChargedOff,
        cumulativeRecoveries,
    };
}

export interface FileFacts {
    readonly deal: Deal;
    readonly tape: Tape;
    readonly period: Period;
    readonly basis: Basis;
    /** One for each chunk of the basis. */
    readonly summaries: readonly (StateSummary | undefined)[];
    /** Names that the deal's terms use: these facts are published in any case. */
    readonly used: ReadonlySet<string>;
}

/**
 * Files a report: every figure is the sum of what the contract recomputed from the loans.
 * @throws Refusal REASON_MISSING, STATES_MISSING, BASIS_CHANGED, FACT_UNKNOWN, FACT_WITHHELD
 */
export function fileReport(asked: FileReportRequest, given: FileFacts): Period {
    const { period } = given;
    const previous = reportOf(period);
    if (previous !== undefined && asked.reason === undefined)
        throw new Refusal('REASON_MISSING', { period: period.number });
    const composed = composeReport(given);
    const report: ReportVersion = {
        version: asked.version,
        status: 'filed',
        ...composed,
        differences: [...compareFigures(asked.stated ?? {}, composed), ...compareDays(period, composed.facts)],
        reason: asked.reason,
        delta: previous && deltaOf(previous.facts, composed.facts),
        dispute: undefined,
    };
    return { ...period, versions: [...period.versions, report], affectedBy: undefined };
}

/** A later period that has been reported, once an earlier one is restated. */
export function affect(period: Period, earlier: number): Period {
    return { ...period, affectedBy: period.affectedBy === undefined ? earlier : Math.min(period.affectedBy, earlier) };
}

/**
 * The trustee's answer to the report in force: without a reason it confirms, with one it disputes.
 * @throws Refusal REPORT_MISSING, VERSION_OUT_OF_ORDER, REPORT_ANSWERED
 */
export function answerReport(period: Period, version: number, dispute?: string): Period {
    const report = reportOf(period);
    if (report === undefined) throw new Refusal('REPORT_MISSING', { period: period.number });
    if (report.version !== version)
        throw new Refusal('VERSION_OUT_OF_ORDER', { period: period.number, version: report.version });
    if (report.status !== 'filed')
        throw new Refusal('REPORT_ANSWERED', { period: period.number, version, status: report.status });
    const answered: ReportVersion = { ...report, status: dispute === undefined ? 'confirmed' : 'disputed', dispute };
    return { ...period, versions: [...period.versions.slice(0, -1), answered] };
}
