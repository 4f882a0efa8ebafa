import { chunkInvalid, fieldInvalid, firstValue } from './encoding';
import { largestNumber, longestText } from './field';

import type { Field } from './field';

/** One column: where each cell ends in the chunk's bytes, and for all but texts its number (NaN where there is none). */
export interface Column {
    readonly start: number;
    readonly ends: Uint32Array;
    readonly numbers: Float64Array;
}

/**
 * Reads one column: every cell of it, in its shortest form and within the field's bounds.
 * @throws Refusal CHUNK_INVALID, FIELD_INVALID naming row and field
 */
export function openColumn(bytes: Uint8Array, start: number, end: number, rows: number, field: Field): Column {
    const ends = new Uint32Array(rows);
    const numbers = new Float64Array(rows);
    const isText = field.type === 'text';
    let at = start;
    for (let row = 0; row < rows; row++) {
        let byte = bytes[at++] as number;
        let code = byte;
        if (byte > 127) {
            code = byte & 127;
            let scale = 128;
            do {
                byte = bytes[at++] as number;
                code += (byte & 127) * scale;
                scale *= 128;
            } while (byte > 127 && at < end);
            if (byte === 0 || byte > 127) throw fieldInvalid(row, field, 'not in the shortest form');
        }
        numbers[row] = valueOf(code, field, row);
        if (isText && code > firstValue) at += code - firstValue;
        if (at > end) throw fieldInvalid(row, field, 'cut short');
        ends[row] = at;
    }
    if (at !== end) throw chunkInvalid(`${field.name}: more cells than rows`);
    return { start, ends, numbers };
}

function valueOf(code: number, field: Field, row: number): number {
    if (code < firstValue) {
        if (field.required) throw fieldInvalid(row, field, 'missing');
        return NaN;
    }
    const value = code - firstValue;
    if (field.type === 'text') {
        if (value > longestText) throw fieldInvalid(row, field, 'too long');
        return NaN;
    }
    const number = value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    checkBounds(number, field, row);
    return number;
}

function checkBounds(number: number, field: Field, row: number): void {
    if (field.type === 'flag' && number !== 0 && number !== 1) throw fieldInvalid(row, field, 'not true or false');
    if (field.least !== undefined && number < field.least) throw fieldInvalid(row, field, 'less than allowed');
    if (field.most !== undefined && number > field.most) throw fieldInvalid(row, field, 'more than allowed');
    if (Math.abs(number) > largestNumber) throw fieldInvalid(row, field, 'not a number within bounds');
}
