import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { addMonths, assetClassOf, formatAmount, monthOf } from '@poolproof/chaincode/domain';

import type { Amount, Cell, Day, Month } from '@poolproof/chaincode/domain';
import type { Loan, LoanMonth } from '@poolproof/gateway';
import type { DealDates, TermsDocument } from './terms';

const consumerLoan = assetClassOf('consumer-loan');
const { loanRoles, stateRoles } = consumerLoan;

/** A month of one loan, in cents. */
export interface Paid {
    readonly principal: number;
    readonly interest?: number;
    /** Zero-balance code: bought back, for one. */
    readonly status?: string;
}

/**
 * The special plan of chaincode/terms/china-special-plan.json, sized for a pool of this balance, in the currency in which the books of the
 * story are kept. It buys receivables for a year.
 */
export function planFor(name: string, poolBalance: bigint, dates: DealDates): TermsDocument {
    const folder = dirname(require.resolve('@poolproof/chaincode/package.json'));
    const ends = `${addMonths(monthOf(dates.firstPayment as Day), 11)}-15`;
    const text = readFileSync(join(folder, 'terms/china-special-plan.json'), 'utf8')
        .replaceAll('CNY', 'USD')
        .replace('dueDate >= 2027-01-26', `dueDate >= ${ends}`);
    const { $schema: _editorHint, ...template } = JSON.parse(text) as TermsDocument;
    const hundredths: Readonly<Record<string, bigint>> = { A: 80n, B: 10n, sub: 10n };
    return {
        ...template,
        name,
        dates,
        parties: { ...template.parties, originator: 'bank-a', servicer: 'bank-a', trustee: 'trust' },
        pool: { balance: formatAmount(poolBalance as Amount, 'USD', false), rate: '12%', months: 10 },
        tranches: template.tranches.map(tranche => ({
            ...tranche,
            balance: formatAmount(((poolBalance * (hundredths[tranche.id] ?? 0n)) / 100n) as Amount, 'USD', false),
        })),
    };
}

/** SYNTHETIC consumer loans of one size, in cents, numbered from a first; a tag sets them apart from those of other runs. */
export function consumerLoans(tag: string, first: number, count: number, balance: number): Loan[] {
    return Array.from({ length: count }, (_, i) => {
        const number = `${tag}-${first + i}`;
        const cells = cellsOf('loan', {
            [loanRoles.number]: number,
            originatorName: 'Synthetic lender',
            lenderLicence: 'L-001',
            contractNumber: number,
            geographicRegionObligor: ['CN31', 'CN44', 'CN11', 'CN32'][(first + i) % 4] ?? null,
            productType: (first + i) % 2 === 0 ? 'instalment' : 'revolving',
            currentInterestRate: 12_000_000,
            originalTerm: 12,
            [loanRoles.balance]: balance,
        });
        return { cells, place: { file: 'synthetic', line: first + i } };
    });
}

/** What loans did in a month, by their number; those not named paid nothing. */
export function monthOfLoans(
    period: Month,
    balances: ReadonlyMap<string, number>,
    paid: (loan: string) => Paid,
): LoanMonth[] {
    return [...balances].map(([loan, begin], i) => {
        const { principal, interest = 0, status = null } = paid(loan);
        const cells = cellsOf('state', {
            [stateRoles.number]: loan,
            [stateRoles.beginBalance]: begin,
            [stateRoles.endBalance]: begin - principal,
            [stateRoles.principal]: principal,
            [stateRoles.interest]: interest,
            [stateRoles.paid]: principal + interest,
            [stateRoles.zeroCode]: status,
        });
        return { period, cells, place: { file: 'synthetic', line: i + 1 } };
    });
}

function cellsOf(kind: 'loan' | 'state', values: Readonly<Record<string, Cell>>): Cell[] {
    return consumerLoan[kind].fields.map(({ name }) => values[name] ?? null);
}
