import { canonical } from '@poolproof/chaincode/domain';

import { table, width } from './table';

/** Prints a result as the command line asks for it. */
export function print(result: unknown, { json }: { readonly json?: boolean | string }): void {
    if (result !== undefined) process.stdout.write(json ? asJson(result) : asText(result, screenWidth()));
}

type Row = Readonly<Record<string, unknown>>;

/** A result for programs: canonical JSON, amounts in minor units as text. */
export function asJson(result: unknown): string {
    return `${canonical(result)}\n`;
}

/**
 * A result for people: a table of a list of records, the fields of a record, or the value. A table wider than the screen is told
 * record by record.
 */
export function asText(result: unknown, screen = Infinity): string {
    if (result === undefined) return '';
    if (Array.isArray(result)) return `${listLines(result, screen).join('\n')}\n`;
    if (isRow(result)) return `${fieldLines(result, screen).join('\n')}\n`;
    return `${cell(result)}\n`;
}

/** Columns of the terminal, or of what COLUMNS names; a file and a pipe have no end. */
function screenWidth(): number {
    const named = Number(process.env['COLUMNS']);
    return process.stdout.columns ?? (named > 0 ? named : Infinity);
}

function listLines(items: readonly unknown[], screen: number): string[] {
    if (items.length === 0) return ['none'];
    if (!items.every(isRow)) return items.map(cell);
    const headings = [...new Set(items.flatMap(item => Object.keys(item)))].filter(key =>
        items.every(item => typeof item[key] !== 'object' || item[key] === null || isFlat(item[key])),
    );
    const columns = headings.map(
        heading => ({ heading, align: isNumeric(items, heading) ? 'right' : 'left' }) as const,
    );
    const lines = table(
        columns,
        items.map(item => headings.map(heading => cell(item[heading]))),
    );
    if (lines.every(line => width(line) <= screen)) return lines;
    return items.flatMap((item, i) => [...(i === 0 ? [] : ['']), ...fieldLines(item, screen)]);
}

function fieldLines(row: Row, screen: number): string[] {
    const simple = Object.entries(row).filter(
        ([, value]) => value !== undefined && (!isObject(value) || isFlat(value)),
    );
    const nested = Object.entries(row).filter(([, value]) => isObject(value) && !isFlat(value));
    const longest = Math.max(0, ...simple.map(([name]) => name.length));
    return [
        ...simple.map(([name, value]) => `${name.padEnd(longest)}  ${cell(value)}`),
        ...nested.flatMap(([name, value]) => [
            '',
            `${name}:`,
            ...asText(value, screen - 2)
                .trimEnd()
                .split('\n')
                .map(line => `  ${line}`),
        ]),
    ];
}

function cell(value: unknown): string {
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return value;
    if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(cell).join(', ');
    return typeof value === 'bigint' ? value.toString() : canonical(value);
}

function isNumeric(items: readonly Row[], key: string): boolean {
    return items.every(item => ['bigint', 'number', 'undefined'].includes(typeof item[key]));
}

function isObject(value: unknown): value is object {
    return typeof value === 'object' && value !== null;
}

/** Fits on a line: a list of plain values. */
function isFlat(value: unknown): boolean {
    return Array.isArray(value) && value.every(item => !isObject(item));
}

function isRow(value: unknown): value is Row {
    return isObject(value) && !Array.isArray(value);
}
