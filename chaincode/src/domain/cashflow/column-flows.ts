import { addSurvivors, survival } from './line-flows';
import { monthlyUnit } from './speed';

import type { Flows, Hazards } from './line-flows';
import type { LoanColumns } from './loan-columns';

/**
 * Adds the life of a chunk of loans to `flows`: the same months, roundings and rules as `addLine`, amount by amount, in floats that hold
 * whole numbers (see `LoanColumns`). Half-up rounding is a floored quotient of whole numbers, which a 64-bit float gives exactly:
 * the true quotient of two numbers below 2^53 lies too far from the next whole number for rounding to reach it.
 */
export function addColumns(flows: Flows, columns: LoanColumns, hazards: Hazards): void {
    const months = flows.interest.length;
    const sums = new Sums(months);
    const rowOf = rowsByAge(hazards, months);
    const alike = new Map<number, number>();
    for (let i = 0; i < columns.count; i++) {
        const age = columns.age[i]!;
        const term = columns.months[i]!;
        addLoan(sums, columns, i, rowOf(age), term - hazards.quiet);
        alike.set(age * 2048 + term, (alike.get(age * 2048 + term) ?? 0) + 1);
    }
    sums.addTo(flows);
    for (const [key, count] of alike) countSurvivors(flows, hazards, Math.floor(key / 2048), key % 2048, count);
}

/** Monthly rates of one age, each split into its millions and the rest so that products with a balance stay exact. */
interface HazardRow {
    readonly prepaidHigh: Float64Array;
    readonly prepaidLow: Float64Array;
    readonly defaultHigh: Float64Array;
    readonly defaultLow: Float64Array;
}

class Sums {
    readonly interest: Float64Array;
    readonly scheduled: Float64Array;
    readonly prepaid: Float64Array;
    readonly defaulted: Float64Array;

    constructor(readonly months: number) {
        this.interest = new Float64Array(months);
        this.scheduled = new Float64Array(months);
        this.prepaid = new Float64Array(months);
        this.defaulted = new Float64Array(months);
    }

    addTo(flows: Flows): void {
        for (const name of ['interest', 'scheduled', 'prepaid', 'defaulted'] as const)
            this[name].forEach((sum, i) => (flows[name][i] = (flows[name][i] ?? 0n) + BigInt(sum)));
    }
}

function addLoan(sums: Sums, columns: LoanColumns, i: number, row: HazardRow, defaultMonths: number): void {
    const { prepaidHigh, prepaidLow, defaultHigh, defaultLow } = row;
    const { interest, scheduled, prepaid, defaulted } = sums;
    const rateHigh = Math.floor(columns.rate[i]! / 1e4);
    const rateLow = columns.rate[i]! - rateHigh * 1e4;
    const payment = columns.payment[i]!;
    const isLevel = columns.isLevel[i] === 1;
    const interestOnly = columns.interestOnly[i]!;
    const last = columns.months[i]! - 1;
    const end = Math.min(last + 1, sums.months);
    let contract = columns.balance[i]!;
    let performing = contract;
    for (let month = 0; month < end && performing > 0; month++) {
        // contract x rate / (12 x 10^8), in two steps of 10^4.
        const due = Math.floor((contract * rateHigh + 60_000 + Math.floor((contract * rateLow) / 1e4)) / 120_000);
        let principal = contract;
        if (month < last) {
            if (month < interestOnly) principal = 0;
            else {
                const wanted = isLevel ? payment - due : payment;
                principal = wanted < 0 ? 0 : wanted > contract ? contract : wanted;
            }
        }
        const lost = month < defaultMonths ? partOf(performing, defaultHigh[month]!, defaultLow[month]!) : 0;
        const paying = performing - lost;
        const isLast = principal === contract;
        const repaid = isLast ? paying : shareOf(paying, principal, contract);
        const left = isLast ? 0 : lost === 0 ? paying - repaid : performing - shareOf(performing, principal, contract);
        const early = Math.min(partOf(left, prepaidHigh[month]!, prepaidLow[month]!), paying - repaid);
        interest[month]! += shareOf(paying, due, contract);
        scheduled[month]! += repaid;
        prepaid[month]! += early;
        defaulted[month]! += lost;
        performing = paying - repaid - early;
        contract -= principal;
    }
}

/** balance x units / 10^12, half-up, where units = high x 10^6 + low. */
function partOf(balance: number, high: number, low: number): number {
    return Math.floor((balance * high + 500_000 + Math.floor((balance * low) / 1e6)) / 1e6);
}

/** balance x part / whole, half-up. */
function shareOf(balance: number, part: number, whole: number): number {
    return Math.floor((2 * balance * part + whole) / (2 * whole));
}

function rowsByAge(hazards: Hazards, months: number): (age: number) => HazardRow {
    const known: HazardRow[] = [];
    return age => (known[age] ??= hazardRow(hazards.prepayment(age, 0, months), hazards.default(age, 0, months)));
}

function hazardRow(prepayment: readonly bigint[], defaults: readonly bigint[]): HazardRow {
    const high = (units: bigint) => Number(units / 1_000_000n);
    const low = (units: bigint) => Number(units % 1_000_000n);
    return {
        prepaidHigh: Float64Array.from(prepayment, high),
        prepaidLow: Float64Array.from(prepayment, low),
        defaultHigh: Float64Array.from(defaults, high),
        defaultLow: Float64Array.from(defaults, low),
    };
}

function countSurvivors(flows: Flows, hazards: Hazards, age: number, term: number, count: number): void {
    const months = Math.min(term, flows.interest.length);
    const defaults = hazards.default(age, 0, months).map((part, i) => (i < term - hazards.quiet ? part : 0n));
    const left = survival(hazards.prepayment(age, 0, months), defaults);
    addSurvivors(flows, 0, term, BigInt(count) * monthlyUnit, left);
}
