import { readFile } from 'node:fs/promises';

import { Refusal, shape } from '@poolproof/chaincode/domain';

import { ImportError } from './import-error';
import { readRows } from './row';

import type { AssetClass } from '@poolproof/chaincode/domain';
import type { Row } from './row';

const { object, oneOf, optional, record, text } = shape;

const sourceReader = object({
    /** Column of the file. */
    column: optional(text(120)),
    /** What every loan has, where the file does not say it. */
    value: optional(text(120)),
    /** How numbers are written: rates in percent or basis points, amounts in cents or thousands. As fields are, unless stated. */
    unit: optional(oneOf('basis-points', 'cents', 'percent', 'thousands')),
    /** What the file's codes are called here; others are passed on. */
    codes: optional(record(shape.label)),
});
type FieldSource = ReturnType<typeof sourceReader>;

const mappingReader = object({ name: text(200), fields: record(sourceReader) });
/** What a file calls the standard fields of an asset class, and in which units it gives them. */
export type Mapping = ReturnType<typeof mappingReader>;

/** Besides the fields of its class, what a record of a month has: the month itself. */
export const periodField = 'period';

/** Decimal places by which a unit's numbers are to be moved, to the left. */
const places = { 'basis-points': 4, cents: 2, percent: 2, thousands: -3 } as const;

/**
 * Reads a mapping file (JSON): for each standard field its column, unit and codes, or a value.
 * @throws ImportError naming what is wrong, and fields that the asset class does not have
 */
export async function readMapping(path: string, assetClass: AssetClass): Promise<Mapping> {
    try {
        const mapping = mappingReader(JSON.parse(await readFile(path, 'utf8')), 'mapping');
        mustBeOf(assetClass, mapping, path);
        return mapping;
    } catch (error) {
        if (error instanceof Refusal || error instanceof SyntaxError)
            throw new ImportError({ file: path, line: 1 }, error.message);
        throw error;
    }
}

/** @throws ImportError for fields that the asset class does not have */
export function mustBeOf(assetClass: AssetClass, mapping: Mapping, file: string): void {
    const known = new Set([...assetClass.loan.fields, ...assetClass.state.fields].map(({ name }) => name));
    const strange = Object.keys(mapping.fields).find(name => !known.has(name) && name !== periodField);
    if (strange !== undefined) throw new ImportError({ file, line: 1, field: strange }, 'no such field');
}

/** A mapping that adds to another: columns that are called otherwise, and values that all records have. */
export function withFields(
    mapping: Mapping | undefined,
    columns: Readonly<Record<string, string>>,
    values: Readonly<Record<string, string>> = {},
): Mapping {
    const renamed = Object.entries(columns).map(([name, column]) => [name, { column }] as const);
    const stated = Object.entries(values).map(([name, value]) => [name, { value }] as const);
    return {
        name: mapping?.name ?? 'own',
        fields: { ...mapping?.fields, ...Object.fromEntries(renamed), ...Object.fromEntries(stated) },
    };
}

/**
 * The records of a file under the standard names, in standard units. Columns that the mapping does not name are passed on.
 * @throws ImportError for a column that is not there
 */
export async function* readMapped(path: string, columns: readonly string[], mapping?: Mapping): AsyncGenerator<Row> {
    const sources = Object.entries(mapping?.fields ?? {});
    const named = Object.fromEntries(
        sources.flatMap(([name, { column }]) => (column === undefined ? [] : [[name, column] as const])),
    );
    const needed = columns.flatMap(name => columnOf(name, mapping?.fields[name]));
    for await (const row of readRows(path, needed)) {
        if (sources.length === 0) {
            yield row;
            continue;
        }
        const values: Record<string, string> = { ...row.values };
        for (const [name, source] of sources) values[name] = standard(source, row.values);
        yield { ...row, values, columns: named };
    }
}

function columnOf(name: string, source: FieldSource | undefined): string[] {
    if (source === undefined) return [name];
    return source.column === undefined ? [] : [source.column];
}

function standard({ codes, column, unit, value }: FieldSource, values: Readonly<Record<string, string>>): string {
    const given = ((column === undefined ? undefined : values[column]) ?? value ?? '').trim();
    if (codes && Object.hasOwn(codes, given)) return codes[given] ?? '';
    // ESMA: `ND4-2021-06-30`, not available before that day.
    const text = given.replace(/^ND4-\d{4}-\d{2}-\d{2}$/, 'ND4');
    return unit === undefined ? text : moved(text, places[unit]);
}

/** A decimal number with its point moved to the left, digit by digit; what is no such number is left to the field's own check. */
function moved(text: string, by: number): string {
    const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
    if (!match) return text;
    const [, sign = '', whole = '', fraction = ''] = match;
    const digits = whole.padStart(by + 1, '0') + fraction.padEnd(-by, '0');
    const point = Math.max(whole.length, by + 1) - by;
    const left = digits.slice(0, point).replace(/^0+(?=\d)/, '');
    const right = digits.slice(point).replace(/0+$/, '');
    return `${sign}${left}${right === '' ? '' : `.${right}`}`;
}
