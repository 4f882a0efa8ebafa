import { divide, minus, one, over, rate, times } from '../rate';
import { root, toFixed, unit } from './fixed';

import type { Rate } from '../rate';

/** How fast loans are paid ahead of schedule. */
export type PrepaymentModel = 'CPR' | 'SMM' | 'ABS' | 'PSA';
/** How fast loans stop paying for good. */
export type DefaultModel = 'CDR' | 'MDR' | 'SDA';

/**
 * A speed under a model: one rate for each month of the projection, the last one holding on for ever (so a constant speed is a
 * list of one, and a vector a longer list). PSA and SDA speeds are multiples of the standard curve: `1` is 100 %.
 */
export interface Speed<Model extends PrepaymentModel | DefaultModel> {
    readonly model: Model;
    readonly rates: readonly Rate[];
}

/** Monthly rates are whole numbers of 10^-12, rounded half-up. */
export const monthlyUnit = 10n ** 12n;

const psaPeak = rate(6n, 100n);
const psaRamp = 30;

/** Monthly rates for loans of one age; `startMonth` is the projection's first month the loans live in (0 is the first). */
export type MonthlyRates = (age: number, startMonth: number, months: number) => bigint[];

/**
 * The monthly rates a speed means for loans of an age (whole months since origination).
 *
 * Source: Bond Market Association, Standard Formulas for the Analysis of Mortgage-Backed Securities (1999): SMM and CPR
 * SF-5, PSA SF-6, ABS SF-13, SDA SF-20; yearly rates become monthly by 1 - (1 - yearly)^(1/12).
 */
export function monthlyRates(speed: Speed<PrepaymentModel | DefaultModel>): MonthlyRates {
    const known = new Map<string, bigint>();
    const monthly = (value: Rate, month: number) => {
        const key = `${value.n}/${value.d}/${agePart(speed.model, month)}`;
        const found = known.get(key) ?? monthlyRate(speed.model, value, month);
        known.set(key, found);
        return found;
    };
    return (age, startMonth, months) =>
        Array.from({ length: months }, (_, i) => monthly(rateFor(speed.rates, startMonth + i), age + i + 1));
}

/** The rate of a vector in a month (0 is the first): the last one holds on. */
export function rateFor(rates: readonly Rate[], month: number): Rate {
    return rates[Math.min(month, rates.length - 1)] ?? rate(0n);
}

/** `month` is the loan's month of life, 1 for the month that makes it one month old. */
function monthlyRate(model: PrepaymentModel | DefaultModel, value: Rate, month: number): bigint {
    switch (model) {
        case 'SMM':
        case 'MDR':
            return inUnits(value);
        case 'CPR':
        case 'CDR':
            return yearlyToMonthly(value);
        case 'ABS':
            return absToMonthly(value, month);
        case 'PSA':
            return yearlyToMonthly(
                times(value, times(psaPeak, rate(BigInt(Math.min(Math.max(month, 1), psaRamp)), 30n))),
            );
        case 'SDA':
            return yearlyToMonthly(times(value, standardDefault(month)));
    }
}

/** Months of life that share a rate share this number. */
function agePart(model: PrepaymentModel | DefaultModel, month: number): number {
    if (model === 'PSA') return Math.min(month, psaRamp);
    if (model === 'SDA') return Math.min(month, 121);
    return model === 'ABS' ? month : 0;
}

/** ABS / (1 - ABS x (month - 1)): a constant part of the loans there were at first. */
function absToMonthly(value: Rate, month: number): bigint {
    const left = minus(one, times(value, rate(BigInt(month - 1))));
    return left.n <= 0n ? monthlyUnit : inUnits(over(value, left));
}

/** 100 % SDA: up by 0.02 % a month to 0.60 % in month 30, level to month 60, down by 0.0095 % a month to 0.03 % from month 120. */
function standardDefault(month: number): Rate {
    if (month <= 30) return rate(BigInt(month) * 2n, 10000n);
    if (month <= 60) return rate(60n, 10000n);
    if (month <= 120) return rate(60_0000n - BigInt(month - 60) * 9500n, 10000_0000n);
    return rate(3n, 10000n);
}

function yearlyToMonthly(yearly: Rate): bigint {
    if (yearly.n >= yearly.d) return monthlyUnit;
    return divide((unit - root(toFixed(minus(one, yearly)), 12)) * monthlyUnit, unit, 'half-up');
}

function inUnits(value: Rate): bigint {
    const units = divide(value.n * monthlyUnit, value.d, 'half-up');
    return units > monthlyUnit ? monthlyUnit : units;
}
