import { parseAmount } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk, atDeskInParts } from './desk';
import { example } from './example';
import { factsOf, withFacts } from './facts';
import { whole } from './words';
import { ImportError } from '../importer/import-error';
import { printed } from './receipt';
import { readCsv } from '../importer/csv';

import type { Connection } from '../connection';
import type { Currency, Day } from '@poolproof/chaincode/domain';
import type { DealDay } from '../observation';

export function observationCommand(): Command {
    const observation = new Command('observation').description(
        'the pool from day to day, where the terms have a condition that must last a number of days',
    );
    observation
        .command('record <deal> <period> <day> <file>')
        .description('servicer: record what is outstanding on the loans that changed on a day (CSV: loan, balance)')
        .addHelpText(
            'after',
            example(
                'poolproof --as bank-a observation record plan-2026-1 3 2026-03-10 changed.csv',
                'changed.csv:\n  loan,balance\n  90000017,10234.50',
            ),
        )
        .action(
            atDeskInParts((connection, [dealId = '', period, day = '', path = '']) =>
                record(connection, { dealId, period: whole(period, 'period'), day: day as Day }, path),
            ),
        );
    withFacts(observation.command('observe <deal> <period> <day>'))
        .description("servicer: put a day's balance of the pool on the ledger, and test what must last on it")
        .addHelpText('after', example('poolproof --as bank-a observation observe plan-2026-1 3 2026-03-10'))
        .action(
            atDesk(({ observations }, [dealId = '', period, day = ''], options) =>
                printed(
                    observations.observe({
                        dealId,
                        period: whole(period, 'period'),
                        day: day as Day,
                        ...factsOf(options),
                    }),
                ),
            ),
        );
    observation
        .command('read <deal>')
        .description('what the days have come to')
        .addHelpText('after', example('poolproof --as fund observation read plan-2026-1'))
        .action(atDesk(({ observations }, [dealId = '']) => observations.read(dealId)));
    return observation;
}

async function record(connection: Connection, on: DealDay, path: string): Promise<object> {
    const { currency } = await connection.deals.read(on.dealId);
    const balances = await balancesIn(path, currency);
    const receipts = await connection.observations.recordAll(on, balances);
    return { ...on, loans: balances.size, chunks: receipts.length };
}

async function balancesIn(path: string, currency: Currency): Promise<Map<string, number>> {
    const balances = new Map<string, number>();
    for await (const { file, line, values } of readCsv(path, ['loan', 'balance'])) {
        const { loan = '', balance = '' } = values;
        if (balances.has(loan)) throw new ImportError({ file, line }, 'the loan stands here twice');
        balances.set(loan, Number(parseAmount(balance, currency, `${file}, line ${line}, balance`)));
    }
    if (balances.size === 0) throw new ImportError({ file: path, line: 1 }, 'no loan at all');
    return balances;
}
