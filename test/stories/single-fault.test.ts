import { randomBytes } from 'node:crypto';

import { connect } from '@poolproof/gateway';

import { executions } from '../gateway/executions';
import { FaultyProxy } from '../gateway/faulty-proxy';
import { said } from '../gateway/right-error';
import { cash } from '../setting/founding';
import { setStage } from '../setting/stage';

import type { Amount, Day } from '@poolproof/chaincode/domain';
import type { Connection, PeerAddress, Receipt } from '@poolproof/gateway';
import type { CallName, Fault } from '../gateway/faulty-proxy';
import type { Stage } from '../setting/stage';

/** A real network has to cut a block in the time that a call may take. */
const patience = process.env['POOLPROOF_NETWORK'] === 'docker' ? 4 : 1;
const deadlines = {
    evaluate: 1_200 * patience,
    endorse: 1_500 * patience,
    submit: 500 * patience,
    recheck: 600 * patience,
    commit: 1_000 * patience,
};

type Times = 'once' | 'always';

const gone = 'GatewayFailure at evaluate: UNAVAILABLE';
const late = 'TimeoutFailure at evaluate: DEADLINE_EXCEEDED';

/** What the caller of a question hears. */
const questions: readonly [Fault, Times, string][] = [
    ['request-lost', 'once', 'answered'],
    ['request-lost', 'always', gone],
    ['answer-lost', 'once', 'answered'],
    ['answer-lost', 'always', gone],
    ['answer-withheld', 'once', late],
    ['answer-withheld', 'always', late],
    ['doubled', 'always', 'answered'],
    ['answer-late', 'always', 'answered'],
];

const notEndorsed = 'GatewayFailure at endorse: UNAVAILABLE';
const endorsedLate = 'TimeoutFailure at endorse: DEADLINE_EXCEEDED';
const broken = 'OutcomeUnknown at commit: UNAVAILABLE';
const silent = 'OutcomeUnknown at commit: DEADLINE_EXCEEDED';

/** What the caller of a request hears, and how often the request has taken effect by then. */
const requests: readonly [CallName, Fault, Times, string, 0 | 1][] = [
    ['endorse', 'request-lost', 'once', 'committed', 1],
    ['endorse', 'request-lost', 'always', notEndorsed, 0],
    ['endorse', 'answer-lost', 'once', 'committed', 1],
    ['endorse', 'answer-lost', 'always', notEndorsed, 0],
    ['endorse', 'answer-withheld', 'once', endorsedLate, 0],
    ['endorse', 'answer-withheld', 'always', endorsedLate, 0],
    ['endorse', 'doubled', 'always', 'committed', 1],
    ['endorse', 'answer-late', 'always', 'committed', 1],
    ['submit', 'request-lost', 'once', 'committed', 1],
    ['submit', 'request-lost', 'always', silent, 0],
    ['submit', 'answer-lost', 'once', 'committed', 1],
    ['submit', 'answer-lost', 'always', 'committed', 1],
    ['submit', 'answer-withheld', 'once', 'committed', 1],
    ['submit', 'answer-withheld', 'always', 'committed', 1],
    ['submit', 'doubled', 'always', 'committed', 1],
    ['submit', 'answer-late', 'always', 'committed', 1],
    ['commitStatus', 'request-lost', 'once', 'committed', 1],
    ['commitStatus', 'request-lost', 'always', broken, 1],
    ['commitStatus', 'answer-lost', 'once', 'committed', 1],
    ['commitStatus', 'answer-lost', 'always', broken, 1],
    ['commitStatus', 'answer-withheld', 'once', silent, 1],
    ['commitStatus', 'answer-withheld', 'always', silent, 1],
    ['commitStatus', 'doubled', 'always', 'committed', 1],
    ['commitStatus', 'answer-late', 'always', 'committed', 1],
];

/** A stream whose request is always lost never begins. */
const streams = (['chaincodeEvents', 'deliverWithPrivateData'] as const).flatMap(call => [
    [call, 'request-lost', 'once'] as const,
    ...(['answer-lost', 'answer-withheld', 'doubled', 'answer-late'] as const).map(
        fault => [call, fault, 'always'] as const,
    ),
]);

describe('one fault on the way to the network', () => {
    let stage: Stage;
    let shaky: Connection;
    let proxy: FaultyProxy;
    let today: Day;
    let start: Receipt<unknown>;
    let plan: { readonly call: CallName; readonly fault: Fault; readonly times: Times } | undefined;

    beforeAll(async () => {
        stage = await setStage();
        today = (await stage.cast.bankB.holdings.days())[0]?.day as Day;
        const role = { 'poolproof.role': 'investor,originator,servicer' };
        const identity = await stage.network.identity('bank-b', 'shaky', role);
        const { channel, chaincode } = stage.network.consortium;
        proxy = new FaultyProxy(stage.network.peers('bank-b')[0] as PeerAddress, befalls);
        shaky = connect({ identity, peers: [await proxy.start()], channel, chaincode: chaincode.name, deadlines });
        start = await place(shaky);
    });
    afterAll(async () => {
        shaky.close();
        proxy.stop();
        await stage.close();
    });

    function befalls(call: CallName): Fault {
        if (plan?.call !== call) return 'none';
        const { fault, times } = plan;
        if (times === 'once') plan = undefined;
        return fault;
    }

    async function place(desk: Connection, reference = newReference()) {
        const own = { kind: 'issue', side: 'deliver', counterparty: 'bank-b', asset: cash } as const;
        const on = { quantity: 1n as Amount, settlementDay: today, expiryDay: today };
        return desk.settlements.instruct({ reference, ...own, ...on }, { requestId: `request-${reference}` });
    }

    const newReference = () => `s-${stage.tag}-${randomBytes(6).toString('hex')}`;

    /** How often a request has taken effect; a transaction placed after it is on the ledger with everything before. */
    async function effects(reference: string): Promise<number> {
        const after = await place(stage.cast.bankB);
        return (await executions(stage.cast.bankB, start, after)).get(`request-${reference}`) ?? 0;
    }

    it.each(questions)('lets a question with its %s %s end as: %s', async (fault, times, outcome) => {
        plan = { call: 'evaluate', fault, times };
        expect(await shaky.institutions.list().then(() => 'answered', said)).toBe(outcome);
        plan = undefined;
        expect(await shaky.institutions.list()).toHaveLength(5);
    });

    it.each(requests)('lets a request at %s with its %s %s end as: %s', async (call, fault, times, outcome, count) => {
        const reference = newReference();
        plan = { call, fault, times };
        expect(await place(shaky, reference).then(() => 'committed', said)).toBe(outcome);
        plan = undefined;
        expect(await effects(reference)).toBe(count);
        await place(shaky, reference);
        expect(await effects(reference)).toBe(1);
    });

    it.each(streams)('loses and doubles nothing of %s with %s %s', async (call, fault, times) => {
        const last = await place(stage.cast.bankB);
        plan = { call, fault, times };
        const follow = call === 'chaincodeEvents' ? events : blocks;
        const heard = await follow(shaky, last);
        plan = undefined;
        expect(heard).toEqual(await follow(stage.cast.bankB, last));
        expect(heard.length).toBeGreaterThan(20);
        expect(new Set(heard).size).toBe(heard.length);
    });

    async function events(desk: Connection, last: Receipt<unknown>): Promise<string[]> {
        const heard: string[] = [];
        for await (const { transactionId } of desk.events({ after: start })) {
            heard.push(transactionId);
            if (transactionId === last.transactionId) break;
        }
        return heard;
    }

    async function blocks(desk: Connection, last: Receipt<unknown>): Promise<string[]> {
        const heard: string[] = [];
        for await (const { number } of desk.blocks({ from: start.blockNumber })) {
            heard.push(String(number));
            if (number === last.blockNumber) break;
        }
        return heard;
    }
});
