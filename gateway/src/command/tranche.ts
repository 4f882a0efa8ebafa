import { allotReader, authoriseRequest, placeOrderReader } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk } from './desk';
import { example } from './example';
import { draftOf, fromFile } from './request-file';
import { listOfDeal } from './money';
import { only } from './overview';
import { printed } from './receipt';

import type { Allot, Day } from '@poolproof/chaincode/domain';
import type { Reader } from '../client/ledger';
import type { Tranches } from '../tranche';

export function trancheCommand(): Command {
    const tranche = new Command('tranche').description('classes of notes: authorised, ordered, allotted, issued');
    tranche
        .command('authorise <file>')
        .description('originator: lay down the classes of a sealed deal (JSON: dealId, depository, cash, offerings)')
        .addHelpText(
            'after',
            example(
                'poolproof --as bank-a tranche authorise classes.json',
                'classes.json:\n  { "dealId": "auto-2026-1", "depository": "trust",\n    "cash": "cash:USD:bank-b", "offerings": [{ "className": "A-1", "minimum": "1000000",\n      "increment": "100000", "categories": ["qualified-institutional"] }] }',
            ),
        )
        .action(
            atDesk(({ tranches }, [file = '']) =>
                printed(tranches.authorise(fromFile(file, draftOf(authoriseRequest)))),
            ),
        );
    tranche
        .command('order <file>')
        .description('investor: order notes (JSON: dealId, className, face in minor units)')
        .addHelpText(
            'after',
            example(
                'poolproof --as fund tranche order order.json',
                'order.json:\n  { "dealId": "auto-2026-1", "className": "A-1", "face": "250000000" }',
                'It may also say the least that is wanted, and the highest price that is paid:\n  "minimum": "100000000", "limit": "99.75%"',
            ),
        )
        .action(atDesk(({ tranches }, [file = '']) => printed(tranches.order(fromFile(file, placeOrderReader)))));
    tranche
        .command('withdraw <deal> <class>')
        .description('investor: withdraw an order')
        .addHelpText('after', example('poolproof --as fund tranche withdraw auto-2026-1 A-1'))
        .action(
            atDesk(({ tranches }, [dealId = '', className = '']) => printed(tranches.withdraw({ dealId, className }))),
        );
    tranche
        .command('orders <deal>')
        .description('depository, regulator: every order for the notes of a deal, as the book stands')
        .addHelpText('after', example('poolproof --as trust tranche orders auto-2026-1'))
        .action(
            atDesk((connection, [dealId = '']) =>
                listOfDeal(
                    connection,
                    dealId,
                    connection.tranches.orders(dealId),
                    only('className', 'investor', 'face', 'minimum', 'limit', 'status', 'allotted'),
                ),
            ),
        );
    tranche
        .command('allot <file>')
        .description(
            'depository: close the book, or allot it again until the issue (JSON: dealId, prices; orders where not all)',
        )
        .addHelpText(
            'after',
            example(
                'poolproof --as trust tranche allot allotment.json',
                'allotment.json:\n  { "dealId": "auto-2026-1", "prices": [{ "className": "A-1", "price": "100%" }],\n    "orders": [{ "className": "A-1", "investor": "fund" }] }',
                'Without orders, all that the book holds and that are not withdrawn.',
            ),
        )
        .action(atDesk(({ tranches }, [file = '']) => printed(closeBook(tranches, file))));
    tranche
        .command('issue <deal>')
        .description('depository: deliver all notes against payment, on the closing day of the terms or later')
        .addHelpText('after', example('poolproof --as trust tranche issue auto-2026-1'))
        .action(atDesk(({ tranches }, [dealId = '']) => printed(tranches.issue({ dealId }))));
    tranche
        .command('rate <deal> <class> <agency> <rating> <day>')
        .description("depository: put a rating agency's action on record")
        .addHelpText('after', example('poolproof --as trust tranche rate auto-2026-1 A-1 "Agency X" AAA 2026-01-20'))
        .action(
            atDesk(({ tranches }, [dealId = '', className = '', agency = '', rating = '', day = '']) =>
                printed(tranches.rate({ dealId, className, rating: { agency, rating, day: day as Day } })),
            ),
        );
    tranche
        .command('retire <deal>')
        .description('depository: cancel what is left of the notes of a deal that has ended')
        .addHelpText('after', example('poolproof --as trust tranche retire auto-2026-1'))
        .action(atDesk(({ tranches }, [dealId = '']) => printed(tranches.retire({ dealId }))));
    tranche
        .command('list <deal>')
        .description('the classes of a deal')
        .addHelpText('after', example('poolproof --as fund tranche list auto-2026-1'))
        .action(
            atDesk((connection, [dealId = '']) =>
                listOfDeal(
                    connection,
                    dealId,
                    connection.tranches.list(dealId),
                    only('className', 'balance', 'factor', 'coupon', 'finalPayment', 'status'),
                ),
            ),
        );
    return tranche;
}

async function closeBook(tranches: Tranches, file: string) {
    const { orders, ...given } = fromFile(file, closingReader);
    return tranches.allot({ ...given, orders: orders ?? (await standingOrders(tranches, given.dealId)) });
}

/** An allotment that may leave out whose orders it is about. */
const closingReader: Reader<Omit<Allot, 'orders'> & Partial<Pick<Allot, 'orders'>>> = (value, at) => {
    if (typeof value !== 'object' || value === null || 'orders' in value) return allotReader(value, at);
    const { orders: _toBeFound, ...given } = allotReader(
        { ...value, orders: [{ className: 'any', investor: 'any' }] },
        at,
    );
    return given;
};

async function standingOrders(tranches: Tranches, dealId: string): Promise<Allot['orders']> {
    const standing = (await tranches.orders(dealId)).filter(({ status }) => status !== 'withdrawn');
    return standing.map(({ className, investor }) => ({ className, investor }));
}
