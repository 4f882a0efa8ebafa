import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Amount, Day } from '@poolproof/chaincode/domain';
import type { Connection, Loan } from '@poolproof/gateway';
import { Failure, OutcomeUnknown } from '@poolproof/gateway';
import type { Consortium, Network } from '@poolproof/network';
import { collectionsOf, openNetwork, readConsortium } from '@poolproof/network';
import { down } from '@poolproof/network/dist/docker/down';
import { planNetwork } from '@poolproof/network/dist/docker/plan';
import { waitForChaincode, waitForDiscovery } from '@poolproof/network/dist/docker/readiness';
import { must } from '@poolproof/network/dist/docker/run';
import { up } from '@poolproof/network/dist/docker/up';
import type { Cast } from '../setting/cast';
import { gather } from '../setting/cast';
import { cash, found, openBooks } from '../setting/founding';
import { loadLoans, sample } from '../setting/pool';
import { openDeal } from '../setting/sealing';
import { Observers } from './observers';
import { snapshotHash } from './snapshot';

const consortium: Consortium = { ...readConsortium(resolve('network/consortium.json')), name: 'story-outage' };
const plan = planNetwork(consortium);
const onDocker = process.env['POOLPROOF_NETWORK'] === 'docker' ? describe : describe.skip;
const silently = (): void => undefined;

/** Peers without which a step of the story has no signatures, or its client nobody to speak to. */
const needed = ['peer0.bank-a', 'peer0.trust', 'peer0.fund'];
const nodes = ['orderer0', 'orderer1', 'orderer2', ...needed, 'peer0.bank-b', 'peer0.regulator'];

onDocker('a deal is made while one node is away, and nothing is lost (npm run test:docker)', () => {
    let network: Network;
    let cast: Cast;
    let loans: readonly Loan[];
    let observers: Observers;

    beforeAll(async () => {
        process.env['POOLPROOF_PORT'] = '27050';
        await up(consortium, { folder: resolve('test/docker/observed') }, silently);
        network = await openNetwork('docker', consortium);
        cast = await gather(network);
        await found(cast);
        await openBooks(cast, '2017-06-19' as Day);
        loans = await loadLoans(sample);
        observers = await Observers.open(network);
    }, 180_000);

    afterAll(async () => {
        observers.close();
        cast.leave();
        await network.close();
        await down(consortium, silently);
    }, 60_000);

    test.each(nodes.map((node, place) => ({ node, place })))(
        '$node',
        async ({ node, place }) => {
            const absence = new Absence(containerOf(node));
            await absence.begin();
            const reports = await play(
                `without-${node.replace('.', '-')}`,
                loans.slice(30 * place, 30 * place + 30),
                absence,
            );
            await absence.end();
            // Nobody notices an orderer's absence, or that of a peer whose signature is not needed.
            if (needed.includes(node)) expect(reports).not.toEqual([]);
            else if (node.startsWith('peer')) expect(reports).toEqual([]);
            await expectAllAlike();
        },
        240_000,
    );

    test('all peers hold the same state, by the hash of a snapshot that each makes of its own', async () => {
        const hashes = await Promise.all(planNetwork(consortium).peers.map(peer => snapshotHash(plan, peer)));
        expect(hashes).toHaveLength(5);
        expect(new Set(hashes).size).toBe(1);
    }, 120_000);

    /** A deal from its terms to its sealed tape, and an instruction in a book: every kind of private data. Gives what clients were told. */
    async function play(dealId: string, some: readonly Loan[], absence: Absence): Promise<readonly string[]> {
        const { bankA, trust, fund } = cast;
        const reports: string[] = [];
        const step = (desk: Connection, act: () => Promise<unknown>) => carryOut(desk, act, absence, reports);
        const [today] = await trust.holdings.days().catch(() => []);
        await step(bankA, () => openDeal(cast, { dealId, loans: some }));
        await step(bankA, () => bankA.tapes.recordAll(dealId, some));
        await step(bankA, () => bankA.tapes.submit({ dealId, chunks: 1 }));
        await step(trust, () => trust.pledges.pledge({ dealId, number: 0 }));
        await step(trust, () => trust.tapes.seal({ dealId, evidence: [] }));
        const day = today?.day ?? ('2017-06-19' as Day);
        const sale = { kind: 'transfer', side: 'deliver', counterparty: 'bank-b', asset: cash } as const;
        const terms = { quantity: 1n as Amount, settlementDay: day, expiryDay: day };
        await step(fund, () => fund.settlements.instruct({ reference: dealId, ...sale, ...terms }));
        return reports;
    }

    async function expectAllAlike(): Promise<void> {
        await waitForChaincode(plan);
        await waitForDiscovery(plan);
        const deadline = Date.now() + 90_000;
        for (;;) {
            const differing = await observers.differences();
            if (differing.length === 0) break;
            if (Date.now() > deadline) expect(differing).toEqual([]);
            await pause(1_000);
        }
        // Not alike for being empty.
        for (const { name } of collectionsOf(consortium).filter(({ name }) =>
            /tape_bank-a|book_fund|pledges/.test(name),
        ))
            expect(await observers.countIn(name)).toBeGreaterThan(0);
    }
});

/**
 * What a user does with a request that was not carried out: asks for the outcome where it is not known, otherwise sends it again,
 * once the node is back where it cannot do without it.
 */
async function carryOut(
    desk: Connection,
    act: () => Promise<unknown>,
    absence: Absence,
    reports: string[],
): Promise<void> {
    for (let patience = 5; ; patience--) {
        try {
            await act();
            return;
        } catch (error) {
            if (!(error instanceof Failure) || patience === 0) throw error;
            reports.push(`${error.name} ${error.stage}`);
            await absence.end();
            if (error instanceof OutcomeUnknown && (await desk.outcome(error.transactionId!)).valid) return;
            await pause(1_000);
        }
    }
}

/** The absence of one container. */
class Absence {
    private away = false;

    constructor(private readonly container: string) {}

    async begin(): Promise<void> {
        await must('docker', ['stop', this.container]);
        this.away = true;
    }

    async end(): Promise<void> {
        if (!this.away) return;
        this.away = false;
        await must('docker', ['start', this.container]);
        await waitForDiscovery(plan);
    }
}

function containerOf(node: string): string {
    return [...plan.orderers, ...plan.peers].find(({ name }) => name.startsWith(`${node}.`))!.container;
}
