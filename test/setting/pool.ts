import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { assetClassOf } from '@poolproof/chaincode/domain';
import { readLoanMonths, readLoans, withFields } from '@poolproof/gateway';

import type { Loan, LoanMonth } from '@poolproof/gateway';

const root = resolve(__dirname, '../../..');

/** Public filings, where they are at hand: see the README of that folder. */
export const dataFolder = process.env['POOLPROOF_DATA'] ?? resolve(root, '../shared/data');

/** The two files of a pool, and what they are. */
export interface PoolFiles {
    readonly synthetic: boolean;
    readonly title: string;
    readonly loans: string;
    readonly months: string;
}

/** Columns of a months file that are not named as SEC Schedule AL names them. */
export const monthColumns: Readonly<Record<string, string>> = {
    reportingPeriodActualEndBalanceAmount: 'endBalance',
    actualPrincipalCollectedAmount: 'principal',
    totalActualAmountPaid: 'payment',
    recoveredAmount: 'recovery',
    repossessedProceedsAmount: 'repossessionProceeds',
};

export const monthMapping = withFields(undefined, monthColumns);

export const sample: PoolFiles = {
    synthetic: true,
    title: 'a SYNTHETIC sample: made-up loans, in test/setting/sample',
    loans: join(root, 'test/setting/sample/synthetic-loans.csv'),
    months: join(root, 'test/setting/sample/synthetic-months.csv'),
};

/** The real pool where the filings are at hand. */
export const filed: PoolFiles | undefined = existsSync(join(dataFolder, 'aart-2017-3/loans.csv'))
    ? {
          synthetic: false,
          title: 'Ally Auto Receivables Trust 2017-3, loans as filed with the SEC (a subset of the pool)',
          loans: join(dataFolder, 'aart-2017-3/loans.csv'),
          months: join(dataFolder, 'aart-2017-3/months.csv'),
      }
    : undefined;

export async function loadLoans(files: PoolFiles): Promise<Loan[]> {
    const loans: Loan[] = [];
    for await (const loan of readLoans(files.loans, assetClassOf('auto-loan'), 'USD')) loans.push(loan);
    return loans;
}

/** What the loans did, month by month, up to a last month. */
export async function loadMonths(files: PoolFiles, last: string): Promise<Map<string, LoanMonth[]>> {
    const months = new Map<string, LoanMonth[]>();
    for await (const month of readLoanMonths(files.months, assetClassOf('auto-loan'), 'USD', monthMapping)) {
        if (month.period > last) continue;
        const others = months.get(month.period);
        if (others) others.push(month);
        else months.set(month.period, [month]);
    }
    return months;
}

/** Pool balance at the cut-off date, in cents. */
export function balanceOf(loans: readonly Loan[]): bigint {
    const { loan, loanRoles } = assetClassOf('auto-loan');
    const index = loan.fields.findIndex(field => field.name === loanRoles.balance);
    return loans.reduce((sum, { cells }) => sum + BigInt(Number(cells[index])), 0n);
}
