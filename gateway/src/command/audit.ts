import { Command } from 'commander';

import { asJson, asText, screenWidth } from './print';
import { atDesk, withPurpose } from './desk';
import { example } from './example';
import { Negative } from './negative';
import { overview } from './overview';
import { replayDeal } from '../replay';

import type { Access } from '@poolproof/chaincode/domain';
import type { Connection } from '../connection';
import type { Replayed } from '../replay';

export function auditCommand(): Command {
    const audit = new Command('audit').description(
        'who read what, and whether the figures are what the loans add up to',
    );
    audit
        .command('trail <deal>')
        .description('parties and regulators: who read the loans of a deal without being a party of it, and why')
        .addHelpText('after', example('poolproof --as bank-a audit trail auto-2026-1'))
        .action(atDesk(({ audits }, [dealId = '']) => overview(audits.trail(dealId), lineOf)));
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

/** Tells people of every part as soon as it is known: a deal has many. */
async function replay(connection: Connection, dealId: string, json: boolean): Promise<void> {
    const parts: Replayed[] = [];
    for await (const replayed of replayDeal(connection, dealId)) {
        parts.push(replayed);
        if (!json) process.stdout.write(replayedText(replayed));
    }
    if (json) process.stdout.write(asJson(parts));
    const differing = parts.filter(({ differences }) => differences.length > 0).length;
    if (differing > 0)
        throw new Negative(`no: ${differing} of ${parts.length} parts of the record are other than the loans say`);
    if (!json) process.stdout.write(`${parts.length} parts of the record computed again: all as published\n`);
}

/** Of the desk's certificate, the name. */
function lineOf({ by, desk, kind, period, purpose }: Access): object {
    return { by, desk: /CN=([^/:]+)/.exec(desk)?.[1] ?? desk, kind, period, purpose };
}

function replayedText({ part, period, version, differences }: Replayed): string {
    const of = period === undefined ? part : `${part} of period ${period}, version ${version ?? 1}`;
    return differences.length === 0 ? `${of}: the same\n` : `${of}: DIFFERENT\n${asText(differences, screenWidth())}`;
}
