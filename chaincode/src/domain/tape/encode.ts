import { chunkInvalid, fieldInvalid, firstValue, mostRows, placeOf, secretLength, version } from './encoding';
import { isNoData, longestText, numberOf } from './field';
import { utf8 } from '../bytes';
import { Writer } from './writer';

import type { Cell, Field } from './field';
import type { Layout } from './asset-class';

/**
 * Encodes rows as a chunk: version, layout, number of rows, secret, then field after field the cells of all rows, each column
 * after its length. A cell is a variable-length number: 0 to 5 for no value, else 6 + the zigzag of a number, or 6 + the
 * length of a text and its bytes. The encoding of given rows and secret is unique.
 * @param secret 32 random bytes, new for every chunk
 * @throws Refusal FIELD_INVALID naming row and field, CHUNK_INVALID
 */
export function encodeChunk(layout: Layout, rows: readonly (readonly Cell[])[], secret: Uint8Array): Uint8Array {
    return encodeRecords(
        layout,
        rows.map((cells, row) => encodeRecord(layout, cells, row)),
        secret,
    );
}

/**
 * The same of rows that are encoded already.
 * @param records from `encodeRecord`
 * @throws Refusal CHUNK_INVALID
 */
export function encodeRecords(layout: Layout, records: readonly Uint8Array[], secret: Uint8Array): Uint8Array {
    const rows = records.length;
    if (rows < 1 || rows > mostRows) throw chunkInvalid(`${rows} rows, not 1 to ${mostRows}`);
    if (secret.length !== secretLength) throw chunkInvalid(`a secret of ${secret.length} bytes, not ${secretLength}`);
    const writer = new Writer();
    const layoutId = utf8(layout.id);
    writer.number(version);
    writer.number(layoutId.length);
    writer.bytes(layoutId);
    writer.number(rows);
    writer.bytes(secret);
    const ends = new Uint32Array(rows);
    const column = new Writer();
    for (const field of layout.fields) {
        column.clear();
        writeColumn(column, field, records, ends);
        writer.number(column.length);
        writer.bytes(column.written());
    }
    return writer.written().slice();
}

/**
 * The canonical record of one row, as it stands in a chunk: its cells, field after field.
 * @param row named in a refusal
 * @throws Refusal FIELD_INVALID
 */
export function encodeRecord(layout: Layout, cells: readonly Cell[], row = 0): Uint8Array {
    record.clear();
    layout.fields.forEach((field, i) => {
        writeCell(record, field, cells[i] ?? null, row);
    });
    return record.written().slice();
}

/** Where a record is put together. */
const record = new Writer();

/**
 * Writes the next cell of every record.
 * @param ends where the cell before ends in each record; then, where this one does
 */
function writeColumn(column: Writer, field: Field, records: readonly Uint8Array[], ends: Uint32Array): void {
    const isText = field.type === 'text';
    records.forEach((bytes, row) => {
        const start = ends[row] as number;
        let end = start;
        while ((bytes[end] as number) > 127) end++;
        // The length of a text fits one byte.
        const code = bytes[end++] as number;
        if (isText && code > firstValue) end += code - firstValue;
        column.part(bytes, start, end);
        ends[row] = end;
    });
}

function writeCell(writer: Writer, field: Field, cell: Cell, row: number): void {
    if (cell === null || isNoData(cell)) {
        if (field.required) throw fieldInvalid(row, field, 'missing');
        writer.number(cell === null ? 0 : Number(cell.slice(2)));
    } else if (field.type === 'text') {
        if (typeof cell !== 'string') throw fieldInvalid(row, field, 'not text');
        const bytes = utf8(cell);
        if (bytes.length > longestText) throw fieldInvalid(row, field, 'too long');
        writer.number(firstValue + bytes.length);
        writer.bytes(bytes);
    } else {
        const number = numberOf(field, cell, () => placeOf(row, field));
        writer.number(firstValue + (number < 0 ? -2 * number - 1 : 2 * number));
    }
}
