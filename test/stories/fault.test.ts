import { randomBytes } from 'node:crypto';

import { ClosedFailure, OutcomeUnknown, connect } from '@poolproof/gateway';

import { CuttingProxy, cuts } from '../gateway/cutting-proxy';
import { FaultyProxy, faults } from '../gateway/faulty-proxy';
import { executions } from '../gateway/executions';
import { Followers } from '../gateway/followers';
import { rightFailures, said } from '../gateway/right-error';
import { cash } from '../setting/founding';
import { Random, seedOfRun } from '../setting/random';
import { setStage } from '../setting/stage';

import type { Amount, Day } from '@poolproof/chaincode/domain';
import type { Connection, Failure, PeerAddress, Receipt } from '@poolproof/gateway';
import type { CallName } from '../gateway/faulty-proxy';
import type { Stage } from '../setting/stage';

const rounds = Number(process.env['POOLPROOF_ROUNDS'] ?? 100);
const seed = seedOfRun();
const isDocker = process.env['POOLPROOF_NETWORK'] === 'docker';
/** A real network waits for its blocks most of the time. */
const abreast = isDocker ? 64 : 32;
const allRounds = isDocker ? 1_800_000 : 900_000;

/** Deadlines short enough for calls that never get an answer; a real network gets minutes. */
const patience = isDocker ? 2 : 1;
const deadlines = {
    evaluate: 1_500 * patience,
    endorse: 3_000 * patience,
    submit: 1_000 * patience,
    recheck: 2_000 * patience,
    commit: 3_000 * patience,
};

type Fate = 'committed' | 'nothing written' | 'unknown';

/** What connections that are cut may lead to, wherever that hits a call: where it is not known what came of which call, any of these. */
const failuresOfCuts = [
    ...['evaluate', 'endorse'].flatMap(stage => [
        ...['UNAVAILABLE', 'INTERNAL', 'CANCELLED', 'UNKNOWN'].map(code => `GatewayFailure at ${stage}: ${code}`),
        `TimeoutFailure at ${stage}: DEADLINE_EXCEEDED`,
    ]),
    // The peer is still at the proposal whose answer was lost.
    'BusyFailure at endorse: ABORTED',
    'GatewayFailure at submit: UNAVAILABLE',
    ...['UNAVAILABLE', 'INTERNAL', 'CANCELLED', 'UNKNOWN', 'DEADLINE_EXCEEDED'].map(
        code => `OutcomeUnknown at commit: ${code}`,
    ),
];

interface Trouble {
    start(): Promise<PeerAddress>;
    stop(): void;
}

/** What goes wrong on the way, and what of it has happened. Streams and connections are few: they suffer everything in turn. */
const troubles = {
    'calls are lost, late, doubled and cut': (peer: PeerAddress, random: Random, suffered: Set<string>): Trouble => {
        const opened = new Map<CallName, number>();
        return new FaultyProxy(peer, call => {
            const before = opened.get(call) ?? 0;
            opened.set(call, before + 1);
            const isStream = call === 'chaincodeEvents' || call === 'deliverWithPrivateData';
            const drawn = random.chance(60) ? 'none' : random.of(faults);
            const fault = isStream ? (faults[before % faults.length] ?? drawn) : drawn;
            suffered.add(`${call} ${fault}`);
            return fault;
        });
    },
    'connections are reset, garbled, slow and swallowed': (
        peer: PeerAddress,
        random: Random,
        suffered: Set<string>,
    ): Trouble => {
        let opened = 0;
        const fate = () => {
            const cut = cuts[opened++ % cuts.length] ?? 'reset';
            suffered.add(cut);
            return { cut, after: random.below(300_000) };
        };
        return new CuttingProxy(peer, fate, 2_000);
    },
};

const expected = {
    'calls are lost, late, doubled and cut': [
        'evaluate',
        'endorse',
        'submit',
        'commitStatus',
        'chaincodeEvents',
        'deliverWithPrivateData',
    ].flatMap(call => faults.map(fault => `${call} ${fault}`)),
    'connections are reset, garbled, slow and swallowed': cuts,
};

describe.each(Object.keys(troubles) as (keyof typeof troubles)[])(
    `a way to the network on which %s (seed ${seed}, ${rounds} rounds)`,
    trouble => {
        let stage: Stage;
        let proxy: Trouble;
        let shaky: Connection;
        let followers: Followers;
        let today: Day;
        const suffered = new Set<string>();
        const wrong: string[] = [];
        let first: Receipt<unknown>;
        const fates = new Map<string, { fate: Fate; requestId: string }>();

        beforeAll(async () => {
            stage = await setStage();
            today = (await stage.cast.bankB.holdings.days())[0]?.day as Day;
            const peer = stage.network.peers('bank-b')[0] as PeerAddress;
            proxy = troubles[trouble](peer, new Random(seed), suffered);
            const identity = await stage.network.identity('bank-b', 'shaky', {
                'poolproof.role': 'investor,originator,servicer',
            });
            const { channel, chaincode } = stage.network.consortium;
            shaky = connect({ identity, peers: [await proxy.start()], channel, chaincode: chaincode.name, deadlines });
            first = await place(stage.cast.bankB, `${stage.tag}-first`);
            followers = new Followers(shaky, first, new Random(seed));
        });
        afterAll(async () => {
            await followers.close();
            shaky.close();
            proxy.stop();
            await stage.close();
        });

        async function place(desk: Connection, reference: string, requestId = `request-${reference}`) {
            const own = { kind: 'issue', side: 'deliver', counterparty: 'bank-b', asset: cash } as const;
            const on = { quantity: 1n as Amount, settlementDay: today, expiryDay: today };
            return desk.settlements.instruct({ reference, ...own, ...on }, { requestId });
        }

        /** One request over the shaky way, and what its caller was told. */
        async function attempt(reference: string, requestId: string): Promise<Fate> {
            const begun = Date.now();
            try {
                await place(shaky, reference, requestId);
                return 'committed';
            } catch (error) {
                // Only the story's own end closes the connection: nothing is to go on after it.
                if (error instanceof ClosedFailure) throw error;
                judge(error, begun);
                return error instanceof OutcomeUnknown ? 'unknown' : 'nothing written';
            }
        }

        /** Notes a failure that is not the right one after what has happened on the way. */
        function judge(error: unknown, begun: number): void {
            const heard = said(error);
            const failure = error as Failure;
            // Timers are a little early now and then.
            const waited = Date.now() - begun > 0.98 * deadlines[failure.stage as keyof typeof deadlines];
            if (proxy instanceof CuttingProxy) {
                const isLate = /BusyFailure|DEADLINE_EXCEEDED/.test(heard);
                if (!failuresOfCuts.includes(heard) || (isLate && !waited)) wrong.push(heard);
                return;
            }
            const arrivals = (proxy as FaultyProxy).arrivals.get(failure.transactionId ?? '') ?? [];
            const right = rightFailures(failure, arrivals, waited);
            if (right.includes(heard)) return;
            const story = arrivals.map(({ call, came }) => `${call} ${came}`).join(', ');
            wrong.push(`${heard}, not ${right.join(' or ')}, after ${story}`);
        }

        /** Asks what does not change: the answer is right, or there is none. */
        async function look(): Promise<void> {
            const begun = Date.now();
            try {
                const institutions = await shaky.institutions.list();
                expect(institutions.map(({ id }) => id)).toContain('bank-b');
            } catch (error) {
                judge(error, begun);
            }
        }

        /** Many at a time, each in its turn. */
        async function each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
            const left = [...items];
            const runner = async () => {
                for (let item = left.pop(); item !== undefined; item = left.pop()) await act(item);
            };
            await Promise.all(Array.from({ length: abreast }, runner));
        }

        it(
            'tells every caller the truth',
            async () => {
                const names = Array.from({ length: rounds }, () => `f-${stage.tag}-${randomBytes(6).toString('hex')}`);
                await each(names, async reference => {
                    const requestId = `request-${reference}`;
                    fates.set(reference, { fate: await attempt(reference, requestId), requestId });
                    await look();
                });
                expect(fates.size).toBe(rounds);

                const { instructions } = await stage.cast.bankB.holdings.book();
                const placed = new Set(instructions.map(({ reference }) => reference));
                const lies = [...fates].filter(
                    ([reference, { fate }]) =>
                        (fate === 'committed' && !placed.has(reference)) ||
                        (fate === 'nothing written' && placed.has(reference)),
                );
                expect(lies).toEqual([]);
            },
            allRounds,
        );

        it(
            'loses nothing and does nothing twice when every request is sent again under its id',
            async () => {
                await each([...fates], async ([reference, { requestId }]) => {
                    let fate: Fate = 'unknown';
                    while (fate !== 'committed') fate = await attempt(reference, requestId);
                });
                const { instructions } = await stage.cast.bankB.holdings.book();
                const mine = instructions.map(({ reference }) => reference).filter(reference => fates.has(reference));
                expect(mine.sort()).toEqual([...fates.keys()].sort());
            },
            allRounds,
        );

        it('tells every failure by its right name', () => {
            expect(wrong).toEqual([]);
        });

        it('tells every event and every block in order, and each has its effect once', async () => {
            const last = await place(stage.cast.bankB, `${stage.tag}-last`);
            const heard = await followers.until(last, stage.cast.bankB);
            expect(heard.events).toEqual(heard.truth);
            expect(heard.effects).toEqual(heard.truth);
            expect(heard.blocks).toEqual(heard.blocks.map((_, i) => Number(followers.start.blockNumber) + i));
            const times = await executions(stage.cast.bankB, first, last);
            const twice = [...fates.values()].filter(({ requestId }) => times.get(requestId) !== 1);
            expect(twice).toEqual([]);
        }, 120_000);

        it('has met everything that can go wrong', () => {
            // A few rounds show that the story runs; CI plays a hundred.
            if (rounds < 100) return;
            expect(expected[trouble].filter(each => !suffered.has(each))).toEqual([]);
        });
    },
);
