import { batchReader, instructReader } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk } from './desk';
import { fromFile } from './request-file';
import { printed } from './receipt';
import { whole } from './words';

import type { Connection } from '../connection';

export function settlementCommand(): Command {
    const settle = new Command('settle').description('instructions, delivery versus payment, distributions');
    settle
        .command('instruct <file>')
        .description('place an instruction in your own book (JSON)')
        .action(
            atDesk(({ settlements }, [file = '']) => printed(settlements.instruct(fromFile(file, instructReader)))),
        );
    settle
        .command('cancel <reference>')
        .description('withdraw an instruction that has not settled')
        .action(atDesk(({ settlements }, [reference = '']) => printed(settlements.cancel({ reference }))));
    settle
        .command('pending')
        .description('depository: the pairs of instructions that may settle today')
        .action(atDesk(async ({ settlements }) => (await settlements.pending()).pairs));
    settle
        .command('batch [file]')
        .description('depository: settle the pairs of a JSON file together, or all that are pending')
        .action(atDesk((connection, [file]) => settleBatch(connection, file)));
    settle
        .command('distribute <deal> <period>')
        .description('depository: pay the run of a period')
        .action(
            atDesk(({ settlements }, [dealId = '', period]) =>
                printed(settlements.distribute({ dealId, period: whole(period, 'period') })),
            ),
        );
    settle
        .command('distributions <deal>')
        .description('what each class was paid')
        .action(atDesk(({ settlements }, [dealId = '']) => settlements.distributions(dealId)));
    return settle;
}

async function settleBatch({ settlements }: Connection, file: string | undefined): Promise<object> {
    const batch = file === undefined ? await settlements.pending() : fromFile(file, batchReader);
    return batch.pairs.length === 0 ? { settled: 0 } : printed(settlements.settle(batch));
}
