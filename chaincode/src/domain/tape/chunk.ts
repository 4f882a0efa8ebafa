import { compareBytes, textOf, utf8 } from '../bytes';
import { cellOf, isNoData, largestNumber, longestText, numberOf } from './field';
import { BulkHash, hashLength } from './bulk-hash';
import { hashSalt, leafPrefix, rootOf, saltLength } from './merkle';
import { Refusal } from '../refusal';
import { sha256 } from '../hash';
import { Writer } from './writer';

import type { Cell, Field } from './field';
import type { Layout } from './asset-class';

/** Most rows of a chunk: a few thousand make one round trip worth its while, and sums over them exact. */
export const mostRows = 8192;

/** Largest encoding of a chunk before compression. */
export const mostChunkBytes = 8 * 1024 * 1024;

/** Length of a chunk's secret salt. */
export const secretLength = 32;

const version = 1;

/** Codes of a cell below the first value: 0 not reported, 1 to 5 the reasons ND1 to ND5. */
const firstValue = 6;

/**
 * Encodes rows as a chunk: version, layout, number of rows, secret, then field after field the cells of all rows, each column
 * after its length. A cell is a variable-length number: 0 to 5 for no value, else 6 + the zigzag of a number, or 6 + the
 * length of a text and its bytes. The encoding of given rows and secret is unique.
 * @param secret 32 random bytes, new for every chunk
 * @throws Refusal FIELD_INVALID naming row and field, CHUNK_INVALID
 */
export function encodeChunk(layout: Layout, rows: readonly (readonly Cell[])[], secret: Uint8Array): Uint8Array {
    if (rows.length < 1 || rows.length > mostRows) throw invalid(`${rows.length} rows, not 1 to ${mostRows}`);
    if (secret.length !== secretLength) throw invalid(`a secret of ${secret.length} bytes, not ${secretLength}`);
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

/** One column: where each cell ends in the chunk's bytes, and for all but texts its number (NaN where there is none). */
interface Column {
    readonly start: number;
    readonly ends: Uint32Array;
    readonly numbers: Float64Array;
}

/** A decoded chunk: columns of numbers and texts, records and their Merkle leaves. Nothing is kept per row. */
export class Chunk {
    private constructor(
        readonly layout: Layout,
        readonly rows: number,
        /** Secret of the chunk: the salts of its rows are derived from it. */
        readonly secret: Uint8Array,
        private readonly bytes: Uint8Array,
        private readonly columns: readonly Column[],
    ) {}

    /**
     * Reads the encoding, every cell of it.
     * @throws Refusal CHUNK_INVALID, FIELD_INVALID naming row and field
     */
    static open(bytes: Uint8Array, layout: Layout): Chunk {
        const reader = new HeaderReader(bytes);
        const { rows, secret } = reader.header(layout);
        const columns = layout.fields.map(field => {
            const length = reader.number();
            const start = reader.skip(length);
            return openColumn(bytes, start, start + length, rows, field);
        });
        if (!reader.atEnd) throw invalid('bytes after the last column');
        return new Chunk(layout, rows, secret, bytes, columns);
    }

    /** The numbers of a field that is not text; NaN where there is no value. */
    numbers(name: string): Float64Array {
        return this.column(name).numbers;
    }

    /** The texts of a field; a row without one is null. */
    texts(name: string): (string | null)[] {
        const index = this.indexOf(name);
        return Array.from({ length: this.rows }, (_, row) => this.textAt(index, row));
    }

    cell(row: number, name: string): Cell {
        return this.cellAt(this.indexOf(name), row);
    }

    /** All cells of a row, in the order of the layout. */
    cells(row: number): Cell[] {
        return this.layout.fields.map((_, index) => this.cellAt(index, row));
    }

    /** Merkle leaves of all rows, one after the other. */
    leaves(): Uint8Array {
        const hash = new BulkHash();
        const leaves = new Uint8Array(this.rows * hashLength);
        const salt = new Uint8Array(hashLength);
        for (let row = 0; row < this.rows; row++) {
            hashSalt(hash, this.secret, row, salt);
            hash.message[0] = leafPrefix;
            hash.message.set(salt.subarray(0, saltLength), 1);
            hash.hash(this.copyRecord(row, hash.message, 1 + saltLength), leaves, row * hashLength);
        }
        return leaves;
    }

    /** SHA-256 of everything but the secret: whether rows recorded earlier are these rows. Never public, as it has no salt. */
    content(): Uint8Array {
        const start = this.secret.byteOffset - this.bytes.byteOffset;
        return sha256(this.bytes.subarray(0, start), this.bytes.subarray(start + secretLength));
    }

    root(): Uint8Array {
        return rootOf(this.leaves());
    }

    /** The first row in which a field is not what a field of another chunk is, or undefined where all rows agree. */
    firstDifference(name: string, other: Chunk, otherName: string): number | undefined {
        const isSame = compareBytes(this.columnBytes(name), other.columnBytes(otherName)) === 0;
        if (this.rows === other.rows && isSame) return undefined;
        const least = Math.min(this.rows, other.rows);
        for (let row = 0; row < least; row++) if (this.cell(row, name) !== other.cell(row, otherName)) return row;
        return least;
    }

    private columnBytes(name: string): Uint8Array {
        const { start, ends } = this.column(name);
        return this.bytes.subarray(start, ends[this.rows - 1]);
    }

    private column(name: string): Column {
        return this.columns[this.indexOf(name)] as Column;
    }

    private indexOf(name: string): number {
        const index = this.layout.fields.findIndex(field => field.name === name);
        if (index < 0) throw new RangeError(`${this.layout.id} has no field ${name}`);
        return index;
    }

    private cellAt(index: number, row: number): Cell {
        const field = this.layout.fields[index] as Field;
        const { numbers } = this.columns[index] as Column;
        if (field.type === 'text') return this.textAt(index, row);
        const number = numbers[row] as number;
        return Number.isNaN(number) ? this.reasonAt(index, row) : cellOf(field, number);
    }

    private textAt(index: number, row: number): string | null {
        const [start, end] = this.span(index, row);
        const first = this.bytes[start] as number;
        return first < firstValue ? this.reasonAt(index, row) : textOf(this.bytes.subarray(start + 1, end));
    }

    private reasonAt(index: number, row: number): string | null {
        const code = this.bytes[this.span(index, row)[0]] as number;
        return code === 0 ? null : `ND${code}`;
    }

    private span(index: number, row: number): [number, number] {
        const { start, ends } = this.columns[index] as Column;
        return [row === 0 ? start : (ends[row - 1] as number), ends[row] as number];
    }

    /** Copies the canonical record of a row, its cells as encoded, and says where it ends. */
    private copyRecord(row: number, target: Uint8Array, offset: number): number {
        let to = offset;
        for (const { start, ends } of this.columns) {
            const end = ends[row] as number;
            for (let from = row === 0 ? start : (ends[row - 1] as number); from < end; from++)
                target[to++] = this.bytes[from] as number;
        }
        return to;
    }
}

/** Reads the numbers before and between the columns. */
class HeaderReader {
    private at = 0;

    constructor(private readonly bytes: Uint8Array) {
        if (bytes.length > mostChunkBytes) throw invalid(`${bytes.length} bytes, more than ${mostChunkBytes}`);
    }

    get atEnd(): boolean {
        return this.at === this.bytes.length;
    }

    header(layout: Layout): { rows: number; secret: Uint8Array } {
        if (this.number() !== version) throw invalid('not a chunk of version 1');
        const length = this.number();
        const start = this.skip(length);
        if (compareBytes(this.bytes.subarray(start, start + length), utf8(layout.id)) !== 0)
            throw invalid(`not of the layout ${layout.id}`);
        const rows = this.number();
        if (rows < 1 || rows > mostRows) throw invalid(`${rows} rows, not 1 to ${mostRows}`);
        const secretStart = this.skip(secretLength);
        return { rows, secret: this.bytes.subarray(secretStart, secretStart + secretLength) };
    }

    number(): number {
        let [value, scale] = [0, 1];
        for (let i = 0; i < 4; i++) {
            const byte = this.bytes[this.at++];
            if (byte === undefined) break;
            value += (byte & 127) * scale;
            if (byte < 128) return value;
            scale *= 128;
        }
        throw invalid('cut short');
    }

    /** Passes over so many bytes and says where they begin. */
    skip(length: number): number {
        const start = this.at;
        this.at += length;
        if (this.at > this.bytes.length) throw invalid('cut short');
        return start;
    }
}

function openColumn(bytes: Uint8Array, start: number, end: number, rows: number, field: Field): Column {
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
    if (at !== end) throw invalid(`${field.name}: more cells than rows`);
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

function fieldInvalid(row: number, field: Field, problem: string): Refusal {
    return new Refusal('FIELD_INVALID', { at: placeOf(row, field), problem });
}

function placeOf(row: number, field: Field): string {
    return `rows[${row}].${field.name}`;
}

function invalid(problem: string): Refusal {
    return new Refusal('CHUNK_INVALID', { problem });
}
