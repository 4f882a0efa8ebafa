import { Refusal } from '../refusal';

import type { Field } from './field';

/** Most rows of a chunk: a few thousand make one round trip worth its while, and sums over them exact. */
export const mostRows = 8192;

/** Largest encoding of a chunk before compression. */
export const mostChunkBytes = 8 * 1024 * 1024;

/** Length of a chunk's secret salt. */
export const secretLength = 32;

/** Version of the encoding: its first byte. */
export const version = 1;

/** Codes of a cell below the first value: 0 not reported, 1 to 5 the reasons ND1 to ND5. */
export const firstValue = 6;

/** A refusal that names row and field, and never a value. */
export function fieldInvalid(row: number, field: Field, problem: string): Refusal {
    return new Refusal('FIELD_INVALID', { at: placeOf(row, field), problem });
}

export function placeOf(row: number, field: Field): string {
    return `rows[${row}].${field.name}`;
}

export function chunkInvalid(problem: string): Refusal {
    return new Refusal('CHUNK_INVALID', { problem });
}
