import { addDays, dayNumber, dayOf, parseDay, parseMonth } from '../day';
import { formatAmount, parseAmount } from '../money';
import { Refusal } from '../refusal';

import type { Amount, Currency } from '../money';

/**
 * How a field's values are written. `amount`: minor units of the deal's currency; `rate`: a decimal fraction with up to 8 places
 * (0.028 is 2.8 %); `count`: a whole number; `decimal`: a number with up to 4 places (a credit score of 800.5); `month` and `day`: ISO 8601; `text`: a name or a code.
 */
export type FieldType = 'amount' | 'count' | 'day' | 'decimal' | 'flag' | 'month' | 'rate' | 'text';

/** One field of a record, by its standard name (SEC Schedule AL, ESMA annexes). */
export interface Field {
    readonly name: string;
    readonly type: FieldType;
    /** A record without it is refused. */
    readonly required?: true;
    /** Smallest and largest value, in the units of the encoding: minor units, hundred-millionths, ten-thousandths, months. */
    readonly least?: number;
    readonly most?: number;
}

/**
 * A value of a record: text, whole number (amounts in minor units, rates in hundred-millionths, decimals in ten-thousandths), flag; days and months as ISO
 * text. `null`: not reported. `ND1` to `ND5`: not reported for a stated reason (ESMA no-data codes), in fields of any type.
 */
export type Cell = string | number | boolean | null;

/** Rates are whole numbers of this part of one. */
export const rateUnits = 100_000_000;

/** Decimals are whole numbers of this part of one. */
export const decimalUnits = 10_000;

/** Largest magnitude of a number in a record: sums over a chunk stay exact in double precision. */
export const largestNumber = 1_000_000_000_000;

/** Longest text, in bytes of UTF-8: its length fits one byte of the encoding. */
export const longestText = 120;

const firstDay = dayOf(2000, 1, 1);

const noData = /^ND[1-5]$/;

/** Whether the cell says why there is no value. */
export function isNoData(cell: Cell): cell is string {
    return typeof cell === 'string' && noData.test(cell);
}

/**
 * Reads a value as it stands in a file: `23405.04`, `0.028`, `2017-05-31`, `True`, `ND2`, or nothing.
 * @param at where it stands, for the refusal
 * @throws Refusal FIELD_INVALID, AMOUNT_INVALID, REQUEST_INVALID
 */
export function parseCell(field: Field, text: string, currency: Currency, at: string): Cell {
    const given = text.trim();
    if (given === '') return null;
    if (noData.test(given)) return given;
    switch (field.type) {
        case 'amount':
            return Number(parseAmount(given, currency, at));
        case 'rate':
            return parseScaled(given, 8, at);
        case 'decimal':
            return parseScaled(given, 4, at);
        case 'count':
            if (!/^-?\d{1,12}$/.test(given)) throw invalid(at, 'not a whole number');
            return Number(given);
        case 'flag':
            if (/^true$/i.test(given)) return true;
            if (/^false$/i.test(given)) return false;
            throw invalid(at, 'not true or false');
        case 'day':
            return parseDay(given, at);
        case 'month':
            return parseMonth(given, at);
        case 'text':
            return given;
    }
}

/** A value as files show it: the inverse of `parseCell`. */
export function formatCell(field: Field, cell: Cell, currency: Currency): string {
    if (cell === null) return '';
    if (typeof cell !== 'number') return String(cell);
    if (field.type === 'amount') return formatAmount(BigInt(cell) as Amount, currency, false);
    if (field.type === 'rate') return formatScaled(cell, 8);
    if (field.type === 'decimal') return formatScaled(cell, 4);
    return String(cell);
}

/**
 * The whole number that stands for a cell that is neither text nor empty.
 * @param at says where the cell stands; asked only for a refusal
 * @throws Refusal FIELD_INVALID
 */
export function numberOf(field: Field, cell: Exclude<Cell, null>, at: () => string): number {
    const number = wholeNumberOf(field, cell, at);
    if (!Number.isSafeInteger(number) || Math.abs(number) > largestNumber)
        throw invalid(at(), 'not a number within bounds');
    if (field.least !== undefined && number < field.least) throw invalid(at(), 'less than allowed');
    if (field.most !== undefined && number > field.most) throw invalid(at(), 'more than allowed');
    return number;
}

function wholeNumberOf(field: Field, cell: Exclude<Cell, null>, at: () => string): number {
    if (typeof cell === 'number' && isNumeric[field.type]) return cell;
    if (typeof cell === 'boolean' && field.type === 'flag') return cell ? 1 : 0;
    if (typeof cell === 'string' && field.type === 'day') return dayNumber(parseDay(cell, at()));
    if (typeof cell === 'string' && field.type === 'month') return monthNumber(parseMonth(cell, at()));
    throw invalid(at(), `not a ${field.type}`);
}

const isNumeric: Readonly<Record<FieldType, boolean>> = {
    amount: true,
    count: true,
    day: false,
    decimal: true,
    flag: false,
    month: false,
    rate: true,
    text: false,
};

/** The cell that a whole number stands for. */
export function cellOf(field: Field, number: number): Cell {
    switch (field.type) {
        case 'day':
            return addDays(firstDay, number - dayNumber(firstDay));
        case 'month':
            return `${String(Math.floor(number / 12)).padStart(4, '0')}-${String((number % 12) + 1).padStart(2, '0')}`;
        case 'flag':
            return number === 1;
        default:
            return number;
    }
}

/** Months since year 0. */
export function monthNumber(month: string): number {
    return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
}

/** How many whole numbers of the encoding make one. */
export function unitsOf({ type }: Field): number {
    return type === 'rate' ? rateUnits : type === 'decimal' ? decimalUnits : 1;
}

function parseScaled(text: string, places: number, at: string): number {
    const match = /^(-?)(\d{1,7})(?:\.(\d+))?$/.exec(text);
    const fraction = (match?.[3] ?? '').replace(/0+$/, '');
    if (!match || fraction.length > places) throw invalid(at, `not a decimal number with up to ${places} places`);
    const number = Number(`${match[2] ?? ''}${fraction.padEnd(places, '0')}`);
    return match[1] === '-' ? -number : number;
}

function formatScaled(number: number, places: number): string {
    const digits = String(Math.abs(number)).padStart(places + 1, '0');
    const fraction = digits.slice(-places).replace(/0+$/, '');
    return `${number < 0 ? '-' : ''}${digits.slice(0, -places)}${fraction === '' ? '' : `.${fraction}`}`;
}

function invalid(at: string, problem: string): Refusal {
    return new Refusal('FIELD_INVALID', { at, problem });
}
