import { Command } from 'commander';

import { atDesk, atDeskInParts } from './desk';
import { example } from './example';
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
        .addHelpText('after', example('poolproof --as regulator pledge lay-key'))
        .action(atDesk(({ pledges }) => printed(pledges.layKey())));
    pledge
        .command('accept <deal>')
        .description('trustee: pledge every chunk of a submitted tape; called again after a crash, it goes on')
        .addHelpText('after', example('poolproof --as trust pledge accept auto-2026-1'))
        .action(atDeskInParts((connection, [dealId = '']) => acceptAll(connection, dealId)));
    pledge
        .command('chunk <deal> <chunk>')
        .description('trustee: pledge one chunk of a submitted tape, or of loans that are offered')
        .addHelpText('after', example('poolproof --as trust pledge chunk auto-2026-1 0'))
        .action(
            atDesk(({ pledges }, [dealId = '', chunk]) =>
                printed(pledges.pledge({ dealId, number: whole(chunk, 'chunk') })),
            ),
        );
    pledge
        .command('release-repaid <deal> <chunk> <period>')
        .description('trustee: give free the loans of a chunk that were repaid or bought back in a period')
        .addHelpText('after', example('poolproof --as trust pledge release-repaid auto-2026-1 0 3'))
        .action(
            atDesk(({ pledges }, [dealId = '', chunk, period]) =>
                printed(
                    pledges.releaseRepaid({ dealId, number: whole(chunk, 'chunk'), period: whole(period, 'period') }),
                ),
            ),
        );
    pledge
        .command('release-replaced <deal> <chunk>')
        .description('trustee: give free the loans of a chunk that have left the pool in exchange for others')
        .addHelpText('after', example('poolproof --as trust pledge release-replaced plan-2026-1 0'))
        .action(
            atDesk(({ pledges }, [dealId = '', chunk]) =>
                printed(pledges.releaseReplaced({ dealId, number: whole(chunk, 'chunk') })),
            ),
        );
    pledge
        .command('release <deal> <chunk>')
        .description('trustee: give the assets of a chunk free')
        .addHelpText('after', example('poolproof --as trust pledge release auto-2026-1 0'))
        .action(
            atDesk(({ pledges }, [dealId = '', chunk]) =>
                printed(pledges.release({ dealId, number: whole(chunk, 'chunk') })),
            ),
        );
    pledge
        .command('conflicts <deal> <chunk>')
        .description('trustee, regulator: which loans of a chunk back a deal already')
        .addHelpText('after', example('poolproof --as trust pledge conflicts auto-2026-2 0'))
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
