import { compileFormula } from '../formula/compile';
import { zeroOf } from '../formula/functions';
import { FormulaProblem } from '../formula/problem';
import { unknown } from '../formula/spelling';

import type { Program } from '../formula/compile';
import type { Frame, Remembered, Scope, ScopeName, ScopeSchedule } from '../formula/scope';
import type { FormulaValue } from '../formula/value';
import type { Currency } from '../money';
import type { Unit } from '../terms/facts';

/**
 * What kind of rule terms break: a formula that cannot be read or whose units do not fit, an id that names nothing, a name given
 * twice or depending on itself, ... The rest is found by `checkTerms` alone.
 */
export type ProblemCode = 'formula' | 'reference' | 'name' | 'coupon' | 'schedule';

/** Something wrong with the terms: where (path in the document, and column in a formula), and what. */
export interface Problem {
    readonly code: ProblemCode;
    readonly at: string;
    readonly problem: string;
}

/** A place of the frame: whoever owns it writes it, formulas read it by name. */
export interface Slot {
    readonly index: number;
    readonly unit: Unit;
}

interface Memory {
    readonly memory: number;
    readonly depth: number;
    readonly declared: ScopeName | undefined;
}

/**
 * The names of a deal while its terms are compiled. A name is either a slot, or made on first use: a value's formula is
 * compiled when the first formula mentions it, which puts values in order of dependence and finds those that depend on themselves.
 */
export class Vocabulary implements Scope {
    readonly problems: Problem[] = [];
    private readonly known = new Map<string, ScopeName>();
    private readonly pending = new Map<string, () => ScopeName | undefined>();
    private readonly making: string[] = [];
    private readonly failed = new Set<string>();
    private readonly memories = new Map<string, Memory>();
    private readonly tables = new Map<string, ScopeSchedule>();
    private readonly initial: FormulaValue[] = [];

    constructor(readonly currency: Currency) {}

    /** A place that no formula can name. */
    hiddenSlot(unit: Unit): Slot {
        this.initial.push(zeroOf(unit));
        return { index: this.initial.length - 1, unit };
    }

    slot(name: string, unit: Unit, at: string): Slot {
        const slot = this.hiddenSlot(unit);
        this.derive(name, { unit, read: frame => frame.values[slot.index] as FormulaValue }, at);
        return slot;
    }

    /** A name whose value is computed at every reading. */
    derive(name: string, meaning: ScopeName, at: string): void {
        if (this.isTaken(name)) this.report('name', at, `the name '${name}' is taken already`);
        else this.known.set(name, meaning);
    }

    /** A name whose meaning is made at its first use; the maker returns nothing when what it is made of is wrong. */
    defer(name: string, make: () => ScopeName | undefined, at: string): void {
        if (this.isTaken(name)) this.report('name', at, `the name '${name}' is taken already`);
        else this.pending.set(name, make);
    }

    /** A name that stands for a money formula, computed at every reading. Returns what reads it, once the name has been made. */
    deferMoney(name: string, formula: string, at: string, nameAt: string): (frame: Frame) => bigint {
        let program: Program<bigint> | undefined;
        this.defer(
            name,
            () => {
                program = this.compile(formula, 'money', at);
                return program.isBroken ? undefined : { unit: 'money', read: program.run };
            },
            nameAt,
        );
        return frame => program?.run(frame) ?? 0n;
    }

    /** A value kept for later runs. When its unit is declared it may look back at itself. */
    remember(name: string, depth: number, declared: ScopeName | undefined): void {
        this.memories.set(name, { memory: this.memories.size, depth, declared });
    }

    table(id: string, schedule: ScopeSchedule): void {
        this.tables.set(id, schedule);
    }

    /** Compiles a formula of the document; what is wrong with it is reported, and stands for nothing in the run. */
    compile(formula: string, expected: 'money', at: string): Program<bigint>;
    compile(formula: string, expected: 'boolean', at: string): Program<boolean>;
    compile(formula: string, expected: 'rate', at: string): Program<{ readonly n: bigint; readonly d: bigint }>;
    compile(formula: string, expected: Unit | undefined, at: string): Program;
    compile(formula: string, expected: Unit | undefined, at: string): Program {
        try {
            return compileFormula(formula, this, expected);
        } catch (problem) {
            if (!(problem instanceof FormulaProblem)) throw problem;
            if (!problem.isConsequence) this.report('formula', `${at}:${problem.column}`, problem.problem);
            const unit = expected ?? 'money';
            return { unit, run: () => zeroOf(unit), names: [], isBroken: true };
        }
    }

    report(code: ProblemCode, at: string, problem: string): void {
        const isKnown = this.problems.some(known => known.at === at && known.problem === problem);
        if (!isKnown) this.problems.push({ code, at, problem });
    }

    /** Makes every name that no formula has used so far. */
    makeAll(): void {
        for (const name of Array.from(this.pending.keys()))
            if (this.pending.has(name) && !this.failed.has(name)) this.attempt(name);
    }

    name(name: string, column: number): ScopeName {
        const found = this.known.get(name) ?? (this.pending.has(name) ? this.make(name, column) : undefined);
        if (!found) throw new FormulaProblem(unknown(name, this.allNames()), column);
        return found;
    }

    remembered(name: string, column: number): Remembered {
        const memory = this.memories.get(name);
        if (!memory)
            throw new FormulaProblem(
                `'${name}' is not remembered: state at the value how many runs to \`remember\``,
                column,
            );
        return { ...(memory.declared ?? this.name(name, column)), memory: memory.memory, depth: memory.depth };
    }

    schedule(name: string, column: number): ScopeSchedule {
        const table = this.tables.get(name);
        if (!table) throw new FormulaProblem(unknown(name, this.tables.keys()), column);
        return table;
    }

    /** A new run's values: everything zero. */
    blank(): FormulaValue[] {
        return this.initial.slice();
    }

    private attempt(name: string): void {
        try {
            this.make(name, 1);
        } catch (problem) {
            if (!(problem instanceof FormulaProblem)) throw problem;
        }
    }

    private make(name: string, column: number): ScopeName {
        if (this.making.includes(name)) {
            const circle = [...this.making.slice(this.making.indexOf(name)), name].join(' -> ');
            throw new FormulaProblem(`'${name}' depends on itself: ${circle}`, column);
        }
        const make = this.pending.get(name);
        if (!make || this.failed.has(name)) throw new FormulaProblem(`'${name}' is wrong itself`, column, true);
        this.failed.add(name);
        this.making.push(name);
        let made: ScopeName | undefined;
        try {
            made = make();
        } finally {
            this.making.pop();
        }
        if (!made) throw new FormulaProblem(`'${name}' is wrong itself`, column, true);
        this.failed.delete(name);
        this.pending.delete(name);
        this.known.set(name, made);
        return made;
    }

    private isTaken(name: string): boolean {
        return this.known.has(name) || this.pending.has(name);
    }

    private *allNames(): Iterable<string> {
        yield* this.known.keys();
        yield* this.pending.keys();
    }
}
