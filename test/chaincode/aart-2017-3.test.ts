import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { assetClassOf, parseCell } from '@poolproof/chaincode/domain';

import { bankA, consortium, issued, privately, requestId, stateChunk } from './builders';

import type { Cell } from '@poolproof/chaincode/domain';
import type { MemoryLedger } from './memory-ledger';

/**
 * The loans of Ally Auto Receivables Trust 2017-3 that the shared data holds, month by month: what the contract reports is what a
 * plain sum over the file gives.
 */
const folder = join(process.env['POOLPROOF_DATA'] ?? join(__dirname, '../../../../shared/data'), 'aart-2017-3');
const present = existsSync(folder);
if (!present) console.warn(`skipped: no loans of AART 2017-3 in ${folder} (set POOLPROOF_DATA)`);

type Row = Readonly<Record<string, string>>;

function rowsOf(file: string): Row[] {
    const [head = '', ...lines] = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/);
    const names = head.split(',');
    return lines.map(line => Object.fromEntries(line.split(',').map((value, i) => [names[i] ?? '', value])));
}

/** `05/2017` and `05-31-2017` as ISO 8601 has them. */
function isoDate(text: string): string {
    return text.replace(/^(\d\d)\/(\d{4})$/, '$2-$1').replace(/^(\d\d)-(\d\d)-(\d{4})$/, '$3-$1-$2');
}

function recordOf(kind: 'loan' | 'state', values: Row): Record<string, Cell> {
    const { fields } = assetClassOf('auto-loan')[kind];
    return Object.fromEntries(
        fields.map(field => [field.name, parseCell(field, isoDate(values[field.name] ?? ''), 'USD', field.name)]),
    );
}

/** The names of months.csv in those of the exhibit. */
function stateOf(row: Row): Record<string, Cell> {
    return recordOf('state', {
        assetNumber: row['assetNumber'] ?? '',
        reportingPeriodActualEndBalanceAmount: row['endBalance'] ?? '',
        actualPrincipalCollectedAmount: row['principal'] ?? '',
        totalActualAmountPaid: row['payment'] ?? '',
        recoveredAmount: row['recovery'] ?? '',
        repossessedProceedsAmount: row['repossessionProceeds'] ?? '',
    });
}

/** Cents of a decimal text, and nothing of an empty one. */
function cents(text: string | undefined): number {
    return text === undefined || text === '' ? 0 : Math.round(Number(text) * 100);
}

function sum(rows: readonly Row[], column: string): string {
    return String(rows.reduce((total, row) => total + cents(row[column]), 0));
}

interface Report {
    readonly facts: Readonly<Record<string, string | number>>;
    readonly exceptions: Readonly<Record<string, number>>;
}

async function report(
    ledger: MemoryLedger,
    loans: readonly Record<string, Cell>[],
    period: number,
    rows: readonly Row[],
): Promise<Report> {
    const states = Object.fromEntries(rows.map(row => [row['assetNumber'] ?? '', stateOf(row)]));
    const asked = { dealId: 'aart', period, version: 1 };
    await ledger.submit(
        bankA,
        'report:recordStates',
        { ...asked, requestId: requestId(), number: 0 },
        stateChunk(loans, states),
    );
    await ledger.submit(bankA, 'report:file', { ...asked, requestId: requestId() }, privately());
    const read = (await ledger.evaluate(bankA, 'report:read', { dealId: 'aart', period })) as { versions: Report[] };
    return read.versions[0] as Report;
}

(present ? describe : describe.skip)('43 months of 3,513 real loans', () => {
    it('are reported as the sums over the file, and the loan-months that do not roll forward are found', async () => {
        const loans = rowsOf('loans.csv').map(row => recordOf('loan', row));
        const months = new Map<string, Row[]>();
        for (const row of rowsOf('months.csv')) {
            const month = row['period'] ?? '';
            months.set(month, months.get(month) ?? []);
            months.get(month)?.push(row);
        }
        const ledger = await consortium();
        await issued(ledger, 'aart', loans);

        let [period, exceptions, before] = [
            0,
            0,
            String(loans.reduce((total, loan) => total + Number(loan['reportingPeriodActualEndBalanceAmount']), 0)),
        ];
        for (const rows of [...months.keys()].sort().map(month => months.get(month) ?? [])) {
            period += 1;
            const { facts, exceptions: counts } = await report(ledger, loans, period, rows);
            const end = sum(rows, 'endBalance');
            const found = {
                begin: facts['poolBalanceBeginning'],
                end: facts['poolBalanceEnding'],
                principal: facts['principalCollections'],
                count: facts['receivablesCount'],
                recoveries: facts['recoveries'],
            };
            expect(found).toMatchObject({
                begin: before,
                end,
                principal: sum(rows, 'principal'),
                count: rows.filter(row => cents(row['endBalance']) !== 0).length,
                recoveries: String(BigInt(sum(rows, 'recovery')) + BigInt(sum(rows, 'repossessionProceeds'))),
            });
            const conserved =
                BigInt(before) -
                BigInt(facts['principalCollections'] ?? 0) -
                BigInt(facts['chargedOffPrincipal'] ?? 0) -
                BigInt(facts['otherPrincipalAdjustment'] ?? 0);
            expect(conserved).toBe(BigInt(end));
            exceptions += Object.values(counts).reduce((a, b) => a + b, 0);
            before = end;
        }
        expect(period).toBe(43);
        expect(exceptions).toBe(exceptionsIn(loans, months));
    });
});

/** Loan-months whose end is not the end before less principal, found without the contract's code. */
function exceptionsIn(loans: readonly Record<string, Cell>[], months: ReadonlyMap<string, readonly Row[]>): number {
    const balances = new Map(
        loans.map(loan => [loan['assetNumber'], Number(loan['reportingPeriodActualEndBalanceAmount'])]),
    );
    let count = 0;
    for (const month of [...months.keys()].sort()) {
        const rows = new Map((months.get(month) ?? []).map(row => [row['assetNumber'], row]));
        for (const [number, before] of balances) {
            const row = rows.get(String(number));
            const end = cents(row?.['endBalance']);
            if (before - cents(row?.['principal']) !== end || end < 0) count += 1;
            balances.set(number, end);
        }
    }
    return count;
}
