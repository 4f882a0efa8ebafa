import { basename } from 'node:path';

import { ImportError } from '../importer/import-error';
import { Inspection } from './inspection';
import { readMapped } from '../importer/mapping';

import type { AssetClass, Currency } from '@poolproof/chaincode/domain';
import type { Mapping } from '../importer/mapping';
import type { QualityReport } from './inspection';

/** What of a file is to be judged, and how it is to be read. */
export interface QualityOptions {
    readonly mapping?: Mapping | undefined;
    /** The tape, unless stated, or the months of a pool. */
    readonly kind?: 'loan' | 'state';
    /** Of a file of months, the only one that is meant: `2017-06`. */
    readonly month?: string;
}

/**
 * Judges a file to its end, whatever is wrong with its values: a loan tape, or with `state` the months of a pool.
 * @throws ImportError for a file that is no CSV or exhibit, is cut off, lacks a column, or has no record at all
 */
export async function checkQuality(
    path: string,
    assetClass: AssetClass,
    currency: Currency,
    { mapping, kind = 'loan', month }: QualityOptions = {},
): Promise<QualityReport> {
    const inspection = new Inspection(assetClass, currency, kind, mapping);
    try {
        for await (const row of readMapped(path, inspection.columns, mapping)) {
            const period = inspection.period(row);
            if (month === undefined || period === month) inspection.read(row, period);
        }
        const report = inspection.report();
        if (report.records === 0 && !report.refused)
            throw new ImportError({ file: basename(path), line: 1 }, none(month));
        return report;
    } finally {
        inspection.close();
    }
}

/** What there is none of. */
export function none(month?: string): string {
    return month === undefined ? 'no record at all' : `no record of ${month}`;
}
