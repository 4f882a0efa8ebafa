import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
    addColumns,
    addLine,
    hazardsOf,
    loanTable,
    noFlows,
    parseAmount,
    parseRate,
} from '@poolproof/chaincode/domain';

import { usual } from './deal';

import type { PoolLine } from '@poolproof/chaincode/domain';

/** Ally Auto Receivables Trust 2017-3, loans as filed on Schedule AL for May 2017; not part of the project. */
const file = join(process.env['POOLPROOF_DATA'] ?? join(__dirname, '../../../../shared/data'), 'aart-2017-3/loans.csv');
const present = existsSync(file);
if (!present) console.warn(`skipped: no loans of AART 2017-3 at ${file} (set POOLPROOF_DATA)`);

function filedLoans(): PoolLine[] {
    const [header = '', ...rows] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
    const names = header.split(',');
    return rows.flatMap(row => {
        const cells = row.split(',');
        const cell = (name: string) => cells[names.indexOf(name)] ?? '';
        const balance = parseAmount(cell('reportingPeriodActualEndBalanceAmount'));
        const months = Number(cell('remainingTermToMaturityNumber'));
        if (balance === 0n || months < 1) return [];
        const payment = parseAmount(cell('reportingPeriodScheduledPaymentAmount'));
        const loan = {
            balance,
            months,
            rate: parseRate(cell('reportingPeriodInterestRatePercentage')),
            repayment: { kind: 'level', payment },
        } as const;
        return [{ loan, age: Math.max(Number(cell('originalLoanTerm')) - months, 0), count: 1 }];
    });
}

(present ? describe : describe.skip)('Loans as filed', () => {
    it('fit columns, every one, and project there as they do in bigints', () => {
        const loans = filedLoans();
        expect(loans.length).toBeGreaterThan(3000);
        const hazards = hazardsOf(usual());
        const [byLine, byColumn] = [noFlows(80), noFlows(80)];
        loans.forEach(loan => addLine(byLine, loan, hazards));
        const { chunks, others } = loanTable(loans);
        chunks.forEach(chunk => addColumns(byColumn, chunk, hazards));
        expect(others).toEqual([]);
        expect(byColumn).toEqual(byLine);
    });
});
