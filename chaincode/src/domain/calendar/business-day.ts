import { addDays, dayNumber, monthOf } from '../day';

import type { Day } from '../day';

/** Where a date that falls on a closed day is moved to. */
export const businessDayConventions = [
    'none',
    'following',
    'modified following',
    'preceding',
    'modified preceding',
] as const;

export type BusinessDayConvention = (typeof businessDayConventions)[number];

/** The days a place is open: all but Saturdays, Sundays and holidays, and also the days at a weekend declared working days. */
export interface BusinessCalendar {
    readonly holidays: ReadonlySet<Day>;
    /** Saturdays and Sundays worked to make up for a holiday, as China's State Council declares them each year. */
    readonly workdays: ReadonlySet<Day>;
}

/** Whether every place is open; with no place named, only weekends are closed. */
export function isBusinessDay(day: Day, calendars: readonly BusinessCalendar[]): boolean {
    return calendars.length === 0 ? !isWeekend(day) : calendars.every(calendar => isOpen(day, calendar));
}

/**
 * The day a payment due on `day` is made: the nearest day on which every calendar is open, in the convention's direction.
 * The modified conventions turn round rather than leave the month (2006 ISDA Definitions section 4.12).
 */
export function adjust(day: Day, convention: BusinessDayConvention, calendars: readonly BusinessCalendar[]): Day {
    switch (convention) {
        case 'none':
            return day;
        case 'following':
            return nearest(day, 1, calendars);
        case 'preceding':
            return nearest(day, -1, calendars);
        case 'modified following':
            return withinMonth(day, 1, calendars);
        case 'modified preceding':
            return withinMonth(day, -1, calendars);
    }
}

/** `count` business days after `day`, before it when negative; a closed `day` counts from the nearest open day behind. */
export function addBusinessDays(day: Day, count: number, calendars: readonly BusinessCalendar[]): Day {
    const step = count < 0 ? -1 : 1;
    let at = nearest(day, -step, calendars);
    for (let left = Math.abs(count); left > 0; left--) at = nearest(addDays(at, step), step, calendars);
    return at;
}

function withinMonth(day: Day, step: 1 | -1, calendars: readonly BusinessCalendar[]): Day {
    const found = nearest(day, step, calendars);
    return monthOf(found) === monthOf(day) ? found : nearest(day, step === 1 ? -1 : 1, calendars);
}

function nearest(day: Day, step: number, calendars: readonly BusinessCalendar[]): Day {
    let at = day;
    while (!isBusinessDay(at, calendars)) at = addDays(at, step);
    return at;
}

function isOpen(day: Day, calendar: BusinessCalendar): boolean {
    if (calendar.holidays.has(day)) return false;
    return !isWeekend(day) || calendar.workdays.has(day);
}

/** Day number 0 of the calendar, 0000-03-01, is a Wednesday. */
function isWeekend(day: Day): boolean {
    const weekday = (dayNumber(day) + 2) % 7;
    return weekday === 5 || weekday === 6;
}
