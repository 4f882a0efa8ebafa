import { assetClassOf, standardFacts } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk, atDeskInParts, withPurpose } from './desk';
import { checkQuality } from '../quality/check';
import { example } from './example';
import { exceptionsOf } from '../exception';
import { exportMonth } from '../export';
import { found } from './found';
import { mappingFrom, withFileOptions } from './file-option';
import { listOfDeal, ofDeal } from './money';
import { Overview, overview } from './overview';
import { printQuality, tellQuality } from './quality';
import { printed } from './receipt';
import { readingProgress, recordingProgress } from './progress';
import { recordMonth } from '../recording';
import { selectionOf, withSelection } from './selection';
import { TapeSecret } from '../tape-secret';
import { pair, whole } from './words';
import { writeLines } from './lines';

import type { Act } from './desk';
import type { Connection } from '../connection';
import type { Currency, Period, StandardFact } from '@poolproof/chaincode/domain';
import type { FileOptions } from './file-option';
import type { LoanException } from '../exception';
import type { ReportId } from '../report';

interface RecordOptions extends FileOptions {
    readonly month: string;
    readonly secret?: string;
}

/** Figures by their names, as the servicer has them. */
type Stated = Readonly<Record<string, string>>;

interface CheckOptions extends FileOptions {
    readonly assetClass: string;
    readonly currency: Currency;
    readonly month?: string;
    readonly json?: boolean;
}

export function reportCommand(): Command {
    const report = new Command('report').description('monthly loan states, and the reports computed from them');
    report.addCommand(recordCommand());
    report.addCommand(checkCommand());
    versioned(new Command('file'), report)
        .description('servicer: file the report of a period, or with a reason its restatement')
        .option('--reason <text>', 'why it is restated')
        .option(
            '--stated <fact=value>',
            'a figure as you have it yourself, amounts in minor units, to be compared; may be given again',
            pair,
        )
        .addHelpText(
            'after',
            example(
                'poolproof --as bank-a report file auto-2026-1 1',
                'poolproof --as bank-a report file auto-2026-1 1 --version 2 --reason "a payment was booked twice"',
                'poolproof --as bank-a report file auto-2026-1 2 --stated poolBalanceEnding=5650000',
            ),
        )
        .action(
            atReport(({ reports }, id, options) => {
                const { reason, stated } = options as { readonly reason?: string; readonly stated?: Stated };
                return printed(reports.file({ ...id, ...(reason && { reason }), ...(stated && { stated }) }));
            }),
        );
    versioned(new Command('confirm'), report)
        .description('trustee: confirm a report')
        .addHelpText('after', example('poolproof --as trust report confirm auto-2026-1 1'))
        .action(atReport(({ reports }, id) => printed(reports.confirm(id))));
    versioned(new Command('dispute'), report)
        .argument('<reason>')
        .description('trustee: dispute a report')
        .addHelpText('after', example('poolproof --as trust report dispute auto-2026-1 1 "no recoveries are shown"'))
        .action(atReport(({ reports }, id, _options, [reason = '']) => printed(reports.dispute({ ...id, reason }))));
    report
        .command('read <deal> <period>')
        .description('a period and all reports on it')
        .addHelpText('after', example('poolproof --as fund report read auto-2026-1 1'))
        .action(
            atDesk((connection, [dealId = '', period]) =>
                ofDeal(connection, dealId, periodAtAGlance(connection, dealId, whole(period, 'period'))),
            ),
        );
    report
        .command('list <deal>')
        .description('all periods of a deal')
        .addHelpText('after', example('poolproof --as fund report list auto-2026-1'))
        .action(atDesk(({ reports }, [dealId = '']) => overview(reports.list(dealId), lineOf)));
    withPurpose(versioned(new Command('exceptions'), report))
        .description('originator, trustee, regulator: the loans of a period that do not follow from the month before')
        .addHelpText('after', example('poolproof --as trust report exceptions auto-2026-1 1'))
        .action(
            atReport((connection, id) =>
                listOfDeal(connection, id.dealId, all(exceptionsOf(connection, id)), exceptionLine),
            ),
        );
    withPurpose(versioned(new Command('whole'), report))
        .description(
            'originator, trustee, regulator: all that the loans of a period add up to, what is too small to be published included',
        )
        .addHelpText(
            'after',
            example(
                'poolproof --as trust report whole auto-2026-1 1',
                'poolproof --as regulator --json report whole auto-2026-1 3 --version 2 --purpose inspection',
            ),
        )
        .action(atReport((connection, id) => ofDeal(connection, id.dealId, connection.reports.whole(id))));
    withPurpose(versioned(new Command('summary'), report).argument('<chunk>'))
        .description('originator, trustee, regulator: what one chunk of a period adds up to')
        .addHelpText('after', example('poolproof --as trust report summary auto-2026-1 1 0'))
        .action(atReport(({ reports }, id, _options, [chunk]) => found(reports.summary(id, whole(chunk, 'chunk')))));
    withSelection(versioned(new Command('export'), report))
        .description('originator, trustee, regulator: what the loans did in a period, as CSV, from your own peer')
        .addHelpText('after', '\nExample:\n  poolproof --as trust report export auto-2026-1 3 --out 2026-03.csv')
        .action(
            atReport((connection, id, options) => {
                const { out, ...selection } = selectionOf(options);
                return writeLines(exportMonth(connection, id, selection), out);
            }),
        );
    return report;
}

function recordCommand(): Command {
    return withFileOptions(versioned(new Command('record')))
        .argument('<file>')
        .description(
            'servicer: judge what the loans of a CSV file or EX-102 exhibit did in a period, and record it if no rule refuses; called ' +
                'again after a crash, it goes on where it was',
        )
        .requiredOption('--month <month>', 'the month of the file that is meant, as 2017-06')
        .option(
            '--secret <file>',
            'from which the salts are drawn, made if it is not there: keep it; <deal>.secret unless stated',
        )
        .addHelpText(
            'after',
            '\nExample:\n  poolproof --as bank-a report record auto-2026-1 1 2026-01.xml --month 2026-01',
        )
        .action(
            atReportInParts((connection, id, options, [path = '']) =>
                record(connection, id, path, options as unknown as RecordOptions),
            ),
        );
}

function checkCommand(): Command {
    return withFileOptions(new Command('check'))
        .argument('<file>')
        .description('judge a file of months by the rules of quality, without any network')
        .option('--month <month>', 'the only month of it that is meant, as 2017-06')
        .option('--asset-class <id>', 'what the assets are', 'auto-loan')
        .option('--currency <code>', 'what the amounts are in', 'USD')
        .addHelpText(
            'after',
            example('poolproof report check 2026-01.xml --month 2026-01', 'Exits with 8 where a rule refuses it.'),
        )
        .action(async (path: string, _options: object, command: Command) => {
            const { month, ...options }: CheckOptions = command.optsWithGlobals();
            const assetClass = assetClassOf(options.assetClass);
            const mapping = await mappingFrom(options, assetClass);
            const judged = { mapping, kind: 'state', ...(month === undefined ? {} : { month }) } as const;
            printQuality(await checkQuality(path, assetClass, options.currency, judged), options.json ?? false);
        });
}

/** A command on one version of the report of a period. */
function versioned(command: Command, report?: Command): Command {
    report?.addCommand(command);
    return command.argument('<deal>').argument('<period>').option('--version <number>', 'version of the report', '1');
}

type ActOnReport = (
    connection: Connection,
    report: ReportId,
    options: Readonly<Record<string, string>>,
    rest: readonly string[],
) => Promise<unknown>;

function atReport(act: ActOnReport) {
    return atDesk(onReport(act));
}

function atReportInParts(act: ActOnReport) {
    return atDeskInParts(onReport(act));
}

function onReport(act: ActOnReport): Act {
    return (connection, [dealId = '', period, ...rest], options) => {
        const id = { dealId, period: whole(period, 'period'), version: whole(options['version'], '--version') };
        return act(connection, id, options, rest);
    };
}

async function record(connection: Connection, id: ReportId, path: string, options: RecordOptions): Promise<object> {
    const { month, secret = `${id.dealId}.secret` } = options;
    const mapping = await mappingFrom(options, await connection.deals.assetClass(id.dealId));
    const chunks = await recordMonth(connection, {
        ...id,
        path,
        month,
        secret: await TapeSecret.open(secret),
        reading: readingProgress(path),
        judged: tellQuality,
        progress: recordingProgress(`${month} recorded`),
        ...(mapping && { mapping }),
    });
    return { ...id, chunks };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
    const found: T[] = [];
    for await (const item of items) found.push(item);
    return found;
}

/** Of the figures that are compared, which are amounts and which are counts their names say. */
async function periodAtAGlance({ reports }: Connection, dealId: string, number: number): Promise<Overview> {
    const period = await reports.read(dealId, number);
    const versions = period.versions.map(({ differences, delta, ...version }) => ({
        ...version,
        differences: differences.map(({ fact, stated, recomputed }) => ({
            fact,
            stated: figureOf(fact, stated),
            recomputed: figureOf(fact, recomputed),
        })),
        delta:
            delta && Object.fromEntries(Object.entries(delta).map(([fact, by]) => [fact, figureOf(fact, String(by))])),
    }));
    return new Overview(period, { ...period, versions });
}

/** An amount as such, so that it is shown in its currency; else what stands there. */
function figureOf(fact: string, text: string): bigint | string {
    const isMoney = Object.hasOwn(standardFacts, fact) && standardFacts[fact as StandardFact].unit === 'money';
    return isMoney && /^-?\d+$/.test(text) ? BigInt(text) : text;
}

/** What a loan is out by is an amount, though the summary of a chunk packs it as a number. */
function exceptionLine({ difference, ...exception }: LoanException): object {
    return { ...exception, difference: BigInt(difference) };
}

function lineOf({ number, begins, ends, paymentDate, versions, additions }: Period): object {
    const report = versions.at(-1);
    return {
        period: number,
        begins,
        ends,
        paid: paymentDate,
        report: report ? `version ${report.version}, ${report.status}` : 'none',
        additions: additions.length,
    };
}
