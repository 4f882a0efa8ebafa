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
    if (rows.length < 1 || rows.length > mostRows) throw chunkInvalid(`${rows.length} rows, not 1 to ${mostRows}`);
    if (secret.length !== secretLength) throw chunkInvalid(`a secret of ${secret.length} bytes, not ${secretLength}`);
    const writer = new Writer();
    const layoutId = utf8(layout.id);
    writer.number(version);
    writer.number(layoutId.length);
    writer.bytes(layoutId);
    writer.number(rows.length);
    writer.bytes(secret);
    layout.fields.forEach((field, column) => {
        const cells = new Writer();
        rows.forEach((row, i) => {
            writeCell(cells, field, row[column] ?? null, i);
        });
        writer.number(cells.length);
        writer.bytes(cells.written());
    });
    return writer.written();
}

/**
 * The canonical record of one row, as it stands in a chunk: its cells, field after field.
 * @throws Refusal FIELD_INVALID
 */
export function encodeRecord(layout: Layout, cells: readonly Cell[]): Uint8Array {
    const writer = new Writer();
    layout.fields.forEach((field, i) => {
        writeCell(writer, field, cells[i] ?? null, 0);
    });
    return writer.written();
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
