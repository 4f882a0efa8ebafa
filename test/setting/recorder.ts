import { readFileSync } from 'node:fs';

import { connect, recordMonth, recordTape, TapeSecret } from '@poolproof/gateway';

import { monthMapping } from './pool';

import type { ConnectOptions } from '@poolproof/gateway';

/** What a recorder is to do, as its file says. */
export interface RecorderTask {
    readonly connection: ConnectOptions;
    readonly dealId: string;
    readonly secretFile: string;
    readonly loansPerChunk: number;
    readonly loans: string;
    /** The first period, from this file; the tape, where there is none. */
    readonly month?: { readonly path: string; readonly month: string };
}

/** A client in a process of its own that records a tape, or a month, and says after each chunk how far it is. Argument: the task's file. */
async function main([file = '']: readonly string[]): Promise<void> {
    const task = JSON.parse(readFileSync(file, 'utf8')) as RecorderTask;
    const connection = connect(task.connection);
    const secret = await TapeSecret.open(task.secretFile);
    const { dealId, loansPerChunk, month } = task;
    const options = { secret, progress: (progress: object) => console.log(JSON.stringify(progress)) };
    if (month)
        await recordMonth(connection, { ...options, dealId, period: 1, version: 1, mapping: monthMapping, ...month });
    else await recordTape(connection, { ...options, dealId, path: task.loans, loansPerChunk });
    connection.close();
}

void main(process.argv.slice(2));
