import { Refusal } from './refusal';

declare const isoDay: unique symbol;
declare const isoMonth: unique symbol;

/** A calendar day, `2017-05-31` (ISO 8601). Days compare as text. */
export type Day = string & { readonly [isoDay]: true };

/** A calendar month, `2017-05`: the usual collection period of a deal. */
export type Month = string & { readonly [isoMonth]: true };

/** @throws Refusal REQUEST_INVALID */
export function parseDay(text: string, at = 'day'): Day {
    const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
    if (!match) throw new Refusal('REQUEST_INVALID', { at, problem: 'not a day such as 2017-05-31' });
    const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
        throw new Refusal('REQUEST_INVALID', { at, problem: 'no such day in the calendar' });
    return text as Day;
}

/** @throws Refusal REQUEST_INVALID */
export function parseMonth(text: string, at = 'month'): Month {
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text))
        throw new Refusal('REQUEST_INVALID', { at, problem: 'not a month such as 2017-05' });
    return text as Month;
}

export function dayOf(year: number, month: number, day: number): Day {
    return `${year < 1000 ? String(year).padStart(4, '0') : year}-${twoDigits(month)}-${twoDigits(day)}` as Day;
}

/** Every run of a waterfall takes days apart many times: digit by digit is several times faster than by pieces of text. */
export function partsOf(day: Day): { year: number; month: number; day: number } {
    const digit = (at: number) => day.charCodeAt(at) - 48;
    return {
        year: digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3),
        month: digit(5) * 10 + digit(6),
        day: digit(8) * 10 + digit(9),
    };
}

export function monthOf(day: Day): Month {
    return day.slice(0, 7) as Month;
}

export function addMonths(month: Month, count: number): Month {
    const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + count;
    return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}` as Month;
}

/** Whole months from `a` to `b`, negative when `b` is earlier. */
export function monthsBetween(a: Month, b: Month): number {
    return (Number(b.slice(0, 4)) - Number(a.slice(0, 4))) * 12 + Number(b.slice(5, 7)) - Number(a.slice(5, 7));
}

export function addDays(day: Day, count: number): Day {
    return fromDayNumber(dayNumber(day) + count);
}

/** Actual days from `a` to `b`. */
export function daysBetween(a: Day, b: Day): number {
    return dayNumber(b) - dayNumber(a);
}

export function lastDayOf(month: Month): Day {
    const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
    return dayOf(year, number, daysInMonth(year, number));
}

export function isLeapYear(year: number): boolean {
    return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysInMonth(year: number, month: number): number {
    if (month === 2) return isLeapYear(year) ? 29 : 28;
    return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 0000-03-01 of the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
export function dayNumber(day: Day): number {
    const parts = partsOf(day);
    const year = parts.month <= 2 ? parts.year - 1 : parts.year;
    const dayOfYear = Math.floor((153 * ((parts.month + 9) % 12) + 2) / 5) + parts.day - 1;
    return year * 365 + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear;
}

function twoDigits(number: number): string {
    return number < 10 ? `0${number}` : String(number);
}

function fromDayNumber(number: number): Day {
    const era = Math.floor(number / 146097);
    const dayOfEra = number - era * 146097;
    const yearOfEra = Math.floor(
        (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
    );
    const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
    const shifted = Math.floor((5 * dayOfYear + 2) / 153);
    const month = shifted < 10 ? shifted + 3 : shifted - 9;
    const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
    return dayOf(year, month, dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1);
}
