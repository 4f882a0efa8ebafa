import { recorded } from './recorded';

import type { Program } from '../formula/compile';
import type { Frame, ScopeName } from '../formula/scope';
import type { Step } from '../terms/terms';
import type { Entities } from './entities';
import type { Run } from './frame';
import type { TrancheProgram } from './tranche';
import type { RecordedValue } from './record';
import type { Slot, Vocabulary } from './vocabulary';

/** A step ready to run. */
export type StepProgram = (run: Run) => void;

/** What compiling a step needs: the names, the deal's things by id, and the slots of step results. */
export interface StepContext {
    readonly vocabulary: Vocabulary;
    readonly entities: Entities;
    readonly results: Results;
    /** The names a step's record has the values of, in order. */
    readonly inputs: Map<Step, readonly NamedInput[]>;
    /** Compiles the steps of a branch. */
    readonly compile: (context: StepContext, steps: readonly Step[], at: string) => StepProgram;
    /** Runs a `test` step's trigger. */
    readonly test: (run: Run, trigger: string) => boolean;
}

/** A name whose value a record holds. */
export type NamedInput = ScopeName & { readonly name: string };

/** The slots in which a step leaves its figures, shared by the steps of that id in every waterfall. */
export interface Results {
    readonly amounts: (id: string) => { readonly due: Slot; readonly paid: Slot };
    readonly value: (id: string) => Slot | undefined;
}

/** A step of one kind. */
export type Kind<K extends Step['do']> = Step & { readonly do: K };

/**
 * Values of the names of formulas, as they go into a record. Read before the step changes anything. The names themselves are kept
 * with the step, for `explain`.
 */
export function inputsOf(
    context: StepContext,
    step: Step,
    programs: readonly (Program | undefined)[],
): (frame: Frame) => readonly RecordedValue[] | undefined {
    const names = new Map<string, NamedInput>();
    for (const program of programs) for (const name of program?.names ?? []) names.set(name.name, name);
    const inputs = Array.from(names.values());
    context.inputs.set(step, inputs);
    if (inputs.length === 0) return () => undefined;
    return frame => inputs.map(({ unit, read }) => recorded(unit, read(frame)));
}

/** The tranches a step names, groups spelled out. */
export function tranchesOf(context: StepContext, ids: readonly string[], at: string): readonly TrancheProgram[] {
    return ids.flatMap((id, i) => context.entities.tranches(id, `${at}.tranches[${i}]`));
}
