import { Command } from 'commander';

import { atDesk } from './desk';
import { list, whole } from './words';
import { printed } from './receipt';
import { readLoanMonths } from '../importer/loan-month';

import type { Connection } from '../connection';
import type { LoanMonth } from '../importer/loan-month';
import type { ReportId } from '../report';

export function reportCommand(): Command {
    const report = new Command('report').description('monthly loan states, and the reports computed from them');
    versioned(report, 'record <deal> <period> <file>')
        .description('servicer: record what the loans of a CSV file or EX-102 exhibit did in a period')
        .requiredOption('--month <month>', 'the month of the file that is meant, as 2017-06')
        .option('--columns <pairs>', 'columns named otherwise than in Schedule AL: field=column, separated by commas')
        .action(
            atDesk((connection, [dealId = '', period, file = ''], { version, month = '', columns }) => {
                const id = { dealId, period: whole(period, 'period'), version: whole(version, '--version') };
                return record(connection, id, file, month, columns);
            }),
        );
    versioned(report, 'file <deal> <period>')
        .description('servicer: file the report of a period, or with a reason its restatement')
        .option('--reason <text>', 'why it is restated')
        .action(
            atDesk(({ reports }, [dealId = '', period], { version, reason }) => {
                const id = { dealId, period: whole(period, 'period'), version: whole(version, '--version') };
                return printed(reports.file({ ...id, ...(reason === undefined ? {} : { reason }) }));
            }),
        );
    versioned(report, 'confirm <deal> <period>')
        .description('trustee: confirm a report')
        .action(
            atDesk(({ reports }, [dealId = '', period], { version }) =>
                printed(
                    reports.confirm({ dealId, period: whole(period, 'period'), version: whole(version, '--version') }),
                ),
            ),
        );
    versioned(report, 'dispute <deal> <period> <reason>')
        .description('trustee: dispute a report')
        .action(
            atDesk(({ reports }, [dealId = '', period, reason = ''], { version }) => {
                const id = { dealId, period: whole(period, 'period'), version: whole(version, '--version') };
                return printed(reports.dispute({ ...id, reason }));
            }),
        );
    report
        .command('read <deal> <period>')
        .description('a period and all reports on it')
        .action(atDesk(({ reports }, [dealId = '', period]) => reports.read(dealId, whole(period, 'period'))));
    report
        .command('list <deal>')
        .description('all periods of a deal')
        .action(atDesk(({ reports }, [dealId = '']) => reports.list(dealId)));
    return report;
}

function versioned(report: Command, name: string): Command {
    return report.command(name).option('--version <number>', 'version of the report', '1');
}

async function record({ deals, reports }: Connection, id: ReportId, file: string, month: string, columns?: string) {
    const { currency } = await deals.read(id.dealId);
    const named = Object.fromEntries(list(columns).map(pair => pair.split('=') as [string, string]));
    const months: LoanMonth[] = [];
    for await (const each of readLoanMonths(file, await deals.assetClass(id.dealId), currency, named))
        if (each.period === month) months.push(each);
    if (months.length === 0) throw new TypeError(`${file}: nothing about ${month}`);
    const receipts = await reports.recordAll(id, months);
    return { ...id, loans: months.length, chunks: receipts.length };
}
