import { Command } from 'commander';

import { atDesk } from './desk';
import { example } from './example';
import { printed } from './receipt';
import { list } from './words';

import type { Role } from '@poolproof/chaincode/domain';

export function institutionCommand(): Command {
    const institution = new Command('institution').description('who takes part, and in which roles');
    institution
        .command('join <id>')
        .description("ask for membership; an administrator's identity signs")
        .requiredOption('--name <name>', 'full name')
        .requiredOption('--roles <roles>', 'roles asked for, separated by commas')
        .addHelpText(
            'after',
            example('poolproof --as bank-a institution join bank-a --name "Bank A" --roles originator,servicer'),
        )
        .action(
            atDesk(({ institutions }, [id = ''], { name = '', roles }) =>
                printed(institutions.join({ id, name, roles: list(roles) as Role[] })),
            ),
        );
    institution
        .command('ask')
        .description("ask for further roles, or for such as were taken away; an administrator's identity signs")
        .requiredOption('--roles <roles>', 'roles asked for, separated by commas')
        .addHelpText('after', example('poolproof --as bank-b institution ask --roles investor'))
        .action(
            atDesk(({ institutions }, _, { roles }) => printed(institutions.ask({ roles: list(roles) as Role[] }))),
        );
    institution
        .command('confirm <id>')
        .description('regulator: put roles in force')
        .option('--roles <roles>', 'roles granted, separated by commas; none ends the membership')
        .addHelpText(
            'after',
            example('poolproof --as regulator institution confirm bank-a --roles originator,servicer'),
        )
        .action(
            atDesk(({ institutions }, [id = ''], { roles }) =>
                printed(institutions.confirm({ id, roles: list(roles) as Role[] })),
            ),
        );
    institution
        .command('list')
        .description('all institutions')
        .addHelpText('after', example('poolproof --as fund institution list'))
        .action(atDesk(({ institutions }) => institutions.list()));
    return institution;
}
