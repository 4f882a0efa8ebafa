import { generateKeyPairSync } from 'node:crypto';

import { status } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import {
    BusyFailure,
    CommitFailure,
    EndorsementFailure,
    GatewayFailure,
    OrderingFailure,
    OutcomeUnknown,
    TimeoutFailure,
    connect,
} from '@poolproof/gateway';

import { ScriptedPeer } from './scripted-peer';

import type { Connection } from '@poolproof/gateway';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const identity = {
    mspId: 'BankAMSP',
    certificatePem: 'not looked at by a scripted peer',
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};
const deadlines = { evaluate: 300, endorse: 300, submit: 300, recheck: 300, commit: 300 };
const joined = {
    answer: '{"id":"bank-a","mspId":"BankAMSP","name":"Bank A","requested":["originator"],"roles":[],"type":"InstitutionJoined"}',
    endorsers: ['TrustMSP', 'BankAMSP'],
};
const valid = { code: peer.TxValidationCode.VALID };
const conflict = { code: peer.TxValidationCode.MVCC_READ_CONFLICT };
const sent = { answer: '' };

describe('submitting a request', () => {
    let first: ScriptedPeer;
    let second: ScriptedPeer;
    let bank: Connection;
    /** The same desk, with the first peer alone. */
    let alone: Connection;

    beforeEach(async () => {
        first = new ScriptedPeer();
        second = new ScriptedPeer();
        await first.start();
        await second.start();
        bank = connect({ identity, peers: [first.address, second.address], deadlines });
        alone = connect({ identity, peers: [first.address], deadlines });
    });
    afterEach(() => {
        bank.close();
        alone.close();
        first.stop();
        second.stop();
    });

    const join = (desk = bank) =>
        desk.institutions.join({ requestId: 'r1', id: 'bank-a', name: 'Bank A', roles: ['originator'] });
    const failure = (desk = bank) => join(desk).catch((error: unknown) => error);

    it('gives the answer, the block and who signed, once committed', async () => {
        first.will('endorse', joined).will('submit', sent).will('commitStatus', valid);
        const receipt = await join();
        expect(receipt).toMatchObject({ requestId: 'r1', attempts: 1, blockNumber: 7n, answer: { id: 'bank-a' } });
        expect(receipt.endorsedBy).toEqual(['BankAMSP', 'TrustMSP']);
        expect(receipt.transactionId).toBe(first.calls[0]?.transactionId);
    });

    it('refuses a malformed request before anything is sent', async () => {
        await expect(bank.institutions.join({ id: 'no spaces', name: 'x', roles: [] })).rejects.toMatchObject({
            code: 'REQUEST_INVALID',
        });
        expect(first.calls).toEqual([]);
    });

    it.each([conflict, { code: peer.TxValidationCode.PHANTOM_READ_CONFLICT }])(
        'makes a new proposal after a conflict',
        async lost => {
            first.will('endorse', joined, joined).will('submit', sent, sent).will('commitStatus', lost, valid);
            expect((await join()).attempts).toBe(2);
            const [one, two] = first.calls.filter(call => call.method === 'endorse');
            expect(one?.transactionId).not.toBe(two?.transactionId);
        },
    );

    it('gives up after its limit of conflicts', async () => {
        const times = Array.from({ length: 5 });
        first.will('endorse', ...times.map(() => joined));
        first.will('submit', ...times.map(() => sent));
        first.will('commitStatus', ...times.map(() => conflict));
        expect(await failure()).toMatchObject({ name: 'CommitFailure', validationCode: 'MVCC_READ_CONFLICT' });
        expect(first.calls).toHaveLength(15);
    });

    it('does not repeat what validation refused for another reason', async () => {
        first.will('endorse', joined).will('submit', sent);
        first.will('commitStatus', { code: peer.TxValidationCode.BAD_CREATOR_SIGNATURE });
        const error = await failure();
        expect(error).toBeInstanceOf(CommitFailure);
        expect(error).toMatchObject({ validationCode: 'BAD_CREATOR_SIGNATURE', stage: 'commit' });
        expect(first.methods()).toEqual(['endorse', 'submit', 'commitStatus']);
    });

    describe('when a policy is failed', () => {
        const failed = { code: peer.TxValidationCode.ENDORSEMENT_POLICY_FAILURE };
        const moved = { ...joined, effect: 'what another transaction has left' };

        it('finds the first answer of a request that was sent twice at once', async () => {
            first.will('endorse', joined, moved).will('submit', sent, sent).will('commitStatus', failed, valid);
            expect((await join()).attempts).toBe(2);
        });

        it('hears the rule by which what came first now forbids the request', async () => {
            const said =
                'chaincode response 500, INSTITUTION_EXISTS: institution bank-a or MSP BankAMSP has joined already';
            first.will('endorse', joined, { error: status.ABORTED, said });
            first.will('submit', sent).will('commitStatus', failed);
            expect(await failure()).toMatchObject({ code: 'INSTITUTION_EXISTS' });
        });

        it('does not order again what would fail again', async () => {
            first.will('endorse', joined, joined).will('submit', sent).will('commitStatus', failed);
            expect(await failure()).toMatchObject({ validationCode: 'ENDORSEMENT_POLICY_FAILURE' });
            expect(first.methods()).toEqual(['endorse', 'submit', 'commitStatus', 'endorse']);
        });
    });

    describe('with a second peer of its institution', () => {
        const nobody = { error: status.UNAVAILABLE, said: 'Connection dropped' };
        const full = {
            error: status.UNKNOWN,
            said: 'too many requests for /gateway.Gateway, exceeding concurrency limit (500)',
        };

        it.each([
            ['is down', () => first.stop()],
            ['drops the connection', () => first.will('endorse', nobody)],
            ['says nothing', () => first.will('endorse', 'silence')],
            ['has too much to do', () => first.will('endorse', full)],
        ])('goes there when the first one %s, and stays', async (_, befall) => {
            befall();
            second.will('endorse', joined, joined).will('submit', sent, sent).will('commitStatus', valid, valid);
            expect((await join()).attempts).toBe(1);
            first.calls.length = 0;
            await join();
            expect(first.calls).toEqual([]);
        });

        it('goes there with the very same envelope when the first one is gone before it is sent', async () => {
            second.will('submit', sent).will('commitStatus', valid);
            first.will('endorse', joined).will('submit', full);
            await join();
            expect([first.methods(), second.methods()]).toEqual([
                ['endorse', 'submit'],
                ['submit', 'commitStatus'],
            ]);
            expect(second.calls[0]?.transactionId).toBe(first.calls[0]?.transactionId);
        });

        it('asks it for the outcome when the first one is gone', async () => {
            first.will('endorse', joined).will('submit', sent).will('commitStatus', nobody);
            second.will('commitStatus', valid);
            expect((await join()).blockNumber).toBe(7n);
        });

        it('waits until one of them has time', async () => {
            first.will('endorse', full, full, joined).will('submit', full, sent).will('commitStatus', full, valid);
            const patient = connect({ identity, peers: [first.address], deadlines: { endorse: 9_000 } });
            expect((await join(patient)).attempts).toBe(1);
            patient.close();
        });

        it('waits for a peer that is still at the same proposal, whose answer was lost', async () => {
            const said = 'error sending: txid: 7dc4b2a1(poolproof) exists';
            first.will(
                'endorse',
                { error: status.UNAVAILABLE },
                { error: status.ABORTED, said, by: 'TrustMSP' },
                joined,
            );
            first.will('submit', sent).will('commitStatus', valid);
            const patient = connect({ identity, peers: [first.address], deadlines: { endorse: 9_000 } });
            expect((await join(patient)).attempts).toBe(1);
            expect(new Set(first.calls.map(call => call.transactionId)).size).toBe(1);
            patient.close();
        });

        it('says so when none has time until the end', async () => {
            first.will('endorse', ...Array.from({ length: 40 }, () => full));
            expect(await failure(alone)).toBeInstanceOf(BusyFailure);
        });
    });

    it('rides out a broken connection with the same proposal', async () => {
        first.will('endorse', { error: status.UNAVAILABLE, said: 'Connection dropped' }, joined);
        first.will('submit', sent).will('commitStatus', { error: status.INTERNAL }, { error: status.CANCELLED }, valid);
        expect((await join(alone)).attempts).toBe(1);
        expect(new Set(first.calls.map(call => call.transactionId)).size).toBe(1);
    });

    it('says so when no peer can be reached', async () => {
        first.stop();
        second.stop();
        expect(await failure()).toBeInstanceOf(GatewayFailure);
    });

    it('tells a refusal of the contract from a failure to endorse', async () => {
        first.will('endorse', {
            error: status.ABORTED,
            said: 'chaincode response 500, INSTITUTION_EXISTS: institution bank-a or MSP BankAMSP has joined already',
        });
        expect(await failure()).toMatchObject({
            code: 'INSTITUTION_EXISTS',
            details: { id: 'bank-a', mspId: 'BankAMSP' },
        });
        first.will('endorse', { error: status.ABORTED, said: 'failed to endorse transaction' });
        expect(await failure()).toBeInstanceOf(EndorsementFailure);
        first.will('endorse', 'silence');
        expect(await failure(alone)).toBeInstanceOf(TimeoutFailure);
        first.will('endorse', {
            error: status.ABORTED,
            said: 'access denied: channel [poolproof] creator org [BankAMSP]',
        });
        expect(await failure(alone)).toBeInstanceOf(GatewayFailure);
    });

    it('proposes again when peers stood at different heights', async () => {
        const mismatch = { error: status.ABORTED, said: 'ProposalResponsePayloads do not match' };
        first.will('endorse', mismatch, joined).will('submit', sent).will('commitStatus', valid);
        expect((await join()).attempts).toBe(2);
    });

    describe('when a peer of another institution alone refuses', () => {
        const behind = {
            error: status.ABORTED,
            said: 'chaincode response 500, INSTITUTION_UNKNOWN: institution bank-a has not joined',
            by: 'TrustMSP',
        };

        it('proposes again while its own peer would carry the request out: the other is some blocks behind', async () => {
            first.will('endorse', behind, behind, joined).will('evaluate', joined, joined);
            first.will('submit', sent).will('commitStatus', valid);
            expect((await join()).attempts).toBe(3);
        });

        it('takes the refusal for an answer where its own peer refuses too', async () => {
            first.will('endorse', behind).will('evaluate', { ...behind, by: 'BankAMSP' });
            expect(await failure()).toMatchObject({ code: 'INSTITUTION_UNKNOWN', refusedBy: 'TrustMSP' });
            expect(first.methods()).toEqual(['endorse', 'evaluate']);
        });

        it('reports the refusal when the other peer stays behind', async () => {
            const times = Array.from({ length: 5 });
            first.will('endorse', ...times.map(() => behind)).will('evaluate', ...times.map(() => joined));
            expect(await failure()).toMatchObject({ code: 'INSTITUTION_UNKNOWN', refusedBy: 'TrustMSP' });
            expect(first.methods().filter(method => method === 'endorse')).toHaveLength(5);
        });

        it('asks nobody further where its own peer refused', async () => {
            first.will('endorse', { ...behind, by: 'BankAMSP' });
            expect(await failure()).toMatchObject({ refusedBy: 'BankAMSP' });
            expect(first.methods()).toEqual(['endorse']);
        });
    });

    it('does not ask for the outcome of what the ordering service turned down', async () => {
        first.will('endorse', joined).will('submit', { error: status.ABORTED, said: 'status=BAD_REQUEST' });
        expect(await failure()).toBeInstanceOf(OrderingFailure);
        expect(first.methods()).toEqual(['endorse', 'submit']);
    });

    it('sends the same envelope again while the orderers cannot be reached, and then says so', async () => {
        const none = { error: status.UNAVAILABLE, said: 'no orderers could successfully process transaction' };
        first.will('endorse', joined).will('submit', none, sent).will('commitStatus', valid);
        expect((await join(alone)).attempts).toBe(1);
        first.will('endorse', joined).will('submit', ...Array.from({ length: 40 }, () => none));
        expect(await failure(alone)).toBeInstanceOf(OrderingFailure);
    });

    it('finds out by transaction id what became of a submission whose answer was lost', async () => {
        first.will('endorse', joined).will('submit', 'silence').will('commitStatus', valid);
        const receipt = await join(alone);
        expect(receipt.attempts).toBe(1);
        expect(first.methods()).toEqual(['endorse', 'submit', 'commitStatus']);
    });

    it('sends the very same envelope again only when the ledger does not know it', async () => {
        first.will('endorse', joined).will('submit', 'silence', sent).will('commitStatus', 'silence', valid);
        await join(alone);
        expect(first.methods()).toEqual(['endorse', 'submit', 'commitStatus', 'submit', 'commitStatus']);
        expect(new Set(first.calls.map(call => call.transactionId)).size).toBe(1);
    });

    it('takes the first outcome where its second copy was refused as a duplicate', async () => {
        first.will('endorse', joined).will('submit', 'silence', sent);
        first.will('commitStatus', 'silence', { code: peer.TxValidationCode.DUPLICATE_TXID }, valid);
        expect((await join(alone)).attempts).toBe(1);
    });

    it('admits that it does not know, and can be asked again later', async () => {
        first.will('endorse', joined).will('submit', sent).will('commitStatus', 'silence');
        const error = await failure(alone);
        expect(error).toBeInstanceOf(OutcomeUnknown);
        const { transactionId } = error as OutcomeUnknown;
        first.will('commitStatus', valid);
        expect(await alone.outcome(transactionId ?? '')).toEqual({ transactionId, blockNumber: 7n, valid: true });
    });

    it('lets no more calls through at a time than its limit', async () => {
        const narrow = connect({ identity, peers: [first.address], deadlines, concurrency: 1 });
        first.will('evaluate', { answer: '[]' }, { answer: '[]' });
        expect(await Promise.all([narrow.institutions.list(), narrow.institutions.list()])).toEqual([[], []]);
        first.will('evaluate', 'silence', { answer: '[]' });
        const [lost, answered] = await Promise.allSettled([narrow.institutions.list(), narrow.institutions.list()]);
        expect(lost).toMatchObject({ status: 'rejected', reason: { name: 'TimeoutFailure' } });
        expect(answered.status).toBe('fulfilled');
        narrow.close();
    });
});
