import { parseMonth } from '@poolproof/chaincode/domain';

import { ImportError } from './import-error';
import { readField } from './loan';
import { readRows } from './row';

import type { AssetClass, Cell, Currency, Month } from '@poolproof/chaincode/domain';
import type { Place } from './import-error';
import type { Row } from './row';

/** What a file calls the fields of the asset class, where it calls them otherwise: `{ totalActualAmountPaid: 'payment' }`. */
export type Columns = Readonly<Record<string, string>>;

/** What one loan did in one collection period: a cell for every field of the asset class's period record, in its order. */
export interface LoanMonth {
    readonly place: Place;
    readonly period: Month;
    readonly cells: readonly Cell[];
}

/**
 * Reads what the loans of a pool did, one loan and period a line. A file may hold several periods in any order.
 * @param columns names of columns that are not those of SEC Schedule AL. The period is the month in `period` (2017-06), or that of
 * `reportingPeriodEndingDate`
 * @throws ImportError naming file, line and field; also for a loan that stands twice in a period
 */
export async function* readLoanMonths(
    path: string,
    assetClass: AssetClass,
    currency: Currency,
    columns: Columns = {},
): AsyncGenerator<LoanMonth> {
    const { state, stateRoles } = assetClass;
    const number = state.fields.findIndex(field => field.name === stateRoles.number);
    const seen = new Set<string>();
    for await (const month of readMonthRows(path, assetClass, currency, columns)) {
        const key = `${month.period} ${String(month.cells[number])}`;
        if (seen.has(key)) throw new ImportError(month.place, `the loan stands twice in ${month.period}`);
        seen.add(key);
        yield month;
    }
}

/** As `readLoanMonths`, of a file of any size: whether a loan stands twice in a period is for the caller to find. */
export async function* readMonthRows(
    path: string,
    assetClass: AssetClass,
    currency: Currency,
    columns: Columns = {},
): AsyncGenerator<LoanMonth> {
    const { state: layout, stateRoles } = assetClass;
    const named = layout.fields.map(field => ({ field, column: columns[field.name] ?? field.name }));
    const given = [columns[stateRoles.number] ?? stateRoles.number, ...Object.values(columns)];
    for await (const row of readRows(path, [...new Set(given)])) {
        const period = readPeriod(row);
        const cells = named.map(({ field, column }) => readField(field, row, currency, column));
        yield { place: { file: row.file, line: row.line }, period, cells };
    }
}

function readPeriod(row: Row): Month {
    const ended = /^(\d{2})-\d{2}-(\d{4})$/.exec(row.values['reportingPeriodEndingDate'] ?? '');
    const text = row.values['period'] ?? (ended ? `${ended[2]}-${ended[1]}` : '');
    try {
        return parseMonth(text, 'period');
    } catch {
        throw new ImportError({ ...row, field: 'period' }, 'not a month such as 2017-05');
    }
}
