import { randomBytes } from 'node:crypto';

import { Failure, OutcomeUnknown, connect } from '@poolproof/gateway';

import { FaultyProxy, faults } from '../gateway/faulty-proxy';
import { cash } from '../setting/founding';
import { Random, seedOfRun } from '../setting/random';
import { setStage } from '../setting/stage';

import type { Amount, Day } from '@poolproof/chaincode/domain';
import type { Connection } from '@poolproof/gateway';
import type { Stage } from '../setting/stage';

const rounds = Number(process.env['POOLPROOF_ROUNDS'] ?? 200);
const seed = seedOfRun();
const abreast = 32;

/** Deadlines short enough for calls that never get an answer; a real network gets minutes. */
const deadlines = { evaluate: 1_500, endorse: 3_000, submit: 1_000, recheck: 2_000, commit: 3_000 };

type Fate = 'committed' | 'nothing written' | 'unknown';

describe(`a connection on which calls are lost, late, doubled and cut (seed ${seed}, ${rounds} rounds)`, () => {
    let stage: Stage;
    let proxy: FaultyProxy;
    let shaky: Connection;
    let today: Day;
    const suffered = new Map<string, number>();
    const fates = new Map<string, { fate: Fate; requestId: string }>();

    beforeAll(async () => {
        stage = await setStage();
        today = (await stage.cast.bankB.holdings.days())[0]?.day as Day;
        const random = new Random(seed);
        proxy = new FaultyProxy(stage.network.peers('bank-b')[0] as never, method => {
            const fault = random.chance(60) ? 'none' : random.of(faults);
            suffered.set(`${method} ${fault}`, (suffered.get(`${method} ${fault}`) ?? 0) + 1);
            return fault;
        });
        const identity = await stage.network.identity('bank-b', 'shaky', {
            'poolproof.role': 'investor,originator,servicer',
        });
        const { channel, chaincode } = stage.network.consortium;
        shaky = connect({ identity, peers: [await proxy.start()], channel, chaincode: chaincode.name, deadlines });
    });
    afterAll(async () => {
        shaky.close();
        proxy.stop();
        await stage.close();
    });

    /** One request over the shaky connection, and what its caller was told. */
    async function place(reference: string, requestId: string): Promise<Fate> {
        try {
            const own = { kind: 'issue', side: 'deliver', counterparty: 'bank-b', asset: cash } as const;
            const on = { quantity: 1n as Amount, settlementDay: today, expiryDay: today };
            await shaky.settlements.instruct({ reference, ...own, ...on }, { requestId });
            return 'committed';
        } catch (error) {
            if (error instanceof OutcomeUnknown) return 'unknown';
            if (error instanceof Failure) return 'nothing written';
            throw error;
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

    it('tells every caller the truth', async () => {
        const names = Array.from({ length: rounds }, () => `f-${stage.tag}-${randomBytes(6).toString('hex')}`);
        await each(names, async reference => {
            const requestId = `request-${reference}`;
            fates.set(reference, { fate: await place(reference, requestId), requestId });
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
    }, 600_000);

    it('loses nothing and does nothing twice when every request is sent again under its id', async () => {
        await each([...fates], async ([reference, { requestId }]) => {
            let fate: Fate = 'unknown';
            while (fate !== 'committed') fate = await place(reference, requestId);
        });
        const { instructions } = await stage.cast.bankB.holdings.book();
        const mine = instructions.map(({ reference }) => reference).filter(reference => fates.has(reference));
        expect(mine.sort()).toEqual([...fates.keys()].sort());
    }, 600_000);

    it('has met every fault at every stage of a submission', () => {
        if (rounds < 200) return;
        for (const method of ['endorse', 'submit', 'commitStatus'])
            for (const fault of faults)
                expect([method, fault, suffered.get(`${method} ${fault}`) ?? 0]).not.toContain(0);
    });
});
