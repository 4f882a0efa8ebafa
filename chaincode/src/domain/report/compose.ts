import { addDelinquencies } from './delinquency';
import { addFigures } from './state-summary';
import { assetClassOf } from '../tape/asset-class';
import { averagesOf } from '../tape/weighted';
import { bytesOf, concat, hexOf } from '../bytes';
import { measuresOf } from './measures';
import { minus, parseRate, plus, rate } from '../rate';
import { monthOf, monthsBetween } from '../day';
import { Refusal } from '../refusal';
import { rootOf } from '../tape/merkle';
import { standardFacts } from '../terms/facts';

import type { Amount } from '../money';
import type { AssetClass } from '../tape/asset-class';
import type { Basis, FileFacts, Period } from '../report';
import type { Deal } from '../deal';
import type { ExceptionKind } from './roll-forward';
import type { Rate } from '../rate';
import type { StandardFact, StandardFacts } from '../terms/facts';
import type { StateSummary } from './state-summary';
import type { Tape } from '../tape';

/**
 * Everything that a report says of its period, added up from the summaries of its chunks.
 * @throws Refusal STATES_MISSING, BASIS_CHANGED
 */
export function composeReport({ deal, tape, period, basis, summaries }: FileFacts) {
    const states = complete(period, basis, summaries);
    const facts = factsOf(tape, basis, states);
    const assetClass = assetClassOf(deal.rules.assetClass);
    return {
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
    };
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

/**
 * The servicer's own figures that are not what the loans add up to.
 * @throws Refusal FACT_UNKNOWN
 */
export function compareFigures(stated: Readonly<Record<string, string>>, facts: StandardFacts) {
    return Object.entries(stated).flatMap(([fact, figure]) => {
        if (!Object.hasOwn(standardFacts, fact)) throw new Refusal('FACT_UNKNOWN', { fact });
        const recomputed = String(facts[fact as StandardFact]);
        return recomputed === figure ? [] : [{ fact, stated: figure, recomputed }];
    });
}

/** What changed from one version to the next: new minus old. */
export function deltaOf(before: StandardFacts, after: StandardFacts): Record<string, Amount> {
    const names = Object.keys(standardFacts) as StandardFact[];
    return Object.fromEntries(
        names
            .map(name => [name, (BigInt(after[name]) - BigInt(before[name])) as Amount] as const)
            .filter(([, change]) => change !== 0n),
    );
}
