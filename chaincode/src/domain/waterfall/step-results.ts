import { allSteps, movesMoney } from './every-step';
import { amountIn } from './frame';

import type { FormulaValue } from '../formula/value';
import type { Terms } from '../terms/terms';
import type { Results } from './step-context';
import type { Slot, Vocabulary } from './vocabulary';

/** Steps of the same id in several waterfalls or branches share their figures. */
export function nameResults(
    vocabulary: Vocabulary,
    terms: Terms,
): Results & { readonly sets: ReadonlyMap<string, Slot> } {
    const amounts = new Map<string, { readonly due: Slot; readonly paid: Slot }>();
    const sets = new Map<string, Slot>();
    const setsNamed = new Set<string>();
    for (const { step, at } of allSteps(terms)) {
        if (step.do === 'set' && !setsNamed.has(step.id)) {
            setsNamed.add(step.id);
            nameSet(vocabulary, sets, step.id, step.formula, at);
        } else if (movesMoney(step) && !amounts.has(step.id))
            amounts.set(step.id, nameAmounts(vocabulary, step.id, at));
    }
    const nowhere = vocabulary.hiddenSlot('money');
    return {
        amounts: id => amounts.get(id) ?? { due: nowhere, paid: nowhere },
        value: id => {
            vocabulary.compile(id, undefined, id);
            return sets.get(id);
        },
        sets,
    };
}

function nameAmounts(vocabulary: Vocabulary, id: string, at: string): { readonly due: Slot; readonly paid: Slot } {
    const [due, paid] = (['due', 'paid'] as const).map(name =>
        vocabulary.slot(`${id}.${name}`, 'money', `${at}.id`),
    ) as [Slot, Slot];
    vocabulary.derive(
        `${id}.short`,
        { unit: 'money', read: frame => amountIn(frame, due) - amountIn(frame, paid) },
        `${at}.id`,
    );
    return { due, paid };
}

function nameSet(vocabulary: Vocabulary, sets: Map<string, Slot>, id: string, formula: string, at: string): void {
    vocabulary.defer(
        id,
        () => {
            const program = vocabulary.compile(formula, undefined, `${at}.formula`);
            if (program.isBroken) return undefined;
            const slot = vocabulary.hiddenSlot(program.unit);
            sets.set(id, slot);
            return { unit: program.unit, read: frame => frame.values[slot.index] as FormulaValue };
        },
        `${at}.id`,
    );
}
