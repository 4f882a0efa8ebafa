import type { Amount } from '../money';
import type { Day } from '../day';

/** What a formula's value is measured in. `money` is whole minor units of the deal's currency. */
export type Unit = 'money' | 'rate' | 'count' | 'date' | 'boolean';

/** A standard fact: its unit, and what a servicer states by it. */
export interface FactRow {
    readonly unit: 'money' | 'count';
    readonly meaning: string;
}

/**
 * The facts every servicer's report states about a collection period, by the names formulas use. The report contract
 * computes them from the loan-level data; a projection computes them from assumptions. Amounts are minor units.
 */
export const standardFacts = {
    chargedOffPrincipal: { unit: 'money', meaning: 'principal of the receivables charged off in the period' },
    cumulativeChargedOff: { unit: 'money', meaning: 'charged-off principal since cut-off, this period included' },
    cumulativeRecoveries: { unit: 'money', meaning: 'recoveries since cut-off, this period included' },
    delinquentBalance30: { unit: 'money', meaning: 'principal of receivables 31 to 60 days past due' },
    delinquentBalance60: { unit: 'money', meaning: 'principal of receivables 61 to 90 days past due' },
    delinquentBalance90: { unit: 'money', meaning: 'principal of receivables 91 to 120 days past due' },
    delinquentBalance120: { unit: 'money', meaning: 'principal of receivables 121 or more days past due' },
    delinquentCount30: { unit: 'count', meaning: 'number of receivables 31 to 60 days past due' },
    delinquentCount60: { unit: 'count', meaning: 'number of receivables 61 to 90 days past due' },
    delinquentCount90: { unit: 'count', meaning: 'number of receivables 91 to 120 days past due' },
    delinquentCount120: { unit: 'count', meaning: 'number of receivables 121 or more days past due' },
    initialPoolBalance: { unit: 'money', meaning: 'pool balance at the cut-off date' },
    interestCollections: { unit: 'money', meaning: 'interest and finance charges collected from obligors' },
    otherPrincipalAdjustment: { unit: 'money', meaning: 'principal written off or up for other reasons, without cash' },
    poolBalanceBeginning: { unit: 'money', meaning: 'pool balance at the end of the preceding period' },
    poolBalanceEnding: { unit: 'money', meaning: 'pool balance at the end of the period' },
    prepayments: { unit: 'money', meaning: 'part of principalCollections paid ahead of schedule' },
    principalCollections: { unit: 'money', meaning: 'principal collected from obligors, prepayments included' },
    receivablesCount: { unit: 'count', meaning: 'number of receivables outstanding at the end of the period' },
    receivablesPurchased: {
        unit: 'money',
        meaning: 'principal of receivables bought during the period (revolving deals)',
    },
    recoveries: { unit: 'money', meaning: 'cash recovered from receivables charged off, net of expenses' },
    repurchases: { unit: 'money', meaning: 'principal of receivables bought back by the originator, paid in cash' },
} as const satisfies Record<string, FactRow>;

/** Name of a standard fact. */
export type StandardFact = keyof typeof standardFacts;

/** Amounts are bigint minor units, counts are numbers. */
export type StandardFacts = {
    readonly [Name in StandardFact]: (typeof standardFacts)[Name]['unit'] extends 'money' ? Amount : number;
};

/** A deal-specific fact: money as bigint, a rate as text (`0.0512`, `5.12%`), a count as number, a day as `2017-05-15`. */
export type FactValue = bigint | number | string | boolean;

/** Everything a run of the waterfall is told. Nothing else flows in: the rest is the terms and the state carried forward. */
export interface PeriodFacts extends StandardFacts {
    /** First and last day of the collection period. */
    readonly periodBegin: Day;
    readonly periodEnd: Day;
    /** The payment date after business-day adjustment. */
    readonly paymentDate: Day;
    /** Index fixings for the accrual period that ends on this payment date: `{ "SOFR": "0.0512" }`. */
    readonly fixings?: Readonly<Record<string, string>>;
    /** The extra facts the terms declare under `facts`. */
    readonly extra?: Readonly<Record<string, FactValue>>;
}

/** Facts of a period in which nothing happened; a builder spreads it and states what did. */
export const quietFacts: StandardFacts = Object.fromEntries(
    Object.entries(standardFacts).map(([name, row]) => [name, row.unit === 'money' ? 0n : 0]),
) as StandardFacts;
