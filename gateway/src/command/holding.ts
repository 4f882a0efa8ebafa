import { openDayRequest, openDepositRequest, standingRecord } from '@poolproof/chaincode/domain';
import { randomUUID } from 'node:crypto';

import { Command } from 'commander';

import { atDesk } from './desk';
import { fromFile } from './request-file';
import { printed } from './receipt';

export function holdingCommand(): Command {
    const holding = new Command('holding').description('the books of holdings and cash that the depository keeps');
    holding
        .command('open-system <day>')
        .description('depository: open the settlement system with a first business day')
        .action(atDesk(({ holdings }, [day]) => printed(holdings.openSystem(dayRequest(day)))));
    holding
        .command('open-day <day>')
        .description('depository: open the next business day')
        .action(atDesk(({ holdings }, [day]) => printed(holdings.openDay(dayRequest(day)))));
    holding
        .command('open-deposit <currency> <bank>')
        .description('depository: admit a bank whose deposits it settles in')
        .action(
            atDesk(({ holdings }, [currency, bank]) =>
                printed(
                    holdings.openDeposit(openDepositRequest({ requestId: randomUUID(), currency, bank }, 'request')),
                ),
            ),
        );
    holding
        .command('file <file>')
        .description(
            'depository: file what it knows of a holder (JSON: institution, clearedUntil, categories, suspended)',
        )
        .action(atDesk(({ holdings }, [file = '']) => printed(holdings.file(fromFile(file, standingRecord)))));
    holding
        .command('book [institution]')
        .description("a book as it stands: one's own, or for depository and regulator any")
        .action(atDesk(({ holdings }, [institution]) => holdings.book(institution)));
    holding
        .command('closed [institution]')
        .description('the instructions of a book that have settled, expired or been withdrawn')
        .action(atDesk(({ holdings }, [institution]) => all(holdings.closed(institution))));
    holding
        .command('notices [institution]')
        .description('what the institution of a book was told of its payments')
        .action(atDesk(({ holdings }, [institution]) => all(holdings.notices(institution))));
    holding
        .command('deposits')
        .description('the deposits settled in, and what is owed on each')
        .action(atDesk(({ holdings }) => holdings.deposits()));
    holding
        .command('days')
        .description('the business day of every settlement system')
        .action(atDesk(({ holdings }) => holdings.days()));
    return holding;
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
    const items: T[] = [];
    for await (const item of pages) items.push(item);
    return items;
}

function dayRequest(day: string | undefined) {
    return openDayRequest({ requestId: randomUUID(), day }, 'request');
}
