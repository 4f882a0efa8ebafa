import { isNoData } from '@poolproof/chaincode/domain';

import type { Cell, Field, Layout } from '@poolproof/chaincode/domain';

/** `refuse`: nothing is recorded; `warn`: somebody should look; `score`: lowers the tape's score. */
export type Tier = 'refuse' | 'score' | 'warn';

/**
 * What makes a value bad. Bounds are in the field's units of encoding: cents, hundred-millionths, days, months. A field
 * without a value fulfils none of them but `missing`; nor does one that is compared with a field without a value.
 */
export type Fault =
    | { readonly kind: 'missing' }
    | { readonly kind: 'over' | 'under'; readonly bound: number }
    /** Above nothing, and below the bound. */
    | { readonly kind: 'tiny'; readonly bound: number }
    /** Greater, or later, than another field: times a number, if stated. */
    | { readonly kind: 'beyond'; readonly other: string; readonly times?: number }
    /** There, or one of the codes, though another field is above nothing. */
    | { readonly kind: 'despite'; readonly other: string; readonly codes?: readonly string[] }
    /** The same text as another field. */
    | { readonly kind: 'same'; readonly other: string }
    /** Not the sum of other fields, all of them reported. */
    | { readonly kind: 'unlike'; readonly parts: readonly string[] }
    /** Not what is left of another field after these, which count as nothing where they are not reported. */
    | { readonly kind: 'unrolled'; readonly other: string; readonly parts: readonly string[] }
    /** Not written as such values are. */
    | { readonly kind: 'malformed'; readonly pattern: RegExp }
    /** Of a month before that of the record. */
    | { readonly kind: 'stale' };

/** One rule of a tape's quality, about one field. */
export type QualityRule = readonly [id: string, tier: Tier, field: string, fault: Fault];

/** A record to judge: its cells, and the month it is of, if it is of one. */
export interface Judged {
    readonly cells: readonly Cell[];
    readonly period?: string;
}

/** The fields that a rule looks at. */
export function fieldsOf([, , field, fault]: QualityRule): readonly string[] {
    return [field, ...('other' in fault ? [fault.other] : []), ...('parts' in fault ? fault.parts : [])];
}

/** Whether a record has the fault of a rule. Made once for a layout. */
export function judge([, , field, fault]: QualityRule, layout: Layout): (record: Judged) => boolean {
    const own = cellAt(layout, field);
    if (fault.kind === 'missing') return ({ cells }) => own(cells) === null;
    const isBad = compared(fault, layout);
    return record => {
        const cell = own(record.cells);
        return cell !== null && !isNoData(cell) && isBad(cell, record);
    };
}

type Present = Exclude<Cell, null>;

function compared(fault: Exclude<Fault, { kind: 'missing' }>, layout: Layout): (own: Present, of: Judged) => boolean {
    switch (fault.kind) {
        case 'over':
            return own => Number(own) > fault.bound;
        case 'under':
            return own => Number(own) < fault.bound;
        case 'tiny':
            return own => Number(own) > 0 && Number(own) < fault.bound;
        case 'malformed':
            return own => !fault.pattern.test(String(own));
        case 'stale':
            return (own, { period }) => period !== undefined && String(own).slice(0, 7) < period;
        case 'unlike':
            return isNoSum(fault.parts, layout);
        case 'unrolled':
            return isNotLeft(fault, layout);
        case 'beyond': {
            const other = cellAt(layout, fault.other);
            return (own, { cells }) => isBeyond(own, other(cells), fault.times ?? 1);
        }
        case 'despite': {
            const other = cellAt(layout, fault.other);
            const isMeant = (own: Present) => fault.codes?.includes(String(own)) ?? true;
            return (own, { cells }) => isMeant(own) && Number(other(cells) ?? 0) > 0;
        }
        case 'same': {
            const other = cellAt(layout, fault.other);
            return (own, { cells }) => own === other(cells);
        }
    }
}

function isNoSum(parts: readonly string[], layout: Layout): (own: Present, of: Judged) => boolean {
    const others = parts.map(name => cellAt(layout, name));
    return (own, { cells }) => {
        const values = others.map(other => other(cells));
        return values.every(isNumber) && own !== values.reduce((sum, value) => sum + value, 0);
    };
}

function isNotLeft(
    { other, parts }: Extract<Fault, { kind: 'unrolled' }>,
    layout: Layout,
): (own: Present, of: Judged) => boolean {
    const begin = cellAt(layout, other);
    const taken = parts.map(name => cellAt(layout, name));
    return (own, { cells }) => {
        const opening = begin(cells);
        const values = taken.map(part => part(cells)).filter(isNumber);
        return isNumber(opening) && own !== values.reduce((left, value) => left - value, opening);
    };
}

function isNumber(cell: Cell): cell is number {
    return typeof cell === 'number';
}

function isBeyond(own: Present, other: Cell, times: number): boolean {
    if (typeof own === 'number' && typeof other === 'number') return own > other * times;
    return (
        typeof own === 'string' && typeof other === 'string' && isDate.test(own) && isDate.test(other) && own > other
    );
}

const isDate = /^\d{4}-/;

function cellAt(layout: Layout, name: string): (cells: readonly Cell[]) => Cell {
    const index = layout.fields.findIndex((field: Field) => field.name === name);
    if (index < 0) throw new RangeError(`${layout.id} has no field ${name}`);
    return cells => cells[index] ?? null;
}
