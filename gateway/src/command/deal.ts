import { Command } from 'commander';

import { atDesk } from './desk';
import { printed } from './receipt';
import { readJsonFile } from '../json-file';

export function dealCommand(): Command {
    const deal = new Command('deal').description('deals: terms, parties, status');
    deal.command('open <deal> <terms>')
        .description('originator: open a deal with the terms of a JSON file')
        .option('--asset-class <id>', 'what its assets are', 'auto-loan')
        .option('--exceptions <rule>', 'adjust or refuse a month that does not follow from the one before', 'refuse')
        .addHelpText(
            'after',
            '\nExample:\n  poolproof --as bank-a deal open auto-2026-1 terms.json --exceptions adjust',
        )
        .action(
            atDesk(({ deals }, [id = '', terms = ''], { assetClass = '', exceptions }) => {
                const rollForward = { exceptions: exceptions as 'adjust' | 'refuse', chargeOffAtZero: true };
                return printed(deals.open({ id, terms: readJsonFile(terms), rules: { assetClass, rollForward } }));
            }),
        );
    deal.command('close <deal>')
        .description('trustee: lay down all periods of a sealed deal, and begin reporting')
        .action(atDesk(({ deals }, [id = '']) => printed(deals.close({ id }))));
    deal.command('read <deal>')
        .description('its public record')
        .action(atDesk(({ deals }, [id = '']) => deals.read(id)));
    deal.command('terms <deal>')
        .description('its terms')
        .action(atDesk(({ deals }, [id = '']) => deals.terms(id)));
    deal.command('list')
        .description('all deals')
        .action(atDesk(({ deals }) => deals.list()));
    return deal;
}
