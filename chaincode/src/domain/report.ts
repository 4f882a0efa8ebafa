import { addDelinquencies, delinquencyReader } from './report/delinquency';
import { addFigures } from './report/state-summary';
import { assetClassOf } from './tape/asset-class';
import { averagesOf } from './tape/weighted';
import { measuresOf } from './report/measures';
import { minus, parseRate, plus, rate } from './rate';
import { monthOf, monthsBetween } from './day';
import { bytesOf, concat, hexOf } from './bytes';
import { day, digest, id, integer, label, list, minor, object, oneOf, optional, record, text } from './shape';
import { mostChunks } from './tape';
import { mustStand } from './deal';
import { Refusal } from './refusal';
import { rootOf } from './tape/merkle';
import { standardFacts } from './terms/facts';

import type { Amount } from './money';
import type { AssetClass } from './tape/asset-class';
import type { Rate } from './rate';
import type { Deal, DealPeriod } from './deal';
import type { ExceptionKind } from './report/roll-forward';
import type { Reader } from './shape';
import type { StandardFact, StandardFacts } from './terms/facts';
import type { StateSummary } from './report/state-summary';
import type { Tape } from './tape';

const mostPeriods = 1200;

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

export const readPeriodRequest = object({ dealId: id, period: periodNumber });
export type ReadPeriodRequest = ReturnType<typeof readPeriodRequest>;

const factsReader = object(
    Object.fromEntries(
        Object.entries(standardFacts).map(([name, row]) => [name, row.unit === 'money' ? minor : integer(0)]),
    ),
) as unknown as Reader<StandardFacts>;

const measuresReader = object({
    smm: label,
    cpr: label,
    mdr: label,
    cdr: label,
    abs: optional(label),
    cumulativeNetLoss: label,
    poolFactor: label,
});

/** A figure of the servicer's own that is not what the loans add up to. */
const differenceReader = object({ fact: label, stated: label, recomputed: label });

/** What a restatement changed: new minus old. */
const deltaReader = record(minor);

export const reportVersionReader = object({
    version: versionNumber,
    status: oneOf('filed', 'confirmed', 'disputed'),
    facts: factsReader,
    /** Sum of every amount field of the loan states as reported, by its standard name. */
    totals: record(minor),
    /** Number of loan-months that did not roll forward, by kind. */
    exceptions: record(integer(0)),
    /** Loans past due, in the deal's own buckets. */
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

export const periodReader = object({
    dealId: id,
    number: periodNumber,
    begins: day,
    ends: day,
    paymentDate: day,
    versions: list(reportVersionReader),
    /** An earlier period was restated after this one was last reported: this one is to be restated too. */
    affectedBy: optional(periodNumber),
});
/** A collection period of a deal and all reports on it, laid down at closing. */
export type Period = ReturnType<typeof periodReader>;

/** A period on which nothing is reported yet. */
export function newPeriod(dealId: string, period: DealPeriod): Period {
    return { dealId, ...period, versions: [], affectedBy: undefined };
}

/** The report in force: the last version. */
export function reportOf(period: Period): ReportVersion | undefined {
    return period.versions[period.versions.length - 1];
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

/** Where a month's loan states begin: with the tape, or with the month before. */
export interface Basis {
    readonly chunkRoots: readonly string[];
    /** Period and version of the states; none for the tape. */
    readonly states: { readonly period: number; readonly version: number } | undefined;
    readonly cumulativeChargedOff: Amount;
    readonly cumulativeRecoveries: Amount;
}

/**
 * What the next report of a period rests on: the report in force of the period before.
 * @throws Refusal DEAL_STATUS_WRONG, PERIOD_OUT_OF_ORDER, VERSION_OUT_OF_ORDER, PERIOD_AFFECTED
 */
export function basisOf(deal: Deal, tape: Tape, period: Period, before: Period | undefined, version: number): Basis {
    mustStand(deal, 'issued');
    if (period.versions.length + 1 !== version)
        throw new Refusal('VERSION_OUT_OF_ORDER', { period: period.number, version: period.versions.length + 1 });
    if (before === undefined)
        return {
            chunkRoots: tape.chunkRoots,
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
    return { chunkRoots: report.chunkRoots, states, cumulativeChargedOff, cumulativeRecoveries };
}

export interface FileFacts {
    readonly deal: Deal;
    readonly tape: Tape;
    readonly period: Period;
    readonly basis: Basis;
    /** One for each chunk of the tape. */
    readonly summaries: readonly (StateSummary | undefined)[];
}

/**
 * Files a report: every figure is the sum of what the contract recomputed from the loans.
 * @throws Refusal REASON_MISSING, STATES_MISSING, BASIS_CHANGED, FACT_UNKNOWN
 */
export function fileReport(asked: FileReportRequest, given: FileFacts): Period {
    const { deal, tape, period, basis, summaries } = given;
    const previous = reportOf(period);
    if (previous !== undefined && asked.reason === undefined)
        throw new Refusal('REASON_MISSING', { period: period.number });
    const states = complete(period, basis, summaries);
    const facts = factsOf(tape, basis, states);
    const assetClass = assetClassOf(deal.rules.assetClass);
    const report: ReportVersion = {
        version: asked.version,
        status: 'filed',
        facts,
        totals: addTotals(states),
        exceptions: countExceptions(states),
        delinquency: addDelinquencies(states.map(summary => summary.delinquency)),
        averages: averagesOf(
            assetClass.state.fields,
            assetClass.stateAverages,
            states.map(summary => summary.averages),
        ),
        measures: measuresOf(facts, monthsIn(period), ageOf(assetClass, deal, tape, period)),
        chunkRoots: states.map(summary => summary.root),
        root: hexOf(rootOf(concat(...states.map(summary => bytesOf(summary.root))))),
        differences: compareFigures(asked.stated ?? {}, facts),
        reason: asked.reason,
        delta: previous && deltaOf(previous.facts, facts),
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

function complete(period: Period, basis: Basis, summaries: readonly (StateSummary | undefined)[]): StateSummary[] {
    return summaries.map((summary, number) => {
        if (summary === undefined) throw new Refusal('STATES_MISSING', { period: period.number, number });
        if (summary.basis !== basis.chunkRoots[number])
            throw new Refusal('BASIS_CHANGED', { period: period.number, number });
        return summary;
    });
}

function factsOf(tape: Tape, basis: Basis, states: readonly StateSummary[]): StandardFacts {
    const figures = addFigures(states.map(summary => summary.figures));
    return {
        ...figures,
        cumulativeChargedOff: basis.cumulativeChargedOff + figures.chargedOffPrincipal,
        cumulativeRecoveries: basis.cumulativeRecoveries + figures.recoveries,
        initialPoolBalance: tape.pool?.balance ?? 0n,
        receivablesPurchased: 0n,
    } as StandardFacts;
}

/** Length of a collection period in months; one that is cut short counts as a month. */
function monthsIn(period: Period): number {
    const months = monthsBetween(monthOf(period.begins), monthOf(period.ends)) + 1;
    return [1, 2, 3, 4, 6, 12].filter(length => length <= months).pop() ?? 1;
}

/** Age of the loans at the end of a period: at cut-off, from the averages of the pool, and the months since. */
function ageOf(assetClass: AssetClass, deal: Deal, tape: Tape, period: Period): Rate | undefined {
    const { originalTerm = '', remainingTerm = '' } = assetClass.loanRoles;
    const [original, remaining] = [tape.pool?.averages[originalTerm], tape.pool?.averages[remainingTerm]];
    if (original === undefined || remaining === undefined) return undefined;
    const since = monthsBetween(monthOf(deal.cutoff), monthOf(period.ends));
    return plus(minus(parseRate(original), parseRate(remaining)), rate(BigInt(since)));
}

function addTotals(states: readonly StateSummary[]): Record<string, Amount> {
    const totals: Record<string, bigint> = {};
    for (const summary of states)
        for (const [name, value] of Object.entries(summary.totals)) totals[name] = (totals[name] ?? 0n) + value;
    return totals as Record<string, Amount>;
}

function countExceptions(states: readonly StateSummary[]): Record<string, number> {
    const counts: Partial<Record<ExceptionKind, number>> = {};
    for (const { kind } of states.flatMap(summary => summary.exceptions)) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
}

function compareFigures(stated: Readonly<Record<string, string>>, facts: StandardFacts) {
    return Object.entries(stated).flatMap(([fact, figure]) => {
        if (!Object.hasOwn(standardFacts, fact)) throw new Refusal('FACT_UNKNOWN', { fact });
        const recomputed = String(facts[fact as StandardFact]);
        return recomputed === figure ? [] : [{ fact, stated: figure, recomputed }];
    });
}

function deltaOf(before: StandardFacts, after: StandardFacts): Record<string, Amount> {
    const names = Object.keys(standardFacts) as StandardFact[];
    return Object.fromEntries(
        names
            .map(name => [name, (BigInt(after[name]) - BigInt(before[name])) as Amount] as const)
            .filter(([, change]) => change !== 0n),
    );
}
