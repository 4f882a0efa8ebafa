import { Command } from 'commander';

import { atDesk, atDeskInParts } from './desk';
import { pledgeTape } from '../pledging';
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
        .action(atDeskInParts((connection, [dealId = '']) => acceptAll(connection, dealId)));
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

async function acceptAll(connection: Connection, dealId: string): Promise<object> {
    const told = progressOf('pledged');
    const chunks = await pledgeTape(connection, dealId, {
        progress: ({ pledged, chunks }) => {
            told({ done: pledged, found: 0, chunks });
        },
    });
    return { dealId, chunks };
}
