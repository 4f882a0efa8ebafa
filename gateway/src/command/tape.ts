import { assetClassOf, formatCell, poolStatistics } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk, atDeskInParts, withPurpose } from './desk';
import { checkQuality } from '../quality/check';
import { evidenceOf, withEvidence } from './evidence';
import { example } from './example';
import { exportTape } from '../export';
import { mappingFrom, withFileOptions } from './file-option';
import { printQuality, tellQuality } from './quality';
import { InCurrency } from './money';
import { Overview } from './overview';
import { printed } from './receipt';
import { readingProgress, recordingProgress } from './progress';
import { recordTape } from '../recording';
import { selectionOf, withSelection } from './selection';
import { TapeSecret } from '../tape-secret';
import { whole } from './words';
import { writeLines } from './lines';

import type { Connection } from '../connection';
import type { AssetClass, Currency, PoolStatistics } from '@poolproof/chaincode/domain';
import type { FileOptions } from './file-option';

interface RecordOptions extends FileOptions {
    readonly submit?: boolean;
    readonly secret?: string;
}

interface CheckOptions extends FileOptions {
    readonly assetClass: string;
    readonly currency: Currency;
    readonly json?: boolean;
}

export function tapeCommand(): Command {
    const tape = new Command('tape').description('loan tapes: recorded in private chunks, submitted, sealed');
    tape.addCommand(recordCommand());
    tape.addCommand(checkCommand());
    tape.command('submit <deal> <chunks>')
        .description('originator: declare a tape of so many chunks complete')
        .addHelpText('after', example('poolproof --as bank-a tape submit auto-2026-1 12'))
        .action(
            atDesk(({ tapes }, [dealId = '', chunks]) =>
                printed(tapes.submit({ dealId, chunks: whole(chunks, 'chunks') })),
            ),
        );
    tape.command('reject <deal> <reason>')
        .description('trustee: send a submitted tape back')
        .addHelpText(
            'after',
            example('poolproof --as trust tape reject auto-2026-1 "chunk 3 shows loans of another pool"'),
        )
        .action(atDesk(({ tapes }, [dealId = '', reason = '']) => printed(tapes.reject({ dealId, reason }))));
    withEvidence(tape.command('seal <deal>'))
        .description('trustee: seal a tape all of whose chunks are pledged')
        .addHelpText(
            'after',
            example(
                'poolproof --as trust tape seal auto-2026-1 --evidence "true sale=sale.pdf" --evidence opinion=opinion.pdf',
            ),
        )
        .action(
            atDesk(({ tapes }, [dealId = ''], options) =>
                printed(tapes.seal({ dealId, evidence: evidenceOf(options) })),
            ),
        );
    tape.command('read <deal>')
        .description('its public record: roots, and after the seal the figures of the pool')
        .addHelpText('after', example('poolproof --as fund tape read auto-2026-1'))
        .action(atDesk((connection, [dealId = '']) => tapeAtAGlance(connection, dealId)));
    withPurpose(tape.command('loans <deal> <chunk>'))
        .description('the loans of a chunk, for originator, trustee and regulator')
        .addHelpText('after', example('poolproof --as regulator tape loans auto-2026-1 0 --purpose inspection'))
        .action(
            atDesk((connection, [dealId = '', chunk]) => loansAtAGlance(connection, dealId, whole(chunk, 'chunk'))),
        );
    withPurpose(tape.command('summary <deal> <chunk>'))
        .description('what a chunk adds up to, for originator, trustee and regulator')
        .addHelpText('after', example('poolproof --as trust tape summary auto-2026-1 0'))
        .action(
            atDesk((connection, [dealId = '', chunk]) => summaryAtAGlance(connection, dealId, whole(chunk, 'chunk'))),
        );
    tape.addCommand(exportCommand());
    return tape;
}

function recordCommand(): Command {
    return withFileOptions(new Command('record'))
        .argument('<deal>')
        .argument('<file>')
        .description(
            'originator: judge the loans of a CSV file or EX-102 exhibit by the rules of quality, and record them if none refuses; ' +
                'called again after a crash, it goes on where it was',
        )
        .option('--submit', 'and declare the tape complete')
        .option(
            '--secret <file>',
            'from which the salts are drawn, made if it is not there: keep it; <deal>.secret unless stated',
        )
        .addHelpText(
            'after',
            '\nExamples:\n  poolproof --as bank-a tape record auto-2026-1 loans.csv --submit\n' +
                '  poolproof --as bank-a tape record cars-2026-1 annex-5.csv --mapping esma-automobile',
        )
        .action(
            atDeskInParts((connection, [dealId = '', path = ''], options) => record(connection, dealId, path, options)),
        );
}

function checkCommand(): Command {
    return withFileOptions(new Command('check'))
        .argument('<file>')
        .description(
            'judge a tape by the rules of quality, without any network: what is wrong by rule and field, and where',
        )
        .option('--asset-class <id>', 'what its assets are', 'auto-loan')
        .option('--currency <code>', 'what its amounts are in', 'USD')
        .addHelpText('after', '\nExample:\n  poolproof tape check loans.csv\n\nExits with 8 where a rule refuses it.')
        .action(async (path: string, _options: object, command: Command) => {
            const options: CheckOptions = command.optsWithGlobals();
            const assetClass = assetClassOf(options.assetClass);
            const mapping = await mappingFrom(options, assetClass);
            printQuality(await checkQuality(path, assetClass, options.currency, { mapping }), options.json ?? false);
        });
}

function exportCommand(): Command {
    return withSelection(new Command('export'))
        .argument('<deal>')
        .description('originator, trustee, regulator: the whole tape as CSV, from your own peer')
        .addHelpText(
            'after',
            '\nExample:\n  poolproof --as regulator tape export auto-2026-1 --where obligorGeographicLocation=CA --out ca.csv',
        )
        .action(
            atDesk((connection, [dealId = ''], options) => {
                const { out, ...selection } = selectionOf(options);
                return writeLines(exportTape(connection, dealId, selection), out);
            }),
        );
}

async function record(connection: Connection, dealId: string, path: string, options: RecordOptions): Promise<object> {
    const { secret = `${dealId}.secret`, submit } = options;
    const mapping = await mappingFrom(options, await connection.deals.assetClass(dealId));
    const chunks = await recordTape(connection, {
        dealId,
        path,
        secret: await TapeSecret.open(secret),
        reading: readingProgress(path),
        judged: tellQuality,
        progress: recordingProgress('recorded'),
        ...(mapping && { mapping }),
    });
    return submit ? printed(connection.tapes.submit({ dealId, chunks })) : { dealId, chunks };
}

/** A chunk's figures by their names, as those of a pool are told; none where there is no such chunk. */
async function summaryAtAGlance({ deals, tapes }: Connection, dealId: string, number: number): Promise<unknown> {
    const summary = await tapes.summary(dealId, number);
    if (summary === null) return 'none';
    const { currency, rules } = await deals.read(dealId);
    const assetClass = assetClassOf(rules.assetClass);
    const figures = readable(poolStatistics(assetClass, [summary], 1), assetClass, currency);
    const { root, ineligible, groups } = summary;
    return new InCurrency(new Overview(summary, { ...figures, ineligible, groups, root }), currency);
}

async function tapeAtAGlance({ deals, tapes }: Connection, dealId: string): Promise<InCurrency> {
    const tape = await tapes.read(dealId);
    const { currency, rules } = await deals.read(dealId);
    const pool = tape.pool && readable(tape.pool, assetClassOf(rules.assetClass), currency);
    return new InCurrency(new Overview(tape, { ...tape, pool }), currency);
}

/** The bands of a field by where they begin, as files show its values, in their order. */
function readable(pool: PoolStatistics, assetClass: AssetClass, currency: Currency): object {
    const shown = assetClass.strata.map(({ field, bands }) => {
        const layout = assetClass.loan.fields.find(({ name }) => name === field);
        return new Map(bands?.map(bound => [String(bound), layout ? formatCell(layout, bound, currency) : '']));
    });
    const strata = pool.strata.map(({ name, field, rows }, i) => {
        const bands = shown[i] ?? new Map<string, string>();
        const order = [...bands.keys()];
        return {
            name,
            field,
            rows: [...rows]
                .sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key))
                .map(row => ({ ...row, key: bands.has(row.key) ? `from ${bands.get(row.key)}` : row.key })),
        };
    });
    return { ...pool, strata };
}

/** Of every loan its number, its balance and what comes first of its averages; all fields with `--long`, and for programs. */
async function loansAtAGlance(connection: Connection, dealId: string, number: number): Promise<Overview> {
    const { loanRoles, averages } = await connection.deals.assetClass(dealId);
    const loans = await loansOf(connection, dealId, number);
    const told = new Set([loanRoles.number, loanRoles.balance, ...averages.slice(0, 1)]);
    return new Overview(
        loans,
        loans.map(loan => Object.fromEntries([...told].map(name => [name, loan[name]]))),
    );
}

async function loansOf(
    { deals, tapes }: Connection,
    dealId: string,
    number: number,
): Promise<Record<string, unknown>[]> {
    const { currency } = await deals.read(dealId);
    const chunk = await tapes.loans(dealId, number);
    return Array.from({ length: chunk.rows }, (_, row) =>
        Object.fromEntries(
            chunk.layout.fields.map(field => [field.name, formatCell(field, chunk.cell(row, field.name), currency)]),
        ),
    );
}
