import {
    assetClassOf,
    basisOf,
    canonical,
    composeReport,
    monthBefore,
    namesIn,
    newTape,
    poolTests,
    Refusal,
    reportFacts,
    runWaterfall,
    scheduledRuns,
    sealTape,
    stateSummaryReader,
    submitTape,
    summariseLoans,
    summariseStates,
    tapeBefore,
} from '@poolproof/chaincode/domain';

import type {
    AssetClass,
    Chunk,
    Deal,
    LoanSummary,
    Period,
    ReportVersion,
    RunRecord,
    StateSummary,
    Tape,
    Terms,
} from '@poolproof/chaincode/domain';
import type { Connection } from './connection';

/** A public figure that is another when it is computed again: where it stands, and both. */
export interface Difference {
    readonly at: string;
    readonly published: string;
    readonly recomputed: string;
}

/** What came of one part of a deal's public record. */
export interface Replayed {
    readonly part: 'report' | 'tape' | 'waterfall';
    readonly period?: number;
    readonly version?: number;
    /** None where every figure is what the private states come to. */
    readonly differences: readonly Difference[];
}

/**
 * Computes the figures of a deal again: the sealed tape and every version of every report from the loans on the caller's own peer, every
 * waterfall from the reports, by the rules that the contract applies; and compares them with the public record. For originator, trustee
 * and regulator; the regulator's reading leaves a trail. Two chunks are in memory at a time.
 * @throws Refused NOT_FOUND; AccessFailure where the caller's institution may not see the loans
 */
export async function* replayDeal(connection: Connection, dealId: string): AsyncGenerator<Replayed> {
    const { deals, reports, tapes } = connection;
    const [deal, tape, terms] = [await deals.read(dealId), await tapes.read(dealId), await deals.terms(dealId)];
    const used = namesIn(await deals.document(dealId));
    const subject: Subject = { connection, deal, tape, terms, used, assetClass: assetClassOf(deal.rules.assetClass) };
    if (tape.status === 'sealed') yield { part: 'tape', differences: await replayTape(subject) };
    if (deal.status === 'structuring' || deal.status === 'submitted' || deal.status === 'sealed') return;
    const periods = await reports.list(dealId);
    for (const [i, period] of periods.entries())
        for (const report of period.versions)
            yield {
                part: 'report',
                period: period.number,
                version: report.version,
                differences: await replayReport(subject, period, periods[i - 1], report),
            };
    yield* replayRuns(subject, periods);
}

interface Subject {
    readonly connection: Connection;
    readonly deal: Deal;
    readonly tape: Tape;
    readonly terms: Terms;
    readonly used: ReadonlySet<string>;
    readonly assetClass: AssetClass;
}

async function replayTape({ connection, deal, tape, terms, assetClass }: Subject): Promise<readonly Difference[]> {
    const summaries: LoanSummary[] = [];
    const tests = poolTests(deal.rules, deal.currency);
    for (let number = 0; number < tape.chunkRoots.length; number++)
        summaries.push(summariseLoans(await connection.tapes.loans(deal.id, number), assetClass, tests));
    return orRefused('tape', () => {
        const submitted = submitTape({ ...deal, status: 'structuring' }, newTape(deal.id), summaries);
        const facts = {
            ...{ ...submitted, assetClass, summaries, statedBalance: terms.pool.balance },
            accepted: summaries.map(() => true),
        };
        const sealed = sealTape(facts, { requestId: 'replay', dealId: deal.id, evidence: tape.evidence });
        const { chunkRoots, root, pool, eligibility, concentrations } = sealed.tape;
        return differencesIn({ chunkRoots, root, pool, eligibility, concentrations }, tape);
    });
}

async function replayReport(
    subject: Subject,
    period: Period,
    preceding: Period | undefined,
    report: ReportVersion,
): Promise<readonly Difference[]> {
    const { connection, deal, tape, used } = subject;
    const id = { dealId: deal.id, period: period.number, version: report.version };
    const rested = (await connection.reports.summary(id, 0))?.basis;
    const before = preceding && asOf(preceding, rested);
    const basis = basisOf(tape, period, before);
    const summaries: StateSummary[] = [];
    for (const [number, root] of basis.chunkRoots.entries()) {
        const states = await connection.reports.states(id, number);
        const isCarried = basis.states !== undefined && number < basis.carried;
        const begin = isCarried
            ? await connection.reports.states({ dealId: deal.id, ...basis.states }, number)
            : await connection.tapes.loans(deal.id, number);
        const last = report.version === 1 ? undefined : { ...id, version: report.version - 1 };
        const superseded = last && (await connection.reports.states(last, number));
        summaries.push(summaryOf(subject, { states, begin, isCarried, superseded, root }));
    }
    return orRefused('report', () => {
        const versions = period.versions.filter(({ version }) => version < report.version);
        const composed = composeReport({ deal, tape, period: { ...period, versions }, basis, summaries, used });
        return differencesIn(composed, report);
    });
}

interface MonthOfChunk {
    readonly states: Chunk;
    readonly begin: Chunk;
    readonly isCarried: boolean;
    readonly superseded: Chunk | undefined;
    readonly root: string;
}

function summaryOf({ assetClass, deal }: Subject, month: MonthOfChunk): StateSummary {
    const { states, begin, isCarried, superseded, root } = month;
    const before = (isCarried ? monthBefore : tapeBefore)(begin, assetClass, root);
    const company = { replaced: new Set<number>(), superseded, groups: undefined };
    const summary = summariseStates(states, assetClass, before, deal.rules, company);
    // As it comes back from the ledger, with its names in order.
    return stateSummaryReader(plain(summary), 'summary');
}

/** A period as it stood when a report was made that rests on this chunk of it. */
function asOf(period: Period, chunkRoot: string | undefined): Period {
    const rested = period.versions.findIndex(({ chunkRoots }) => chunkRoots[0] === chunkRoot);
    const versions = rested < 0 ? period.versions : period.versions.slice(0, rested + 1);
    return { ...period, versions, affectedBy: undefined };
}

async function* replayRuns({ connection, deal, terms }: Subject, periods: readonly Period[]): AsyncGenerator<Replayed> {
    const { observations, waterfalls } = connection;
    const runs = (await waterfalls.list(deal.id)).filter(({ status }) => status === 'run');
    if (runs.length === 0) return;
    const declarations = await waterfalls.declarations(deal.id);
    const watch = (await observations.read(deal.id)) ?? undefined;
    const scheduled = scheduledRuns(deal.id, terms);
    for (const record of runs) {
        const { by, extra, fixings, period, version } = record;
        const blank = scheduled[period - 1];
        const own = factsOf(periods, period, record.report);
        if (!blank || !own) continue;
        const differences = orRefused('run', () => {
            const again = runWaterfall({
                ...{ terms, declarations, watch, by, hasLater: false, isPaid: false },
                scheduled: { ...blank, version: version - 1 },
                previous: runs.find(run => run.period === period - 1),
                report: { ...own, facts: { ...own.facts, ...(fixings && { fixings }), ...(extra && { extra }) } },
                earlier: earlierOf(periods, record),
            });
            // What a later version changed cannot be told without the earlier, which it has replaced.
            const { changes, ...figures } = again;
            return differencesIn(version === 1 ? { ...figures, changes } : figures, record);
        });
        yield { part: 'waterfall', period, version, differences };
    }
}

/** The reports of earlier periods as a run has counted them. */
function earlierOf(periods: readonly Period[], { counted, period }: RunRecord) {
    return counted
        .filter(each => each.period < period)
        .flatMap(each => factsOf(periods, each.period, each.report) ?? []);
}

/** The facts of a version of a period's report, as the waterfall takes them. */
function factsOf(periods: readonly Period[], number: number, version: number | undefined) {
    const period = periods.find(each => each.number === number);
    const report = period?.versions.find(each => each.version === version);
    if (!period || !report) return undefined;
    return reportFacts({ ...period, versions: [{ ...report, status: 'confirmed' }], affectedBy: undefined });
}

function orRefused(at: string, compare: () => readonly Difference[]): readonly Difference[] {
    try {
        return compare();
    } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return [{ at, published: 'accepted', recomputed: error.message }];
    }
}

/** Where what was computed is not what is published, value by value. */
function differencesIn(recomputed: object, published: object): Difference[] {
    return Object.entries(recomputed).flatMap(([name, value]) =>
        compared(name, plain(value), plain((published as Readonly<Record<string, unknown>>)[name])),
    );
}

function compared(at: string, recomputed: unknown, published: unknown): Difference[] {
    if (!isObject(recomputed) || !isObject(published)) {
        const [now, then] = [shown(recomputed), shown(published)];
        return now === then ? [] : [{ at, published: then, recomputed: now }];
    }
    const names = [...new Set([...Object.keys(recomputed), ...Object.keys(published)])];
    return names.flatMap(name => compared(`${at}.${name}`, recomputed[name], published[name]));
}

/** As it is written on the ledger. */
function plain(value: unknown): unknown {
    return value === undefined ? undefined : (JSON.parse(canonical(value)) as unknown);
}

function shown(value: unknown): string {
    return value === undefined ? '' : typeof value === 'string' ? value : canonical(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === 'object' && value !== null;
}
