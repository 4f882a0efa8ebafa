import { canonical } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk } from './desk';
import { whole } from './words';

import type { Connection } from '../connection';

export function watchCommand(): Command {
    return new Command('watch')
        .description('follow what committed transactions tell, until interrupted')
        .option('--from <block>', 'number of the first block', '0')
        .action(
            atDesk((connection, _args, { from, json }) => follow(connection, whole(from, '--from'), Boolean(json))),
        );
}

async function follow(connection: Connection, from: number, json: boolean): Promise<undefined> {
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    for await (const event of connection.events({ from: BigInt(from), signal: stop.signal })) {
        const { blockNumber, name, payload } = event;
        process.stdout.write(json ? `${canonical(event)}\n` : `${blockNumber}  ${name}  ${canonical(payload)}\n`);
    }
    return undefined;
}
