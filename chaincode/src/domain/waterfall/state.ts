import type { Amount } from '../money';
import type { Day } from '../day';

/** What a tranche carries from one payment date to the next. */
export interface TrancheState {
    readonly balance: Amount;
    /** Interest that was due and not paid, with the interest accrued on it. */
    readonly interestShortfall: Amount;
    /** Principal written down and not reinstated. */
    readonly writtenDown: Amount;
}

/** What a fee carries from one payment date to the next. */
export interface FeeState {
    readonly unpaid: Amount;
    /** Paid since the cap's last reset. */
    readonly counted: Amount;
}

/** How long the condition of a trigger has held, and whether it has tripped. */
export interface TriggerState {
    readonly tripped: boolean;
    /** The day since which the condition has held without interruption. */
    readonly since?: Day;
    /** The number of payment dates in a row on which it has held. */
    readonly periods: number;
    /** While tripped and curable: the number of payment dates in a row on which the condition has not held. */
    readonly clear: number;
}

/**
 * The whole state a deal carries from one run of its waterfall to the next. Canonical-encodable; `readState` re-reads it.
 * It never holds anything about single loans or holders.
 */
export interface DealState {
    /** Payment dates run so far. */
    readonly period: number;
    readonly status: string;
    /** The last payment date, or the closing date before the first. */
    readonly asOf: Day;
    readonly tranches: Readonly<Record<string, TrancheState>>;
    readonly accounts: Readonly<Record<string, Amount>>;
    readonly fees: Readonly<Record<string, FeeState>>;
    readonly ledgers: Readonly<Record<string, Amount>>;
    /** Owed under a hedge and not paid. */
    readonly hedges: Readonly<Record<string, Amount>>;
    readonly triggers: Readonly<Record<string, TriggerState>>;
    /** Past values of the formulas that are remembered, the latest first; a rate is `n/d`. */
    readonly memory: Readonly<Record<string, readonly string[]>>;
}
