import { standingRecord } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk } from './desk';
import { bookAtAGlance, instructionLines } from './book';
import { example } from './example';
import { fromFile } from './request-file';
import { cashShown } from './money';
import { overview } from './overview';
import { printed } from './receipt';

import type { Currency, Day, Deposit, HolderNotice, Payable } from '@poolproof/chaincode/domain';

export function holdingCommand(): Command {
    const holding = new Command('holding').description('the books of holdings and cash that the depository keeps');
    holding
        .command('open-system <day>')
        .description('depository: open the settlement system with a first business day')
        .addHelpText('after', example('poolproof --as trust holding open-system 2026-01-15'))
        .action(atDesk(({ holdings }, [day]) => printed(holdings.openSystem({ day: day as Day }))));
    holding
        .command('open-day <day>')
        .description('depository: open the next business day, at most 31 days after the last')
        .addHelpText('after', example('poolproof --as trust holding open-day 2026-01-16'))
        .action(atDesk(({ holdings }, [day]) => printed(holdings.openDay({ day: day as Day }))));
    holding
        .command('open-deposit <currency> <bank>')
        .description('depository: admit a bank whose deposits it settles in')
        .addHelpText('after', example('poolproof --as trust holding open-deposit USD bank-b'))
        .action(
            atDesk(({ holdings }, [currency, bank = '']) =>
                printed(holdings.openDeposit({ currency: currency as Currency, bank })),
            ),
        );
    holding
        .command('file <file>')
        .description(
            'depository: open the book of an institution, its own too, or file anew what it knows of it (JSON: institution, ' +
                'clearedUntil, categories, suspended)',
        )
        .addHelpText(
            'after',
            example(
                'poolproof --as trust holding file fund-standing.json',
                'fund-standing.json:\n  { "institution": "fund", "clearedUntil": "2027-12-31",\n    "categories": ["qualified-institutional"], "suspended": false }',
            ),
        )
        .action(atDesk(({ holdings }, [file = '']) => printed(holdings.file(fromFile(file, standingRecord)))));
    holding
        .command('book [institution]')
        .description("a book as it stands: one's own, or for depository and regulator any")
        .addHelpText('after', example('poolproof --as fund holding book', 'poolproof --as regulator holding book fund'))
        .action(atDesk((connection, [institution]) => bookAtAGlance(connection, institution)));
    holding
        .command('closed [institution]')
        .description('the instructions of a book that have settled, expired or been withdrawn')
        .addHelpText('after', example('poolproof --as fund holding closed'))
        .action(
            atDesk((connection, [institution]) =>
                instructionLines(connection, all(connection.holdings.closed(institution))),
            ),
        );
    holding
        .command('notices [institution]')
        .description('what the institution of a book was told of its payments')
        .addHelpText('after', example('poolproof --as fund holding notices'))
        .action(atDesk(({ holdings }, [institution]) => overview(all(holdings.notices(institution)), noticeLine)));
    holding
        .command('payables [institution]')
        .description("what is set aside for payees of the terms: in a trustee's book for all, in one's own for oneself")
        .addHelpText(
            'after',
            example('poolproof --as trust holding payables', 'poolproof --as bank-a holding payables'),
        )
        .action(atDesk(({ holdings }, [institution]) => overview(all(holdings.payables(institution)), payableLine)));
    holding
        .command('deposits')
        .description('the deposits settled in, and what is owed on each')
        .addHelpText('after', example('poolproof --as fund holding deposits'))
        .action(atDesk(({ holdings }) => overview(holdings.deposits(), depositLine)));
    holding
        .command('days')
        .description('the business day of every settlement system')
        .addHelpText('after', example('poolproof --as fund holding days'))
        .action(atDesk(({ holdings }) => holdings.days()));
    return holding;
}

/** What a holder was paid at a date, in the currency of its cash. */
export function noticeLine({ dealId, period, holder, recordDate, paidOn, cash, total, status }: HolderNotice): object {
    return { dealId, period, holder, recordDate, paidOn, cash, total: cashShown(cash, total), status };
}

function payableLine({ dealId, period, payee, cash, amount, status }: Payable): object {
    return { dealId, period, payee, cash, amount: cashShown(cash, amount), status };
}

function depositLine({ asset, depository, outstanding }: Deposit): object {
    return { asset, depository, outstanding: cashShown(asset, outstanding) };
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
    const items: T[] = [];
    for await (const item of pages) items.push(item);
    return items;
}
