import { Command } from 'commander';

import { atDesk, atDeskInParts } from './desk';
import { checkQuality } from '../quality/check';
import { evidenceOf, withEvidence } from './evidence';
import { example } from './example';
import { list, whole } from './words';
import { mappingFrom, withFileOptions } from './file-option';
import { only, overview } from './overview';
import { printed } from './receipt';
import { QualityFailure } from '../quality/failure';
import { readLoans } from '../importer/loan';
import { tellQuality } from './quality';
import { InputError } from '../input-error';

import type { Connection } from '../connection';
import type { Day } from '@poolproof/chaincode/domain';
import type { FileOptions } from './file-option';
import type { Loan } from '../importer/loan';

export function additionCommand(): Command {
    const addition = new Command('addition').description(
        'loans that join the pool of a live deal: bought, or in exchange for others',
    );
    addition.addCommand(recordCommand());
    addition
        .command('offer <deal> <period> <day> <chunks>')
        .description('originator: offer the chunks recorded, bought on a day of a period')
        .option('--outgoing <loans>', 'numbers of the loans that leave in exchange, separated by commas')
        .addHelpText(
            'after',
            example(
                'poolproof --as bank-a addition offer plan-2026-1 3 2026-03-10 1',
                'poolproof --as bank-a addition offer plan-2026-1 3 2026-03-10 1 --outgoing 90000017,90000018',
            ),
        )
        .action(
            atDesk((connection, [dealId = '', period, day = '', chunks], { outgoing }) =>
                offer(connection, dealId, [whole(period, 'period'), day, whole(chunks, 'chunks')], list(outgoing)),
            ),
        );
    withEvidence(addition.command('take <deal>'))
        .description(
            'trustee: pledge what is offered, accept it, and give free what leaves in exchange; called again after a failure, it goes on',
        )
        .option('--outgoing <chunks>', 'numbers of the chunks from which loans leave, separated by commas')
        .addHelpText(
            'after',
            example('poolproof --as trust addition take plan-2026-1 --evidence sale=sale-3.pdf --outgoing 0,2'),
        )
        .action(
            atDeskInParts(({ additions }, [dealId = ''], options) => {
                const outgoing = list(options['outgoing']).map(chunk => whole(chunk, '--outgoing'));
                return printed(additions.take({ dealId, evidence: evidenceOf(options) }, outgoing));
            }),
        );
    withEvidence(addition.command('accept <deal>'))
        .description('trustee: accept an offer all of whose chunks are pledged')
        .addHelpText('after', example('poolproof --as trust addition accept plan-2026-1 --evidence sale=sale-3.pdf'))
        .action(
            atDesk(({ additions }, [dealId = ''], options) =>
                printed(additions.accept({ dealId, evidence: evidenceOf(options) })),
            ),
        );
    addition
        .command('decline <deal> <reason>')
        .description('trustee: send an offer back')
        .addHelpText('after', example('poolproof --as trust addition decline plan-2026-1 "no proof of the sale"'))
        .action(atDesk(({ additions }, [dealId = '', reason = '']) => printed(additions.decline({ dealId, reason }))));
    addition
        .command('list <deal>')
        .description('all additions to the pool of a deal')
        .addHelpText('after', example('poolproof --as fund addition list plan-2026-1'))
        .action(
            atDesk(({ additions }, [dealId = '']) =>
                overview(
                    additions.list(dealId),
                    only('number', 'period', 'day', 'first', 'count', 'balance', 'substitution'),
                ),
            ),
        );
    return addition;
}

function recordCommand(): Command {
    return withFileOptions(new Command('record'))
        .argument('<deal>')
        .argument('<file>')
        .description(
            'originator: judge the loans of a CSV file or EX-102 exhibit by the rules of quality, and record them to be offered if none refuses',
        )
        .addHelpText('after', example('poolproof --as bank-a addition record plan-2026-1 bought.csv'))
        .action(
            atDeskInParts((connection, [dealId = '', path = ''], options) => record(connection, dealId, path, options)),
        );
}

/** An addition is at most a hundred chunks, and in memory. */
async function record(connection: Connection, dealId: string, path: string, options: FileOptions): Promise<object> {
    const { deals, additions } = connection;
    const [assetClass, { currency }] = await Promise.all([deals.assetClass(dealId), deals.read(dealId)]);
    const mapping = await mappingFrom(options, assetClass);
    const report = await checkQuality(path, assetClass, currency, { mapping });
    if (report.refused) throw new QualityFailure(report);
    tellQuality(report);
    const loans: Loan[] = [];
    for await (const loan of readLoans(path, assetClass, currency, mapping)) loans.push(loan);
    return { dealId, loans: loans.length, chunks: await additions.record(dealId, loans) };
}

async function offer(
    { additions, tapes }: Connection,
    dealId: string,
    [period, day, chunks]: readonly [number, string, number],
    outgoing: readonly string[],
): Promise<object> {
    const places = outgoing.length === 0 ? new Map<string, never>() : await tapes.places(dealId, outgoing);
    const missing = outgoing.filter(number => !places.has(number)).length;
    if (missing > 0) throw new InputError(`--outgoing: ${missing} of ${outgoing.length} loans are not in the pool`);
    return printed(additions.offer({ dealId, period, day: day as Day, chunks }, [...places.values()]));
}
