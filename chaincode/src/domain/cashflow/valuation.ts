import { yearFraction } from '../calendar/day-count';
import { rate } from '../rate';
import { Refusal } from '../refusal';
import { lastThatHolds, multiply, power, quotient, root, toFixed, toRate, unit } from './fixed';

import type { Frequency } from '../calendar/day-count';
import type { Day } from '../day';
import type { Amount } from '../money';
import type { Rate } from '../rate';
import type { Fixed } from './fixed';

/** What a tranche pays on one payment date. */
export interface TrancheFlow {
    /** Interest is earned from this day ... */
    readonly from: Day;
    /** ... to this day, which is not counted. */
    readonly to: Day;
    /** The day the cash arrives. */
    readonly paid: Day;
    readonly interest: Amount;
    readonly principal: Amount;
}

/** How yields are quoted. */
export interface YieldBasis {
    /** Counts the days from settlement to each payment, and those of accrued interest. */
    readonly dayCount: '30/360 US' | 'ACT/360' | 'ACT/365F';
    /** Compoundings a year. */
    readonly perYear: Frequency;
}

/** Bond-equivalent yield: twice a year on 30/360, the basis of the Standard Formulas. */
export const bondEquivalent: YieldBasis = { dayCount: '30/360 US', perYear: 2 };

/** A holding of a tranche to be valued: its balance at settlement, and all it will pay. */
export interface Position {
    readonly settlement: Day;
    readonly balance: Amount;
    readonly flows: readonly TrancheFlow[];
}

/** Prices in percent of the balance, times in years; 15 decimals. */
export interface Valuation {
    /** Without accrued interest. */
    readonly price: Rate;
    readonly accrued: Rate;
    readonly yield: Rate;
    /** Macaulay's. */
    readonly duration: Rate;
    readonly modifiedDuration: Rate;
    /** Cash-flow convexity, in years squared. */
    readonly convexity: Rate;
}

/**
 * Price, durations and convexity of a position at a yield.
 *
 * Source: Bond Market Association, Standard Formulas (1999), section G.1: P = sum of CF_k / (1 + Y/m)^(m T_k), T_k in years from
 * settlement to the day the cash arrives. Computed with the daily discount factor (1 + Y/m)^(-m/360), in `Fixed`.
 * @throws Refusal REQUEST_INVALID when nothing is left to be paid, or the yield is -100 % a compounding period or less
 */
export function valueAtYield(position: Position, yearly: Rate, basis: YieldBasis = bondEquivalent): Valuation {
    const perPeriod = unit + toFixed(rate(yearly.n, yearly.d * BigInt(basis.perYear)));
    if (perPeriod <= 0n) throw new Refusal('REQUEST_INVALID', { at: 'yield', problem: 'loses more than everything' });
    const yearlyGrowth = power(perPeriod as Fixed, basis.perYear);
    const daily = quotient(unit, root(yearlyGrowth, daysInYear(basis)));
    return valuation(position, presentValues(position, daily, basis), perPeriod as Fixed, basis);
}

/**
 * Yield, durations and convexity of a position at a price.
 * @param price percent of the balance, without accrued interest
 * @throws Refusal REQUEST_INVALID when nothing is left to be paid, or no yield makes the flows worth that price
 */
export function valueAtPrice(position: Position, price: Rate, basis: YieldBasis = bondEquivalent): Valuation {
    const full = toFixed(price) + toFixed(accruedOf(position, basis));
    const wanted = (full * position.balance) / 100n;
    const flows = future(position, basis);
    const daily = lastThatHolds(lowestDaily, highestDaily, factor => worth(flows, factor) <= wanted);
    if (daily === highestDaily || daily === lowestDaily)
        throw new Refusal('REQUEST_INVALID', {
            at: 'price',
            problem: 'no yield makes the cash flows worth this price',
        });
    const yearlyGrowth = power(quotient(unit, daily), daysInYear(basis));
    return valuation(position, presentValues(position, daily, basis), root(yearlyGrowth, basis.perYear), basis);
}

/** Interest earned from the running period's start to settlement, in percent of the balance. */
export function accruedOf({ settlement, balance, flows }: Position, { dayCount }: YieldBasis = bondEquivalent): Rate {
    const running = flows.find(flow => flow.from <= settlement && settlement < flow.to);
    if (!running || balance === 0n) return rate(0n);
    const earned = days(dayCount, running.from, settlement);
    return rate(running.interest * earned * 100n, days(dayCount, running.from, running.to) * balance);
}

/**
 * Average life in years: the time to each payment of principal, weighted by it. The Standard Formulas, G.1.c; 30/360 unless said.
 * @throws Refusal REQUEST_INVALID when no principal is paid after settlement
 */
export function averageLife(position: Position, basis: YieldBasis = bondEquivalent): Rate {
    const flows = future(position, basis);
    const principal = flows.reduce((sum, { flow }) => sum + flow.principal, 0n);
    if (principal === 0n)
        throw new Refusal('REQUEST_INVALID', { at: 'flows', problem: 'pay no principal after settlement' });
    const weighted = flows.reduce((sum, { flow, day }) => sum + flow.principal * BigInt(day), 0n);
    return rate(weighted, principal * BigInt(daysInYear(basis)));
}

/** Daily discount factors between which a yield is looked for: from far above 1000 % to below -60 % a year. */
const lowestDaily = (unit - unit / 100n) as Fixed;
const highestDaily = (unit + unit / 300n) as Fixed;

interface DatedFlow {
    readonly flow: TrancheFlow;
    /** Days from settlement. */
    readonly day: number;
}

interface PresentValue {
    readonly day: number;
    /** Minor units, with 24 decimals. */
    readonly value: bigint;
}

/** What the buyer gets: interest periods that end after settlement. */
function future({ settlement, flows }: Position, { dayCount }: YieldBasis): DatedFlow[] {
    return flows
        .filter(flow => flow.to > settlement && flow.interest + flow.principal !== 0n)
        .map(flow => ({ flow, day: Number(days(dayCount, settlement, flow.paid)) }));
}

/** What the flows are worth at a daily discount factor, from the last to the first (Horner). */
function worth(flows: readonly DatedFlow[], daily: Fixed): bigint {
    const powers = new Map<number, Fixed>();
    const discount = (gap: number) => {
        const found = powers.get(gap) ?? power(daily, gap);
        powers.set(gap, found);
        return found;
    };
    return flows.reduceRight((value, { flow, day }, i) => {
        const gap = day - (flows[i - 1]?.day ?? 0);
        return multiply(value + (flow.interest + flow.principal) * unit, discount(gap));
    }, 0n);
}

function presentValues(position: Position, daily: Fixed, basis: YieldBasis): PresentValue[] {
    const flows = future(position, basis);
    if (flows.length === 0)
        throw new Refusal('REQUEST_INVALID', { at: 'flows', problem: 'pay nothing after settlement' });
    return flows.map(({ flow, day }) => ({ day, value: (flow.interest + flow.principal) * power(daily, day) }));
}

function valuation(
    position: Position,
    values: readonly PresentValue[],
    perPeriod: Fixed,
    basis: YieldBasis,
): Valuation {
    const year = BigInt(daysInYear(basis));
    const perYear = BigInt(basis.perYear);
    const full = values.reduce((sum, { value }) => sum + value, 0n);
    const byTime = values.reduce((sum, { value, day }) => sum + value * BigInt(day), 0n);
    const bySquare = values.reduce(
        (sum, { value, day }) => sum + value * BigInt(day) * (BigInt(day) * perYear + year),
        0n,
    );
    const duration = quotient(byTime, full * year);
    const accrued = accruedOf(position, basis);
    const fullPrice = quotient(full * 100n, position.balance * unit);
    return {
        price: toRate((fullPrice - toFixed(accrued)) as Fixed),
        accrued,
        yield: toRate(((perPeriod - unit) * perYear) as Fixed),
        duration: toRate(duration),
        modifiedDuration: toRate(quotient(duration, perPeriod)),
        convexity: toRate(quotient(quotient(bySquare, full * year * year * perYear), multiply(perPeriod, perPeriod))),
    };
}

/** Days between two days as the basis counts them. */
function days(dayCount: YieldBasis['dayCount'], from: Day, to: Day): bigint {
    const { n, d } = yearFraction(dayCount, from, to);
    return (n * BigInt(daysInYear({ dayCount, perYear: 1 }))) / d;
}

function daysInYear({ dayCount }: YieldBasis): number {
    return dayCount === 'ACT/365F' ? 365 : 360;
}
