import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import type { SubmittedTransaction } from '@hyperledger/fabric-gateway';
import type { Collection } from '@poolproof/network';
import type { TestClient } from './harness';
import { consortiumOf, failure, TestNetwork, text } from './harness';

/** peer.TxValidationCode */
const [valid, mvccConflict] = [0, 11];

const shared: Collection = {
    name: 'shared',
    policy: "OR('AMSP.member','BMSP.member')",
    requiredPeerCount: 0,
    maxPeerCount: 3,
    blockToLive: 0,
    memberOnlyRead: true,
    memberOnlyWrite: true,
};

describe('the laboratory', () => {
    let network: TestNetwork;
    let client: TestClient;

    beforeAll(async () => {
        network = await TestNetwork.open(consortiumOf(['a', 'b', 'c'], 2), { collections: [shared] });
        client = await network.client('a');
    });
    afterAll(() => network.close());

    const peerOf = (id: string, index = 0): string => `peer${index}.${id}.example.com`;
    const heightOf = async (name: string): Promise<number> => {
        const { peers } = await network.network.laboratory.status();
        return peers.find(peer => peer.name === name)!.height;
    };
    const submit = async (name: string, ...args: string[]): Promise<SubmittedTransaction> =>
        client.contract.submitAsync(name, { arguments: args });

    it('puts conflicting transactions into one block', async () => {
        const submitted = await network.network.laboratory.oneBlock(async () => [
            await submit('increment', 'together'),
            await submit('increment', 'together'),
        ]);
        const commits = await Promise.all(submitted.map(transaction => transaction.getStatus()));
        expect(commits.map(({ code }) => code)).toEqual([valid, mvccConflict]);
        expect(commits[0]?.blockNumber).toBe(commits[1]?.blockNumber);
    });

    it('cuts blocks by time and size as Fabric does', async () => {
        await network.network.laboratory.cutBlocks('interval');
        const started = Date.now();
        const [alone] = await Promise.all([submit('put', 'interval', 'x')]);
        await alone.getStatus();
        expect(Date.now() - started).toBeGreaterThanOrEqual(100);
        const keys = Array.from({ length: 10 }, (_, index) => `full${index}`);
        const full = await Promise.all(keys.map(key => submit('put', key, 'x')));
        const blocks = await Promise.all(full.map(async each => (await each.getStatus()).blockNumber));
        expect(new Set(blocks).size).toBeLessThanOrEqual(2);
        await network.network.laboratory.cutBlocks('instant');
    });

    it('stops a peer; the other of its institution stands in, and it catches up when started', async () => {
        const stopped = peerOf('b');
        await network.network.laboratory.stopPeer(stopped);
        const before = await heightOf(stopped);
        await client.contract.submitTransaction('put', 'missed', 'x');
        expect(await heightOf(stopped)).toBe(before);
        await network.network.laboratory.startPeer(stopped);
        expect(await heightOf(stopped)).toBe(await heightOf(peerOf('a')));
        const other = await network.client('b');
        expect(text(await other.contract.evaluateTransaction('get', 'missed'))).toBe('x');
    });

    it('lets a peer that comes back fetch the private data it missed, from whoever has it by then', async () => {
        const { laboratory } = network.network;
        const latecomer = peerOf('b');
        const others = [peerOf('a'), peerOf('a', 1), peerOf('b', 1)];
        await laboratory.stopPeer(latecomer);
        await client.contract.submit('putPrivate', {
            arguments: ['shared', 'late'],
            transientData: { value: 'secret' },
        });
        // The block comes to the latecomer while nobody who has the data is up.
        for (const name of others) await laboratory.stopPeer(name);
        await laboratory.startPeer(latecomer);
        const { contract } = await network.client('b');
        const { message } = await failure(contract.evaluateTransaction('getPrivate', 'shared', 'late'));
        expect(message).toContain('private data matching public hash version is not available');
        for (const name of others) await laboratory.startPeer(name);
        expect(text(await contract.evaluateTransaction('getPrivate', 'shared', 'late'))).toBe('secret');
    });

    it('stops so many peers that no majority is left', async () => {
        const stopped = ['b', 'c'].flatMap(id => [peerOf(id, 0), peerOf(id, 1)]);
        for (const name of stopped) await network.network.laboratory.stopPeer(name);
        const { code, message } = await failure(client.contract.submitTransaction('put', 'minority', 'x'));
        expect(code).toBe(status.FAILED_PRECONDITION);
        expect(message).toContain('no peer combination can satisfy the endorsement policy');
        for (const name of stopped) await network.network.laboratory.startPeer(name);
        await client.contract.submitTransaction('put', 'minority', 'x');
    });

    it('loses the orderers: transactions are endorsed and go no further', async () => {
        const transaction = await client.contract.newProposal('put', { arguments: ['unordered', 'x'] }).endorse();
        await network.network.laboratory.loseOrderers();
        const { code, message, details } = await failure(transaction.submit());
        expect(code).toBe(status.UNAVAILABLE);
        expect(message).toContain('no orderers could successfully process transaction');
        expect(details.map(({ mspId }) => mspId)).toEqual(['OrdererMSP']);
        await network.network.laboratory.loseOrderers(false);
        expect((await (await transaction.submit()).getStatus()).code).toBe(valid);
    });

    it('breaks the stream to a chaincode in the middle of a call', async () => {
        const hanging = failure(client.contract.submit('hang', { arguments: [], endorsingOrganizations: ['AMSP'] }));
        let ended = false;
        void hanging.then(() => (ended = true));
        // The call may not have arrived yet; and the second peer of the institution is asked when the first has failed.
        while (!ended) {
            for (const index of [0, 1]) await network.network.laboratory.breakStream(peerOf('a', index), 'fixture');
            await new Promise(resolve => setTimeout(resolve, 50));
        }
        const { details } = await hanging;
        expect(details.map(({ message }) => message)).toContainEqual(
            expect.stringMatching(/chaincode stream terminated$/),
        );
        expect(text(await client.contract.evaluateTransaction('get', 'missed'))).toBe('x');
    });

    it('delays the commits of one peer', async () => {
        const slow = peerOf('c', 1);
        await network.network.laboratory.delayCommits(slow, 1500);
        await client.contract.submitTransaction('put', 'slow', 'x');
        expect(await heightOf(slow)).toBe((await heightOf(peerOf('a'))) - 1);
        await network.network.laboratory.delayCommits(slow, 0);
        await client.contract.submitTransaction('put', 'slow', 'y');
        await network.network.laboratory.cutBlock();
        expect(await heightOf(slow)).toBe(await heightOf(peerOf('a')));
    });

    it("lets an institution's peers lie, which the gateway notices and works around", async () => {
        const lie = (result: string | undefined): Promise<unknown> =>
            Promise.all([0, 1].map(index => network.network.laboratory.answerDifferently(peerOf('b', index), result)));
        await lie('a lie');
        await client.contract.submitTransaction('put', 'lied', 'x');
        const named = { arguments: ['lied', 'y'], endorsingOrganizations: ['AMSP', 'BMSP'] };
        const { code, details } = await failure(client.contract.submit('put', named));
        expect(code).toBe(status.ABORTED);
        expect(details[0]?.message).toBe('ProposalResponsePayloads do not match');
        await lie(undefined);
        await client.contract.submit('put', named);
    });

    it('goes back to a snapshot more than once, with state, blocks and history in step', async () => {
        const { laboratory } = network.network;
        await client.contract.submitTransaction('put', 'snapped', 'before');
        await laboratory.snapshot('before');
        const { ordered } = await laboratory.status();
        for (const value of ['first', 'second']) {
            await client.contract.submitTransaction('put', 'snapped', value);
            expect(text(await client.contract.evaluateTransaction('get', 'snapped'))).toBe(value);
            await laboratory.revert('before');
            expect(text(await client.contract.evaluateTransaction('get', 'snapped'))).toBe('before');
            const history = text(await client.contract.evaluateTransaction('history', 'snapped'));
            expect(JSON.parse(history)).toHaveLength(1);
            const { ordered: now, peers } = await laboratory.status();
            expect([now, ...peers.map(({ height }) => height)]).toEqual(Array(7).fill(ordered));
        }
        expect(await laboratory.snapshots()).toEqual(['before']);
        const { message } = await failure(laboratory.revert('never'));
        expect(message).toBe('unknown snapshot "never" (known: before)');
    });

    it('takes up a dump of itself', async () => {
        const { laboratory } = network.network;
        const file = join(tmpdir(), `poolproof-dump-${process.pid}`);
        await client.contract.submitTransaction('put', 'dumped', 'x');
        await laboratory.dump(file);
        await client.contract.submitTransaction('put', 'dumped', 'y');
        await laboratory.load(file);
        expect(text(await client.contract.evaluateTransaction('get', 'dumped'))).toBe('x');
        await client.contract.submitTransaction('put', 'dumped', 'z');
        rmSync(file);
    });

    it('moves its clock until certificates expire', async () => {
        const { laboratory } = network.network;
        const tenYears = 3651 * 24 * 3600 * 1000;
        const endorsed = await client.contract.newProposal('put', { arguments: ['expired', 'x'] }).endorse();
        await laboratory.moveClock(tenYears);
        const { code, details } = await failure(client.contract.evaluateTransaction('get', 'snapped'));
        expect([code, details[0]?.message]).toEqual([status.UNAVAILABLE, 'proposal client identity expired']);
        expect((await failure(endorsed.submit())).message).toContain('broadcast client identity expired');
        await laboratory.moveClock(-tenYears);
        expect(text(await client.contract.evaluateTransaction('get', 'snapped'))).toBe('before');
    });

    it('names the peers there are when asked for another', async () => {
        const { message } = await failure(network.network.laboratory.stopPeer('peer9.a.example.com'));
        expect(message).toMatch(/^unknown peer "peer9\.a\.example\.com" \(known: peer0\.a\.example\.com, /);
    });
});
