import type { Fraction } from '../formula/value';
import type { Frame } from '../formula/scope';
import type { FormulaValue } from '../formula/value';
import type { Day } from '../day';
import type { Amount } from '../money';
import type { Notice, StepRecord } from './record';
import type { TriggerState } from './state';
import type { Slot } from './vocabulary';

/** A run of the waterfall under way: the values of its names, and what it has recorded so far. */
export interface Run {
    readonly frame: Frame;
    readonly steps: StepRecord[];
    /** By payee. */
    readonly payments: Record<string, Amount>;
    readonly notices: Notice[];
    readonly triggers: Record<string, TriggerState>;
    readonly day: Day;
}

/** The money in a slot. */
export function amountIn(frame: Frame, slot: Slot): Amount {
    return frame.values[slot.index] as Amount;
}

/** The rate in a slot. */
export function rateIn(frame: Frame, slot: Slot): Fraction {
    return frame.values[slot.index] as Fraction;
}

/** The day in a slot. */
export function dayIn(frame: Frame, slot: Slot): Day {
    return frame.values[slot.index] as Day;
}

/** Writes a slot. */
export function put(frame: Frame, slot: Slot, value: FormulaValue): void {
    frame.values[slot.index] = value;
}

/** Adds to the money in a slot. */
export function increase(frame: Frame, slot: Slot, amount: bigint): void {
    frame.values[slot.index] = (frame.values[slot.index] as bigint) + amount;
}
