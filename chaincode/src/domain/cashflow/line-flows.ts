import { divide } from '../rate';
import { amortise } from './amortise';
import { monthlyRates, monthlyUnit } from './speed';

import type { Loan } from './amortise';
import type { Assumptions } from './assumptions';
import type { MonthlyRates } from './speed';

/** A loan of a pool, or a representative line that stands for many loans alike. */
export interface PoolLine {
    readonly loan: Loan;
    /** Whole months since origination. */
    readonly age: number;
    /** How many receivables it stands for. */
    readonly count: number;
}

/** What lines do month by month, minor units; index 0 is the first month of the projection. */
export interface Flows {
    readonly interest: bigint[];
    readonly scheduled: bigint[];
    readonly prepaid: bigint[];
    readonly defaulted: bigint[];
    /** Receivables left at the end of each month, in units of 10^-12. */
    readonly survivors: bigint[];
}

/** Speeds turned into monthly rates once for a whole projection. */
export interface Hazards {
    readonly prepayment: MonthlyRates;
    readonly default: MonthlyRates;
    /** Months before the last payment in which nothing defaults. */
    readonly quiet: number;
}

/**
 * The SDA has no defaults in the last months of a loan, as many as a recovery takes: they could not be liquidated in time
 * (Standard Formulas C.4). Other default models run to the end.
 */
export function hazardsOf(assumptions: Assumptions): Hazards {
    return {
        prepayment: monthlyRates(assumptions.prepayment),
        default: monthlyRates(assumptions.default),
        quiet: assumptions.default.model === 'SDA' ? assumptions.recovery.lag : 0,
    };
}

export function noFlows(months: number): Flows {
    const zeros = () => new Array<bigint>(months).fill(0n);
    return { interest: zeros(), scheduled: zeros(), prepaid: zeros(), defaulted: zeros(), survivors: zeros() };
}

/**
 * Adds one line's life to `flows`, from month `start` on. Each month: a part of the performing balance defaults; the rest pays its share
 * of the line's contractual interest and principal; of what the schedule leaves, a part is prepaid. Each of the amounts is
 * rounded half-up to the minor unit; the last payment and a prepayment never exceed what is left. What is prepaid between two
 * payments of a line that pays every few months pays no interest since the last one.
 *
 * Source: Standard Formulas C.3 (NEW DEF, ACT AM, VOL PREPAY, PERF BAL), payments of defaulted loans not advanced.
 * @param countUnits receivables in units of 10^-12, where it is not the line's own count
 */
export function addLine(flows: Flows, line: PoolLine, hazards: Hazards, start = 0, countUnits?: bigint): void {
    const instalments = amortise(line.loan);
    const months = Math.min(line.loan.months, flows.interest.length - start);
    const prepayment = hazards.prepayment(line.age, start, months);
    const defaults = hazards
        .default(line.age, start, months)
        .map((part, i) => (i < line.loan.months - hazards.quiet ? part : 0n));
    let performing: bigint = line.loan.balance;
    let contract: bigint = line.loan.balance;
    for (let i = 0; i < months && performing > 0n; i++) {
        const { interest, principal } = instalments[i] ?? { interest: 0n, principal: 0n };
        const defaulted = partOf(performing, defaults[i]);
        const paying = performing - defaulted;
        const isLast = principal === contract;
        const scheduled = isLast ? paying : divide(paying * principal, contract, 'half-up');
        const left = isLast ? 0n : performing - divide(performing * principal, contract, 'half-up');
        const prepaid = lesser(partOf(left, prepayment[i]), paying - scheduled);
        record(flows, start + i, divide(paying * interest, contract, 'half-up'), scheduled, prepaid, defaulted);
        performing = paying - scheduled - prepaid;
        contract -= principal;
    }
    const count = countUnits ?? BigInt(line.count) * monthlyUnit;
    addSurvivors(flows, start, line.loan.months, count, survival(prepayment, defaults));
}

/** The part of one receivable left after each month, in units of 10^-12: fewer by what is prepaid and by what defaults. */
export function survival(prepayment: readonly bigint[], defaults: readonly bigint[]): bigint[] {
    let left = monthlyUnit;
    return prepayment.map((part, i) => {
        left -= partOf(left, lesser(part + (defaults[i] ?? 0n), monthlyUnit));
        return left;
    });
}

/** Receivables count until their last payment. */
export function addSurvivors(
    flows: Flows,
    start: number,
    months: number,
    count: bigint,
    left: readonly bigint[],
): void {
    left.slice(0, months - 1).forEach((part, i) => {
        flows.survivors[start + i] = (flows.survivors[start + i] ?? 0n) + divide(count * part, monthlyUnit, 'half-up');
    });
}

function record(
    flows: Flows,
    i: number,
    interest: bigint,
    scheduled: bigint,
    prepaid: bigint,
    defaulted: bigint,
): void {
    flows.interest[i] = (flows.interest[i] ?? 0n) + interest;
    flows.scheduled[i] = (flows.scheduled[i] ?? 0n) + scheduled;
    flows.prepaid[i] = (flows.prepaid[i] ?? 0n) + prepaid;
    flows.defaulted[i] = (flows.defaulted[i] ?? 0n) + defaulted;
}

function partOf(balance: bigint, units: bigint | undefined): bigint {
    return divide(balance * (units ?? 0n), monthlyUnit, 'half-up');
}

function lesser(a: bigint, b: bigint): bigint {
    return a < b ? a : b;
}
