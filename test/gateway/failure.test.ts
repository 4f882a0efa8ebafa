import { fork } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { connect } from '@poolproof/gateway';
import { openNetwork, readConsortium } from '@poolproof/network';

import { CuttingProxy } from './cutting-proxy';

import type { ConnectOptions, Connection, Failure, PeerAddress } from '@poolproof/gateway';
import type { EmbeddedNetwork, Identity, PeerEndpoint } from '@poolproof/network';

const consortium = readConsortium(join(resolve(__dirname, '../../..'), 'network/consortium.json'));
const deadlines = { evaluate: 3_000, endorse: 3_000, submit: 800, recheck: 300, commit: 3_000 };

describe('when the network fails', () => {
    let network: EmbeddedNetwork;
    let identity: Identity;
    let peers: readonly PeerEndpoint[];
    let desk: Connection;
    const desks: Connection[] = [];
    const proxies: CuttingProxy[] = [];

    beforeAll(async () => {
        const institutions = consortium.institutions.map(each =>
            each.id === 'regulator' ? { ...each, peers: 2 } : each,
        );
        network = await openNetwork('embedded', { ...consortium, institutions });
        identity = await network.identity('regulator', 'desk', { 'poolproof.role': 'regulator,admin' });
        peers = network.peers('regulator');
        desk = open();
        await network.laboratory.snapshot('empty');
    });
    afterEach(async () => {
        desks.splice(1).forEach(each => each.close());
        proxies.splice(0).forEach(each => each.stop());
        const { peers: all } = await network.laboratory.status();
        for (const { name, running } of all) if (!running) await network.laboratory.startPeer(name);
    });
    afterAll(async () => {
        desk.close();
        await network.close();
    });

    function open(options: Partial<ConnectOptions> = {}): Connection {
        const opened = connect({ identity, peers, deadlines, ...options });
        desks.push(opened);
        return opened;
    }

    /** The first peer behind a proxy that passes nothing any more, once so many bytes have passed over its first connection. */
    async function holed(after: number): Promise<{ peer: PeerAddress; made: () => number }> {
        let made = 0;
        const proxy = new CuttingProxy(peers[0] as PeerEndpoint, () => ({
            cut: 'black-hole',
            after: made++ === 0 ? after : 1e9,
        }));
        proxies.push(proxy);
        return { peer: await proxy.start(), made: () => made };
    }

    const found = (by = desk, requestId = 'join') =>
        by.institutions.join({ requestId, id: 'regulator', name: 'Regulator', roles: ['regulator'] });
    const failure = async (call: Promise<unknown>): Promise<Failure> => {
        const error: unknown = await call.then(
            () => 'no failure',
            (reason: unknown) => reason,
        );
        expect(error).toHaveProperty('remedy');
        return error as Failure;
    };
    const institutions = async () => (await desk.institutions.list()).map(({ id }) => id);
    const nameOf = (index: number) => peers[index]?.name ?? '';

    describe('before anything is founded', () => {
        it('tells that the ordering service is away, and that nothing was written', async () => {
            await network.laboratory.loseOrderers();
            const error = await failure(found());
            expect(error).toMatchObject({ name: 'OrderingFailure', stage: 'submit' });
            expect(error.message).toContain('no orderers could successfully process transaction');
            await network.laboratory.loseOrderers(false);
            expect(await institutions()).toEqual([]);
        });

        it('carries on where the ordering service comes back in time', async () => {
            await network.laboratory.loseOrderers();
            const patient = open({ deadlines: { ...deadlines, submit: 10_000 } });
            const founded = found(patient);
            await pause(300);
            await network.laboratory.loseOrderers(false);
            expect((await founded).attempts).toBe(1);
            await network.laboratory.revert('empty');
        });

        it('finds after kill -9 between submission and commit what became of the request, and does not do it again', async () => {
            const journal = await mkdtemp(join(tmpdir(), 'poolproof-journal-'));
            await network.laboratory.cutBlocks('manual');
            const client = fork(join(__dirname, 'killed-client.js'));
            client.send({ identity, peers, deadlines, journal } satisfies ConnectOptions);
            while ((await network.laboratory.status()).waiting === 0) await pause(10);
            client.kill('SIGKILL');
            const [left] = await readdir(journal);
            const restarted = open({ journal, attempts: 1 });
            expect(await restarted.recover()).toEqual([
                { transactionId: left?.slice(0, 64), transaction: 'institution:join', requestId: 'join' },
            ]);

            await network.laboratory.cutBlocks('instant');
            const [recovered] = await restarted.recover();
            expect(recovered).toMatchObject({ requestId: 'join', outcome: { valid: true } });
            expect(await restarted.recover()).toEqual([]);
            const again = await found(restarted);
            expect(again.answer).toMatchObject({ id: 'regulator' });
            expect(again.transactionId).not.toBe(recovered?.transactionId);
            expect(await institutions()).toEqual(['regulator']);
            expect(await readdir(journal)).toEqual([]);
            await rm(journal, { recursive: true });
        });

        it('forgets what was never ordered once the request is committed in another transaction', async () => {
            const journal = await mkdtemp(join(tmpdir(), 'poolproof-journal-'));
            await network.laboratory.cutBlocks('manual');
            const confirm = (by: Connection) =>
                by.institutions.confirm({ requestId: 'confirm', id: 'regulator', roles: ['regulator'] });
            const error = await failure(confirm(open({ journal, deadlines: { ...deadlines, commit: 300 } })));
            expect(error).toMatchObject({ name: 'OutcomeUnknown', stage: 'commit' });
            // Going back empties the ordering service: the transaction is lost for good.
            await network.laboratory.snapshot('founded');
            await network.laboratory.revert('founded');
            await network.laboratory.cutBlocks('instant');
            const restarted = open({ journal });
            expect(await restarted.recover()).toMatchObject([{ transactionId: error.transactionId }]);
            expect((await confirm(restarted)).answer).toMatchObject({ roles: ['regulator'] });
            expect(await readdir(journal)).toEqual([]);
            await rm(journal, { recursive: true });
        });
    });

    describe('once the regulator has joined', () => {
        beforeAll(async () => {
            await found();
        });

        it('tells that too few peers are there to sign', async () => {
            const others = network.peers().filter(({ mspId }) => mspId !== 'RegulatorMSP');
            for (const { name } of others) await network.laboratory.stopPeer(name);
            const confirmed = desk.institutions.confirm({ id: 'regulator', roles: ['regulator'] });
            expect(await failure(confirmed)).toMatchObject({ name: 'EndorsementFailure', stage: 'endorse' });
        });

        it('tells that peers do not agree', async () => {
            const liars = network.peers().filter(({ mspId }) => mspId !== 'RegulatorMSP');
            for (const { name } of liars) await network.laboratory.answerDifferently(name, 'a lie');
            const confirmed = open({ attempts: 2 }).institutions.confirm({ id: 'regulator', roles: ['regulator'] });
            expect(await failure(confirmed)).toMatchObject({ name: 'EndorsementFailure', stage: 'endorse' });
            for (const { name } of liars) await network.laboratory.answerDifferently(name, undefined);
        });

        it('tells that no peer of its institution can be reached', async () => {
            for (const { name } of peers) await network.laboratory.stopPeer(name);
            expect(await failure(desk.institutions.list())).toMatchObject({
                name: 'GatewayFailure',
                stage: 'evaluate',
            });
            expect(await failure(found())).toMatchObject({ name: 'GatewayFailure', stage: 'endorse' });
        });

        it('tells that the peer does not know the client', async () => {
            const stranger = await network.identity('fund', 'stranger');
            const posing = open({ identity: { ...stranger, mspId: 'RegulatorMSP' } });
            expect(await failure(posing.institutions.list())).toMatchObject({ name: 'GatewayFailure' });
            expect(await failure(found(posing))).toMatchObject({ name: 'GatewayFailure' });
        });

        it('tells that no answer came in time', async () => {
            // Its peer was stopped before, and may still be on its way back.
            const patient = open({ peers: peers.slice(0, 1) });
            const answers = () =>
                patient.institutions.list().then(
                    () => true,
                    () => false,
                );
            while (!(await answers())) await pause(50);
            const hasty = open({ peers: peers.slice(0, 1), deadlines: { ...deadlines, evaluate: 2, endorse: 2 } });
            expect(await failure(hasty.institutions.list())).toMatchObject({
                name: 'TimeoutFailure',
                stage: 'evaluate',
            });
            expect(await failure(found(hasty, 'hasty'))).toMatchObject({ name: 'TimeoutFailure', stage: 'endorse' });
        });

        it('tells that the outcome is not known yet, and tells it later', async () => {
            for (const { name } of peers) await network.laboratory.delayCommits(name, 400);
            const hasty = open({ deadlines: { ...deadlines, commit: 100 } });
            const confirmed = hasty.institutions.confirm({ id: 'regulator', roles: ['regulator'] });
            const error = await failure(confirmed);
            expect(error).toMatchObject({ name: 'OutcomeUnknown', stage: 'commit' });
            expect(await desk.outcome(error.transactionId ?? '')).toMatchObject({ valid: true });
            for (const { name } of peers) await network.laboratory.delayCommits(name, 0);
        });

        it('tells that validation refused the transaction, where no further proposal is allowed', async () => {
            const once = open({ attempts: 1 });
            const confirm = () => once.institutions.confirm({ id: 'regulator', roles: ['regulator'] });
            await network.laboratory.cutBlocks('manual');
            const both = Promise.allSettled([confirm(), confirm()]);
            while ((await network.laboratory.status()).waiting < 2) await pause(10);
            await network.laboratory.cutBlocks('instant');
            const lost = (await both).filter(each => each.status === 'rejected');
            expect(lost).toHaveLength(1);
            expect(lost[0]?.reason).toMatchObject({ name: 'CommitFailure', validationCode: 'MVCC_READ_CONFLICT' });
        });

        it('goes on at the second peer of its institution when the first one stops, also in the middle of calls', async () => {
            const calls = Array.from({ length: 60 }, (_, i) => async () => {
                await pause(i * 10);
                if (i === 20) await network.laboratory.stopPeer(nameOf(0));
                return desk.institutions.list();
            });
            const answers = await Promise.all(calls.map(call => call()));
            expect(new Set(answers.map(answer => answer.length))).toEqual(new Set([1]));
            const receipt = await desk.institutions.confirm({ id: 'regulator', roles: ['regulator'] });
            expect(receipt.attempts).toBe(1);
        });

        it('submits through the second peer what the first one had begun', async () => {
            const confirm = () => desk.institutions.confirm({ id: 'regulator', roles: ['regulator'] });
            const busy = (async () => {
                for (let i = 0; i < 20; i++) await confirm();
            })();
            await pause(60);
            await network.laboratory.stopPeer(nameOf(0));
            await expect(busy).resolves.toBeUndefined();
        });

        it('notices by its pings that a connection is dead, and makes another', async () => {
            const { peer, made } = await holed(12_000);
            const keepAlive = { interval: 400, timeout: 1_000 };
            const through = open({
                peers: [peer],
                keepAlive,
                deadlines: { ...deadlines, evaluate: 20_000 },
            });
            for (let i = 0; i < 30; i++) await through.institutions.list();
            expect(made()).toBeGreaterThan(1);
        });

        it.each([
            ['is dead', 12_000],
            ['was accepted and then said nothing', 0],
        ])('makes another connection when one %s, once a call has waited its time', async (_, after) => {
            const { peer, made } = await holed(after);
            const through = open({ peers: [peer] });
            const told: string[] = [];
            const over = new AbortController();
            const listening = (async () => {
                for await (const { name } of through.events({ signal: over.signal })) told.push(name);
            })();
            // Where the test fails before its end, its client is closed under the listener.
            listening.catch(() => undefined);
            let failed = 0;
            for (let i = 0; i < 30; i++)
                await through.institutions.list().catch((error: unknown) => {
                    expect(error).toMatchObject({ name: 'TimeoutFailure' });
                    failed++;
                });
            // A second one waits in vain where the last bytes that passed came after the first had begun.
            expect([1, 2]).toContain(failed);
            expect(made()).toBe(2);
            const { transactionId } = await desk.institutions.confirm({ id: 'regulator', roles: ['regulator'] });
            expect(transactionId).toHaveLength(64);
            while (told.length < 2) await pause(10);
            over.abort();
            await listening;
        });
    });
});
