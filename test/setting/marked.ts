import type { Cell, Field, Layout } from '@poolproof/chaincode/domain';
import type { Marker } from './leak-scanner';
import type { MemberId } from './cast';

/** A record all of whose fields say something that stands nowhere else. */
export interface Marked {
    readonly cells: readonly Cell[];
    readonly markers: readonly Marker[];
}

/** How a marker begins: letters of texts, digits of numbers. */
const [letters, digits] = ['Zq7x', 7319];

/**
 * Marks every field of a record that can carry a mark. Flags, and counts and rates of few possible values, cannot: they say nothing
 * alone, and stand beside those that do.
 * @param given values that must stay as they are, by field
 */
export function marked(
    layout: Layout,
    prefix: string,
    given: Readonly<Record<string, Cell>>,
    members: readonly MemberId[],
): Marked {
    const cells = layout.fields.map((field, i) =>
        Object.hasOwn(given, field.name) ? (given[field.name] ?? null) : markOf(field, prefix, i),
    );
    const markers = layout.fields.flatMap((field, i) => {
        const cell = cells[i] ?? null;
        const marker = { name: `${prefix}.${field.name}`, members };
        if (typeof cell === 'string' && (cell.startsWith(letters) || cell.startsWith(String(digits))))
            return [{ ...marker, texts: [cell] }];
        if (typeof cell === 'number' && cell >= 1_000_000) return [{ ...marker, ...numberMarker(cell) }];
        return [];
    });
    return { cells, markers };
}

/** A number as it is written in minor units or whole ones, and as chunks encode it. */
export function numberMarker(number: number): Pick<Marker, 'bytes' | 'texts'> {
    const texts = [String(number), (number / 100).toFixed(2)];
    return number < 2 ** 31 ? { texts } : { texts, bytes: encoded(number) };
}

function markOf(field: Field, prefix: string, index: number): Cell {
    const number = digits * 1_000_000 + (prefix.length % 10) * 10_000 + index * 101;
    const tooLittle = field.most !== undefined && field.most < 10_000;
    switch (field.type) {
        case 'text':
            return `${letters}${prefix}${String(index).padStart(2, '0')}`;
        case 'flag':
            return true;
        case 'month':
            return `${digits}-${String((index % 12) + 1).padStart(2, '0')}`;
        case 'day':
            return `${digits}-03-${String((index % 28) + 1).padStart(2, '0')}`;
        case 'rate':
            return Number(String(number).slice(0, 8)) + index;
        default:
            return tooLittle ? (field.least ?? 1) : number;
    }
}

/** The variable-length number of a chunk's cell (chunk.ts). */
function encoded(number: number): Uint8Array {
    const bytes: number[] = [];
    let left = 6 + 2 * number;
    for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
    return Uint8Array.from([...bytes, left]);
}
