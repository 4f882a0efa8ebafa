import { extname } from 'node:path';

import { readCsv } from './csv';
import { readXml } from './xml';

import type { Place } from './import-error';

/** One record of a file, its values by field name. */
export interface Row {
    readonly file: string;
    /** Where it stands, counted from 1. */
    readonly line: number;
    readonly values: Readonly<Record<string, string>>;
    /** What the file calls a field, where that is not the field's name: errors speak the language of the file. */
    readonly columns?: Readonly<Record<string, string>>;
}

/** Where in the file a field of the record stands. */
export function placeOf({ file, line, columns }: Row, name: string): Place {
    return { file, line, field: columns?.[name] ?? name };
}

/**
 * Reads the records of a CSV file, or of an EX-102 exhibit where the name ends in .xml.
 * @param columns that a CSV file must have
 * @throws ImportError
 */
export function readRows(path: string, columns: readonly string[]): AsyncGenerator<Row> {
    return extname(path).toLowerCase() === '.xml' ? readXml(path) : readCsv(path, columns);
}
