import { byCodePoint } from '../canonical';
import { formatCell, numberOf, parseCell } from './field';
import { label, list, object, oneOf } from '../shape';
import { Refusal } from '../refusal';

import type { AssetClass } from './asset-class';
import type { Cell, Field } from './field';
import type { Chunk } from './chunk';
import type { Currency } from '../money';

export const criterionFields = {
    field: label,
    /** `least` and `most` compare numbers, amounts, rates, days and months; `in` and `not-in` compare values; `reported` asks for one. */
    test: oneOf('in', 'least', 'most', 'not-in', 'reported'),
    /** As files show them: `75000.00`, `0.18`, `2017-05-31`, `TX`. One for `least` and `most`, none for `reported`. */
    values: list(label, { most: 200 }),
};

export const criterionReader = object(criterionFields);

/** A condition on one field of a loan, as data. */
export type Criterion = ReturnType<typeof criterionReader>;

/** Whether the loan in a row meets a criterion. A loan that does not report the field meets none but `not-in`. */
export type Meets = (row: number) => boolean;

/**
 * A criterion made ready for the chunks of an asset class.
 * @param at where it stands, for the refusal
 * @throws Refusal RULES_INVALID
 */
export function compileCriterion(
    criterion: Criterion,
    assetClass: AssetClass,
    currency: Currency,
    at: string,
): (chunk: Chunk) => Meets {
    const field = fieldOf(assetClass, criterion.field, at);
    const { test } = criterion;
    if (test === 'least' || test === 'most') return compileBound(field, criterion, currency, at);
    if (test === 'reported') return chunk => row => isReported(chunk.cell(row, field.name));
    const values = new Set(criterion.values.map((value, i) => shown(field, value, currency, `${at}.values[${i}]`)));
    const wanted = test === 'in';
    return chunk => row => values.has(formatCell(field, chunk.cell(row, field.name), currency)) === wanted;
}

/** @throws Refusal RULES_INVALID where the class has no such field */
export function fieldOf(assetClass: AssetClass, name: string, at: string): Field {
    const field = assetClass.loan.fields.find(each => each.name === name);
    if (field === undefined)
        throw new Refusal('RULES_INVALID', { at: `${at}.field`, problem: `${assetClass.id} has no field ${name}` });
    return field;
}

/** Values in one order, whatever order a map gave them. */
export function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
    return byCodePoint(a[0], b[0]);
}

function compileBound(field: Field, criterion: Criterion, currency: Currency, at: string): (chunk: Chunk) => Meets {
    const [text, ...others] = criterion.values;
    if (text === undefined || others.length > 0 || field.type === 'text' || field.type === 'flag')
        throw new Refusal('RULES_INVALID', {
            at,
            problem: `${criterion.test} needs one value and a field that has an order`,
        });
    const cell = parseCell(field, text, currency, `${at}.values[0]`);
    if (!isReported(cell)) throw new Refusal('RULES_INVALID', { at: `${at}.values[0]`, problem: 'missing' });
    const bound = numberOf({ name: field.name, type: field.type }, cell, () => `${at}.values[0]`);
    const isLeast = criterion.test === 'least';
    return chunk => {
        const numbers = chunk.numbers(field.name);
        return row => {
            const value = numbers[row] as number;
            return isLeast ? value >= bound : value <= bound;
        };
    };
}

/** A value as cells are shown, so that `0.10` and `0.1` are the same. */
function shown(field: Field, value: string, currency: Currency, at: string): string {
    return formatCell(field, parseCell(field, value, currency, at), currency);
}

function isReported(cell: Cell): cell is Exclude<Cell, null> {
    return cell !== null && !/^ND[1-5]$/.test(String(cell));
}
