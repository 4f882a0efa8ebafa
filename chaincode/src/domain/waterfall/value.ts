import { put } from './frame';

import type { ScopeName } from '../formula/scope';
import type { FormulaValue } from '../formula/value';
import type { Terms, Value } from '../terms/terms';
import type { OpeningTask } from './opening-task';
import type { Slot, Vocabulary } from './vocabulary';

/** A name a run states the value of. */
export interface ResultProgram extends ScopeName {
    readonly id: string;
}

/** A value kept for later runs. */
export interface RememberedProgram extends ResultProgram {
    /** How many are kept. */
    readonly depth: number;
}

/** Values are compiled at their first use, and computed when a run opens. */
export function nameValues(vocabulary: Vocabulary, opening: OpeningTask[], terms: Terms): void {
    (terms.values ?? []).forEach((value, i) => {
        const slot = value.unit === undefined ? undefined : vocabulary.hiddenSlot(value.unit);
        if (value.remember !== undefined)
            vocabulary.remember(value.id, value.remember, slot && { unit: slot.unit, read: reader(slot) });
        vocabulary.defer(
            value.id,
            () => makeValue(vocabulary, opening, value, slot, `values[${i}]`),
            `values[${i}].id`,
        );
    });
}

function makeValue(
    vocabulary: Vocabulary,
    opening: OpeningTask[],
    { formula }: Value,
    declared: Slot | undefined,
    at: string,
): ScopeName | undefined {
    const program = vocabulary.compile(formula, declared?.unit, `${at}.formula`);
    if (program.isBroken) return undefined;
    const slot = declared ?? vocabulary.hiddenSlot(program.unit);
    opening.push(frame => put(frame, slot, program.run(frame)));
    return { unit: slot.unit, read: reader(slot) };
}

function reader({ index }: Slot): ScopeName['read'] {
    return frame => frame.values[index] as FormulaValue;
}

/** Names as a run states them, once every name has been made. */
export function namedResults(vocabulary: Vocabulary, ids: readonly string[]): ResultProgram[] {
    return ids.map(id => {
        const { unit, run } = vocabulary.compile(id, undefined, id);
        return { id, unit, read: run };
    });
}

/** Values kept for later runs, in the order of the frame's memory. */
export function rememberedValues(vocabulary: Vocabulary, terms: Terms): RememberedProgram[] {
    return (terms.values ?? []).flatMap(({ id, remember }) => {
        if (remember === undefined) return [];
        return namedResults(vocabulary, [id]).map(result => ({ ...result, depth: remember }));
    });
}
