import type { BusinessCalendar, BusinessDayConvention } from '../calendar/business-day';
import type { DayCount } from '../calendar/day-count';
import type { PaymentCalendar } from '../calendar/schedule';
import type { Amount, Currency } from '../money';
import type { Day } from '../day';
import type { Rate } from '../rate';
import type { Unit } from './facts';

/** Text of the formula language, `round(poolBalanceBeginning * 1% / 12, half-up)`. */
export type Formula = string;

/** The terms of a deal as read from its JSON document. Every id is unique in the whole document: formulas name things by it. */
export interface Terms {
    readonly name: string;
    /** What a reader should know: where the terms come from, what is assumed. */
    readonly about?: string;
    readonly asset: string;
    readonly currency: Currency;
    /** Who plays which role: `{ "servicer": "bank-a" }`. Payees of fees and of residual cash are roles. */
    readonly parties: Readonly<Record<string, string>>;
    readonly dates: DealDates;
    readonly calendar: CalendarTerms;
    readonly pool: PoolTerms;
    /** Deal-specific facts the servicer's report must state besides the standard ones. */
    readonly facts?: Readonly<Record<string, ExtraFact>>;
    readonly indices?: readonly string[];
    readonly accounts: readonly Account[];
    readonly fees?: readonly Fee[];
    readonly tranches: readonly Tranche[];
    /** Names for several tranches at once: `{ "A": ["A-1", "A-2"] }`. */
    readonly groups?: Readonly<Record<string, readonly string[]>>;
    readonly ledgers?: readonly Ledger[];
    readonly hedges?: readonly Hedge[];
    readonly schedules?: readonly Schedule[];
    /** Formulas computed once a run, before the first step, whatever their order here. */
    readonly values?: readonly Value[];
    readonly triggers?: readonly Trigger[];
    readonly statuses: readonly Status[];
    /** Cash that enters the accounts before the first step. */
    readonly deposits: readonly Deposit[];
    /** Absent: the notes are never called. */
    readonly call?: Call;
    /** One list of steps a status. */
    readonly waterfalls: Readonly<Record<string, readonly Step[]>>;
    /** The lines of the deal's own certificate. */
    readonly certificate?: readonly CertificateLine[];
}

/** The days the life of a deal turns on. */
export interface DealDates {
    readonly cutoff: Day;
    readonly closing: Day;
    /** The first payment date as scheduled, before business-day adjustment. */
    readonly firstPayment: Day;
    readonly legalFinal: Day;
}

/** When the deal pays; the first and last payment stand in `dates`. */
export interface CalendarTerms {
    readonly monthsPerPeriod: PaymentCalendar['monthsPerPeriod'];
    /** Payments on the last day of the month, whatever its length. */
    readonly endOfMonth?: boolean;
    readonly convention: BusinessDayConvention;
    /** Places that must be open on a payment date; none means that only weekends are closed. */
    readonly calendars?: readonly BusinessCalendar[];
}

/** The pool at the cut-off date, as the static check's stress grid starts from it; a run never reads it. */
export interface PoolTerms {
    readonly balance: Amount;
    /** Average yearly rate and remaining term of the receivables; 8% and 48 months, or what the deal's life allows, when absent. */
    readonly rate?: Rate;
    readonly months?: number;
}

/** A fact of this deal alone. */
export interface ExtraFact {
    readonly unit: Unit;
    readonly meaning: string;
}

/** Cash held for the deal. The first account of the list receives deposits and pays steps that name none. */
export interface Account {
    readonly id: string;
    /** Deposited at closing. */
    readonly opening?: Amount;
    /** What the account should hold; `fund` fills it up to this. */
    readonly target?: Formula;
}

/** Something due every period to a party of the deal. */
export interface Fee {
    readonly id: string;
    /** The role it is paid to. */
    readonly to: string;
    /** What is earned this period. */
    readonly amount: Formula;
    /**
     * The most that may be paid at the fee's capped rank; `pay-fee` with `beyondCap` pays the rest. `year` is the calendar year of the
     * payment date, `deal-year` runs from one anniversary of the closing to the next.
     */
    readonly cap?: { readonly amount: Formula; readonly per: 'period' | 'year' | 'deal-year' | 'life' };
    /** What happens to what is not paid: carried forward, or lost. Default carried. */
    readonly unpaid?: 'carried' | 'lost';
    /** Yearly rate at which a carried amount grows, actual/365. */
    readonly interestOnUnpaid?: Rate;
}

/** A class of securities. */
export interface Tranche {
    readonly id: string;
    readonly name?: string;
    /** Original balance; zero for a pure residual. */
    readonly balance: Amount;
    /** 1 is the most senior. Equal ranks share pro rata. */
    readonly rank: number;
    readonly coupon?: Coupon;
    /** The balance interest accrues on, when it is not the tranche's own (an interest-only strip). */
    readonly notional?: Formula;
    /** What interest that was due and not paid earns: nothing, or the coupon. Default the coupon. */
    readonly interestOnShortfall?: 'none' | 'coupon';
    /** Unpaid interest is added to the balance (an accretion or Z tranche) instead of being a shortfall. */
    readonly accretes?: boolean;
    /** The schedule of target balances of a planned-amortisation class. */
    readonly plan?: string;
    readonly final?: Day;
}

/** How interest is computed: exactly one of `fixed`, `index` and `formula`. Rates are yearly. */
export interface Coupon {
    readonly dayCount: DayCount;
    /** Whether interest periods end on the day paid (`adjusted`) or on the document's date. Default unadjusted. */
    readonly accrual?: PaymentCalendar['accrual'];
    readonly fixed?: Rate;
    readonly index?: string;
    readonly margin?: Rate;
    readonly cap?: Rate;
    readonly floor?: Rate;
    /** A formula for the yearly rate, for coupons such as available-funds caps. */
    readonly formula?: Formula;
    /** Later fixed rates or margins, by the first day of the accrual period they apply to. */
    readonly steps?: readonly { readonly from: Day; readonly rate: Rate }[];
}

/** A running balance that is not cash: principal deficiency, cumulative loss, deferred purchase price. */
export interface Ledger {
    readonly id: string;
    readonly opening?: Amount;
}

/** Paid (or received, when negative) on `settle-hedge`: notional x (pay - receive) x accrual. */
export interface Hedge {
    readonly id: string;
    readonly kind: 'swap' | 'cap';
    readonly counterparty: string;
    readonly notional: Formula;
    /** The fixed rate of a swap, the strike of a cap. */
    readonly fixed: Rate;
    readonly index: string;
    readonly margin?: Rate;
    readonly dayCount: DayCount;
    readonly indexDayCount?: DayCount;
}

/** A table over payment dates; `schedule(id)` reads the last row at or before the scheduled payment date. */
export interface Schedule {
    readonly id: string;
    readonly unit: 'money' | 'rate' | 'count';
    readonly rows: readonly { readonly from: Day; readonly value: string }[];
}

/** A formula with a name. */
export interface Value {
    readonly id: string;
    readonly formula: Formula;
    /** Needed only where the formula looks back at its own earlier values, as a running total does. */
    readonly unit?: Unit;
    /** How many past values `prior` and `average` can reach. */
    readonly remember?: number;
    readonly meaning?: string;
}

/** A condition with consequences. */
export interface Trigger {
    readonly id: string;
    readonly when: Formula;
    /** The condition must hold this long without interruption. */
    readonly lasting?: { readonly days?: number; readonly periods?: number };
    /** Absent: once tripped, for ever. `status` is the one the deal takes when the trigger is cured. */
    readonly cure?: { readonly periods: number; readonly status?: string };
    readonly status?: string;
    readonly notify?: readonly string[];
    /** Checked before the waterfall, after it, or only by a `test` step. Default before. */
    readonly tested?: 'before' | 'after' | 'step';
}

/** A stage of the deal; the first of the list is the one it opens in. */
export interface Status {
    readonly id: string;
    readonly meaning?: string;
    /** No waterfall runs in a final status. */
    readonly final?: boolean;
    /** Principal collected buys receivables while the deal is in this status. */
    readonly revolving?: boolean;
}

/** Cash that enters an account (the first when none is named) before the first step; its id is its amount. */
export interface Deposit {
    readonly id: string;
    readonly into?: string;
    readonly amount: Formula;
}

/** The clean-up call: whoever may call the notes pays for what is left of the pool, once little enough of it is left. */
export interface Call {
    /** What is paid for the pool; nothing where the notes are not called. A deposit brings it into an account. */
    readonly price: Formula;
    /** The condition on which it may be paid: `poolBalanceEnding <= 10% * 46211000.00 USD`. */
    readonly when: Formula;
}

interface StepBase {
    /** Unique; formulas of later steps and of the certificate read `id.due`, `id.paid` and `id.short`. */
    readonly id: string;
    readonly label?: string;
}

interface Paying extends StepBase {
    /** The account that pays; the first account when absent. */
    readonly from?: string;
    /** Accounts drawn in this order when `from` does not suffice. */
    readonly support?: readonly string[];
    readonly limit?: Formula;
    /** What a shortfall does besides being recorded: book it to a ledger, or change the deal's status. */
    readonly shortfall?: { readonly ledger?: string; readonly status?: string };
}

/** Pay a fee up to its cap, or what exceeds it. */
export interface PayFee extends Paying {
    readonly do: 'pay-fee';
    readonly fee: string;
    readonly beyondCap?: boolean;
}

/** Interest of the tranches named, pro rata to what is due: this period's, carried shortfall and interest on it. */
export interface PayInterest extends Paying {
    readonly do: 'pay-interest';
    readonly tranches: readonly string[];
}

/** Repay tranches, never more than their balances. */
export interface PayPrincipal extends Paying {
    readonly do: 'pay-principal';
    readonly tranches: readonly string[];
    /** `rank`: by rank, pro rata within it. `target`: planned classes to their plans, companions, planned classes beyond plan. */
    readonly split: 'sequential' | 'pro-rata' | 'rank' | 'target';
    /** Absent: all that is available, up to the balances (turbo). */
    readonly amount?: Formula;
}

/** To a role, or to tranches that have no balance of their own (residual): all that is available when no amount is given. */
export interface Pay extends Paying {
    readonly do: 'pay';
    readonly to: string;
    readonly amount?: Formula;
}

/** Fill an account up to its target. */
export interface Fund extends Paying {
    readonly do: 'fund';
    readonly account: string;
    readonly amount?: Formula;
}

/** Take from an account into the first account. */
export interface Draw extends StepBase {
    readonly do: 'draw';
    readonly account: string;
    readonly into?: string;
    readonly amount: Formula;
    readonly limit?: Formula;
}

/** Move cash between accounts; all there is when no amount is given. */
export interface Transfer extends Paying {
    readonly do: 'transfer';
    readonly to: string;
    readonly amount?: Formula;
}

/** Change a ledger by a signed amount; it never falls below zero. */
export interface Book extends StepBase {
    readonly do: 'book';
    readonly ledger: string;
    readonly amount: Formula;
}

/** Pay the counterparty of a hedge what is owed; what it owes was deposited before the first step. */
export interface SettleHedge extends Paying {
    readonly do: 'settle-hedge';
    readonly hedge: string;
}

/** Reduce balances by a loss, or reinstate what was written down: each in the order in which the tranches are named. */
export interface WriteDown extends StepBase {
    readonly do: 'write-down' | 'reinstate';
    readonly tranches: readonly string[];
    readonly amount: Formula;
}

/** Give a result a name at this point of the run. */
export interface SetValue extends StepBase {
    readonly do: 'set';
    readonly formula: Formula;
}

/** Test a trigger here. */
export interface Test extends StepBase {
    readonly do: 'test';
    readonly trigger: string;
}

/** Change the status; this run goes on, the next one takes the waterfall of the new status. */
export interface ChangeStatus extends StepBase {
    readonly do: 'change-status';
    readonly status: string;
}

/** Steps on a condition. */
export interface If extends StepBase {
    readonly do: 'if';
    readonly when: Formula;
    readonly then: readonly Step[];
    readonly else?: readonly Step[];
}

/** One step of a waterfall. */
export type Step =
    | Book
    | ChangeStatus
    | Draw
    | Fund
    | If
    | Pay
    | PayFee
    | PayInterest
    | PayPrincipal
    | SetValue
    | SettleHedge
    | Test
    | Transfer
    | WriteDown;

/** A numbered line of the deal's own certificate. */
export interface CertificateLine {
    readonly line: string;
    readonly label: string;
    /** One formula a column, over everything known at the end of the run. */
    readonly columns: readonly Formula[];
    /** Decimals of a rate, 7 (a factor) when absent. */
    readonly decimals?: number;
    /** A rate is printed times one hundred. */
    readonly percent?: boolean;
    /** Payment dates on which the line is printed. */
    readonly from?: Day;
    readonly until?: Day;
}
