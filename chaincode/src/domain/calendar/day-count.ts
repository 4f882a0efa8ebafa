import { dayNumber, dayOf, daysBetween, daysInMonth, isLeapYear, partsOf } from '../day';
import { nought, plus, rate } from '../rate';
import { Refusal } from '../refusal';
import { notionalDate } from './schedule';

import type { Day } from '../day';
import type { Rate } from '../rate';

/** How interest periods become parts of a year, by the names the market writes. */
export const dayCounts = [
    '30/360 US',
    '30E/360',
    '30E/360 ISDA',
    'ACT/360',
    'ACT/365F',
    'ACT/365L',
    'ACT/ACT ISDA',
    'ACT/ACT ICMA',
    'NL/365',
] as const;

export type DayCount = (typeof dayCounts)[number];

/** Coupons a year. */
export type Frequency = 1 | 2 | 3 | 4 | 6 | 12;

/** What some day counts must know of the instrument besides the two days. */
export interface CouponTerms {
    readonly perYear: Frequency;
    /** Any regular coupon date, not moved by business days: the notional periods of ACT/ACT ICMA are counted from it. */
    readonly anchor: Day;
    /** Regular dates stand at ends of months. */
    readonly endOfMonth?: boolean;
    /** Payment date that ends the running interest period, for ACT/365L; the accrual's own end when absent. */
    readonly periodEnd?: Day;
    /** Termination date, for 30E/360 ISDA. */
    readonly maturity?: Day;
}

/**
 * Part of a year from `from` (counted) to `to` (not counted), exactly.
 *
 * Sources: 2006 ISDA Definitions section 4.16 (ACT/ACT ISDA, ACT/365F, ACT/360, 30E/360, 30E/360 ISDA); ICMA Rule 251
 * (ACT/ACT ICMA, ACT/365L); SIFMA Standard Securities Calculation Methods (30/360 US with its rules for the end of February);
 * NL/365 leaves every 29 February out.
 * @throws Refusal REQUEST_INVALID when the days are in the wrong order, or ACT/ACT ICMA or ACT/365L lack the coupon's terms
 */
export function yearFraction(dayCount: DayCount, from: Day, to: Day, coupon?: CouponTerms): Rate {
    if (to < from)
        throw new Refusal('REQUEST_INVALID', { at: 'period', problem: `ends (${to}) before it begins (${from})` });
    switch (dayCount) {
        case '30/360 US':
            return thirtyThreeSixtyUs(from, to, coupon?.endOfMonth ?? false);
        case '30E/360':
            return thirtyThreeSixty(from, Math.min(partsOf(from).day, 30), to, Math.min(partsOf(to).day, 30));
        case '30E/360 ISDA':
            return thirtyThreeSixty(
                from,
                isLastOfMonth(from) ? 30 : partsOf(from).day,
                to,
                isdaEndDay(to, coupon?.maturity),
            );
        case 'ACT/360':
            return rate(BigInt(daysBetween(from, to)), 360n);
        case 'ACT/365F':
            return rate(BigInt(daysBetween(from, to)), 365n);
        case 'ACT/365L':
            return rate(BigInt(daysBetween(from, to)), daysInYearOf(from, to, needed(dayCount, coupon)));
        case 'ACT/ACT ISDA':
            return actActIsda(from, to);
        case 'ACT/ACT ICMA':
            return actActIcma(from, to, needed(dayCount, coupon));
        case 'NL/365':
            return rate(BigInt(daysBetween(from, to) - leapDays(from, to)), 365n);
    }
}

function needed(dayCount: DayCount, coupon: CouponTerms | undefined): CouponTerms {
    if (coupon) return coupon;
    throw new Refusal('REQUEST_INVALID', {
        at: 'coupon',
        problem: `${dayCount} needs the coupons a year and a regular coupon date`,
    });
}

function thirtyThreeSixty(from: Day, fromDay: number, to: Day, toDay: number): Rate {
    const [start, end] = [partsOf(from), partsOf(to)];
    return rate(BigInt((end.year - start.year) * 360 + (end.month - start.month) * 30 + toDay - fromDay), 360n);
}

function thirtyThreeSixtyUs(from: Day, to: Day, endOfMonth: boolean): Rate {
    let [fromDay, toDay] = [partsOf(from).day, partsOf(to).day];
    if (endOfMonth && isLastOfFebruary(from)) {
        if (isLastOfFebruary(to)) toDay = 30;
        fromDay = 30;
    }
    if (toDay === 31 && fromDay >= 30) toDay = 30;
    return thirtyThreeSixty(from, Math.min(fromDay, 30), to, toDay);
}

function isdaEndDay(to: Day, maturity: Day | undefined): number {
    const isFinalFebruary = to === maturity && partsOf(to).month === 2;
    return isLastOfMonth(to) && !isFinalFebruary ? 30 : partsOf(to).day;
}

/** ICMA Rule 251.1(i): annual coupons ask whether a 29 February lies in the period, others whether it ends in a leap year. */
function daysInYearOf(from: Day, to: Day, coupon: CouponTerms): bigint {
    const end = coupon.periodEnd ?? to;
    const isLeap = coupon.perYear === 1 ? leapDays(from, end) > 0 : isLeapYear(partsOf(end).year);
    return isLeap ? 366n : 365n;
}

function actActIsda(from: Day, to: Day): Rate {
    let total = nought;
    for (let year = partsOf(from).year; year <= partsOf(to).year; year++) {
        const start = later(from, dayOf(year, 1, 1));
        const end = earlier(to, dayOf(year + 1, 1, 1));
        total = plus(total, rate(BigInt(daysBetween(start, end)), isLeapYear(year) ? 366n : 365n));
    }
    return total;
}

/** Each notional period counts `1 / perYear`; the part of it inside the accrual counts by its actual days. */
function actActIcma(from: Day, to: Day, coupon: CouponTerms): Rate {
    const months = 12 / coupon.perYear;
    const dateAt = (index: number) => notionalDate(coupon.anchor, index * months, coupon.endOfMonth ?? false);
    let index = Math.floor((dayNumber(from) - dayNumber(coupon.anchor)) / (months * 31)) - 1;
    while (dateAt(index + 1) <= from) index += 1;
    let total = nought;
    for (; dateAt(index) < to; index++) {
        const [start, end] = [dateAt(index), dateAt(index + 1)];
        const inside = daysBetween(later(from, start), earlier(to, end));
        total = plus(total, rate(BigInt(inside), BigInt(coupon.perYear * daysBetween(start, end))));
    }
    return total;
}

/** How many 29 Februaries lie after `from`, up to and including `to`. */
function leapDays(from: Day, to: Day): number {
    let count = 0;
    for (let year = partsOf(from).year; year <= partsOf(to).year; year++) {
        const leapDay = dayOf(year, 2, 29);
        if (isLeapYear(year) && leapDay > from && leapDay <= to) count += 1;
    }
    return count;
}

function isLastOfMonth(day: Day): boolean {
    const parts = partsOf(day);
    return parts.day === daysInMonth(parts.year, parts.month);
}

function isLastOfFebruary(day: Day): boolean {
    return partsOf(day).month === 2 && isLastOfMonth(day);
}

function earlier(a: Day, b: Day): Day {
    return a < b ? a : b;
}

function later(a: Day, b: Day): Day {
    return a > b ? a : b;
}
