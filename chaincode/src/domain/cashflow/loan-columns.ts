import { divide, rate } from '../rate';
import { levelPayment } from './amortise';

import type { Amount } from '../money';
import type { Rate } from '../rate';
import type { PoolLine } from './line-flows';

/**
 * Up to 65,536 loans by the column. Amounts and rates are whole numbers held in 64-bit floats, where sums, products and
 * floored quotients of whole numbers are exact as long as they stay below 2^53: `fits` sees to that.
 */
export interface LoanColumns {
    readonly count: number;
    /** Minor units. */
    readonly balance: Float64Array;
    /** What a level loan pays, or the principal a linear one repays (0 for a bullet), minor units. */
    readonly payment: Float64Array;
    /** Yearly rate in units of 10^-8. */
    readonly rate: Float64Array;
    readonly months: Uint16Array;
    readonly interestOnly: Uint16Array;
    readonly age: Uint16Array;
    readonly isLevel: Uint8Array;
}

/** Loans in columns, and the lines that columns cannot hold exactly (very large, odd periods, steps), as they were. */
export interface LoanTable {
    readonly chunks: readonly LoanColumns[];
    readonly others: readonly PoolLine[];
    /** Sum of all balances. */
    readonly balance: Amount;
}

const chunkSize = 65_536;
const rateUnit = 100_000_000n;
const largestBalance = 2 ** 33;

/** Puts loans into columns. Level payments that are not stated are worked out as `amortise` does, once for each rate and term. */
export function loanTable(lines: Iterable<PoolLine>): LoanTable {
    const chunks: LoanColumns[] = [];
    const others: PoolLine[] = [];
    const known = new Map<string, Annuity>();
    let chunk = emptyChunk();
    let balance = 0n;
    for (const line of lines) {
        balance += line.loan.balance;
        const payment = hasRegularForm(line) ? Number(paymentOf(line, known)) : 0;
        if (!hasRegularForm(line) || !fits(line, payment)) {
            others.push(line);
            continue;
        }
        put(chunk, line, payment);
        if (chunk.count < chunkSize) continue;
        chunks.push(chunk);
        chunk = emptyChunk();
    }
    if (chunk.count > 0) chunks.push(chunk);
    return { chunks, others, balance: balance as Amount };
}

function emptyChunk(): Mutable<LoanColumns> {
    return {
        count: 0,
        balance: new Float64Array(chunkSize),
        payment: new Float64Array(chunkSize),
        rate: new Float64Array(chunkSize),
        months: new Uint16Array(chunkSize),
        interestOnly: new Uint16Array(chunkSize),
        age: new Uint16Array(chunkSize),
        isLevel: new Uint8Array(chunkSize),
    };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function put(chunk: Mutable<LoanColumns>, { loan, age }: PoolLine, payment: number): void {
    const i = chunk.count++;
    chunk.balance[i] = Number(loan.balance);
    chunk.payment[i] = payment;
    chunk.rate[i] = Number((loan.rate.n * rateUnit) / loan.rate.d);
    chunk.months[i] = loan.months;
    chunk.interestOnly[i] = loan.interestOnly ?? 0;
    chunk.age[i] = age;
    chunk.isLevel[i] = loan.repayment.kind === 'level' || loan.repayment.kind === 'balloon' ? 1 : 0;
}

function hasRegularForm({ loan, age, count }: PoolLine): boolean {
    const isRegular = (loan.every ?? 1) === 1 && !loan.firstPeriod && (loan.steps ?? []).length === 0;
    const isPlain = count === 1 && loan.months >= 1 && loan.months <= 1200 && age >= 0 && age <= 1200;
    return isRegular && isPlain && loan.rate.n >= 0n && (loan.rate.n * rateUnit) % loan.rate.d === 0n;
}

/** The largest products of a projection are balance x 10^6 (monthly rates) and 2 x balance x payment (shares of the schedule). */
function fits({ loan }: PoolLine, payment: number): boolean {
    const balance = Number(loan.balance);
    if (balance < 0 || balance > largestBalance || payment > largestBalance || loan.rate.n > loan.rate.d) return false;
    const interest = Math.ceil((balance * Number(loan.rate.n)) / Number(loan.rate.d) / 12) + 1;
    return 2 * balance * Math.max(payment, interest) + balance < Number.MAX_SAFE_INTEGER;
}

/** A level payment is `balance` x `n` / `d`. */
interface Annuity {
    readonly n: bigint;
    readonly d: bigint;
}

function paymentOf({ loan }: PoolLine, known: Map<string, Annuity>): bigint {
    const { repayment } = loan;
    const periods = loan.months - (loan.interestOnly ?? 0);
    if (repayment.kind === 'bullet' || periods < 1) return 0n;
    if (repayment.kind === 'linear') return divide(loan.balance, BigInt(periods), 'half-up');
    if (repayment.kind === 'balloon') {
        const monthly = rate(loan.rate.n, loan.rate.d * 12n);
        return levelPayment(loan.balance, periods, monthly, repayment.balloon, monthly);
    }
    if (repayment.payment !== undefined) return repayment.payment;
    const { n, d } = annuity(loan.rate, periods + (repayment.over ?? loan.months) - loan.months, known);
    return divide(loan.balance * n, d, 'half-up');
}

/** i (1 + i)^n / ((1 + i)^n - 1), not reduced: the powers have thousands of digits, and only their quotient is wanted. */
function annuity(yearly: Rate, periods: number, known: Map<string, Annuity>): Annuity {
    const key = `${yearly.n}/${yearly.d}/${periods}`;
    const found = known.get(key);
    if (found) return found;
    const { n, d } = rate(yearly.n, yearly.d * 12n);
    const growth = (d + n) ** BigInt(periods);
    const made = n === 0n ? { n: 1n, d: BigInt(periods) } : { n: n * growth, d: d * (growth - d ** BigInt(periods)) };
    known.set(key, made);
    return made;
}
