import { Command } from 'commander';

import { atDesk } from './desk';
import { printed } from './receipt';
import { whole } from './words';

export function waterfallCommand(): Command {
    const waterfall = new Command('waterfall').description('what the terms make of the report of a period');
    waterfall
        .command('run <deal> <period>')
        .description('servicer, trustee: run a period whose report is confirmed')
        .action(
            atDesk(({ waterfalls }, [dealId = '', period]) =>
                printed(waterfalls.run({ dealId, period: whole(period, 'period') })),
            ),
        );
    waterfall
        .command('read <deal> <period>')
        .description('a run with all its steps')
        .action(atDesk(({ waterfalls }, [dealId = '', period]) => waterfalls.read(dealId, whole(period, 'period'))));
    waterfall
        .command('list <deal>')
        .description('all periods, those not yet run included')
        .action(atDesk(({ waterfalls }, [dealId = '']) => waterfalls.list(dealId)));
    return waterfall;
}
