import { amountIn, put, rateIn } from './frame';
import { compileAccrual } from './interest';
import { openingTask } from './opening-task';

import type { Frame } from '../formula/scope';
import type { Fraction } from '../formula/value';
import type { Amount } from '../money';
import type { Tranche } from '../terms/terms';
import type { Dates } from './dates';
import type { OpeningTask } from './opening-task';
import type { TrancheState } from './state';
import type { Slot, Vocabulary } from './vocabulary';

/** A tranche while a deal runs. */
export interface TrancheProgram {
    readonly id: string;
    readonly terms: Tranche;
    readonly balance: Slot;
    readonly opening: Slot;
    /** Accrued this period; carried from before; accrued on what was carried; the sum; and what has been paid of it. */
    readonly interest: Slot;
    readonly interestCarried: Slot;
    readonly interestOnCarried: Slot;
    readonly interestDue: Slot;
    readonly interestPaid: Slot;
    readonly principalPaid: Slot;
    /** Paid beyond interest and principal: what is left over goes to the holders of a residual class. */
    readonly residual: Slot;
    readonly writtenDown: Slot;
    readonly rate: Slot;
}

/**
 * Names a tranche's figures. Interest is accrued when the run opens, in its place in the order of dependence: a coupon's formula
 * may use values, and values may use interest.
 */
export function compileTranche(
    vocabulary: Vocabulary,
    dates: Dates,
    opening: OpeningTask[],
    terms: Tranche,
    at: string,
): TrancheProgram {
    const { id } = terms;
    const money = (name: string) => vocabulary.slot(`${id}.${name}`, 'money', `${at}.id`);
    const hidden = () => vocabulary.hiddenSlot('money');
    const tranche: TrancheProgram = {
        id,
        terms,
        balance: money('balance'),
        opening: money('opening'),
        interest: hidden(),
        interestCarried: money('interestCarried'),
        interestOnCarried: hidden(),
        interestDue: hidden(),
        interestPaid: money('interestPaid'),
        principalPaid: money('principalPaid'),
        residual: money('residual'),
        writtenDown: money('writtenDown'),
        rate: vocabulary.hiddenSlot('rate'),
    };
    const accrue = openingTask(opening, id, () => compileAccrual(vocabulary, dates, tranche, at));
    nameAccrued(vocabulary, tranche, accrue, at);
    nameDerived(vocabulary, tranche, at);
    return tranche;
}

/** Lays out what the state carries. */
export function openTranche(frame: Frame, tranche: TrancheProgram, state: TrancheState): void {
    put(frame, tranche.balance, state.balance);
    put(frame, tranche.opening, state.balance);
    put(frame, tranche.interestCarried, state.interestShortfall);
    put(frame, tranche.writtenDown, state.writtenDown);
}

/** Interest due on this date and not paid so far. */
export function interestUnpaid(frame: Frame, tranche: TrancheProgram): Amount {
    return (amountIn(frame, tranche.interestDue) - amountIn(frame, tranche.interestPaid)) as Amount;
}

function nameAccrued(vocabulary: Vocabulary, tranche: TrancheProgram, accrue: () => void, at: string): void {
    const names = { interest: 'money', interestOnCarried: 'money', interestDue: 'money', rate: 'rate' } as const;
    for (const [name, unit] of Object.entries(names) as [keyof typeof names, 'money' | 'rate'][])
        vocabulary.defer(
            `${tranche.id}.${name}`,
            () => {
                accrue();
                const { index } = tranche[name];
                return { unit, read: frame => frame.values[index] as bigint | Fraction };
            },
            `${at}.id`,
        );
    vocabulary.defer(
        `${tranche.id}.interestShortfall`,
        () => {
            accrue();
            return { unit: 'money', read: frame => interestUnpaid(frame, tranche) };
        },
        `${at}.id`,
    );
}

function nameDerived(vocabulary: Vocabulary, tranche: TrancheProgram, at: string): void {
    const original = tranche.terms.balance;
    const factor = (slot: Slot) => (frame: Frame) =>
        original === 0n ? { n: 0n, d: 1n } : { n: amountIn(frame, slot), d: original };
    const derive = (name: string, read: (frame: Frame) => Fraction | bigint, unit: 'money' | 'rate') =>
        vocabulary.derive(`${tranche.id}.${name}`, { unit, read }, `${at}.id`);
    derive('original', () => original, 'money');
    derive('factor', factor(tranche.balance), 'rate');
    derive('openingFactor', factor(tranche.opening), 'rate');
}

/** Interest rate of a tranche in force in this run. */
export function rateOf(frame: Frame, tranche: TrancheProgram): Fraction {
    return rateIn(frame, tranche.rate);
}
