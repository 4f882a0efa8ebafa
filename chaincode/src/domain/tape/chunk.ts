import { BulkHash, hashLength } from './bulk-hash';
import { cellOf } from './field';
import { chunkInvalid, firstValue, secretLength } from './encoding';
import { compareBytes, textOf } from '../bytes';
import { hashSalt, leafPrefix, rootOf, saltLength } from './merkle';
import { HeaderReader } from './header';
import { openColumn } from './column';
import { sha256 } from '../hash';

import type { Cell, Field } from './field';
import type { Column } from './column';
import type { Layout } from './asset-class';

/** A decoded chunk: columns of numbers and texts, records and their Merkle leaves. Nothing is kept per row. */
export class Chunk {
    private constructor(
        readonly layout: Layout,
        readonly rows: number,
        /** Secret of the chunk: the salts of its rows are derived from it. */
        readonly secret: Uint8Array,
        private readonly bytes: Uint8Array,
        /** Where each column begins and ends. */
        private readonly places: readonly (readonly [start: number, end: number])[],
    ) {}

    /** Columns read so far. */
    private readonly opened: Column[] = [];

    /**
     * Reads the encoding, every cell of it.
     * @throws Refusal CHUNK_INVALID, FIELD_INVALID naming row and field
     */
    static open(bytes: Uint8Array, layout: Layout): Chunk {
        const chunk = Chunk.reopen(bytes, layout);
        layout.fields.forEach((_, index) => chunk.columnAt(index));
        return chunk;
    }

    /**
     * The same of an encoding that was read whole before it was recorded: a column is read when it is asked for.
     * @throws Refusal CHUNK_INVALID
     */
    static reopen(bytes: Uint8Array, layout: Layout): Chunk {
        const reader = new HeaderReader(bytes);
        const { rows, secret } = reader.header(layout);
        const places = layout.fields.map(() => {
            const length = reader.number();
            const start = reader.skip(length);
            return [start, start + length] as const;
        });
        if (!reader.atEnd) throw chunkInvalid('bytes after the last column');
        return new Chunk(layout, rows, secret, bytes, places);
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
        const columns = this.layout.fields.map((_, index) => this.columnAt(index));
        const hash = new BulkHash();
        const leaves = new Uint8Array(this.rows * hashLength);
        const salt = new Uint8Array(hashLength);
        for (let row = 0; row < this.rows; row++) {
            hashSalt(hash, this.secret, row, salt);
            hash.message[0] = leafPrefix;
            hash.message.set(salt.subarray(0, saltLength), 1);
            hash.hash(copyRecord(this.bytes, columns, row, hash.message, 1 + saltLength), leaves, row * hashLength);
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

    /** How many rows are not what they are in another chunk of the same layout and loans. */
    differences(other: Chunk): number {
        let count = 0;
        for (let row = 0; row < this.rows; row++) if (!this.isSameRow(other, row)) count += 1;
        return count;
    }

    private isSameRow(other: Chunk, row: number): boolean {
        return this.layout.fields.every((_, index) => {
            const [start, end] = this.span(index, row);
            const [from, to] = other.span(index, row);
            return compareBytes(this.bytes.subarray(start, end), other.bytes.subarray(from, to)) === 0;
        });
    }

    private columnBytes(name: string): Uint8Array {
        const { start, ends } = this.column(name);
        return this.bytes.subarray(start, ends[this.rows - 1]);
    }

    private column(name: string): Column {
        return this.columnAt(this.indexOf(name));
    }

    private columnAt(index: number): Column {
        const [start, end] = this.places[index] as readonly [number, number];
        const field = this.layout.fields[index] as Field;
        return (this.opened[index] ??= openColumn(this.bytes, start, end, this.rows, field));
    }

    private indexOf(name: string): number {
        const index = this.layout.fields.findIndex(field => field.name === name);
        if (index < 0) throw new RangeError(`${this.layout.id} has no field ${name}`);
        return index;
    }

    private cellAt(index: number, row: number): Cell {
        const field = this.layout.fields[index] as Field;
        const { numbers } = this.columnAt(index);
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
        const { start, ends } = this.columnAt(index);
        return [row === 0 ? start : (ends[row - 1] as number), ends[row] as number];
    }
}

/** Copies the canonical record of a row, its cells as encoded, and says where it ends. */
function copyRecord(
    bytes: Uint8Array,
    columns: readonly Column[],
    row: number,
    target: Uint8Array,
    offset: number,
): number {
    let to = offset;
    for (const { start, ends } of columns) {
        const end = ends[row] as number;
        for (let from = row === 0 ? start : (ends[row - 1] as number); from < end; from++)
            target[to++] = bytes[from] as number;
    }
    return to;
}
