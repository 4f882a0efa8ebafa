import { Command } from 'commander';

import { atDesk } from './desk';
import { printed } from './receipt';
import { progressOf } from './progress';
import { whole } from './words';

import type { Connection } from '../connection';

export function pledgeCommand(): Command {
    const pledge = new Command('pledge').description('the registry that keeps one asset from backing two live deals');
    pledge
        .command('lay-key')
        .description("regulator: lay down the registry's key, once")
        .action(atDesk(({ pledges }) => printed(pledges.layKey())));
    pledge
        .command('accept <deal>')
        .description('trustee: pledge every chunk of a submitted tape')
        .action(atDesk((connection, [dealId = '']) => acceptAll(connection, dealId)));
    pledge
        .command('release <deal> <chunk>')
        .description('trustee: give the assets of a chunk free')
        .action(
            atDesk(({ pledges }, [dealId = '', chunk]) =>
                printed(pledges.release({ dealId, number: whole(chunk, 'chunk') })),
            ),
        );
    pledge
        .command('conflicts <deal> <chunk>')
        .description('trustee, regulator: which loans of a chunk back a deal already')
        .action(atDesk(({ pledges }, [dealId = '', chunk]) => pledges.conflicts(dealId, whole(chunk, 'chunk'))));
    return pledge;
}

async function acceptAll({ pledges, tapes }: Connection, dealId: string): Promise<object[]> {
    const accepted: object[] = [];
    const { chunkRoots } = await tapes.read(dealId);
    const told = progressOf('pledged');
    for (const number of chunkRoots.keys()) {
        accepted.push(await printed(pledges.pledge({ dealId, number })));
        told({ done: number + 1, found: 0, chunks: chunkRoots.length });
    }
    return accepted;
}
