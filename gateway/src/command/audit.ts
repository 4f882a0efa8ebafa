import { Command } from 'commander';

import { atDesk } from './desk';

export function auditCommand(): Command {
    const audit = new Command('audit').description(
        'who read what, and whether the figures are what the loans add up to',
    );
    audit
        .command('trail <deal>')
        .description('parties and regulators: who read the loans of a deal without being a party of it, and why')
        .addHelpText('after', '\nExample:\n  poolproof --as bank-a audit trail auto-2026-1')
        .action(atDesk(({ audits }, [dealId = '']) => audits.trail(dealId)));
    return audit;
}
