import { status } from '@grpc/grpc-js';
import type { Collection } from '@poolproof/network';
import type { TestClient } from './harness';
import { consortiumOf, failure, TestNetwork, text } from './harness';

const shared: Collection = {
    name: 'shared',
    policy: "OR('AMSP.member','BMSP.member')",
    requiredPeerCount: 0,
    maxPeerCount: 2,
    blockToLive: 0,
    memberOnlyRead: true,
    memberOnlyWrite: true,
};

describe('events', () => {
    let network: TestNetwork;
    let a: TestClient;
    let c: TestClient;

    beforeAll(async () => {
        network = await TestNetwork.open(consortiumOf(['a', 'b', 'c']), { collections: [shared] });
        [a, c] = await Promise.all([network.client('a'), network.client('c')]);
    });
    afterAll(() => network.close());

    /** The next so many items of a stream, which is then closed. */
    async function take<T>(stream: AsyncIterable<T> & { close(): void }, count: number): Promise<T[]> {
        const items: T[] = [];
        for await (const item of stream) {
            items.push(item);
            if (items.length === count) break;
        }
        stream.close();
        return items;
    }

    it('of a chaincode reach clients of every institution once they are committed', async () => {
        const events = await c.gateway.getNetwork('channel').getChaincodeEvents('fixture');
        const told = take(events, 2);
        await a.contract.submitTransaction('tell', 'First', 'one');
        await a.contract.submitTransaction('put', 'silent', 'x');
        await a.contract.submitTransaction('tell', 'Second', 'two');
        expect((await told).map(({ eventName, payload }) => [eventName, text(payload)])).toEqual([
            ['First', 'one'],
            ['Second', 'two'],
        ]);
    });

    it('are replayed from a block, and after a transaction', async () => {
        const first = a.contract.newProposal('tell', { arguments: ['Replayed', '1'] });
        const { blockNumber } = await (await (await first.endorse()).submit()).getStatus();
        await a.contract.submitTransaction('tell', 'Replayed', '2');
        const channel = c.gateway.getNetwork('channel');
        const replayed = await take(await channel.getChaincodeEvents('fixture', { startBlock: blockNumber }), 2);
        expect(replayed.map(({ payload }) => text(payload))).toEqual(['1', '2']);
        const checkpoint = {
            getBlockNumber: () => blockNumber,
            getTransactionId: () => first.getTransactionId(),
        };
        const [resumed] = await take(await channel.getChaincodeEvents('fixture', { checkpoint }), 1);
        expect(text(resumed!.payload)).toBe('2');
    });

    it('of an invalid transaction are never seen', async () => {
        const channel = c.gateway.getNetwork('channel');
        const told = take(await channel.getChaincodeEvents('fixture'), 1);
        await failure(a.contract.submit('tell', { arguments: ['Invalid', 'x'], endorsingOrganizations: ['AMSP'] }));
        await a.contract.submitTransaction('tell', 'Valid', 'y');
        expect((await told).map(({ eventName }) => eventName)).toEqual(['Valid']);
    });

    it('tell filtered blocks nothing but names', async () => {
        const proposal = a.contract.newProposal('tell', { arguments: ['Filtered', 'hidden'] });
        const { blockNumber } = await (await (await proposal.endorse()).submit()).getStatus();
        const channel = c.gateway.getNetwork('channel');
        const [block] = await take(await channel.getFilteredBlockEvents({ startBlock: blockNumber }), 1);
        const [transaction] = block!.getFilteredTransactionsList();
        expect(transaction?.getTxid()).toBe(proposal.getTransactionId());
        const [action] = transaction!.getTransactionActions()!.getChaincodeActionsList();
        expect(action?.getChaincodeEvent()?.getEventName()).toBe('Filtered');
        expect(action?.getChaincodeEvent()?.getPayload()).toBe('');
    });

    it('chain blocks by their hashes, from the first one on', async () => {
        const blocks = await take(await a.gateway.getNetwork('channel').getBlockEvents({ startBlock: 0n }), 3);
        expect(blocks.map(block => block.getHeader()?.getNumber())).toEqual([0, 1, 2]);
        expect(blocks.map(block => block.getHeader()?.getPreviousHash_asU8().length)).toEqual([0, 32, 32]);
    });

    it('carry private data to members only', async () => {
        const proposal = a.contract.newProposal('putPrivate', {
            arguments: ['shared', 'k'],
            transientData: { value: 'secret' },
            endorsingOrganizations: ['AMSP', 'BMSP'],
        });
        const { blockNumber } = await (await (await proposal.endorse()).submit()).getStatus();
        const seenBy = async (client: TestClient): Promise<number> => {
            const channel = client.gateway.getNetwork('channel');
            const events = await channel.getBlockAndPrivateDataEvents({ startBlock: blockNumber });
            const [event] = await take(events, 1);
            return event!.getPrivateDataMapMap().getLength();
        };
        expect(await seenBy(a)).toBe(1);
        expect(await seenBy(c)).toBe(0);
        // A's peer holds the data, but C's client asks for it.
        expect(await seenBy(network.connect('a', c.identity))).toBe(0);
    });

    it('of a commit are awaited until the client gives up', async () => {
        const transaction = await a.contract.newProposal('put', { arguments: ['k', 'v'] }).endorse();
        const commit = a.gateway.newCommit((await transaction.submit()).getBytes());
        expect((await commit.getStatus()).successful).toBe(true);
        const never = await a.contract.newProposal('put', { arguments: ['never', 'v'] }).endorse();
        await network.network.laboratory.cutBlocks('manual');
        const waiting = await never.submit();
        const { code } = await failure(waiting.getStatus({ deadline: Date.now() + 200 }));
        expect(code).toBe(status.DEADLINE_EXCEEDED);
        await network.network.laboratory.cutBlocks('instant');
        expect((await waiting.getStatus()).successful).toBe(true);
    });
});
