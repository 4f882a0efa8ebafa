import { canonical } from '../canonical';
import { usualBuckets } from './delinquency';

import type { Amount } from '../money';
import type { AssetClass } from '../tape/asset-class';
import type { Delinquent } from './delinquency';
import type { Measures } from './measures';
import type { StandardFacts } from '../terms/facts';

/**
 * Facts that are published only where they rest on enough loans, or where the deal's terms compute with them. All others are what every
 * waterfall lives on (balances, cash, losses): whoever recomputes a distribution needs them.
 */
export const withholdable = [
    'delinquentBalance30',
    'delinquentBalance60',
    'delinquentBalance90',
    'delinquentBalance120',
    'prepayments',
] as const;
export type Withholdable = (typeof withholdable)[number];

/** Standard facts as published. */
export type PublishedFacts = Omit<StandardFacts, Withholdable> & Partial<Pick<StandardFacts, Withholdable>>;

/** Measures from which prepayments can be computed. */
const speeds = ['smm', 'cpr', 'abs'] as const;

/** Measures as published. */
export type PublishedMeasures = Omit<Measures, (typeof speeds)[number]> &
    Partial<Pick<Measures, (typeof speeds)[number]>>;

/** What a month adds up to, before anything is withheld. */
export interface WholeReport {
    readonly facts: StandardFacts;
    readonly totals: Readonly<Record<string, Amount>>;
    readonly exceptions: Readonly<Record<string, number>>;
    readonly delinquency: readonly Delinquent[];
    readonly averages: Readonly<Record<string, string>>;
    readonly measures: Measures;
}

/** On how many loans the figures of a month rest. */
export interface Support {
    /** Loans with something else than zero in an amount field, by its name. */
    readonly totals: Readonly<Record<string, number>>;
    readonly prepaid: number;
    /** Loans whose interest was not reported and taken from what they paid. */
    readonly imputed: number;
    /** Of a restatement, the loans that are not as they were reported before. */
    readonly changed: number | undefined;
}

export interface DisclosureRules {
    readonly assetClass: AssetClass;
    readonly fewest: number;
    readonly buckets: readonly number[];
    /** Names that the terms use. */
    readonly used: ReadonlySet<string>;
}

export interface Disclosed extends Omit<WholeReport, 'facts' | 'measures'> {
    readonly facts: PublishedFacts;
    readonly measures: PublishedMeasures;
    /** What is not published: facts, totals, averages and measures by name, and `delinquency`. */
    readonly withheld: readonly string[];
}

/**
 * What of a report is published. A figure that rests on fewer than `fewest` loans is withheld, and with it whatever it could be computed from:
 * the parts of one sum are published together or not at all. A restatement of fewer loans than that withholds everything that the terms
 * do not need, as the difference of two versions would show those loans.
 */
export function disclose(whole: WholeReport, support: Support, rules: DisclosureRules): Disclosed {
    const isSmall = (count: number | undefined) => count !== undefined && count > 0 && count < rules.fewest;
    const isRestated = isSmall(support.changed);
    const hiddenTotals = isRestated ? Object.keys(whole.totals) : totalsToHide(whole, support, rules, isSmall);
    const buckets = isRestated ? undefined : joined(whole.delinquency, rules.fewest);
    const isJoined = buckets?.length !== whole.delinquency.length;
    const delinquency = isJoined && usesBuckets(rules) ? undefined : buckets;
    const hidesPrepayments = isRestated || isSmall(support.prepaid);
    const hidesBuckets = isRestated || !areUsual(rules.buckets) || isJoined;
    const hiddenFacts = withholdable
        .filter(name => (name === 'prepayments' ? hidesPrepayments : hidesBuckets))
        .filter(name => !rules.used.has(name));
    const hiddenMeasures = hiddenFacts.includes('prepayments') ? speeds : [];
    const hiddenAverages = isRestated ? Object.keys(whole.averages) : [];
    return {
        facts: without<PublishedFacts>(whole.facts, hiddenFacts),
        totals: without<Disclosed['totals']>(whole.totals, hiddenTotals),
        exceptions: whole.exceptions,
        delinquency: delinquency ?? [],
        averages: without<Disclosed['averages']>(whole.averages, hiddenAverages),
        measures: without<PublishedMeasures>(whole.measures, hiddenMeasures),
        withheld: [
            ...(isJoined ? ['delinquency'] : []),
            ...hiddenFacts,
            ...hiddenMeasures,
            ...hiddenAverages,
            ...hiddenTotals,
        ],
    };
}

/** Names that stand anywhere in a deal's terms. */
export function namesIn(document: unknown): ReadonlySet<string> {
    return new Set(canonical(document).match(/[A-Za-z]\w*/g));
}

/** Totals that are parts of one sum, by the roles of their fields, and what else that sum has in it. */
function totalsToHide(
    whole: WholeReport,
    { totals, prepaid, imputed }: Support,
    { assetClass: { stateRoles: roles } }: DisclosureRules,
    isSmall: (count: number | undefined) => boolean,
): string[] {
    const exceptions = Object.values(whole.exceptions).reduce((sum, count) => sum + count, 0);
    const sums = [
        { parts: [roles.interest, roles.other, roles.paid], besides: imputed },
        { parts: [roles.scheduledPrincipal], besides: prepaid },
        { parts: [roles.recovered, roles.proceeds], besides: 0 },
        {
            parts: [roles.beginBalance, roles.endBalance, roles.principal, roles.chargedOff, roles.adjustment],
            besides: exceptions,
        },
    ];
    return sums
        .filter(({ parts, besides }) => isSmall(besides) || parts.some(part => isSmall(totals[part])))
        .flatMap(({ parts }) => parts)
        .filter(part => part in whole.totals);
}

/**
 * Buckets of which none speaks of too few loans: a small one is put together with the next worse ones, the last with the one before.
 * Undefined where there are too few in all.
 */
function joined(buckets: readonly Delinquent[], fewest: number): Delinquent[] | undefined {
    const shown: Delinquent[] = [];
    let open: Delinquent | undefined;
    for (const bucket of [...buckets].reverse()) {
        open = open === undefined ? bucket : together(bucket, open);
        if (open.count > 0 && open.count < fewest) continue;
        shown.unshift(open);
        open = undefined;
    }
    if (open === undefined) return shown;
    const next = shown.findIndex(({ count }) => count > 0);
    if (next < 0) return undefined;
    return [together(open, shown[next] as Delinquent), ...shown.slice(next + 1)];
}

function together(lower: Delinquent, higher: Delinquent): Delinquent {
    return { from: lower.from, count: lower.count + higher.count, balance: lower.balance + higher.balance };
}

/** Whether the terms show usual buckets, from which joined ones could be taken apart again. */
function usesBuckets({ used }: DisclosureRules): boolean {
    return withholdable.some(name => name.startsWith('delinquent') && used.has(name));
}

function areUsual(buckets: readonly number[]): boolean {
    return buckets.length === usualBuckets.length && buckets.every((from, i) => from === usualBuckets[i]);
}

/** Values less those named, all of which may be absent. */
function without<T extends object>(values: T, names: readonly string[]): T {
    return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name))) as T;
}
