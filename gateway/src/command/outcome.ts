import { Command } from 'commander';

import { atDesk } from './desk';

export function outcomeCommand(): Command {
    return new Command('outcome')
        .description('what became of a transaction whose answer was lost')
        .argument('<transaction>')
        .action(atDesk((connection, [transactionId = '']) => connection.outcome(transactionId)));
}
