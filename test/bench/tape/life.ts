import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { connect, pledgeTape, recordMonth, recordTape, TapeSecret } from '@poolproof/gateway';

import { Stages } from './stage';
import { termsFor } from '../../setting/terms';

import type { Connection } from '@poolproof/gateway';
import type { NetworkProcess } from './network';

/** Files of a pool. */
export interface Pool {
    readonly folder: string;
    readonly loans: number;
    /** In cents. */
    readonly balance: string;
}

export const tapeFile = 'tape.csv';
export const monthFile = 'month.csv';

const dealId = 'bench';
const rules = { assetClass: 'auto-loan', rollForward: { exceptions: 'refuse', chargeOffAtZero: true } } as const;
const inFlight = 3;

/** What the two targets are about: recorded, pledged and sealed; and a month with its report. */
export interface Life {
    readonly tape: number;
    readonly month: number;
    readonly whole: number;
}

/**
 * The life of a tape with its first month, through the library as its users call it, from the files on: both desks in this process.
 * @returns loans a second
 */
export async function live(network: NetworkProcess, { folder, loans, balance }: Pool): Promise<Life> {
    const { desks } = network;
    const [bank, trust] = [connect(desks['bank-a']), connect(desks.trust)];
    const stages = new Stages(loans, network);
    const secret = await TapeSecret.open(join(folder, `${network.kind}.secret`));
    const recording = { dealId, secret, inFlight };
    try {
        await bank.deals.open({ id: dealId, terms: termsFor('Benchmark', BigInt(balance)), rules });
        const chunks = await stages.take('read and record the tape', () =>
            recordTape(bank, { ...recording, path: join(folder, tapeFile) }),
        );
        await stages.take('submit', () => bank.tapes.submit({ dealId, chunks }).then(() => seen(trust, 'submitted')));
        await stages.take('pledge', () => pledgeTape(trust, dealId, { inFlight }));
        await stages.take('seal', () => trust.tapes.seal({ dealId, evidence: [] }));
        const sealed = stages.count;
        await network.issue(dealId);
        await seen(bank, 'issued');
        const month = { ...recording, period: 1, version: 1, month: '2017-06', path: join(folder, monthFile) };
        await stages.take('read and record the month', () => recordMonth(bank, month));
        await stages.take('file its report', () => bank.reports.file({ dealId, period: 1, version: 1 }));
        stages.print([
            { name: 'recorded, pledged, sealed', first: 0, last: sealed },
            { name: 'month and its report', first: sealed, last: stages.count },
            { name: 'all of it', first: 0, last: stages.count },
        ]);
        return { tape: stages.rate(0, sealed), month: stages.rate(sealed), whole: stages.rate() };
    } finally {
        bank.close();
        trust.close();
    }
}

/** Until an institution's own peer has the block in which the deal came so far: on docker it may be a little behind. */
async function seen({ deals }: Connection, status: string): Promise<void> {
    while ((await deals.read(dealId)).status !== status) await pause(20);
}
