import { Refusal, isNoData, numberOf, parseCell } from '@poolproof/chaincode/domain';

import { ImportError } from './import-error';
import { placeOf } from './row';
import { readMapped } from './mapping';

import type { AssetClass, Cell, Currency, Field, Layout } from '@poolproof/chaincode/domain';
import type { Mapping } from './mapping';
import type { Place } from './import-error';
import type { Row } from './row';

/** One loan as its asset class records it: a cell for every field, in the layout's order. */
export interface Loan {
    readonly place: Place;
    readonly cells: readonly Cell[];
}

/**
 * Reads a loan tape (CSV or EX-102), columns named as the asset class names its fields (SEC Schedule AL). A column that is not
 * there is a field not reported; dates may be written as filed (05-31-2017, 05/2017) or in ISO 8601, a month also as a day in it.
 * @param mapping what the file calls its columns, where it calls them otherwise
 * @throws ImportError naming file, line and field
 */
export async function* readLoans(
    path: string,
    assetClass: AssetClass,
    currency: Currency,
    mapping?: Mapping,
): AsyncGenerator<Loan> {
    const { loan: layout, loanRoles } = assetClass;
    const numbers = new Set<string>();
    for await (const row of readMapped(path, requiredColumns(layout), mapping)) {
        const number = row.values[loanRoles.number] ?? '';
        if (numbers.has(number)) throw new ImportError(placeOf(row, loanRoles.number), 'the loan stands here twice');
        numbers.add(number);
        yield {
            place: { file: row.file, line: row.line },
            cells: layout.fields.map(field => readField(field, row, currency)),
        };
    }
}

/**
 * One value of a line, checked against its field: type, bounds, presence.
 * @throws ImportError
 */
export function readField(field: Field, row: Row, currency: Currency): Cell {
    const { name } = field;
    const text = row.values[name] ?? '';
    if (text === '' && !field.required) return null;
    try {
        const cell = parseCell(field, inIsoForm(field, text), currency, name);
        if (field.required && (cell === null || isNoData(cell))) throw new ImportError(placeOf(row, name), 'missing');
        if (cell !== null && field.type !== 'text' && !isNoData(cell)) numberOf(field, cell, () => name);
        return cell;
    } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        throw new ImportError(placeOf(row, name), String(error.details['problem'] ?? error.message));
    }
}

function requiredColumns(layout: Layout): string[] {
    return layout.fields.filter(field => field.required).map(field => field.name);
}

function inIsoForm(field: Field, text: string): string {
    if (field.type === 'day') return text.trim().replace(/^(\d{2})-(\d{2})-(\d{4})$/, '$3-$1-$2');
    if (field.type === 'month')
        return text
            .trim()
            .replace(/^(\d{2})\/(\d{4})$/, '$2-$1')
            .replace(/^(\d{4}-\d{2})-\d{2}$/, '$1');
    return text;
}
