import { Command } from 'commander';

import { asJson, asText } from './print';
import { atDesk, withPurpose } from './desk';
import { Negative } from './negative';
import { replayDeal } from '../replay';

import type { Connection } from '../connection';
import type { Replayed } from '../replay';

export function auditCommand(): Command {
    const audit = new Command('audit').description(
        'who read what, and whether the figures are what the loans add up to',
    );
    audit
        .command('trail <deal>')
        .description('parties and regulators: who read the loans of a deal without being a party of it, and why')
        .addHelpText('after', '\nExample:\n  poolproof --as bank-a audit trail auto-2026-1')
        .action(atDesk(({ audits }, [dealId = '']) => audits.trail(dealId)));
    withPurpose(audit.command('replay <deal>'))
        .description(
            'originator, trustee, regulator: compute the tape, every report and every waterfall again from the private states on your own ' +
                'peer, and list what is published otherwise',
        )
        .addHelpText(
            'after',
            '\nExample:\n  poolproof --as regulator audit replay auto-2026-1\n\nExits with 9 where a figure is another.',
        )
        .action(atDesk((connection, [dealId = ''], { json }) => replay(connection, dealId, Boolean(json))));
    return audit;
}

/** Tells of every part as soon as it is known: a deal has many. */
async function replay(connection: Connection, dealId: string, json: boolean): Promise<void> {
    let [parts, differing] = [0, 0];
    for await (const replayed of replayDeal(connection, dealId)) {
        parts++;
        if (replayed.differences.length > 0) differing++;
        process.stdout.write(json ? asJson(replayed) : replayedText(replayed));
    }
    if (differing > 0)
        throw new Negative(`no: ${differing} of ${parts} parts of the record are other than the loans say`);
    if (!json) process.stdout.write(`${parts} parts of the record computed again: all as published\n`);
}

function replayedText({ part, period, version, differences }: Replayed): string {
    const of = period === undefined ? part : `${part} of period ${period}, version ${version ?? 1}`;
    return differences.length === 0 ? `${of}: the same\n` : `${of}: DIFFERENT\n${asText(differences)}`;
}
