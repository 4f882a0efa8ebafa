import { join, resolve } from 'node:path';

import { cashOf } from '@poolproof/chaincode/domain';
import { down } from '@poolproof/network/dist/docker/down';
import { openNetwork, readConsortium } from '@poolproof/network';
import { up } from '@poolproof/network/dist/docker/up';

import { cash as dollars, found, openBooks } from '../setting/founding';
import { gather } from '../setting/cast';
import { issueCash } from '../setting/transfer';

import type { Amount, Batch, Day } from '@poolproof/chaincode/domain';
import type { Cast } from '../setting/cast';
import type { Network } from '@poolproof/network';

/**
 * Settled trades a second, one by one and in batches, against a transaction that does nothing, on the same network in the same run:
 * `npm run bench:settlement -- 500 100` (trades one by one, trades a batch), with `--docker` on a docker network that it brings up and
 * takes down. A trade is two instructions, each in its own book, placed before the clock starts; settling it moves dollars against
 * euros. The trades of a batch were placed together, by either side a batch at a time, or one by one. The transaction that does nothing
 * is a settlement sent again under its old id: signed by the same peer under the same policy, it writes one key, its first answer, again.
 *
 * It is the cheapest there is; beside it one that does nothing on public records, which the chaincode's majority signs.
 *
 * All are measured in turn, round after round, and compared within the round: whatever else the machine does meets all of them.
 * The figure is the median of the rounds.
 */
const words = process.argv.slice(2);
const [trades = 500, perBatch = 100] = words.filter(word => word !== '--docker').map(Number);
const root = resolve(__dirname, '../../..');
/** A name of its own, so that a docker network that is up is left alone. */
const consortium = { ...readConsortium(join(root, 'network/consortium.json')), name: 'poolproof-bench' };
const rounds = 5;
/** Trades for each no-op that are to be reached at least. Of batches of trades that were placed one by one nothing is asked. */
const targets: Partial<Record<Kind, number>> = { single: 0.5, together: 10 };
const day = '2026-01-05' as Day;
const euros = cashOf('EUR', 'bank-b');
const warmUp = 20;
/** Most instructions that a party places together. */
const mostTogether = 100;
const payment = { means: 'deposit', asset: euros, amount: 90n as Amount } as const;
const common = { kind: 'transfer', asset: dollars, quantity: 100n as Amount, payment } as const;
const trade = { ...common, settlementDay: day, expiryDay: day };

async function main(): Promise<void> {
    if (!words.includes('--docker')) return measure(await openNetwork('embedded', consortium));
    process.env['POOLPROOF_PORT'] ??= '27050';
    const write = (line: string) => void process.stderr.write(line);
    try {
        await up(consortium, { folder: join(root, 'chaincode') }, write);
        await measure(await openNetwork('docker', consortium));
    } finally {
        await down(consortium, write);
    }
}

async function measure(network: Network): Promise<void> {
    const cast = await gather(network);
    try {
        await found(cast);
        await openBooks(cast, day);
        await cast.trust.holdings.openDeposit({ currency: 'EUR', bank: 'bank-b' });
        await run(cast);
    } finally {
        cast.leave();
        await network.close();
    }
}

async function run(cast: Cast): Promise<void> {
    const { settlements } = cast.trust;
    await issueCash(cast, 'bank-b', 1_000_000_000n as Amount, day);
    await issueCash(cast, 'bank-b', 1_000_000_000n as Amount, day, euros);
    await provide(cast, euros);
    const perRound = Math.ceil(trades / rounds);
    const [first, ...pairs] = await agree(cast, rounds * (perRound + 2 * perBatch) + warmUp + 1);
    if (!first) throw new Error('no trade was agreed on');
    const together = await agreeTogether(cast, 2 * rounds + 1);
    await settlements.settle({ pairs: [first] }, { requestId: 'no-op' });
    const nothing = () => settlements.settle({ pairs: [first] }, { requestId: 'no-op' });
    const confirmed = { requestId: 'no-op', id: 'fund', roles: ['investor'] } as const;
    const ordinary = () => cast.regulator.institutions.confirm(confirmed);
    for (const pair of pairs.splice(0, warmUp)) await settlements.settle({ pairs: [pair] });
    for (let i = 0; i < warmUp; i++) await nothing();
    for (let i = 0; i < warmUp; i++) await ordinary();
    await settlements.settle({ pairs: together.splice(0, perBatch) });

    const measured: Round[] = [];
    for (let round = 0; round < rounds; round++)
        measured.push({
            noOp: await rate(perRound, async () => {
                for (let i = 0; i < perRound; i++) await nothing();
            }),
            ordinary: await rate(perRound, async () => {
                for (let i = 0; i < perRound; i++) await ordinary();
            }),
            single: await rate(perRound, async () => {
                for (const pair of pairs.splice(0, perRound)) await settlements.settle({ pairs: [pair] });
            }),
            apart: await rate(2 * perBatch, async () => {
                for (let i = 0; i < 2; i++) await settlements.settle({ pairs: pairs.splice(0, perBatch) });
            }),
            together: await rate(2 * perBatch, async () => {
                for (let i = 0; i < 2; i++) await settlements.settle({ pairs: together.splice(0, perBatch) });
            }),
        });
    tell(measured);
}

type Kind = 'apart' | 'single' | 'together';

/** Rates a second of one round. */
type Round = Readonly<Record<Kind | 'noOp' | 'ordinary', number>>;

function tell(measured: readonly Round[]): void {
    console.log(`rates a second, median of ${rounds} rounds; for each no-op: lowest, median, highest of the rounds`);
    const noOp = median(measured.map(each => each.noOp));
    console.log(`transactions that do nothing      ${noOp.toFixed(1).padStart(8)} /s`);
    const ordinary = median(measured.map(each => each.ordinary));
    const toOrdinary = median(measured.map(each => each.single / each.ordinary)).toFixed(2);
    console.log(
        `  signed by a majority            ${ordinary.toFixed(1).padStart(8)} /s   a trade for each: ${toOrdinary}`,
    );
    const names = {
        single: 'trades, one a transaction',
        together: `trades, ${perBatch} a transaction`,
        apart: '  the same, placed one by one',
    };
    for (const kind of ['single', 'together', 'apart'] as const) {
        const ratios = measured.map(each => each[kind] / each.noOp).sort((a, b) => a - b);
        const [least, middle, most] = [ratios[0] ?? 0, median(ratios), ratios.at(-1) ?? 0].map(each => each.toFixed(2));
        const target = targets[kind];
        const verdict =
            target === undefined ? '' : `target ${target}: ${median(ratios) >= target ? 'reached' : 'MISSED'}`;
        const rated = median(measured.map(each => each[kind]))
            .toFixed(1)
            .padStart(8);
        console.log(`${names[kind].padEnd(33)} ${rated} /s   ${least}  ${middle}  ${most}   ${verdict}`);
    }
}

function median(values: readonly number[]): number {
    return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Bank B provides the fund with the euros that it will pay. */
async function provide({ bankB, fund, trust }: Cast, asset: typeof euros): Promise<void> {
    const kind = 'transfer' as const;
    const quantity = 500_000_000n as Amount;
    const instruction = { reference: 'provide', kind, asset, quantity, settlementDay: day, expiryDay: day };
    await bankB.settlements.instruct({ ...instruction, side: 'deliver', counterparty: 'fund' });
    await fund.settlements.instruct({ ...instruction, side: 'receive', counterparty: 'bank-b' });
    await trust.settlements.settle({ pairs: [{ reference: 'provide', deliverer: 'bank-b', receiver: 'fund' }] });
}

/** Both sides of so many trades, several placed at a time. */
async function agree(cast: Cast, count: number): Promise<Batch['pairs'][number][]> {
    const pairs = Array.from({ length: count }, (_, i) => ({
        reference: `trade-${i}`,
        deliverer: 'bank-b',
        receiver: 'fund',
    }));
    let next = 0;
    const lane = async (): Promise<void> => {
        for (let pair = pairs[next++]; pair; pair = pairs[next++]) {
            const instruction = { ...trade, reference: pair.reference };
            const { bankB, fund } = cast;
            await bankB.settlements.instruct({ ...instruction, side: 'deliver', counterparty: 'fund' });
            await fund.settlements.instruct({ ...instruction, side: 'receive', counterparty: 'bank-b' });
        }
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    return pairs;
}

/** Both sides of so many batches of trades, each side placing a batch at a time, or as much of it as it may; in the order in which the depository finds them. */
async function agreeTogether(cast: Cast, batches: number): Promise<Batch['pairs'][number][]> {
    const { bankB, fund, trust } = cast;
    for (let batch = 0; batch < batches; batch++) {
        const trades = Array.from({ length: perBatch }, (_, i) => ({ ...trade, reference: `batch-${batch}-${i}` }));
        const said = (side: 'deliver' | 'receive', counterparty: string) =>
            trades.map(each => ({ ...each, side, counterparty }));
        for (let at = 0; at < perBatch; at += mostTogether) {
            await bankB.settlements.instructAll(said('deliver', 'fund').slice(at, at + mostTogether));
            await fund.settlements.instructAll(said('receive', 'bank-b').slice(at, at + mostTogether));
        }
    }
    const { pairs } = await trust.settlements.pending();
    return pairs.filter(({ sheets }) => sheets !== undefined);
}

async function rate(count: number, act: () => Promise<void>): Promise<number> {
    const start = process.hrtime.bigint();
    await act();
    return count / (Number(process.hrtime.bigint() - start) / 1e9);
}

void main();
