import { Command } from 'commander';
import { formatCell } from '@poolproof/chaincode/domain';

import { atDesk } from './desk';
import { printed } from './receipt';
import { readLoans } from '../importer/loan';
import { whole } from './words';

import type { Connection } from '../connection';
import type { Loan } from '../importer/loan';

export function tapeCommand(): Command {
    const tape = new Command('tape').description('loan tapes: recorded in private chunks, submitted, sealed');
    tape.command('record <deal> <file>')
        .description('originator: record the loans of a CSV file or EX-102 exhibit')
        .option('--submit', 'and declare the tape complete')
        .addHelpText('after', '\nExample:\n  poolproof --as bank-a tape record auto-2026-1 loans.csv --submit')
        .action(
            atDesk((connection, [dealId = '', file = ''], { submit }) =>
                record(connection, dealId, file, Boolean(submit)),
            ),
        );
    tape.command('submit <deal> <chunks>')
        .description('originator: declare a tape of so many chunks complete')
        .action(
            atDesk(({ tapes }, [dealId = '', chunks]) =>
                printed(tapes.submit({ dealId, chunks: whole(chunks, 'chunks') })),
            ),
        );
    tape.command('reject <deal> <reason>')
        .description('trustee: send a submitted tape back')
        .action(atDesk(({ tapes }, [dealId = '', reason = '']) => printed(tapes.reject({ dealId, reason }))));
    tape.command('seal <deal>')
        .description('trustee: seal a tape all of whose chunks are pledged')
        .action(atDesk(({ tapes }, [dealId = '']) => printed(tapes.seal({ dealId, evidence: [] }))));
    tape.command('read <deal>')
        .description('its public record: roots, and after the seal the figures of the pool')
        .action(atDesk(({ tapes }, [dealId = '']) => tapes.read(dealId)));
    tape.command('loans <deal> <chunk>')
        .description('the loans of a chunk, for originator, trustee and regulator')
        .action(atDesk((connection, [dealId = '', chunk]) => loansOf(connection, dealId, whole(chunk, 'chunk'))));
    return tape;
}

async function record({ deals, tapes }: Connection, dealId: string, file: string, submit: boolean): Promise<object> {
    const { currency } = await deals.read(dealId);
    const loans: Loan[] = [];
    for await (const loan of readLoans(file, await deals.assetClass(dealId), currency)) loans.push(loan);
    const chunks = await tapes.recordAll(dealId, loans, ({ number, loans: rows }) =>
        process.stderr.write(`chunk ${number + 1}: ${rows} loans recorded\n`),
    );
    return submit ? printed(tapes.submit({ dealId, chunks })) : { dealId, chunks };
}

async function loansOf({ deals, tapes }: Connection, dealId: string, number: number): Promise<object[]> {
    const { currency } = await deals.read(dealId);
    const chunk = await tapes.loans(dealId, number);
    return Array.from({ length: chunk.rows }, (_, row) =>
        Object.fromEntries(
            chunk.layout.fields.map(field => [field.name, formatCell(field, chunk.cell(row, field.name), currency)]),
        ),
    );
}
