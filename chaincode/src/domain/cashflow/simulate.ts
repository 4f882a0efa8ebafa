import { monthOf, monthsBetween } from '../day';
import { add, zero } from '../money';
import { openingState } from '../waterfall/opening';
import { runPeriod } from '../waterfall/run';
import { collectionPeriod, periodFacts } from './period-facts';
import { PoolProjection } from './pool';
import { rateFor } from './speed';
import { trancheResult } from './tranche-result';

import type { Rate } from '../rate';
import type { FactValue, PeriodFacts } from '../terms/facts';
import type { Terms } from '../terms/terms';
import type { WaterfallRun } from '../waterfall/record';
import type { DealState } from '../waterfall/state';
import type { Assumptions } from './assumptions';
import type { PoolLine } from './line-flows';
import type { CollectionPeriod } from './period-facts';
import type { PoolMonth } from './pool';
import type { TrancheResult } from './tranche-result';
import type { Position } from './valuation';

/** What a simulation supposes besides the terms and the pool. */
export interface Scenario {
    readonly assumptions: Assumptions;
    /** Yearly index rates by payment period, the last holding on: `{ "SOFR": [rate(4n, 100n)] }`. */
    readonly fixings?: Readonly<Record<string, readonly Rate[]>>;
    /** What a revolving deal buys: receivables like these, like the pool at the cut-off when absent. */
    readonly purchases?: readonly PoolLine[];
    /** Deal-specific facts that hold in every period; those not given are zero, false or the end of the period. */
    readonly extra?: Readonly<Record<string, FactValue>>;
}

export interface SimulatedPeriod {
    readonly period: CollectionPeriod;
    readonly facts: PeriodFacts;
    readonly run: WaterfallRun;
}

export interface Simulation {
    readonly periods: readonly SimulatedPeriod[];
    readonly tranches: Readonly<Record<string, TrancheResult>>;
}

/**
 * Runs a deal from closing to its end: the pool is projected month by month, and the terms' own waterfall, the one the contract
 * runs, pays out each period. While the deal revolves, the principal collected in a month buys receivables at its end. The end is a
 * final status, pool and tranches paid, or legal final maturity.
 * @param onProgress told how many lines are projected, then how many periods are run
 * @throws Refusal as `runPeriod` does, and REQUEST_INVALID when a line makes no loan
 */
export function simulate(
    terms: Terms,
    lines: readonly PoolLine[],
    scenario: Scenario,
    onProgress: (what: 'lines' | 'periods', done: number) => void = () => undefined,
): Simulation {
    const opening = {
        balance: lines.reduce((sum, line) => add(sum, line.loan.balance), zero),
        count: lines.reduce((sum, line) => sum + line.count, 0),
    };
    const lastMonth = monthsBetween(monthOf(terms.dates.cutoff), monthOf(terms.dates.legalFinal));
    const pool = new PoolProjection(lines, scenario.assumptions, lastMonth + 1, done => onProgress('lines', done));
    const mix = scenario.purchases ?? lines;
    const periods: SimulatedPeriod[] = [];
    let state = openingState(terms);
    while (!hasEnded(terms, state, pool, periods.at(-1))) {
        const period = collectionPeriod(terms, state.period + 1);
        const months = Array.from({ length: period.months }, () => nextMonth(terms, state, pool, mix));
        const facts: PeriodFacts = {
            ...periodFacts(period, months, periods.at(-1)?.facts, opening),
            fixings: fixingsOf(scenario, state.period),
            extra: extraFacts(terms, scenario, period),
        };
        const run = runPeriod(terms, state, facts);
        periods.push({ period, facts, run });
        state = run.state;
        onProgress('periods', state.period);
    }
    const results = terms.tranches.map(tranche => [tranche.id, trancheResult(terms, tranche, periods)] as const);
    return { periods, tranches: Object.fromEntries(results) };
}

/** The tranche as bought at closing, to be valued by `valueAtPrice` and its kin. */
export function positionAtClosing(terms: Terms, simulation: Simulation, trancheId: string): Position {
    const balance = terms.tranches.find(tranche => tranche.id === trancheId)?.balance ?? zero;
    return { settlement: terms.dates.closing, balance, flows: simulation.tranches[trancheId]?.flows ?? [] };
}

function hasEnded(terms: Terms, state: DealState, pool: PoolProjection, last: SimulatedPeriod | undefined): boolean {
    if (terms.statuses.some(status => status.id === state.status && status.final)) return true;
    if (last?.period.payment.due === terms.dates.legalFinal) return true;
    const isPaid = Object.values(state.tranches).every(tranche => tranche.balance + tranche.interestShortfall === 0n);
    return isPaid && pool.isOver;
}

function nextMonth(terms: Terms, state: DealState, pool: PoolProjection, mix: readonly PoolLine[]): PoolMonth {
    const status = terms.statuses.find(({ id }) => id === state.status);
    return pool.next(status?.revolving ? { amount: pool.comingPrincipal, mix } : undefined);
}

function fixingsOf({ fixings = {} }: Scenario, period: number): Record<string, string> {
    const text = ({ n, d }: Rate) => `${n}/${d}`;
    return Object.fromEntries(Object.entries(fixings).map(([index, rates]) => [index, text(rateFor(rates, period))]));
}

function extraFacts(terms: Terms, { extra = {} }: Scenario, period: CollectionPeriod): Record<string, FactValue> {
    const absent = { money: 0n, count: 0, rate: '0', boolean: false, date: period.end } as const;
    const declared = Object.entries(terms.facts ?? {});
    return Object.fromEntries(declared.map(([name, { unit }]) => [name, extra[name] ?? absent[unit]]));
}
