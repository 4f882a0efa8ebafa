import { Command, Option } from 'commander';

import { atDesk } from './desk';
import { example } from './example';
import { only, overview } from './overview';
import { printed } from './receipt';
import { readJsonFile } from '../json-file';

import type { Deal, PoolRules } from '@poolproof/chaincode/domain';

interface OpenOptions {
    readonly assetClass?: string;
    readonly exceptions?: 'adjust' | 'refuse';
    readonly rules?: string;
}

export function dealCommand(): Command {
    const deal = new Command('deal').description('deals: terms, parties, status');
    deal.command('open <deal> <terms>')
        .description('originator: open a deal with the terms of a JSON file')
        .option('--asset-class <id>', 'what its assets are', 'auto-loan')
        .addOption(
            new Option('--exceptions <rule>', 'what is done with a month that does not follow from the one before')
                .choices(['adjust', 'refuse'])
                .default('refuse'),
        )
        .option('--rules <file>', 'all rules of its pool (JSON) instead: eligibility, concentrations, substitution ...')
        .addHelpText(
            'after',
            example(
                'poolproof --as bank-a deal open auto-2026-1 terms.json --exceptions adjust',
                'poolproof --as bank-a deal open plan-2026-1 terms.json --rules rules.json',
                'rules.json:\n  {\n    "assetClass": "consumer-loan",\n' +
                    '    "rollForward": { "exceptions": "refuse", "chargeOffAtZero": true },\n' +
                    '    "eligibility": [{ "id": "rate", "field": "currentInterestRate", "test": "most", "values": ["0.24"],\n' +
                    '      "failing": "refuse" }],\n    "fewestLoans": 5\n  }',
            ),
        )
        .action(
            atDesk(({ deals }, [id = '', terms = ''], options) =>
                printed(deals.open({ id, terms: readJsonFile(terms), rules: rulesOf(options) })),
            ),
        );
    deal.command('close <deal>')
        .description('trustee: lay down all periods of a sealed deal, and begin reporting')
        .addHelpText('after', example('poolproof --as trust deal close auto-2026-1'))
        .action(atDesk(({ deals }, [id = '']) => printed(deals.close({ id }))));
    deal.command('end <deal>')
        .description('trustee: end a deal whose notes are repaid; its pledges can then be released')
        .addOption(
            new Option('--reason <reason>', 'how it ended')
                .choices(['called', 'matured', 'redeemed'])
                .makeOptionMandatory(),
        )
        .addHelpText('after', example('poolproof --as trust deal end auto-2026-1 --reason called'))
        .action(
            atDesk(({ deals }, [id = ''], { reason }) =>
                printed(deals.end({ id, reason: reason as NonNullable<Deal['ended']> })),
            ),
        );
    deal.command('consent-to-transfer <deal> <to>')
        .description('originator, trustee: consent that another deal takes assets over from this one; both are needed')
        .addHelpText('after', example('poolproof --as trust deal consent-to-transfer warehouse-1 auto-2026-1'))
        .action(atDesk(({ deals }, [id = '', to = '']) => printed(deals.consentToTransfer({ id, to }))));
    deal.command('read <deal>')
        .description('its public record')
        .addHelpText('after', example('poolproof --as fund deal read auto-2026-1'))
        .action(atDesk(({ deals }, [id = '']) => deals.read(id)));
    deal.command('terms <deal>')
        .description('its terms, the document with which it was opened')
        .addHelpText(
            'after',
            example('poolproof --as fund deal terms auto-2026-1', 'poolproof --as fund --json deal terms auto-2026-1'),
        )
        .action(atDesk(({ deals }, [id = '']) => deals.document(id)));
    deal.command('list')
        .description('all deals')
        .addHelpText('after', example('poolproof --as fund deal list'))
        .action(
            atDesk(({ deals }) =>
                overview(deals.list(), only('id', 'status', 'originator', 'trustee', 'currency', 'cutoff', 'periods')),
            ),
        );
    return deal;
}

function rulesOf({ assetClass = '', exceptions = 'refuse', rules }: OpenOptions): PoolRules {
    if (rules !== undefined) return readJsonFile(rules) as PoolRules;
    return { assetClass, rollForward: { exceptions, chargeOffAtZero: true } };
}
