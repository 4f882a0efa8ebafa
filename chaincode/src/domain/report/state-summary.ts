import { digest, integer, list, minor, object, oneOf, optional, record } from '../shape';
import { hexOf } from '../bytes';
import { endBalances, rollForward } from './roll-forward';
import { Refusal } from '../refusal';
import { delinquencyOf, delinquencyReader, usualBuckets } from './delinquency';
import { groupsReader } from '../tape/concentration';
import { Sum } from '../tape/sum';
import { weigh, weightedReader } from '../tape/weighted';

import type { GroupBalance } from '../tape/concentration';
import type { AssetClass, StateRoles } from '../tape/asset-class';
import type { Chunk } from '../tape/chunk';
import type { PoolRules } from '../pool-rules';
import type { Delinquent } from './delinquency';
import type { Reader } from '../shape';
import type { Weighted } from '../tape/weighted';
import type { RollException, RolledMonth } from './roll-forward';

/** Amounts of a month that add up over chunks, in minor units; named as the facts of a report. */
const moneyFigures = [
    'chargedOffPrincipal',
    'delinquentBalance30',
    'delinquentBalance60',
    'delinquentBalance90',
    'delinquentBalance120',
    'interestCollections',
    'otherPrincipalAdjustment',
    'poolBalanceBeginning',
    'poolBalanceEnding',
    'prepayments',
    'principalCollections',
    'recoveries',
    'repurchases',
] as const;

const countFigures = [
    'delinquentCount30',
    'delinquentCount60',
    'delinquentCount90',
    'delinquentCount120',
    'receivablesCount',
] as const;

export type MoneyFigure = (typeof moneyFigures)[number];
export type CountFigure = (typeof countFigures)[number];
export type Figures = Readonly<Record<MoneyFigure, bigint> & Record<CountFigure, number>>;

/** What the contract keeps of a month of a chunk besides the loan states themselves. Private, as it may describe very few loans. */
export interface StateSummary {
    readonly rows: number;
    /** Merkle root of this month's chunk. */
    readonly root: string;
    /** SHA-256 of its rows, as in the summary of a chunk of loans. */
    readonly content: string;
    /** Merkle root of the chunk it was rolled forward from: the tape's, or the month before's. */
    readonly basis: string;
    readonly figures: Figures;
    /** Sum of every amount field as reported, by its standard name. */
    readonly totals: Readonly<Record<string, bigint>>;
    /** Loans with something else than zero in such a field; that paid ahead of schedule; whose interest was taken from what they paid. */
    readonly counts: Readonly<Record<string, number>>;
    readonly prepaid: number;
    readonly imputed: number;
    /** Of a restatement: rows that are not as the version before had them. */
    readonly changed?: number | undefined;
    readonly exceptions: readonly RollException[];
    /** In the deal's own buckets. */
    readonly delinquency: readonly Delinquent[];
    /** In the order of the class's `stateAverages`, weighted by the balance at the end. */
    readonly averages: readonly Weighted[];
    /** Of a pool that may grow, in the order of the rules' concentration limits, by the balance at the end. */
    readonly groups: readonly (readonly GroupBalance[])[];
}

const figuresReader = object({
    ...(Object.fromEntries(moneyFigures.map(name => [name, minor])) as Record<MoneyFigure, typeof minor>),
    ...(Object.fromEntries(countFigures.map(name => [name, integer(0)])) as Record<CountFigure, Reader<number>>),
}) as Reader<Figures>;

export const stateSummaryReader: Reader<StateSummary> = object({
    rows: integer(1),
    root: digest,
    content: digest,
    basis: digest,
    figures: figuresReader,
    totals: record(minor),
    counts: record(integer(0)),
    prepaid: integer(0),
    imputed: integer(0),
    changed: optional(integer(0)),
    exceptions: list(
        object({
            row: integer(0),
            kind: oneOf('beginning', 'difference', 'negative', 'not-reported'),
            difference: integer(Number.MIN_SAFE_INTEGER),
        }),
    ),
    delinquency: delinquencyReader,
    averages: list(weightedReader),
    groups: groupsReader,
});

/** The chunk that a month is rolled forward from. */
export interface Before {
    readonly chunk: Chunk;
    /** Which of its fields is the loan's number. */
    readonly number: string;
    /** Balances at the end of the month before, row by row. */
    readonly balances: Float64Array;
    readonly root: string;
}

/** What else a month of a chunk is judged with. */
export interface Company {
    /** Rows that leave the pool in this month in exchange for other loans. */
    readonly replaced: ReadonlySet<number>;
    /** The same month as last reported, where this is a restatement. */
    readonly superseded: Chunk | undefined;
    /** The groups of every concentration limit by the balances given: of a pool that may grow. */
    readonly groups: ((balances: Float64Array) => readonly (readonly GroupBalance[])[]) | undefined;
}

/** The tape, as the month before the first. */
export function tapeBefore(chunk: Chunk, assetClass: AssetClass, root: string): Before {
    const { number, balance } = assetClass.loanRoles;
    return { chunk, number, balances: chunk.numbers(balance), root };
}

export function monthBefore(chunk: Chunk, assetClass: AssetClass, root: string): Before {
    const { stateRoles } = assetClass;
    return { chunk, number: stateRoles.number, balances: endBalances(chunk, stateRoles), root };
}

/**
 * Recomputes a month of a chunk: the same loans in the same order as the month before, each rolled forward.
 * @throws Refusal LOAN_UNKNOWN, STATE_NOT_ROLLED, REPLACED_NOT_REPORTED naming the row
 */
export function summariseStates(
    states: Chunk,
    assetClass: AssetClass,
    before: Before,
    rules: PoolRules,
    { replaced, superseded, groups }: Company,
): StateSummary {
    const row = states.firstDifference(assetClass.stateRoles.number, before.chunk, before.number);
    if (row !== undefined) throw new Refusal('LOAN_UNKNOWN', { row });
    const month = rollForward(states, assetClass.stateRoles, before.balances, rules.rollForward);
    mustBeBoughtBack(states, assetClass.stateRoles, month, replaced);
    const { figures, prepaid, imputed } = figuresOf(states, assetClass.stateRoles, month);
    return {
        rows: states.rows,
        root: hexOf(states.root()),
        content: hexOf(states.content()),
        basis: before.root,
        figures,
        ...totalsOf(states, assetClass),
        prepaid,
        imputed,
        ...(superseded && { changed: states.differences(superseded) }),
        exceptions: month.exceptions,
        delinquency: delinquencyOf(
            states.numbers(assetClass.stateRoles.delinquency),
            month.end,
            rules.delinquencyBuckets ?? usualBuckets,
        ),
        averages: assetClass.stateAverages.map(field => weigh(states.numbers(field), month.end)),
        groups: groups?.(month.end) ?? [],
    };
}

/** Adds up the figures of all chunks of a pool. */
export function addFigures(parts: readonly Figures[]): Figures {
    const total = (name: MoneyFigure): bigint => parts.reduce((sum, part) => sum + part[name], 0n);
    const count = (name: CountFigure): number => parts.reduce((sum, part) => sum + part[name], 0);
    return {
        ...(Object.fromEntries(moneyFigures.map(name => [name, total(name)])) as Record<MoneyFigure, bigint>),
        ...(Object.fromEntries(countFigures.map(name => [name, count(name)])) as Record<CountFigure, number>),
    };
}

/** @throws Refusal REPLACED_NOT_REPORTED */
function mustBeBoughtBack(states: Chunk, roles: StateRoles, month: RolledMonth, replaced: ReadonlySet<number>): void {
    for (const row of replaced) {
        const isReported = roles.repurchasedCodes.includes(String(states.cell(row, roles.zeroCode)));
        if (!isReported || month.end[row] !== 0 || month.principal[row] !== month.begin[row])
            throw new Refusal('REPLACED_NOT_REPORTED', { row });
    }
}

function totalsOf(states: Chunk, assetClass: AssetClass): Pick<StateSummary, 'counts' | 'totals'> {
    const amounts = assetClass.state.fields.filter(field => field.type === 'amount');
    const columns = amounts.map(({ name }) => [name, states.numbers(name)] as const);
    return {
        totals: Object.fromEntries(columns.map(([name, values]) => [name, sumOf(values)])),
        counts: Object.fromEntries(columns.map(([name, values]) => [name, countOf(values)])),
    };
}

/** How many values are neither missing nor zero. */
function countOf(values: Float64Array): number {
    let count = 0;
    for (const value of values) if (value > 0 || value < 0) count += 1;
    return count;
}

function sumOf(values: Float64Array): bigint {
    const sum = new Sum();
    for (const value of values) if (!Number.isNaN(value)) sum.add(value);
    return sum.total();
}

function figuresOf(states: Chunk, roles: StateRoles, month: RolledMonth) {
    const { prepaid, imputed, ...flows } = flowsOf(states, roles, month);
    const figures: Figures = {
        poolBalanceBeginning: sumOf(month.begin),
        poolBalanceEnding: sumOf(month.end),
        chargedOffPrincipal: sumOf(month.chargedOff),
        otherPrincipalAdjustment: sumOf(month.adjustment),
        receivablesCount: countOf(month.end),
        recoveries: sumOf(states.numbers(roles.recovered)) + sumOf(states.numbers(roles.proceeds)),
        ...flows,
        ...usualFigures(delinquencyOf(states.numbers(roles.delinquency), month.end, usualBuckets)),
    };
    return { figures, prepaid, imputed };
}

/**
 * Cash of the month. The principal of a loan bought back is a repurchase, not a collection from its obligor.
 *
 * Prepayment: principal beyond what was scheduled; without a schedule, all principal of a loan paid off.
 * Interest that is not reported is what is left of a payment received: total paid - principal - other.
 */
function flowsOf(states: Chunk, roles: StateRoles, month: RolledMonth) {
    const [interest, paid] = [states.numbers(roles.interest), states.numbers(roles.paid)];
    const [other, scheduled] = [states.numbers(roles.other), states.numbers(roles.scheduledPrincipal)];
    const zeroCodes = states.texts(roles.zeroCode);
    const [collected, repurchased, prepaid, earned] = [new Sum(), new Sum(), new Sum(), new Sum()];
    let [prepayers, imputed] = [0, 0];
    for (let row = 0; row < states.rows; row++) {
        const principal = month.principal[row] as number;
        const isRepurchase = roles.repurchasedCodes.includes(zeroCodes[row] ?? '');
        (isRepurchase ? repurchased : collected).add(principal);
        const ahead = isRepurchase ? 0 : prepaymentOf(principal, scheduled[row] as number, month.end[row] as number);
        const income = interestOf(interest[row] as number, paid[row] as number, principal, other[row] as number);
        prepaid.add(ahead);
        earned.add(income);
        if (ahead !== 0) prepayers += 1;
        if (income !== 0 && Number.isNaN(interest[row])) imputed += 1;
    }
    return {
        principalCollections: collected.total(),
        repurchases: repurchased.total(),
        prepayments: prepaid.total(),
        interestCollections: earned.total(),
        prepaid: prepayers,
        imputed,
    };
}

function prepaymentOf(principal: number, scheduled: number, end: number): number {
    if (!Number.isNaN(scheduled)) return Math.max(0, principal - scheduled);
    return end === 0 && principal > 0 ? principal : 0;
}

function interestOf(interest: number, paid: number, principal: number, other: number): number {
    if (!Number.isNaN(interest)) return interest;
    return paid > 0 ? paid - principal - (Number.isNaN(other) ? 0 : other) : 0;
}

/** The standard facts name their buckets by the days before them. */
function usualFigures(delinquents: readonly Delinquent[]) {
    const balance = (i: number): bigint => delinquents[i]?.balance ?? 0n;
    const count = (i: number): number => delinquents[i]?.count ?? 0;
    return {
        delinquentBalance30: balance(0),
        delinquentBalance60: balance(1),
        delinquentBalance90: balance(2),
        delinquentBalance120: balance(3),
        delinquentCount30: count(0),
        delinquentCount60: count(1),
        delinquentCount90: count(2),
        delinquentCount120: count(3),
    };
}
