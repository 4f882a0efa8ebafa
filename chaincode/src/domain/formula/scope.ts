import type { Currency } from '../money';
import type { Unit } from '../terms/facts';
import type { FormulaValue, ValueUnit } from './value';

/** A name a formula may use, and how its value is read from the frame of a run. */
export interface ScopeName {
    readonly unit: Unit;
    readonly read: (frame: Frame) => FormulaValue;
}

/** A value remembered from earlier runs. */
export interface Remembered extends ScopeName {
    /** Index into the frame's memory. */
    readonly memory: number;
    /** How many earlier values are kept. */
    readonly depth: number;
}

/** A table over dates: the last row at or before `date` is in force. */
export interface ScopeSchedule {
    readonly unit: Unit;
    readonly date: (frame: Frame) => FormulaValue;
    readonly rows: readonly { readonly from: string; readonly value: FormulaValue }[];
}

/** What the names of a formula mean: the static side of a run. */
export interface Scope {
    readonly currency: Currency;
    /** @throws FormulaProblem for a name that is unknown or depends on itself */
    readonly name: (name: string, column: number) => ScopeName;
    /** @throws FormulaProblem */
    readonly remembered: (name: string, column: number) => Remembered;
    /** @throws FormulaProblem */
    readonly schedule: (name: string, column: number) => ScopeSchedule;
}

/** The values of one run: the dynamic side. */
export interface Frame {
    readonly values: FormulaValue[];
    /** Per remembered value, the latest first. */
    readonly memory: readonly (readonly FormulaValue[])[];
    status: string;
}

/** An expression with its unit found and its names resolved, ready to run. */
export interface Compiled {
    readonly unit: ValueUnit;
    readonly run: (frame: Frame) => FormulaValue;
    /** The literal `0`, which may stand for no money. */
    readonly isNought?: boolean;
}
