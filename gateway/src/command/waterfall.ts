import { Command } from 'commander';

import { atDesk } from './desk';
import { example } from './example';
import { factsOf, withFacts } from './facts';
import { listOfDeal, ofDeal } from './money';
import { Overview } from './overview';
import { printed } from './receipt';
import { whole } from './words';

import type { Amount, RunRecord, StepRecord } from '@poolproof/chaincode/domain';
import type { Connection } from '../connection';

export function waterfallCommand(): Command {
    const waterfall = new Command('waterfall').description('what the terms make of the report of a period');
    withFacts(waterfall.command('run <deal> <period>'))
        .description('servicer, trustee: run a period whose report is confirmed')
        .addHelpText(
            'after',
            example(
                'poolproof --as trust waterfall run auto-2026-1 1',
                'poolproof --as trust waterfall run float-2026-1 1 --fixing SOFR=4.31%',
            ),
        )
        .action(
            atDesk(({ waterfalls }, [dealId = '', period], options) =>
                printed(waterfalls.run({ dealId, period: whole(period, 'period'), ...factsOf(options) })),
            ),
        );
    waterfall
        .command('declare <deal> <period> <status> <reason>')
        .description('trustee: another status of the terms, such as accelerated, from the run of a period on')
        .addHelpText(
            'after',
            example('poolproof --as trust waterfall declare auto-2026-1 4 accelerated "the servicer is insolvent"'),
        )
        .action(
            atDesk(({ waterfalls }, [dealId = '', period, status = '', reason = '']) =>
                printed(waterfalls.declare({ dealId, period: whole(period, 'period'), status, reason })),
            ),
        );
    waterfall
        .command('reinstate <deal> <period> <class> <amount> <reason>')
        .description('trustee: principal written down, in minor units, is owed again from the run of a period on')
        .addHelpText(
            'after',
            example('poolproof --as trust waterfall reinstate auto-2026-1 4 B 1250000 "recovered after all"'),
        )
        .action(
            atDesk(({ waterfalls }, [dealId = '', period, className = '', minor, reason = '']) => {
                const amount = BigInt(whole(minor, 'amount')) as Amount;
                return printed(
                    waterfalls.reinstate({ dealId, period: whole(period, 'period'), className, amount, reason }),
                );
            }),
        );
    waterfall
        .command('declarations <deal>')
        .description('what the trustee has declared of a deal, and why')
        .addHelpText('after', example('poolproof --as fund waterfall declarations auto-2026-1'))
        .action(atDesk(({ waterfalls }, [dealId = '']) => waterfalls.declarations(dealId)));
    waterfall
        .command('read <deal> <period>')
        .description('a run with all its steps')
        .addHelpText('after', example('poolproof --as fund waterfall read auto-2026-1 1'))
        .action(
            atDesk((connection, [dealId = '', period]) =>
                ofDeal(connection, dealId, runAtAGlance(connection, dealId, whole(period, 'period'))),
            ),
        );
    waterfall
        .command('list <deal>')
        .description('all periods, those not yet run included')
        .addHelpText('after', example('poolproof --as fund waterfall list auto-2026-1'))
        .action(
            atDesk((connection, [dealId = '']) =>
                listOfDeal(connection, dealId, connection.waterfalls.list(dealId), lineOf),
            ),
        );
    return waterfall;
}

/** What came in, what each step paid, what each class got, and what is left; `--long` has what every step saw. */
async function runAtAGlance({ waterfalls }: Connection, dealId: string, period: number): Promise<Overview> {
    const record = await waterfalls.read(dealId, period);
    const { paymentDate, recordDate, status, version, report, poolBalanceEnding, run } = record;
    const heading = { dealId, period, paymentDate, recordDate, status, version, report, poolBalanceEnding };
    if (!run) return new Overview(record, heading);
    const { deposits, steps, distributions, payments, notices, state } = run;
    const tripped = Object.entries(state.triggers).filter(([, trigger]) => trigger.tripped);
    return new Overview(record, {
        ...heading,
        terms: run.status,
        triggers: tripped.map(([name]) => name),
        notices,
        deposits,
        steps: steps.map(stepLine),
        classes: Object.entries(distributions).map(
            ([className, { interest, principal, residual, interestShortfall, balanceEnding, factor }]) => {
                return { className, interest, principal, residual, interestShortfall, balanceEnding, factor };
            },
        ),
        payments,
        accounts: state.accounts,
    });
}

function stepLine(step: StepRecord): object {
    return 'outcome' in step
        ? { step: step.id, outcome: step.outcome }
        : { step: step.id, due: step.due, paid: step.paid };
}

function lineOf({ period, paymentDate, status, version, run }: RunRecord): object {
    const paid = Object.values(run?.distributions ?? {}).reduce(
        (sum, { interest, principal }) => sum + interest + principal,
        0n,
    );
    return { period, paymentDate, status, version, terms: run?.status, classes: run && paid };
}
