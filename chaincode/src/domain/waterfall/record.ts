import type { Amount } from '../money';
import type { Day } from '../day';
import type { DealState } from './state';

/** A value as a formula sees it, in canonical form: money and counts bigint, a rate `n/d`, a day `2017-05-15`. */
export type RecordedValue = bigint | string | boolean;

/**
 * A step of a run that moved, or was to move, an amount. The step's label and formula stand in the terms under the same id, so
 * the record on the chain holds only what the terms cannot tell; `explain` joins the two.
 */
export interface PaymentRecord {
    readonly id: string;
    /** What the step was to pay, after its limit. */
    readonly due: Amount;
    /** What it paid, support included. */
    readonly paid: Amount;
    /** The paying account (or the ledger) before and after the step. */
    readonly before: Amount;
    readonly after: Amount;
    /** Values of the names in the step's formulas (amount, limit), in the order they first appear. */
    readonly inputs?: readonly RecordedValue[];
    /** What each supporting account contributed. */
    readonly support?: Readonly<Record<string, Amount>>;
    /** What each tranche received, where a step pays several. */
    readonly parts?: Readonly<Record<string, Amount>>;
}

/** A step that decided something: a branch taken, a value set, a trigger tested, the status changed. */
export interface OutcomeRecord {
    readonly id: string;
    readonly outcome: RecordedValue;
    readonly inputs?: readonly RecordedValue[];
}

/** One step of a run. */
export type StepRecord = PaymentRecord | OutcomeRecord;

/** What one tranche receives on a payment date, and where it stands. */
export interface Distribution {
    readonly interest: Amount;
    readonly principal: Amount;
    /** Paid beyond interest and principal, to the holders of a residual class. */
    readonly residual: Amount;
    readonly balanceBeginning: Amount;
    readonly balanceEnding: Amount;
    /** Balance over original balance, 7 decimals, half-up: `0.8324525`. */
    readonly factor: string;
    /** Interest due and not paid, carried forward. */
    readonly interestShortfall: Amount;
    /** Yearly rate of the accrual period, `n/d`; `0/1` without a coupon. */
    readonly rate: string;
    /** Principal written down (positive) or reinstated (negative) on this date. */
    readonly writtenDown: Amount;
}

/** A trigger that tripped or was cured, and the roles the terms say must be told. */
export interface Notice {
    readonly trigger: string;
    readonly happened: 'tripped' | 'cured';
    readonly notify: readonly string[];
}

/** Everything that came of one payment date, as the ledger keeps it. */
export interface WaterfallRun {
    readonly paymentDate: Day;
    /** The status whose waterfall ran; `state.status` is the one that follows. */
    readonly status: string;
    readonly state: DealState;
    /** What entered the accounts before the first step. */
    readonly deposits: Readonly<Record<string, Amount>>;
    readonly steps: readonly StepRecord[];
    readonly distributions: Readonly<Record<string, Distribution>>;
    /** Everything paid to others than the tranches, by payee (a role of the terms): fees, hedge payments, residual. */
    readonly payments: Readonly<Record<string, Amount>>;
    /** Named values of the terms and of `set` steps. */
    readonly results: Readonly<Record<string, RecordedValue>>;
    readonly notices: readonly Notice[];
}
