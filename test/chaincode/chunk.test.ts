import { fc } from '../properties';

import { assetClasses, Chunk, encodeChunk, formatCell, parseCell } from '@poolproof/chaincode/domain';

import type { Cell, Field } from '@poolproof/chaincode/domain';

const secret = new Uint8Array(32).fill(7);

/** Any value a field may hold. */
function cellsOf(field: Field): fc.Arbitrary<Cell> {
    const values: Record<Field['type'], () => fc.Arbitrary<Cell>> = {
        amount: () =>
            fc.integer({ min: Math.max(field.least ?? -1e11, -1e11), max: Math.min(field.most ?? 1e11, 1e11) }),
        count: () => fc.integer({ min: field.least ?? -1000, max: field.most ?? 100_000 }),
        decimal: () => fc.integer({ min: 0, max: 10_000_000 }),
        rate: () => fc.integer({ min: field.least ?? -1e8, max: field.most ?? 1e8 }),
        flag: () => fc.boolean(),
        text: () => fc.string({ maxLength: 30, unit: fc.constantFrom('A', 'z', '9', ' ', 'é', '貸', '𝒳') }),
        month: () => fc.constantFrom('2017-05', '1999-12', '2030-01'),
        day: () => fc.constantFrom('2017-05-31', '1999-02-28', '2024-02-29'),
    };
    const value = values[field.type]().filter(cell => cell !== '');
    return field.required ? value : fc.oneof({ weight: 4, arbitrary: value }, fc.constantFrom(null, 'ND1', 'ND5'));
}

describe.each(Object.values(assetClasses).flatMap(({ loan, state }) => [loan, state]))('layout $id', layout => {
    const rows = fc.array(fc.tuple(...layout.fields.map(cellsOf)), { minLength: 1, maxLength: 20 });

    it('gives back every cell that was encoded, in one encoding only', () => {
        fc.assert(
            fc.property(rows, given => {
                const bytes = encodeChunk(layout, given, secret);
                const chunk = Chunk.open(bytes, layout);
                const read = given.map((_, row) => chunk.cells(row));
                expect(read).toEqual(given);
                expect(Buffer.from(encodeChunk(layout, read, secret)).equals(bytes)).toBe(true);
            }),
            { numRuns: 50 },
        );
    });

    it('refuses any change of length and never reads beyond it', () => {
        fc.assert(
            fc.property(rows, fc.nat(), (given, cut) => {
                const bytes = encodeChunk(layout, given, secret);
                expect(() => Chunk.open(bytes.subarray(0, cut % bytes.length), layout)).toThrow(
                    /^(CHUNK|FIELD)_INVALID/,
                );
                expect(() => Chunk.open(Uint8Array.from([...bytes, 0]), layout)).toThrow('CHUNK_INVALID');
            }),
            { numRuns: 50 },
        );
    });

    it('writes cells as files show them and reads them back', () => {
        fc.assert(
            fc.property(rows, ([row = []]) => {
                layout.fields.forEach((field, i) => {
                    const cell = row[i] ?? null;
                    if (typeof cell === 'string' && cell !== cell.trim()) return;
                    const shown = formatCell(field, cell, 'USD');
                    expect(parseCell(field, shown, 'USD', field.name)).toEqual(cell);
                });
            }),
            { numRuns: 50 },
        );
    });
});
