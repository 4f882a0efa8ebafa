import { dayOf, daysInMonth, partsOf } from '../day';
import { Refusal } from '../refusal';
import { adjust } from './business-day';

import type { Day } from '../day';
import type { BusinessCalendar, BusinessDayConvention } from './business-day';

/** Most payment dates of a deal: a hundred years of months. */
export const mostPeriods = 1200;

/** When a deal pays. Dates are the document's, before business days move them. */
export interface PaymentCalendar {
    /** Interest runs from this day: the closing date, as a rule. */
    readonly accrualStart: Day;
    readonly firstPayment: Day;
    /** Legal final maturity. */
    readonly lastPayment: Day;
    readonly monthsPerPeriod: 1 | 2 | 3 | 4 | 6 | 12;
    /** Payments on the last day of the month, whatever its length. */
    readonly endOfMonth: boolean;
    readonly convention: BusinessDayConvention;
    /** Whether interest periods end on the day paid (`adjusted`) or on the document's date. */
    readonly accrual: 'adjusted' | 'unadjusted';
    readonly calendars: readonly BusinessCalendar[];
}

export interface PaymentPeriod {
    /** 1 for the first. */
    readonly number: number;
    /** Interest is counted from this day ... */
    readonly from: Day;
    /** ... to this day, which is not counted. */
    readonly to: Day;
    /** The document's date. */
    readonly due: Day;
    /** The day the payment is made. */
    readonly paid: Day;
}

/**
 * Every period to the last payment. The first may be long or short, and the last ends at `lastPayment` even when that is not
 * a regular date.
 * @throws Refusal REQUEST_INVALID when the dates do not follow one another
 */
export function paymentPeriods(calendar: PaymentCalendar): PaymentPeriod[] {
    const periods = [paymentPeriod(calendar, 1)];
    while (dueDate(calendar, periods.length) < calendar.lastPayment)
        periods.push(paymentPeriod(calendar, periods.length + 1));
    return periods;
}

/**
 * The period numbered `number`, 1 for the first.
 * @throws Refusal REQUEST_INVALID when the calendar's dates do not follow one another
 */
export function paymentPeriod(calendar: PaymentCalendar, number: number): PaymentPeriod {
    const { accrualStart, firstPayment, lastPayment } = calendar;
    if (accrualStart >= firstPayment || firstPayment > lastPayment)
        throw new Refusal('REQUEST_INVALID', {
            at: 'paymentCalendar',
            problem: 'accrual start, first payment and last payment do not follow one another',
        });
    const due = dueDate(calendar, number);
    return {
        number,
        from: number === 1 ? accrualStart : accrualEnd(calendar, dueDate(calendar, number - 1)),
        to: accrualEnd(calendar, due),
        due,
        paid: paymentDay(calendar, due),
    };
}

/**
 * The regular date `months` after `anchor` (before it when negative). It keeps the anchor's day of the month, or takes the
 * last day of a shorter month; with `endOfMonth`, always the last day.
 */
export function notionalDate(anchor: Day, months: number, endOfMonth: boolean): Day {
    const from = partsOf(anchor);
    const index = from.year * 12 + from.month - 1 + months;
    const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
    const last = daysInMonth(year, month);
    return dayOf(year, month, endOfMonth ? last : Math.min(from.day, last));
}

function dueDate(calendar: PaymentCalendar, number: number): Day {
    const regular = notionalDate(calendar.firstPayment, (number - 1) * calendar.monthsPerPeriod, calendar.endOfMonth);
    return regular < calendar.lastPayment ? regular : calendar.lastPayment;
}

function accrualEnd(calendar: PaymentCalendar, due: Day): Day {
    return calendar.accrual === 'adjusted' ? paymentDay(calendar, due) : due;
}

function paymentDay(calendar: PaymentCalendar, due: Day): Day {
    return adjust(due, calendar.convention, calendar.calendars);
}
