import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';

import { addDays, addMonths, assetClassOf, lastDayOf, monthOf } from '@poolproof/chaincode/domain';
import { openNetwork, readConsortium } from '@poolproof/network';

import { found, openBooks } from './founding';
import { gather } from './cast';
import { mustBeConserved } from './conservation';

import type { Cast } from './cast';
import type { Cell, Day } from '@poolproof/chaincode/domain';
import type { DealDates } from './terms';
import type { Network } from '@poolproof/network';

/** A network on which a story is played: its institutions have joined, its books are open. */
export interface Stage {
    readonly network: Network;
    readonly cast: Cast;
    /** Sets this run's loans and deals apart from those of earlier runs on the same network. */
    readonly tag: string;
    /** The end of the story. @throws Error where the books did not add up after one of its transactions */
    close(): Promise<void>;
}

const consortiumFile = join(resolve(__dirname, '../../..'), 'network/consortium.json');

/** The network that POOLPROOF_NETWORK names, `embedded` unless stated. Stories are the same on each. */
export async function setStage(): Promise<Stage> {
    const kind = process.env['POOLPROOF_NETWORK'] === 'docker' ? 'docker' : 'embedded';
    const network = await openNetwork(kind, readConsortium(consortiumFile));
    const cast = await gather(network);
    await found(cast);
    await openBooks(cast, '2017-06-19' as Day);
    return {
        network,
        cast,
        tag: randomBytes(3).toString('hex'),
        close: async () => {
            try {
                await mustBeConserved(cast.regulator);
            } finally {
                cast.leave();
                await network.close();
            }
        },
    };
}

/** The same loans or months under numbers that no earlier run has pledged. */
export function tagged<R extends { readonly cells: readonly Cell[] }>(stage: Stage, records: readonly R[]): R[] {
    const { loan, loanRoles } = assetClassOf('auto-loan');
    const number = loan.fields.findIndex(field => field.name === loanRoles.number);
    return records.map(record => {
        const cells = [...record.cells];
        cells[number] = `${String(cells[number])}.${stage.tag}`;
        return { ...record, cells };
    });
}

/** Dates of a deal that closes on the next business day: on a network that has seen deals before, time has gone on. */
export async function datesOn({ cast }: Stage): Promise<DealDates> {
    const [system] = await cast.trust.holdings.days();
    if (!system) throw new Error('no settlement system is open');
    const cutoff = lastDayOf(addMonths(monthOf(system.day), -1));
    const firstPayment = `${addMonths(monthOf(system.day), 1)}-15`;
    const legalFinal = `${addMonths(monthOf(system.day), 85)}-15`;
    return { cutoff, closing: addDays(system.day, 1), firstPayment, legalFinal };
}
