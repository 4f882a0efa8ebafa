import { Command } from 'commander';

import { atDesk } from './desk';
import { example } from './example';
import { Overview } from './overview';
import { print } from './print';
import { whole } from './words';
import { InputError } from '../input-error';

import type { Connection } from '../connection';
import type { DeskOptions } from './desk';
import type { Recovered } from '../client/recover';

const resend =
    'What is not on the ledger: call the same command again with --request-id; it takes effect once, whatever was sent.\n';

export function recoverCommand(): Command {
    return new Command('recover')
        .description('what became of requests whose command was killed, or ended without word of their outcome')
        .option(
            '--forget <transaction>',
            'strike out one that the ledger does not have and that is not to be sent again',
        )
        .option('--wait <seconds>', 'how long the ledger may take to tell', '5')
        .addHelpText(
            'after',
            example(
                'poolproof --as bank-a recover',
                'poolproof --as bank-a recover --forget 3f1c...9e',
                'Exits with 7 while there is a request without an outcome.',
            ),
        )
        .action(
            atDesk(async (connection, _args, { forget, wait, json }) => {
                const recovered = await connection.recover(1000 * whole(wait, '--wait'));
                return forget === undefined
                    ? tellAll(recovered, { json: Boolean(json) })
                    : forgetOne(connection, recovered, forget);
            }),
        );
}

function tellAll(recovered: readonly Recovered[], options: DeskOptions): void {
    print(new Overview(recovered, recovered.map(rowOf)), options);
    const unknown = recovered.filter(({ outcome }) => !outcome);
    if (unknown.length === 0) return;
    process.stderr.write(resend);
    process.exitCode = 7;
}

/** What the ledger has is not forgotten: it is told, as `recover` does. */
async function forgetOne(
    connection: Connection,
    recovered: readonly Recovered[],
    transactionId: string,
): Promise<object> {
    const found = recovered.find(each => each.transactionId === transactionId);
    if (!found) throw new InputError(`${transactionId}: no request without an outcome has this transaction`);
    if (!found.outcome) await connection.forget(transactionId);
    return found.outcome ? rowOf(found) : { ...rowOf(found), outcome: 'forgotten' };
}

function rowOf({ transaction, requestId, transactionId, outcome }: Recovered): object {
    const block = `block ${outcome?.blockNumber}`;
    const found = outcome?.valid ? `carried out, in ${block}` : `found invalid in ${block}: nothing was written`;
    return { request: transaction, requestId, transactionId, outcome: outcome ? found : 'not on the ledger' };
}
