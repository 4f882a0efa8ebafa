import { parseMonth } from '@poolproof/chaincode/domain';

import { ImportError } from './import-error';
import { periodField, readMapped } from './mapping';
import { placeOf } from './row';
import { readField } from './loan';

import type { AssetClass, Cell, Currency, Month } from '@poolproof/chaincode/domain';
import type { Mapping } from './mapping';
import type { Place } from './import-error';
import type { Row } from './row';

/** What one loan did in one collection period: a cell for every field of the asset class's period record, in its order. */
export interface LoanMonth {
    readonly place: Place;
    readonly period: Month;
    readonly cells: readonly Cell[];
}

/**
 * Reads what the loans of a pool did, one loan and period a line. A file may hold several periods in any order.
 * @param mapping what the file calls its columns, where not as SEC Schedule AL does. The period is the month in `period` (2017-06, or a
 * day of it), or that of `reportingPeriodEndingDate`
 * @throws ImportError naming file, line and field; also for a loan that stands twice in a period
 */
export async function* readLoanMonths(
    path: string,
    assetClass: AssetClass,
    currency: Currency,
    mapping?: Mapping,
): AsyncGenerator<LoanMonth> {
    const { state: layout, stateRoles } = assetClass;
    const number = layout.fields.findIndex(field => field.name === stateRoles.number);
    const seen = new Set<string>();
    for await (const row of readMapped(path, monthColumns(assetClass, mapping), mapping)) {
        const period = periodOf(row);
        const cells = layout.fields.map(field => readField(field, row, currency));
        const key = `${period} ${String(cells[number])}`;
        if (seen.has(key)) throw new ImportError(row, `the loan stands twice in ${period}`);
        seen.add(key);
        yield { place: { file: row.file, line: row.line }, period, cells };
    }
}

/** Fields that a file of months must have: the loan's number, and what its mapping names. */
export function monthColumns({ state, stateRoles }: AssetClass, mapping: Mapping | undefined): string[] {
    const mapped = Object.keys(mapping?.fields ?? {});
    return [...new Set([stateRoles.number, ...state.fields.map(({ name }) => name).filter(has(mapped))])];
}

/** The month that a record speaks of. @throws ImportError where it does not say */
export function periodOf(row: Row): Month {
    const ended = /^(\d{2})-\d{2}-(\d{4})$/.exec(row.values['reportingPeriodEndingDate'] ?? '');
    const given = row.values[periodField] ?? (ended ? `${ended[2]}-${ended[1]}` : '');
    try {
        return parseMonth(given.replace(/^(\d{4}-\d{2})-\d{2}$/, '$1'), periodField);
    } catch {
        throw new ImportError(placeOf(row, periodField), 'not a month such as 2017-05');
    }
}

function has(names: readonly string[]): (name: string) => boolean {
    return name => names.includes(name);
}
