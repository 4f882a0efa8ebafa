import { batchReader, instructReader } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk, atDeskInParts } from './desk';
import { fromFile } from './request-file';
import { printed } from './receipt';
import { SettlementAgent } from '../settlement-agent';
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
        .description(
            'depository: the pairs of instructions that may settle today, what has expired, and what is to be filed',
        )
        .action(atDesk(({ settlements }) => settlements.pending()));
    settle
        .command('batch [file]')
        .description('depository: settle the pairs of a JSON file together, or all that are pending')
        .action(atDesk((connection, [file]) => settleBatch(connection, file)));
    settle
        .command('file')
        .description('depository: file away what is closed, as the agent does when it has time')
        .action(atDesk(({ settlements }) => fileClosed(settlements)));
    settle
        .command('agent')
        .description('depository: settle what both sides have instructed, round after round, until interrupted')
        .option('--pause <milliseconds>', 'rest between rounds', '1000')
        .action(atDeskInParts((connection, _args, { pause }) => runAgent(connection, whole(pause, '--pause'))));
    settle
        .command('distribute <deal> <period>')
        .description('depository: pay the run of a period')
        .action(
            atDesk(({ settlements }, [dealId = '', period]) =>
                printed(settlements.distribute({ dealId, period: whole(period, 'period') })),
            ),
        );
    settle
        .command('release <deal> <period> <holder>')
        .description('depository: pay a holder into its book what has waited for it')
        .action(
            atDesk(({ settlements }, [dealId = '', period, holder = '']) =>
                printed(settlements.release({ dealId, period: whole(period, 'period'), holder })),
            ),
        );
    settle
        .command('send <deal> <period> <holder> <reference>')
        .description('depository: a holder has been paid outside, under this payment reference')
        .action(
            atDesk(({ settlements }, [dealId = '', period, holder = '', paymentReference = '']) =>
                printed(settlements.send({ dealId, period: whole(period, 'period'), holder, paymentReference })),
            ),
        );
    settle
        .command('take-back <deal> <period> <holder> <reason>')
        .description('depository: a payment sent outside has come back; it is kept for the holder')
        .action(
            atDesk(({ settlements }, [dealId = '', period, holder = '', reason = '']) =>
                printed(settlements.takeBack({ dealId, period: whole(period, 'period'), holder, reason })),
            ),
        );
    settle
        .command('confirm-payment <reference> <payment>')
        .description('deliverer: cash paid outside for an instruction has arrived, under this payment reference')
        .action(
            atDesk(({ settlements }, [reference = '', paymentReference = '']) =>
                printed(settlements.confirmPayment({ reference, paymentReference })),
            ),
        );
    settle
        .command('distributions <deal>')
        .description('what each class was paid')
        .action(atDesk(({ settlements }, [dealId = '']) => settlements.distributions(dealId)));
    return settle;
}

async function settleBatch({ settlements }: Connection, file: string | undefined): Promise<object> {
    const { pairs } = file === undefined ? await settlements.pending() : fromFile(file, batchReader);
    return pairs.length === 0 ? { settled: 0 } : printed(settlements.settle({ pairs }));
}

async function fileClosed(settlements: Connection['settlements']): Promise<object> {
    return { filed: await new SettlementAgent(settlements).file() };
}

async function runAgent({ settlements }: Connection, pause: number): Promise<undefined> {
    const stop = new AbortController();
    let told: ReadonlyMap<string, string> = new Map();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    await new SettlementAgent(settlements).run({
        pause,
        signal: stop.signal,
        tell: ({ settled, refused, expired }) => {
            for (const { reference } of settled) process.stdout.write(`${reference}  settled\n`);
            if (expired > 0) process.stdout.write(`${expired} expired\n`);
            // What cannot settle is tried in every round, and told when the reason is new.
            const fresh = refused.filter(({ pair, code }) => told.get(pair.reference) !== code);
            for (const { pair, code } of fresh) process.stdout.write(`${pair.reference}  ${code}\n`);
            told = new Map(refused.map(({ pair, code }) => [pair.reference, code]));
        },
        tellFailure: failure =>
            process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`),
    });
    return undefined;
}
