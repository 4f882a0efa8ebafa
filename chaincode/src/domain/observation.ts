import { addDays } from './day';
import { day, id, integer, label, list, minor, object, oneOf, optional, record } from './shape';
import { factValue } from './terms/fact-value';
import { largestNumber } from './tape/field';
import { mustStand } from './deal';
import { observe } from './waterfall/observe';
import { Refusal } from './refusal';
import { reportOf } from './report';
import { quietFacts } from './terms/facts';
import { stateNow } from './deal-status';
import { triggerReader } from './waterfall/read-run';

import type { Amount } from './money';
import type { Day } from './day';
import type { Deal } from './deal';
import type { Declarations, RunRecord } from './run';
import type { Period } from './report';
import type { Reader } from './shape';
import type { Terms } from './terms/terms';

const changedLoan = object({ row: integer(0), balance: integer(0, largestNumber) });
/** The transient field `balances`: the loans of a chunk whose balance has changed, and what is outstanding now. */
export const changedLoansReader: Reader<readonly ChangedLoan[]> = list(changedLoan, { least: 1, most: 100_000 });
export type ChangedLoan = ReturnType<typeof changedLoan>;

export const recordDayRequest = object({
    requestId: id,
    dealId: id,
    period: integer(1, 1200),
    day,
    number: integer(0, 4095),
});
/** The servicer records which loans of a chunk changed on a day: see `changedLoansReader`. */
export type RecordDayRequest = ReturnType<typeof recordDayRequest>;

export const observeRequest = object({
    requestId: id,
    dealId: id,
    period: integer(1, 1200),
    day,
    fixings: optional(record(label)),
    extra: optional(record(factValue)),
});
/** The servicer has the pool balance of a day put on the ledger, and the triggers that must last days tested on it. */
export type ObserveRequest = ReturnType<typeof observeRequest>;

export const dayBalancesReader = object({
    /** Last day on which a loan of the chunk changed. */
    day,
    /** Outstanding in the whole chunk at the end of it. */
    balance: minor,
    /** Every loan that has changed since the last report, with the day. */
    rows: list(object({ row: integer(0), balance: integer(0), day })),
});
/** The days of a chunk since the last report. Private: it speaks of single loans. */
export type DayBalances = ReturnType<typeof dayBalancesReader>;

export const tripReader = object({
    day,
    trigger: id,
    happened: oneOf('cured', 'tripped'),
    /** Which the deal took. */
    status: optional(id),
    /** Roles of the terms to be told. */
    notify: list(id),
});
export type Trip = ReturnType<typeof tripReader>;

/** What the daily observations of a deal have come to, under the policy of its servicer and its trustee. */
export const watchReader = object({
    dealId: id,
    asOf: optional(day),
    balance: optional(minor),
    /** Of the triggers whose condition must last a number of days. */
    triggers: record(triggerReader),
    trips: list(tripReader),
});
export type Watch = ReturnType<typeof watchReader>;

/** The watch over a deal whose terms have a condition that must last a number of days; undefined for other terms. */
export function newWatch(dealId: string, terms: Terms): Watch | undefined {
    const isDaily = (terms.triggers ?? []).some(({ lasting }) => lasting?.days !== undefined);
    return isDaily ? { dealId, triggers: {}, trips: [] } : undefined;
}

/** Where a chunk's days begin: with the last report, or with the tape. */
export interface DayBasis {
    /** Outstanding, row by row. */
    readonly balances: Float64Array;
    /** Last day of the period last reported; none for a chunk in no report yet. */
    readonly until: Day | undefined;
}

export interface DayFacts {
    readonly deal: Deal;
    readonly period: Period;
    readonly watch: Watch | undefined;
    readonly basis: DayBasis;
    /** The days recorded of the chunk before. */
    readonly before: DayBalances | undefined;
}

/**
 * A day of a chunk: the loans that changed, on top of those that changed since the last report.
 * @throws Refusal DEAL_STATUS_WRONG, NOT_WATCHED, PERIOD_REPORTED, DAY_OUTSIDE, OBSERVED_ALREADY, ROW_UNKNOWN
 */
export function recordDay(
    asked: RecordDayRequest,
    { deal, period, watch, basis, before }: DayFacts,
    changed: readonly ChangedLoan[],
): DayBalances {
    mustStand(deal, 'issued');
    mustBeWatched(watch, deal);
    mustLieIn(asked.day, period);
    mustBeAfter(asked.day, watch?.asOf);
    if (before && before.day > asked.day) throw new Refusal('OBSERVED_ALREADY', { day: before.day });
    const kept = (before?.rows ?? []).filter(row => basis.until === undefined || row.day > basis.until);
    const rows = new Map(kept.map(row => [row.row, row]));
    for (const { row, balance } of changed) {
        if (row >= basis.balances.length) throw new Refusal('ROW_UNKNOWN', { row, number: asked.number });
        rows.set(row, { row, balance, day: asked.day });
    }
    let balance = 0n;
    basis.balances.forEach((outstanding, row) => {
        balance += BigInt(rows.get(row)?.balance ?? outstanding);
    });
    return {
        day: asked.day,
        balance: balance as Amount,
        rows: [...rows.values()].sort((a, b) => a.row - b.row),
    };
}

export interface ObserveFacts {
    readonly deal: Deal;
    readonly terms: Terms;
    readonly period: Period;
    /** The period last reported. */
    readonly reported: Period | undefined;
    readonly watch: Watch | undefined;
    /** Outstanding in the whole pool at the end of the day, recomputed from the loans. */
    readonly balance: Amount;
    /** Last day on which a loan's change was recorded. */
    readonly lastRecorded: Day | undefined;
    readonly initialBalance: Amount;
    readonly last: RunRecord | undefined;
    readonly declarations: Declarations | undefined;
}

/** A day seen, and what it changed. */
export interface Observed {
    /** Of the event. */
    readonly type: 'DayObserved' | 'TriggerTripped';
    readonly balance: Amount;
    readonly watch: Watch;
    readonly period: Period;
    readonly trips: readonly Trip[];
}

/**
 * Puts the pool balance of a day on record and tests the triggers that must last a number of days: one that has lasted changes the
 * deal's status at once, for purchases and for the next distribution. What was seen last holds until the next day seen.
 * @throws Refusal DEAL_STATUS_WRONG, NOT_WATCHED, PERIOD_REPORTED, DAY_OUTSIDE, OBSERVED_ALREADY, DEAL_FINAL, FACTS_INVALID
 */
export function observeDay(asked: ObserveRequest, facts: ObserveFacts): Observed {
    const { deal, terms, watch, period, balance } = facts;
    mustStand(deal, 'issued');
    const before = mustBeWatched(watch, deal);
    mustLieIn(asked.day, period);
    mustBeAfter(asked.day, before.asOf);
    if (facts.lastRecorded !== undefined && facts.lastRecorded > asked.day)
        throw new Refusal('OBSERVED_ALREADY', { day: facts.lastRecorded });
    const state = stateNow(terms, facts.last, facts.declarations, before);
    const dayBefore = addDays(asked.day, -1);
    // A run may have been made ahead of its payment date: for the days until then it is not over yet.
    const open = { ...state, asOf: state.asOf < dayBefore ? state.asOf : dayBefore };
    const observation = observe(terms, open, factsOf(asked, facts));
    const trips = observation.notices.map(({ trigger, happened, notify }) => ({
        day: asked.day,
        trigger,
        happened,
        ...(observation.state.status !== state.status && { status: observation.state.status }),
        notify,
    }));
    const daily = (terms.triggers ?? []).filter(({ lasting }) => lasting?.days !== undefined);
    const triggers = Object.fromEntries(
        daily.flatMap(({ id: trigger }) => {
            const now = observation.state.triggers[trigger];
            return now ? [[trigger, now]] : [];
        }),
    );
    return {
        type: trips.length > 0 ? 'TriggerTripped' : 'DayObserved',
        balance,
        watch: { ...before, asOf: asked.day, balance, triggers, trips: [...before.trips, ...trips] },
        period: { ...period, days: [...period.days, { day: asked.day, balance }] },
        trips,
    };
}

/** @throws Refusal NOT_WATCHED */
function mustBeWatched(watch: Watch | undefined, deal: Deal): Watch {
    if (watch === undefined) throw new Refusal('NOT_WATCHED', { id: deal.id });
    return watch;
}

function mustBeAfter(given: Day, asOf: Day | undefined): void {
    if (asOf !== undefined && asOf >= given) throw new Refusal('OBSERVED_ALREADY', { day: asOf });
}

/** The days of a period are recorded until it is reported. */
function mustLieIn(given: Day, period: Period): void {
    if (reportOf(period)) throw new Refusal('PERIOD_REPORTED', { period: period.number });
    if (given < period.begins || given > period.ends)
        throw new Refusal('DAY_OUTSIDE', { day: given, period: period.number });
}

/** What is known on a day: the balance now, all else as last reported, and no flows. */
function factsOf(asked: ObserveRequest, { period, reported, balance, initialBalance }: ObserveFacts) {
    const report = reported && reportOf(reported)?.facts;
    return {
        ...quietFacts,
        ...(report && {
            cumulativeChargedOff: report.cumulativeChargedOff,
            cumulativeRecoveries: report.cumulativeRecoveries,
            receivablesCount: report.receivablesCount,
            delinquentBalance30: report.delinquentBalance30 ?? quietFacts.delinquentBalance30,
            delinquentBalance60: report.delinquentBalance60 ?? quietFacts.delinquentBalance60,
            delinquentBalance90: report.delinquentBalance90 ?? quietFacts.delinquentBalance90,
            delinquentBalance120: report.delinquentBalance120 ?? quietFacts.delinquentBalance120,
            delinquentCount30: report.delinquentCount30,
            delinquentCount60: report.delinquentCount60,
            delinquentCount90: report.delinquentCount90,
            delinquentCount120: report.delinquentCount120,
        }),
        initialPoolBalance: initialBalance,
        poolBalanceBeginning: report?.poolBalanceEnding ?? initialBalance,
        poolBalanceEnding: balance,
        periodBegin: period.begins,
        periodEnd: period.ends,
        paymentDate: asked.day,
        ...(asked.fixings && { fixings: asked.fixings }),
        ...(asked.extra && { extra: asked.extra }),
    };
}
