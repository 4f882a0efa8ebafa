import { canonical } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk } from './desk';
import { example } from './example';
import { fieldsText } from './print';
import { FileStore } from '../events/file-store';
import { untilStopped } from './until-stopped';
import { whole } from './words';

import type { Connection } from '../connection';
import type { LedgerEvent } from '../client/event';

interface WatchOptions {
    readonly from: string;
    readonly checkpoint?: string;
    readonly json?: boolean;
}

export function watchCommand(): Command {
    return new Command('watch')
        .description('follow what committed transactions tell, until interrupted')
        .option('--from <block>', 'number of the first block', '0')
        .option('--checkpoint <file>', 'go on after what was told the last time, as the file says, and keep it there')
        .addHelpText(
            'after',
            example(
                'poolproof --as fund watch --from 17',
                'poolproof --as fund --json watch --checkpoint told.json >> events.jsonl',
                'As JSON, an event a line. With a checkpoint no event is left out; after a crash the last may be told once more.',
            ),
        )
        .action(atDesk((connection, _args, options) => follow(connection, options as unknown as WatchOptions)));
}

async function follow(connection: Connection, { from, checkpoint, json }: WatchOptions): Promise<undefined> {
    const store = checkpoint === undefined ? undefined : await FileStore.open(checkpoint, {});
    const after = await store?.position();
    const start = { from: BigInt(whole(from, '--from')), signal: untilStopped() };
    for await (const event of connection.events({ ...start, ...(after && { after }) })) {
        const tell = () => void process.stdout.write(json ? `${canonical(event)}\n` : lineOf(event));
        const { blockNumber, transactionId } = event;
        if (store) await store.advance({ blockNumber, transactionId }, tell);
        else tell();
    }
    return undefined;
}

/** `41  ReportFiled  dealId auto-2026-1, period 1, version 1` */
function lineOf({ blockNumber, name, payload }: LedgerEvent): string {
    const { type: _asTheName, ...told } = payload;
    return `${[blockNumber, name, fieldsText(told)].join('  ').trimEnd()}\n`;
}
