import { add, subtract, zero } from './money';
import { addBusinessDays } from './calendar/business-day';
import { canonical } from './canonical';
import { confirmedReport } from './report';
import { factValue } from './terms/fact-value';
import { day, id, integer, label, list, minor, object, oneOf, optional, record, text } from './shape';
import { observedUntil } from './deal-status';
import { openingState } from './waterfall/opening';
import { periodsOf } from './deal';
import { mustBeReadable, readRun } from './waterfall/read-run';
import { Refusal } from './refusal';
import { reinstatedState, reinstatementReader, withReinstated } from './reinstatement';
import { quietFacts } from './terms/facts';
import { runPeriod } from './waterfall/run';

import type { Amount } from './money';
import type { PeriodFacts } from './terms/facts';
import type { Period } from './report';
import type { Terms } from './terms/terms';
import type { DealState } from './waterfall/state';
import type { Watch } from './observation';
import type { WaterfallRun } from './waterfall/record';

/** Facts that are money or principal moved within a period: what a restatement of a paid period shifts into the next run. */
const flowNames = [
    'chargedOffPrincipal',
    'interestCollections',
    'otherPrincipalAdjustment',
    'prepayments',
    'principalCollections',
    'receivablesPurchased',
    'recoveries',
    'repurchases',
] as const;

const flowsReader = object({
    chargedOffPrincipal: minor,
    interestCollections: minor,
    otherPrincipalAdjustment: minor,
    prepayments: minor,
    principalCollections: minor,
    receivablesPurchased: minor,
    recoveries: minor,
    repurchases: minor,
});
type Flows = ReturnType<typeof flowsReader>;

const countedReader = object({ period: integer(1), report: integer(1), flows: flowsReader });

/**
 * The public record of a period's waterfall. It is laid down before the first period, so that only the servicer's and the
 * trustee's peers together can fill it in.
 */
export const runReader = object({
    dealId: id,
    period: integer(1),
    paymentDate: day,
    /** Holders at the end of this day are paid: the business day before the payment date. */
    recordDate: day,
    status: oneOf('scheduled', 'run'),
    /** 0 before the first run; a run after a restatement of the report is the next version. */
    version: integer(0),
    /** Version of the report that was run. */
    report: optional(integer(1)),
    /** Who ran it, and what it was told besides the report: see `runRequest`. */
    by: optional(oneOf('servicer', 'trustee')),
    fixings: optional(record(label)),
    extra: optional(record(factValue)),
    /** Pool balance at the end of the period, as this run took it. */
    poolBalanceEnding: optional(minor),
    /** What reports of earlier, paid periods have said since they were run, made good in this run. */
    corrections: list(countedReader),
    /** The flows of every period up to this one, as the runs have counted them. */
    counted: list(countedReader),
    /** What this version changes for each class against the version before. */
    changes: list(object({ className: id, interest: minor, principal: minor, residual: minor })),
    run: optional(readRun),
});
export type RunRecord = ReturnType<typeof runReader>;

/**
 * The servicer or the trustee runs the waterfall of a period whose report is confirmed. Fixings and the facts that only this deal's
 * terms declare come with it, and both their peers sign them with the run. No peer can check them: they stand in the record, and the
 * trustee may run the period again with others until it is paid.
 */
export const runRequest = object({
    requestId: id,
    dealId: id,
    period: integer(1),
    fixings: optional(record(label)),
    extra: optional(record(factValue)),
});
export type RunRequest = ReturnType<typeof runRequest>;

export const readRunRequest = object({ dealId: id, period: integer(1) });

const declarationReader = object({ period: integer(1), status: id, reason: text(500) });

/**
 * What the trustee has declared of a deal, under its own key-level policy alone: an event of default must not need the signature of
 * whoever has defaulted.
 */
export const declarationsReader = object({
    dealId: id,
    declared: list(declarationReader),
    reinstated: list(reinstatementReader),
});
export type Declarations = ReturnType<typeof declarationsReader>;

/** Nothing declared yet. */
export function undeclared(dealId: string): Declarations {
    return { dealId, declared: [], reinstated: [] };
}

/** @throws Refusal RECORD_FORGED where something is declared before the deal is issued */
export function mustBeUndeclared(declarations: Declarations): void {
    const { dealId } = declarations;
    if (canonical(declarations) !== canonical(undeclared(dealId)))
        throw new Refusal('RECORD_FORGED', { noun: 'declarations', id: dealId });
}

/**
 * The trustee declares that the deal is in another status of its terms from the run of a period on: accelerated after an event of
 * default, or amortising again when that is rescinded.
 */
export const declareRequest = object({
    requestId: id,
    dealId: id,
    period: integer(1),
    status: id,
    reason: text(500),
});
export type DeclareRequest = ReturnType<typeof declareRequest>;

/** @throws Refusal STATUS_UNKNOWN, DECLARED_TOO_LATE when the period has been run */
export function declare(asked: DeclareRequest, terms: Terms, before: Declarations, run: RunRecord): Declarations {
    const { dealId, period, status, reason } = asked;
    if (!terms.statuses.some(each => each.id === status && each.final !== true))
        throw new Refusal('STATUS_UNKNOWN', { status });
    if (run.status === 'run') throw new Refusal('DECLARED_TOO_LATE', { dealId, period });
    return { ...before, declared: [...before.declared, { period, status, reason }] };
}

/** A confirmed report, as far as the waterfall needs it. */
export interface ReportFacts {
    readonly period: number;
    readonly version: number;
    readonly facts: PeriodFacts;
}

export interface RunFacts {
    readonly terms: Terms;
    readonly scheduled: RunRecord;
    /** The run of the period before, where there is one. */
    readonly previous: RunRecord | undefined;
    /** The confirmed report of the period, with what the run is told besides. */
    readonly report: ReportFacts;
    /** Who runs it. */
    readonly by?: RunRecord['by'];
    /** The confirmed reports of all earlier periods, as they read now. */
    readonly earlier: readonly ReportFacts[];
    readonly declarations: Declarations;
    /** What was observed from day to day, where the terms ask for it. */
    readonly watch?: Watch | undefined;
    /** Whether a later period has been run. */
    readonly hasLater: boolean;
    /** Whether the period's distribution has been paid. */
    readonly isPaid: boolean;
}

/** The records of all periods to legal final maturity, before any has been run. */
export function scheduledRuns(dealId: string, terms: Terms): RunRecord[] {
    const calendars = terms.calendar.calendars ?? [];
    return periodsOf(terms).map(({ number, paymentDate }) => ({
        dealId,
        period: number,
        paymentDate,
        recordDate: addBusinessDays(paymentDate, -1, calendars),
        status: 'scheduled',
        version: 0,
        corrections: [],
        counted: [],
        changes: [],
    }));
}

/** @throws Refusal RECORD_FORGED unless the record of a period is as it was before it is run */
export function mustBeScheduled(scheduled: RunRecord, record: RunRecord): void {
    if (canonical(scheduled) === canonical(record)) return;
    throw new Refusal('RECORD_FORGED', { noun: 'run', id: `${scheduled.dealId} ${scheduled.period}` });
}

/** A period's report in force, as the waterfall takes it. What is withheld is nothing that the terms use. @throws Refusal REPORT_MISSING, REPORT_NOT_CONFIRMED, PERIOD_AFFECTED */
export function reportFacts(period: Period): ReportFacts {
    const { version, facts } = confirmedReport(period);
    const { number, begins, ends, paymentDate } = period;
    return {
        period: number,
        version,
        facts: { ...quietFacts, ...facts, periodBegin: begins, periodEnd: ends, paymentDate },
    };
}

/** A period's run, once there is one. @throws Refusal RUN_MISSING */
export function mustHaveRun(record: RunRecord): RunRecord & { readonly run: WaterfallRun } {
    const { dealId, period, run } = record;
    if (run === undefined) throw new Refusal('RUN_MISSING', { dealId, period });
    return { ...record, run };
}

/**
 * Run the waterfall of a period from its confirmed report and the state that the period before left behind.
 *
 * A restated report of a period not yet paid is run again: the next version, with what it changes for each class. What has been paid
 * stands, as it does in the market: trustees do not call money back from holders but correct the next payment. So a restatement
 * of a period that was paid, or after which a later one has run, is refused here, and the next period to be run takes the
 * difference between the restated flows and those already counted. The trustee may also put right what the servicer's run was told
 * besides the report.
 * @throws Refusal RUN_OUT_OF_ORDER, DISTRIBUTION_ALREADY_PAID, LATER_PERIOD_RUN, RUN_UP_TO_DATE, FACTS_INVALID,
 * CALL_NOT_ALLOWED
 */
export function runWaterfall(facts: RunFacts): RunRecord {
    const { terms, scheduled, previous, report } = facts;
    const { dealId, period } = scheduled;
    if (period > 1 && previous?.run === undefined) throw new Refusal('RUN_OUT_OF_ORDER', { dealId, period });
    if (facts.isPaid) throw new Refusal('DISTRIBUTION_ALREADY_PAID', { dealId, period });
    if (facts.hasLater) throw new Refusal('LATER_PERIOD_RUN', { dealId, period });
    const counted = previous?.counted ?? [];
    const corrections = correctionsOf(counted, facts.earlier);
    const told = toldOf(terms, report.facts);
    const isLatest = scheduled.report === report.version && corrections.length === scheduled.corrections.length;
    if (isLatest && !isPutRight(facts, told)) throw new Refusal('RUN_UP_TO_DATE', { dealId, period });

    const state = stateBefore(facts);
    const begun = reinstatedState(state, period, facts.declarations);
    const ran = runPeriod(terms, begun, corrected(report.facts, previous, corrections));
    const run = withReinstated(ran, state, begun);
    mustBeReadable(run);
    return {
        ...scheduled,
        status: 'run',
        version: scheduled.version + 1,
        report: report.version,
        by: facts.by,
        ...told,
        poolBalanceEnding: report.facts.poolBalanceEnding,
        corrections,
        counted: [
            ...recounted(counted, facts.earlier),
            { period, report: report.version, flows: flowsOf(report.facts) },
        ],
        changes: changesOf(run, scheduled.run),
        run,
    };
}

type Told = Pick<RunRecord, 'extra' | 'fixings'>;

/** What of all that was stated besides the report the terms ask for. */
function toldOf({ indices = [], facts = {} }: Terms, stated: Told): Told {
    return { fixings: pick(stated.fixings, indices), extra: pick(stated.extra, Object.keys(facts)) };
}

function pick<T>(from: Readonly<Record<string, T>> = {}, names: readonly string[]): Record<string, T> | undefined {
    const found = Object.entries(from).filter(([name]) => names.includes(name));
    return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The trustee has the last word on what a run is told besides the report. */
function isPutRight({ by, scheduled: { extra, fixings } }: RunFacts, told: Told): boolean {
    return by === 'trustee' && canonical({ extra, fixings }) !== canonical(told);
}

/** What the period before left behind and was observed since, in the status that the trustee has declared for this one. */
function stateBefore({ terms, scheduled, previous, declarations, watch }: RunFacts): DealState {
    const left = previous?.run?.state ?? openingState(terms);
    const state = watch === undefined ? left : observedUntil(left, watch, scheduled.paymentDate);
    const declared = declarations.declared.filter(({ period }) => period === scheduled.period).at(-1);
    return declared === undefined ? state : { ...state, status: declared.status };
}

type Counted = ReturnType<typeof countedReader>;

/** For every earlier period whose report was restated since it was counted, the difference of its flows. */
function correctionsOf(counted: readonly Counted[], earlier: readonly ReportFacts[]): Counted[] {
    return counted.flatMap(({ period, report, flows }) => {
        const now = earlier.find(each => each.period === period);
        if (now === undefined || now.version === report) return [];
        return [{ period, report: now.version, flows: combine(flowsOf(now.facts), flows, subtract) }];
    });
}

function recounted(counted: readonly Counted[], earlier: readonly ReportFacts[]): Counted[] {
    return counted.map(before => {
        const now = earlier.find(each => each.period === before.period);
        return now === undefined ? before : { period: before.period, report: now.version, flows: flowsOf(now.facts) };
    });
}

/** The period's facts with the corrections in its flows, beginning where the last run ended, so that the pool still rolls forward. */
function corrected(facts: PeriodFacts, previous: RunRecord | undefined, corrections: readonly Counted[]): PeriodFacts {
    if (corrections.length === 0) return facts;
    const flows = corrections.reduce((sum, correction) => combine(sum, correction.flows, add), flowsOf(facts));
    return { ...facts, ...flows, poolBalanceBeginning: previous?.poolBalanceEnding ?? facts.poolBalanceBeginning };
}

function changesOf(run: WaterfallRun, before: WaterfallRun | undefined): RunRecord['changes'] {
    if (before === undefined) return [];
    return Object.entries(run.distributions).map(([className, now]) => {
        const then = before.distributions[className];
        const change = (name: 'interest' | 'principal' | 'residual') => subtract(now[name], then?.[name] ?? zero);
        return {
            className,
            interest: change('interest'),
            principal: change('principal'),
            residual: change('residual'),
        };
    });
}

function flowsOf(facts: Pick<PeriodFacts, (typeof flowNames)[number]>): Flows {
    return Object.fromEntries(flowNames.map(name => [name, facts[name]])) as Flows;
}

function combine(a: Flows, b: Flows, by: (a: Amount, b: Amount) => Amount): Flows {
    return Object.fromEntries(flowNames.map(name => [name, by(a[name], b[name])])) as Flows;
}
