import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { status } from '@grpc/grpc-js';
import { ClosedFailure, OutcomeUnknown, connect } from '@poolproof/gateway';

import { ScriptedPeer } from './scripted-peer';

import type { ConnectOptions, Connection } from '@poolproof/gateway';
import type { Method } from './scripted-peer';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const identity = {
    mspId: 'BankAMSP',
    certificatePem: 'not looked at by a scripted peer',
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};
const joined = {
    answer: '{"id":"bank-a","mspId":"BankAMSP","name":"Bank A","requested":["originator"],"roles":[],"type":"InstitutionJoined"}',
};
const sent = { answer: '' };
const none = { error: status.UNAVAILABLE, said: 'no orderers could successfully process transaction' };
const full = { error: status.UNKNOWN, said: 'too many requests, exceeding concurrency limit (500)' };

describe('closing a connection', () => {
    let peer: ScriptedPeer;
    let bank: Connection;

    beforeEach(async () => {
        peer = new ScriptedPeer();
        await peer.start();
        bank = open();
    });
    afterEach(() => {
        bank.close();
        peer.stop();
    });

    const open = (options: Partial<ConnectOptions> = {}) => connect({ identity, peers: [peer.address], ...options });
    const founded = (desk = bank) =>
        desk.institutions.join({ requestId: 'r1', id: 'bank-a', name: 'Bank A', roles: ['originator'] });

    /** How a call ends when the connection is closed once the peer has had so many calls of a method. */
    async function endOf(call: Promise<unknown>, method: Method, count = 1, desk = bank): Promise<unknown> {
        const ended = call.then(
            () => 'no error',
            (error: unknown) => error,
        );
        while (peer.methods().filter(each => each === method).length < count) await pause(5);
        // The answer to the last one, if there is one, has come.
        await pause(20);
        const closed = Date.now();
        desk.close();
        const error = await ended;
        // Deadlines are minutes, pauses between attempts seconds.
        expect(Date.now() - closed).toBeLessThan(80);
        return error;
    }

    it('ends a question that waits for its answer', async () => {
        peer.will('evaluate', 'silence');
        const error = await endOf(bank.institutions.list(), 'evaluate');
        expect(error).toBeInstanceOf(ClosedFailure);
        expect(error).toMatchObject({ stage: 'evaluate', message: 'the connection was closed' });
    });

    it('ends a request that waits to be endorsed: nothing was written', async () => {
        peer.will('endorse', 'silence');
        const error = await endOf(founded(), 'endorse');
        expect(error).toBeInstanceOf(ClosedFailure);
        expect(error).toMatchObject({ stage: 'endorse', transactionId: peer.calls[0]?.transactionId });
        expect(peer.methods()).toEqual(['endorse']);
    });

    it.each([
        ['while it is submitted', 'submit', () => peer.will('submit', 'silence')],
        [
            'while it waits to be committed',
            'commitStatus',
            () => peer.will('submit', sent).will('commitStatus', 'silence'),
        ],
    ] as const)('admits of a transaction %s that its outcome is unknown', async (_, method, befall) => {
        const journal = await mkdtemp(join(tmpdir(), 'poolproof-journal-'));
        peer.will('endorse', joined);
        befall();
        const desk = open({ journal });
        const error = await endOf(founded(desk), method, 1, desk);
        const transactionId = peer.calls[0]?.transactionId ?? '';
        expect(error).toBeInstanceOf(OutcomeUnknown);
        expect(error).toMatchObject({ stage: 'commit', transactionId });
        // What is to be asked after the restart stands in the journal.
        expect(await readdir(journal)).toEqual([`${transactionId}.json`]);
        await rm(journal, { recursive: true });
    });

    it('ends a transaction that no orderer has taken: nothing was written', async () => {
        peer.will('endorse', joined).will('submit', ...Array.from({ length: 40 }, () => none));
        const error = await endOf(founded(), 'submit', 4);
        expect(error).toBeInstanceOf(ClosedFailure);
        expect(error).toMatchObject({ stage: 'submit' });
    });

    it('ends the waiting for a busy peer, and for a turn', async () => {
        const narrow = open({ concurrency: 1 });
        peer.will('evaluate', ...Array.from({ length: 40 }, () => full));
        const waiting = narrow.institutions.list().catch((error: unknown) => error);
        const error = await endOf(narrow.institutions.list(), 'evaluate', 4, narrow);
        expect(error).toBeInstanceOf(ClosedFailure);
        expect(await waiting).toBeInstanceOf(ClosedFailure);
    });

    it('ends the following of events', async () => {
        const first = bank.events().next();
        await pause(50);
        bank.close();
        await expect(first).rejects.toMatchObject({ name: 'ClosedFailure', stage: 'events' });
    });

    it('refuses what is asked afterwards, and is done once', async () => {
        const other = open();
        bank.close();
        bank.close();
        await expect(bank.institutions.list()).rejects.toBeInstanceOf(ClosedFailure);
        await expect(founded()).rejects.toMatchObject({ name: 'ClosedFailure', stage: 'endorse' });
        expect(peer.calls).toEqual([]);
        peer.will('evaluate', { answer: '[]' });
        expect(await other.institutions.list()).toEqual([]);
        other.close();
    });

    it('leaves the calls of others on the same channel alone', async () => {
        const other = open();
        peer.will('evaluate', 'silence', 'silence');
        const theirs = other.institutions.list().catch((error: unknown) => error);
        while (peer.calls.length === 0) await pause(5);
        await endOf(bank.institutions.list(), 'evaluate', 2);
        expect(await Promise.race([theirs, pause(100, 'still waiting')])).toBe('still waiting');
        other.close();
        expect(await theirs).toBeInstanceOf(ClosedFailure);
    });
});
