import type { Amount } from '../money';
import type { Day } from '../day';
import type { DealState } from './state';

/** A value as a formula sees it, in canonical form: money and counts bigint, a rate `n/d`, a day `2017-05-15`. */
export type RecordedValue = bigint | string | boolean;

/**
 * One step of a run. The step's label and formula stand in the terms under the same id, so the record on the chain holds
 * only what the terms cannot tell; `explain` joins the two.
 */
export interface StepRecord {
    readonly id: string;
    /** What the step was to pay, after its limit. */
    readonly due: Amount;
    /** What it paid, support included. */
    readonly paid: Amount;
    /** The paying account before and after the step. */
    readonly before: Amount;
    readonly after: Amount;
    /** Values of the names in the step's formula (amount, limit, condition), in the order they first appear. */
    readonly inputs?: readonly RecordedValue[];
    /** What each supporting account contributed. */
    readonly support?: Readonly<Record<string, Amount>>;
    /** What each tranche received, where a step pays several. */
    readonly parts?: Readonly<Record<string, Amount>>;
}

/** What one tranche receives on a payment date, and where it stands. */
export interface Distribution {
    readonly interest: Amount;
    readonly principal: Amount;
    readonly balanceBeginning: Amount;
    readonly balanceEnding: Amount;
    /** Balance over original balance, 7 decimals, half-up: `0.8324525`. */
    readonly factor: string;
    /** Interest due and not paid, carried forward. */
    readonly interestShortfall: Amount;
    /** Principal written down (positive) or reinstated (negative) on this date. */
    readonly writtenDown: Amount;
}

/** A trigger that tripped or was cured, and the roles the terms say must be told. */
export interface Notice {
    readonly trigger: string;
    readonly happened: 'tripped' | 'cured';
    readonly notify: readonly string[];
}

export interface WaterfallRun {
    readonly paymentDate: Day;
    /** The status whose waterfall ran; `state.status` is the one that follows. */
    readonly status: string;
    readonly state: DealState;
    readonly steps: readonly StepRecord[];
    readonly distributions: Readonly<Record<string, Distribution>>;
    /** Everything paid to others than the tranches, by payee (a role of the terms): fees, hedge payments, residual. */
    readonly payments: Readonly<Record<string, Amount>>;
    /** Named values of the terms and of `set` steps. */
    readonly results: Readonly<Record<string, RecordedValue>>;
    readonly notices: readonly Notice[];
}
