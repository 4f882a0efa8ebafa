import { divide, plus, portion, rate, times } from '../rate';
import { Refusal } from '../refusal';

import type { Amount } from '../money';
import type { Rate } from '../rate';

/** A loan, lease or line of many like it, from its next payment on. */
export interface Loan {
    readonly balance: Amount;
    /** Yearly rate, until the first step. */
    readonly rate: Rate;
    /** Months to the last payment. */
    readonly months: number;
    /** Months between payments; 1 when absent. */
    readonly every?: number;
    readonly repayment: Repayment;
    /** Months in which only interest is paid. */
    readonly interestOnly?: number;
    /** Length of the first period as a part of a year, where it is not a regular one. */
    readonly firstPeriod?: Rate;
    /** Later yearly rates, each from the period that ends with the month numbered `from` (1 is the first). */
    readonly steps?: readonly { readonly from: number; readonly rate: Rate }[];
}

/**
 * How principal comes back. Whatever is left is due with the last payment.
 * - `level`: equal payments of interest and principal, worked out unless `payment` states them; `over` more months than the loan
 *   has, they leave a balloon.
 * - `balloon`: level payments that leave `balloon` for the last (a lease's residual value).
 * - `linear`: equal parts of principal.
 * - `bullet`: all of it with the last payment.
 */
export type Repayment =
    | { readonly kind: 'level'; readonly payment?: Amount; readonly over?: number }
    | { readonly kind: 'balloon'; readonly balloon: Amount }
    | { readonly kind: 'linear' }
    | { readonly kind: 'bullet' };

/** What is due in one month; `balance` is what is left after it. */
export interface Instalment {
    readonly interest: Amount;
    readonly principal: Amount;
    readonly balance: Amount;
}

/**
 * What a loan pays month by month, from the first month to the last (months without a payment stand as zeros). Interest and level
 * payments are rounded half-up to the minor unit, and the last payment takes what rounding left. A stated payment that does
 * not cover the interest repays nothing: unpaid interest is not added to the balance.
 * @throws Refusal REQUEST_INVALID when the months, balance or rates make no loan
 */
export function amortise(loan: Loan): Instalment[] {
    checkLoan(loan);
    const every = loan.every ?? 1;
    const instalments: Instalment[] = [];
    let balance = loan.balance;
    let due: Due = { payment: 0n as Amount, principal: 0n as Amount };
    for (let month = 1; month <= loan.months; month++) {
        if (month % every !== 0) {
            instalments.push({ interest: 0n as Amount, principal: 0n as Amount, balance });
            continue;
        }
        if (isRecast(loan, month)) due = amountDue(loan, month, balance);
        const interest = portion(balance, periodRate(loan, month), 'half-up');
        const principal = principalDue(loan, month, balance, interest, due);
        balance = (balance - principal) as Amount;
        instalments.push({ interest, principal, balance });
    }
    return instalments;
}

/**
 * The level payment that repays `balance` over `periods` periods at `perPeriod` interest each, leaving `left`; the first period
 * may earn another rate. Exact, then rounded half-up. With equal periods this is the level payment of the Standard Formulas of
 * the Bond Market Association, section B.1: balance x i / (1 - (1 + i)^-n).
 */
export function levelPayment(balance: Amount, periods: number, perPeriod: Rate, left: Amount, first: Rate): Amount {
    const start = plus(rate(1n), first);
    const { n, d } = perPeriod;
    const scale = d ** BigInt(periods);
    const growth = (d + n) ** BigInt(periods);
    if (n === 0n) return divide(balance * start.n - left * start.d, start.d * BigInt(periods), 'half-up') as Amount;
    const owed = (balance * start.n * (d + n) ** BigInt(periods - 1) * d - left * scale * start.d) * n;
    return divide(owed, start.d * d * (growth - scale), 'half-up') as Amount;
}

interface Due {
    readonly payment: Amount;
    readonly principal: Amount;
}

function principalDue(loan: Loan, month: number, balance: Amount, interest: Amount, due: Due): Amount {
    if (month > loan.months - (loan.every ?? 1)) return balance;
    if (month <= (loan.interestOnly ?? 0) || loan.repayment.kind === 'bullet') return 0n as Amount;
    const wanted = loan.repayment.kind === 'linear' ? due.principal : due.payment - interest;
    return (wanted < 0n ? 0n : wanted > balance ? balance : wanted) as Amount;
}

/** What is worked out afresh: with the first payment of principal, and wherever the rate steps. */
function isRecast(loan: Loan, month: number): boolean {
    const every = loan.every ?? 1;
    const isFirst = month > (loan.interestOnly ?? 0) && month - every <= (loan.interestOnly ?? 0);
    return isFirst || (loan.steps ?? []).some(step => step.from <= month && step.from > month - every);
}

function amountDue(loan: Loan, month: number, balance: Amount): Due {
    const every = loan.every ?? 1;
    const { repayment } = loan;
    const periods = Math.floor((loan.months - month) / every) + 1;
    const principal = divide(balance, BigInt(periods), 'half-up') as Amount;
    if (repayment.kind === 'linear' || repayment.kind === 'bullet') return { payment: 0n as Amount, principal };
    const isStated = repayment.kind === 'level' && repayment.payment !== undefined && !hasStepped(loan, month);
    if (isStated) return { payment: repayment.payment, principal };
    const longer = repayment.kind === 'level' ? Math.floor(((repayment.over ?? loan.months) - loan.months) / every) : 0;
    const left = repayment.kind === 'balloon' ? repayment.balloon : (0n as Amount);
    const regular = times(rateIn(loan, month), rate(BigInt(every), 12n));
    return { payment: levelPayment(balance, periods + longer, regular, left, periodRate(loan, month)), principal };
}

function hasStepped(loan: Loan, month: number): boolean {
    return (loan.steps ?? []).some(step => step.from <= month);
}

function rateIn(loan: Loan, month: number): Rate {
    return (loan.steps ?? []).reduce((current, step) => (step.from <= month ? step.rate : current), loan.rate);
}

function periodRate(loan: Loan, month: number): Rate {
    const every = loan.every ?? 1;
    const length = month === every && loan.firstPeriod ? loan.firstPeriod : rate(BigInt(every), 12n);
    return times(rateIn(loan, month), length);
}

function checkLoan(loan: Loan): void {
    const problem = problemOf(loan);
    if (problem) throw new Refusal('REQUEST_INVALID', { at: 'loan', problem });
}

function problemOf(loan: Loan): string | undefined {
    const { repayment, months, every = 1 } = loan;
    if (loan.balance < 0n) return 'its balance is negative';
    if (!Number.isInteger(months) || months < 1 || months > 1200) return 'its months are not between 1 and 1200';
    if (every < 1 || months % every !== 0) return 'its months are not a whole number of periods';
    if (repayment.kind === 'level' && (repayment.over ?? months) < months)
        return 'it is repaid over fewer months than it has';
    const rates = [loan.rate, ...(loan.steps ?? []).map(step => step.rate)];
    return rates.some(({ n }) => n < 0n) ? 'a rate is negative' : undefined;
}
