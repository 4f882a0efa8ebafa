import { Command } from 'commander';

import { atDesk } from './desk';
import { example } from './example';
import { transactionId } from './words';

export function outcomeCommand(): Command {
    return new Command('outcome')
        .description('what became of a transaction whose answer was lost')
        .argument('<transaction>')
        .addHelpText('after', example('poolproof --as bank-a outcome 3f1c...9e'))
        .action(atDesk((connection, [id]) => connection.outcome(transactionId(id))));
}
