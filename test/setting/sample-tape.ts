import { Random } from './random';

/** A made-up tape: the text of its two CSV files, in the columns of SEC Schedule AL. */
export interface SampleTape {
    readonly loans: string;
    readonly months: string;
}

interface Loan {
    readonly assetNumber: string;
    readonly terms: Readonly<Record<string, string>>;
    /** Cents. */
    balance: number;
    readonly payment: number;
    readonly monthlyRate: number;
    missed: number;
}

const makes = ['ASTER', 'BIRCH', 'CEDAR', 'DAHLIA'] as const;
const states = ['CA', 'FL', 'GA', 'IL', 'MI', 'NC', 'NY', 'OH', 'TX', 'WA'] as const;
const cutOff = { year: 2017, month: 5 };

/**
 * Makes up a tape of car loans and what happened to each in the months after: most pay, some pay ahead or pay off, a few fall behind
 * and are charged off. The same seed always gives the same bytes. None of it is real.
 */
export function sampleTape(seed: number, count: number, months: number): SampleTape {
    const random = new Random(seed);
    const loans = Array.from({ length: count }, (_, i) => newLoan(i, random));
    const header = ['assetNumber', ...Object.keys(loans[0]?.terms ?? {})];
    const lines = loans.map(loan => [loan.assetNumber, ...Object.values(loan.terms)]);
    const happened = Array.from({ length: months }, (_, i) =>
        loans.flatMap(loan => (loan.balance > 0 ? [monthOf(loan, monthAfter(i + 1), random)] : [])),
    );
    return {
        loans: csv([header, ...lines]),
        months: csv([
            ['assetNumber', 'period', 'endBalance', 'principal', 'payment', 'recovery', 'repossessionProceeds'],
            ...happened.flat(),
        ]),
    };
}

function newLoan(i: number, random: Random): Loan {
    const term = 73 + Math.floor(random.fraction() * 5);
    const age = 2 + Math.floor(random.fraction() * 16);
    const monthlyRate = Math.round((0.02 + random.fraction() * 0.1) * 10_000) / 10_000 / 12;
    const original = Math.round((9_000 + random.fraction() * random.fraction() * 45_000) * 100);
    const payment = Math.ceil((original * monthlyRate) / (1 - (1 + monthlyRate) ** -term));
    let balance = original;
    let before = original;
    for (let month = 0; month < age; month++) {
        before = balance;
        balance -= payment - Math.round(balance * monthlyRate);
    }
    const assetNumber = String(90_000_001 + i);
    const terms = termsOf({ term, age, monthlyRate, original, payment, balance, before }, random);
    return { assetNumber, terms, balance, payment, monthlyRate, missed: 0 };
}

interface Figures {
    readonly term: number;
    readonly age: number;
    readonly monthlyRate: number;
    readonly original: number;
    readonly payment: number;
    readonly balance: number;
    readonly before: number;
}

function termsOf(figures: Figures, random: Random): Record<string, string> {
    const { term, age, monthlyRate, original, payment, balance, before } = figures;
    const rate = (monthlyRate * 12).toFixed(4);
    return {
        reportingPeriodBeginningDate: '05-01-2017',
        reportingPeriodEndingDate: '05-31-2017',
        originatorName: 'Synthetic Bank (made-up data)',
        originationDate: monthText(monthAfter(-age - 1)),
        originalLoanAmount: dollars(original),
        originalLoanTerm: String(term),
        loanMaturityDate: monthText(monthAfter(term - age)),
        originalInterestRatePercentage: rate,
        originalFirstPaymentDate: monthText(monthAfter(1 - age)),
        vehicleManufacturerName: random.of(makes),
        vehicleModelName: `MODEL ${1 + Math.floor(random.fraction() * 9)}`,
        vehicleNewUsedCode: random.fraction() < 0.4 ? '1' : '2',
        vehicleModelYear: String(2013 + Math.floor(random.fraction() * 4)),
        vehicleTypeCode: String(1 + Math.floor(random.fraction() * 3)),
        vehicleValueAmount: dollars(Math.round((original * (0.8 + random.fraction() * 0.4)) / 100) * 100),
        obligorCreditScore: String(560 + Math.floor(random.fraction() * 280)),
        paymentToIncomePercentage: (0.03 + random.fraction() * 0.1).toFixed(4),
        obligorGeographicLocation: random.of(states),
        remainingTermToMaturityNumber: String(term - age),
        reportingPeriodBeginningLoanBalanceAmount: dollars(before),
        reportingPeriodInterestRatePercentage: rate,
        servicingFeePercentage: '0.01',
        reportingPeriodActualEndBalanceAmount: dollars(balance),
        reportingPeriodScheduledPaymentAmount: dollars(payment),
        totalActualAmountPaid: dollars(payment),
        actualPrincipalCollectedAmount: dollars(before - balance),
        currentDelinquencyStatus: '0',
    };
}

/** One month of one loan, as the months file has it. A loan charged off ends at zero without principal, as in the filings. */
function monthOf(loan: Loan, month: YearMonth, random: Random): string[] {
    const { principal, payment, proceeds } = happening(loan, random.fraction());
    loan.balance = loan.missed > most ? 0 : loan.balance - principal;
    const period = `${month.year}-${String(month.month).padStart(2, '0')}`;
    return [
        loan.assetNumber,
        period,
        dollars(loan.balance),
        dollars(principal),
        dollars(payment),
        '',
        dollars(proceeds),
    ];
}

/** Payments missed one after the other before a loan is charged off. */
const most = 3;

function happening(loan: Loan, chance: number): { principal: number; payment: number; proceeds: number } {
    const interest = Math.round(loan.balance * loan.monthlyRate);
    if (loan.missed === most || chance < 0.04 || (loan.missed > 0 && chance < 0.75)) {
        loan.missed++;
        const proceeds = loan.missed > most ? Math.round(loan.balance * 0.35) : 0;
        return { principal: 0, payment: 0, proceeds };
    }
    loan.missed = 0;
    if (chance > 0.988) return { principal: loan.balance, payment: loan.balance + interest, proceeds: 0 };
    const extra = chance > 0.9 ? Math.round(loan.payment * (chance - 0.9) * 10) : 0;
    const principal = Math.min(loan.balance, loan.payment - interest + extra);
    return { principal, payment: principal + interest, proceeds: 0 };
}

interface YearMonth {
    readonly year: number;
    readonly month: number;
}

function monthAfter(count: number): YearMonth {
    const index = cutOff.year * 12 + cutOff.month - 1 + count;
    return { year: Math.floor(index / 12), month: (index % 12) + 1 };
}

function monthText({ year, month }: YearMonth): string {
    return `${String(month).padStart(2, '0')}/${year}`;
}

function dollars(cents: number): string {
    return (cents / 100).toFixed(2);
}

function csv(lines: readonly (readonly string[])[]): string {
    return lines.map(line => `${line.join(',')}\n`).join('');
}
