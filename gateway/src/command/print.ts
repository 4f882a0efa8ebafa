import { canonical } from '@poolproof/chaincode/domain';

import { InCurrency, inCurrency, Shown } from './money';
import { Overview } from './overview';
import { table, width } from './table';

/** How results are printed: for people unless as JSON; lists at a glance, or `long` with all that there is. */
export interface PrintOptions {
    readonly json?: boolean | string;
    readonly long?: boolean | string;
}

/** Prints a result as the command line asks for it. */
export function print(result: unknown, { json, long }: PrintOptions): void {
    if (result === undefined) return;
    const value = result instanceof InCurrency ? result.result : result;
    const all = value instanceof Overview ? value.all : value;
    const shown = value instanceof Overview && !long ? value.glance : all;
    const told = result instanceof InCurrency ? inCurrency(shown, result.currency) : shown;
    process.stdout.write(json ? asJson(all) : asText(told, screenWidth()));
}

type Row = Readonly<Record<string, unknown>>;

/** A result for programs: canonical JSON, amounts in minor units as text. */
export function asJson(result: unknown): string {
    return `${canonical(result)}\n`;
}

/**
 * A result for people: a table of a list of records, the fields of a record, or the value. Where a table
 * would be wider than the screen, or leave something out, its records are told one by one.
 */
export function asText(result: unknown, screen = Infinity): string {
    if (result === undefined) return '';
    if (Array.isArray(result)) return `${listLines(result, screen).join('\n')}\n`;
    if (isRow(result)) return `${fieldLines(result, screen).join('\n')}\n`;
    return `${cell(result)}\n`;
}

/** The fields of a record on one line; a list of several is kept together. */
export function fieldsText(row: Row): string {
    const text = (value: unknown) =>
        Array.isArray(value) && value.length > 1 ? `[${value.map(cell).join(', ')}]` : cell(value);
    return Object.entries(row)
        .map(([name, value]) => `${name} ${text(value)}`)
        .join(', ');
}

/** Columns of the terminal, or of what COLUMNS names; a file and a pipe have no end. */
export function screenWidth(stream: { readonly columns?: number } = process.stdout): number {
    const named = Number(process.env['COLUMNS']);
    return stream.columns ?? (named > 0 ? named : Infinity);
}

function listLines(items: readonly unknown[], screen: number): string[] {
    if (items.length === 0) return ['none'];
    if (items.every(Array.isArray)) return blocks(items.map(item => listLines(item as unknown[], screen)));
    if (!items.every(isRow)) return items.map(cell);
    const headings = [...new Set(items.flatMap(item => Object.keys(item)))];
    const flat = headings.filter(key => items.every(item => !isObject(item[key]) || isFlat(item[key])));
    const columns = flat.map(heading => ({ heading, align: isNumeric(items, heading) ? 'right' : 'left' }) as const);
    const lines = table(
        columns,
        items.map(item => flat.map(heading => cell(item[heading]))),
    );
    const isWhole = flat.length === headings.length && lines.every(line => width(line) <= screen);
    return isWhole ? lines : blocks(items.map(item => fieldLines(item, screen)));
}

/** One below the other, an empty line between them. */
function blocks(parts: readonly (readonly string[])[]): string[] {
    return parts.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

function fieldLines(row: Row, screen: number): string[] {
    const simple = Object.entries(row).filter(
        ([, value]) => value !== undefined && (!isObject(value) || isFlat(value)),
    );
    const nested = Object.entries(row).filter(([, value]) => isObject(value) && !isFlat(value));
    const longest = Math.max(0, ...simple.map(([name]) => name.length));
    return [
        ...simple.map(([name, value]) => `${name.padEnd(longest)}  ${cell(value)}`.trimEnd()),
        ...nested.flatMap(([name, value]) => ['', `${name}:`, ...indented(asText(value, screen - 2))]),
    ];
}

function indented(text: string): string[] {
    return text
        .trimEnd()
        .split('\n')
        .map(line => `  ${line}`.trimEnd());
}

function cell(value: unknown): string {
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return value;
    if (value instanceof Shown) return value.text;
    if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(cell).join(', ');
    if (isRow(value) && Object.keys(value).length === 0) return 'none';
    return typeof value === 'bigint' ? value.toString() : canonical(value);
}

function isNumeric(items: readonly Row[], key: string): boolean {
    return items.every(item => {
        const value = item[key];
        return value instanceof Shown || ['bigint', 'number', 'undefined'].includes(typeof value);
    });
}

function isObject(value: unknown): value is object {
    return typeof value === 'object' && value !== null && !(value instanceof Shown);
}

/** Fits on a line: a list of plain values, or nothing at all. */
function isFlat(value: unknown): boolean {
    if (Array.isArray(value)) return value.every(item => !isObject(item));
    return isRow(value) && Object.keys(value).length === 0;
}

function isRow(value: unknown): value is Row {
    return isObject(value) && !Array.isArray(value);
}
