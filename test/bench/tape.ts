import { assetClassOf } from '@poolproof/chaincode/domain';
import { packChunk } from '@poolproof/gateway';
import { openNetwork, readConsortium } from '@poolproof/network';

import { found, openBooks } from '../setting/founding';
import { gather } from '../setting/cast';
import { issueDeal } from '../setting/issuing';
import { SyntheticLoans } from './synthetic-loans';
import { termsFor } from '../setting/terms';

import type { Cast } from '../setting/cast';
import type { Day } from '@poolproof/chaincode/domain';

/**
 * How fast a tape of real size goes through its life on the embedded network: recorded, pledged and sealed, then one month of loan
 * states and its report. `npm run bench:tape -- 1000000 4000` (loans, loans a chunk). The loans are SYNTHETIC.
 */
const [loans = 1_000_000, perChunk = 4_000] = process.argv.slice(2).map(Number);
const inFlight = 3;
const dealId = 'bench';
const { loan: loanLayout, state: stateLayout } = assetClassOf('auto-loan');
const rules = { assetClass: 'auto-loan', rollForward: { exceptions: 'refuse', chargeOffAtZero: true } } as const;

async function main(): Promise<void> {
    const network = await openNetwork('embedded', readConsortium(require.resolve('../../../network/consortium.json')));
    const cast = await gather(network);
    try {
        await found(cast);
        await openBooks(cast, '2017-06-19' as Day);
        await run(cast);
    } finally {
        cast.leave();
        await network.close();
    }
}

async function run(cast: Cast): Promise<void> {
    const pool = new SyntheticLoans(loans);
    const chunks = Math.ceil(loans / perChunk);
    const total = stopwatch();
    await timed('put in order', () => Promise.resolve(pool.sort()));
    await cast.bankA.deals.open({ id: dealId, terms: termsFor('Benchmark', pool.balance()), rules });
    await timed('record', () =>
        each(chunks, number =>
            cast.bankA.tapes.record({ dealId, number }, packChunk(loanLayout, pool.loans(number, perChunk))),
        ),
    );
    await timed('submit', () => cast.bankA.tapes.submit({ dealId, chunks }));
    await timed('pledge', () => each(chunks, number => cast.trust.pledges.pledge({ dealId, number })));
    await timed('seal', () => cast.trust.tapes.seal({ dealId, evidence: [] }));
    say('tape recorded, pledged, sealed', total());
    await issueDeal(cast, dealId);
    const month = stopwatch();
    await timed('record a month', () =>
        each(chunks, number =>
            cast.bankA.reports.recordStates(
                { dealId, period: 1, version: 1, number },
                packChunk(stateLayout, pool.month(number, perChunk)),
            ),
        ),
    );
    await timed('file its report', () => cast.bankA.reports.file({ dealId, period: 1, version: 1 }));
    say('month recorded and reported', month());
}

/** All chunks, a few of them in flight at a time. */
async function each(chunks: number, act: (number: number) => Promise<unknown>): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
        while (next < chunks) await act(next++);
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
}

/** Seconds that passed, and seconds that all threads of the process worked meanwhile. */
interface Spent {
    readonly seconds: number;
    readonly work: number;
}

function stopwatch(): () => Spent {
    const start = process.hrtime.bigint();
    const before = process.cpuUsage();
    return () => {
        const { user, system } = process.cpuUsage(before);
        return { seconds: Number(process.hrtime.bigint() - start) / 1e9, work: (user + system) / 1e6 };
    };
}

async function timed(what: string, act: () => Promise<unknown>): Promise<void> {
    const spent = stopwatch();
    await act();
    say(what, spent());
}

function say(what: string, { seconds, work }: Spent): void {
    const megabytes = Math.round(process.memoryUsage.rss() / 1e6);
    const speed = Math.round(loans / seconds).toLocaleString('en-US');
    const times = `${seconds.toFixed(1).padStart(8)} s${work.toFixed(1).padStart(8)} s of CPU`;
    console.log(`${what.padEnd(34)}${times}${speed.padStart(12)} loans/s   ${megabytes} MB`);
}

void main();
