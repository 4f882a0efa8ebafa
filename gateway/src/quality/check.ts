import { Inspection } from './inspection';
import { readMapped } from '../importer/mapping';

import type { AssetClass, Currency } from '@poolproof/chaincode/domain';
import type { Mapping } from '../importer/mapping';
import type { QualityReport } from './inspection';

/**
 * Judges a file to its end, whatever is wrong with its values: a loan tape, or with `state` the months of a pool.
 * @throws ImportError for a file that is no CSV or exhibit, is cut off, or lacks a column
 */
export async function checkQuality(
    path: string,
    assetClass: AssetClass,
    currency: Currency,
    { mapping, kind = 'loan' }: { readonly mapping?: Mapping; readonly kind?: 'loan' | 'state' } = {},
): Promise<QualityReport> {
    const inspection = new Inspection(assetClass, currency, kind);
    try {
        for await (const row of readMapped(path, inspection.columns, mapping)) inspection.read(row);
        return inspection.report();
    } finally {
        inspection.close();
    }
}
