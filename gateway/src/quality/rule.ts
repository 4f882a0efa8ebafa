import type { Cell, Field, Layout } from '@poolproof/chaincode/domain';

/** `refuse`: nothing is recorded; `warn`: somebody should look; `score`: lowers the tape's score. */
export type Tier = 'refuse' | 'score' | 'warn';

/**
 * What makes a record bad. Bounds are in the field's units of encoding: cents, hundred-millionths, days, months. A field
 * without a value fulfils none of them but `missing`.
 */
export type Fault =
    | { readonly kind: 'missing' }
    | { readonly kind: 'over'; readonly bound: number }
    /** Above nothing, and below the bound. */
    | { readonly kind: 'tiny'; readonly bound: number }
    /** Greater, or later, than another field: times a number, if stated. */
    | { readonly kind: 'beyond'; readonly other: string; readonly times?: number }
    /** There, though another field is above nothing. */
    | { readonly kind: 'despite'; readonly other: string }
    /** Of a month before that of the record. */
    | { readonly kind: 'stale' };

/** One rule of a tape's quality: about one field. */
export interface QualityRule {
    readonly id: string;
    readonly tier: Tier;
    readonly field: string;
    readonly fault: Fault;
}

/** A record to judge: its cells, and the month it is of, if it is of one. */
export interface Judged {
    readonly cells: readonly Cell[];
    readonly period?: string;
}

/** Whether a record has the fault of a rule. Made once for a layout. */
export function judge({ fault, field }: QualityRule, layout: Layout): (record: Judged) => boolean {
    const own = cellAt(layout, field);
    switch (fault.kind) {
        case 'missing':
            return ({ cells }) => own(cells) === null;
        case 'over':
            return ({ cells }) => Number(own(cells) ?? 0) > fault.bound;
        case 'tiny':
            return ({ cells }) => Number(own(cells) ?? 0) > 0 && Number(own(cells)) < fault.bound;
        case 'beyond': {
            const other = cellAt(layout, fault.other);
            return ({ cells }) => isBeyond(own(cells), other(cells), fault.times ?? 1);
        }
        case 'despite': {
            const other = cellAt(layout, fault.other);
            return ({ cells }) => own(cells) !== null && Number(other(cells) ?? 0) > 0;
        }
        case 'stale':
            return ({ cells, period }) => period !== undefined && String(own(cells) ?? '9').slice(0, 7) < period;
    }
}

function isBeyond(own: Cell, other: Cell, times: number): boolean {
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
