import { FormulaProblem } from '../formula/problem';

import type { Frame } from '../formula/scope';

/** Something computed when a run opens: interest, a fee, a value. They are kept in order of dependence. */
export type OpeningTask = (frame: Frame) => void;

/**
 * Compiles a task when the first of the names it serves is used, and puts it behind whatever it depends on itself. Several names
 * share one task (`fee.earned`, `fee.due`), so a circle through another of them is found here.
 * @returns what a maker of such a name calls first; it throws FormulaProblem when the task depends on itself
 */
export function openingTask(opening: OpeningTask[], id: string, compile: () => OpeningTask): () => void {
    let stage: 'new' | 'compiling' | 'done' = 'new';
    return () => {
        if (stage === 'compiling') throw new FormulaProblem(`'${id}' depends on itself`, 1);
        if (stage === 'done') return;
        stage = 'compiling';
        const task = compile();
        stage = 'done';
        opening.push(task);
    };
}
