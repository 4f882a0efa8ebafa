import { addDelinquencies, usualBuckets } from './delinquency';
import { addFigures } from './state-summary';
import { assetClassOf } from '../tape/asset-class';
import { averagesOf } from '../tape/weighted';
import { disclose } from './disclosure';
import { fewestLoans } from '../pool-rules';
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
import type { Disclosed, PublishedFacts, Support, WholeReport } from './disclosure';
import type { Deal } from '../deal';
import type { ExceptionKind } from './roll-forward';
import type { Rate } from '../rate';
import type { StandardFact, StandardFacts } from '../terms/facts';
import type { StateSummary } from './state-summary';
import type { Tape } from '../tape';

/**
 * What is published of a period.
 * @throws Refusal STATES_MISSING, BASIS_CHANGED
 */
export function composeReport(given: FileFacts): Disclosed & Roots {
    const { rules } = given.deal;
    const states = complete(given.period, given.basis, given.summaries);
    const fewest = fewestLoans(rules);
    const buckets = rules.delinquencyBuckets ?? usualBuckets;
    const disclosure = { assetClass: assetClassOf(rules.assetClass), fewest, buckets, used: given.used };
    const roots = states.map(summary => summary.root);
    return {
        ...disclose(addUp(given, states, fewest), supportOf(states), disclosure),
        chunkRoots: roots,
        root: hexOf(rootOf(concat(...roots.map(bytesOf)))),
    };
}

/**
 * Everything that the loans of a period add up to: for those who may see the loans.
 * @throws Refusal STATES_MISSING, BASIS_CHANGED
 */
export function composeWhole(given: FileFacts): WholeReport {
    return addUp(given, complete(given.period, given.basis, given.summaries), 1);
}

/** What commits to a month's loan states. */
interface Roots {
    readonly chunkRoots: readonly string[];
    readonly root: string;
}

function addUp({ deal, tape, period, basis }: FileFacts, states: readonly StateSummary[], fewest: number): WholeReport {
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
            fewest,
        ),
        measures: measuresOf(facts, monthsIn(period), ageOf(assetClass, deal, tape, period)),
    };
}

function supportOf(states: readonly StateSummary[]): Support {
    const totals: Record<string, number> = {};
    for (const { counts } of states)
        for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + count;
    const isRestated = states.some(({ changed }) => changed !== undefined);
    return {
        totals,
        prepaid: states.reduce((sum, { prepaid }) => sum + prepaid, 0),
        imputed: states.reduce((sum, { imputed }) => sum + imputed, 0),
        changed: isRestated ? states.reduce((sum, { changed = 0 }) => sum + changed, 0) : undefined,
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
    const bought = addFigures(states.slice(basis.carried).map(summary => summary.figures)).poolBalanceBeginning;
    return {
        ...figures,
        poolBalanceBeginning: figures.poolBalanceBeginning - bought,
        cumulativeChargedOff: basis.cumulativeChargedOff + figures.chargedOffPrincipal,
        cumulativeRecoveries: basis.cumulativeRecoveries + figures.recoveries,
        initialPoolBalance: tape.pool?.balance ?? 0n,
        receivablesPurchased: bought,
    } as StandardFacts;
}

/** Length of a collection period in months; one that is cut short counts as a month. */
function monthsIn(period: Period): number {
    const months = monthsBetween(monthOf(period.begins), monthOf(period.ends)) + 1;
    return [1, 2, 3, 4, 6, 12].filter(length => length <= months).pop() ?? 1;
}

/** Age of the loans at the end of a period: at cut-off, from the averages of the pool, and the months since. Not known once loans of another age have joined. */
function ageOf(assetClass: AssetClass, deal: Deal, tape: Tape, period: Period): Rate | undefined {
    const { originalTerm = '', remainingTerm = '' } = assetClass.loanRoles;
    const [original, remaining] = [tape.pool?.averages[originalTerm], tape.pool?.averages[remainingTerm]];
    if (original === undefined || remaining === undefined || tape.added !== undefined) return undefined;
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
 * @throws Refusal FACT_UNKNOWN, FACT_WITHHELD
 */
export function compareFigures(stated: Readonly<Record<string, string>>, { facts, withheld }: Disclosed) {
    return Object.entries(stated).flatMap(([fact, figure]) => {
        if (!Object.hasOwn(standardFacts, fact)) throw new Refusal('FACT_UNKNOWN', { fact });
        if (withheld.includes(fact)) throw new Refusal('FACT_WITHHELD', { fact });
        const recomputed = String(facts[fact as StandardFact]);
        return recomputed === figure ? [] : [{ fact, stated: figure, recomputed }];
    });
}

/** The balance of the last day of a period, where it was observed, is the balance that the month's loans add up to. */
export function compareDays({ days, ends }: Period, { poolBalanceEnding }: PublishedFacts) {
    const last = days.find(({ day }) => day === ends);
    if (last === undefined || last.balance === poolBalanceEnding) return [];
    const [stated, recomputed] = [String(last.balance), String(poolBalanceEnding)];
    return [{ fact: 'poolBalanceEnding', stated, recomputed }];
}

/** What changed from one version to the next, as far as both are published: new minus old. */
export function deltaOf(before: PublishedFacts, after: PublishedFacts): Record<string, Amount> {
    const names = Object.keys(standardFacts) as StandardFact[];
    return Object.fromEntries(
        names.flatMap(name => {
            const [then, now] = [before[name], after[name]];
            if (then === undefined || now === undefined || then === now) return [];
            return [[name, (BigInt(now) - BigInt(then)) as Amount] as const];
        }),
    );
}
