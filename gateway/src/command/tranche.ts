import { allotReader, authoriseRequest, placeOrderReader } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk } from './desk';
import { fromFile } from './request-file';
import { printed } from './receipt';

import type { Day } from '@poolproof/chaincode/domain';

export function trancheCommand(): Command {
    const tranche = new Command('tranche').description('classes of notes: authorised, ordered, allotted, issued');
    tranche
        .command('authorise <file>')
        .description(
            'originator: lay down the classes of a sealed deal (JSON: requestId, dealId, depository, cash, offerings)',
        )
        .action(atDesk(({ tranches }, [file = '']) => printed(tranches.authorise(fromFile(file, authoriseRequest)))));
    tranche
        .command('order <file>')
        .description('investor: order notes (JSON: dealId, className, face in minor units)')
        .action(atDesk(({ tranches }, [file = '']) => printed(tranches.order(fromFile(file, placeOrderReader)))));
    tranche
        .command('withdraw <deal> <class>')
        .description('investor: withdraw an order')
        .action(
            atDesk(({ tranches }, [dealId = '', className = '']) => printed(tranches.withdraw({ dealId, className }))),
        );
    tranche
        .command('allot <file>')
        .description('depository: close the book (JSON: dealId, prices, orders)')
        .action(atDesk(({ tranches }, [file = '']) => printed(tranches.allot(fromFile(file, allotReader)))));
    tranche
        .command('issue <deal>')
        .description('depository: deliver all notes against payment')
        .action(atDesk(({ tranches }, [dealId = '']) => printed(tranches.issue({ dealId }))));
    tranche
        .command('rate <deal> <class> <agency> <rating> <day>')
        .description("depository: put a rating agency's action on record")
        .action(
            atDesk(({ tranches }, [dealId = '', className = '', agency = '', rating = '', day = '']) =>
                printed(tranches.rate({ dealId, className, rating: { agency, rating, day: day as Day } })),
            ),
        );
    tranche
        .command('retire <deal>')
        .description('depository: cancel what is left of the notes of a deal that has ended')
        .action(atDesk(({ tranches }, [dealId = '']) => printed(tranches.retire({ dealId }))));
    tranche
        .command('list <deal>')
        .description('the classes of a deal')
        .action(atDesk(({ tranches }, [dealId = '']) => tranches.list(dealId)));
    return tranche;
}
