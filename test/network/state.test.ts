import { status } from '@grpc/grpc-js';
import type { TestClient } from './harness';
import { consortiumOf, failure, TestNetwork, text } from './harness';

/** peer.TxValidationCode */
const [valid, mvccConflict, phantomConflict] = [0, 11, 12];

describe('the state a chaincode sees', () => {
    let network: TestNetwork;
    let client: TestClient;

    beforeAll(async () => {
        network = await TestNetwork.open(consortiumOf(['a', 'b', 'c']));
        client = await network.client('a', { 'poolproof.role': 'trustee' });
    });
    afterAll(() => network.close());

    const submit = async (name: string, ...args: string[]): Promise<string> =>
        text(await client.contract.submitTransaction(name, ...args));
    const evaluate = async (name: string, ...args: string[]): Promise<string> =>
        text(await client.contract.evaluateTransaction(name, ...args));

    it('is what was committed, on every peer', async () => {
        await submit('put', 'on-every-peer', '1');
        const other = await network.client('c');
        expect(text(await other.contract.evaluateTransaction('get', 'on-every-peer'))).toBe('1');
    });

    it('does not contain what the transaction itself writes', async () => {
        await submit('put', 'own-write', 'before');
        expect(await submit('putAndGet', 'own-write', 'after')).toBe('before');
        expect(await evaluate('get', 'own-write')).toBe('after');
    });

    it('forgets a key that is written empty', async () => {
        await submit('put', 'emptied', 'x');
        await submit('put', 'emptied', '');
        expect(await evaluate('range', 'emptied', 'emptied~')).toBe('[]');
    });

    it('is not changed by an evaluation', async () => {
        await evaluate('put', 'evaluated', 'x');
        expect(await evaluate('get', 'evaluated')).toBe('');
    });

    it('delivers ranges beyond a batch of 100 rows whole and in the order of the bytes', async () => {
        await submit('putMany', 'row', '250');
        const keys = JSON.parse(await evaluate('range', 'row', 'row~')) as string[];
        expect(keys).toHaveLength(250);
        expect(keys).toEqual([...keys].sort());
        await submit('put', 'utf-\u{10000}', 'astral');
        await submit('put', 'utf-\uffee', 'basic plane');
        expect(JSON.parse(await evaluate('range', 'utf-', 'utf-\u{10ffff}'))).toEqual(['utf-\uffee', 'utf-\u{10000}']);
    });

    it('ends a range of exactly one batch without an empty batch', async () => {
        await submit('putMany', 'exact', '100');
        expect(JSON.parse(await evaluate('range', 'exact', 'exact~'))).toHaveLength(100);
    });

    it('delivers pages with a bookmark', async () => {
        await submit('putMany', 'page', '5');
        expect(JSON.parse(await evaluate('page', 'page', 'page~', '2', ''))).toEqual({
            keys: ['page0000', 'page0001'],
            bookmark: 'page0002',
            fetchedRecordsCount: 2,
        });
        expect(JSON.parse(await evaluate('page', 'page', 'page~', '9', 'page0002'))).toEqual({
            keys: ['page0002', 'page0003', 'page0004'],
            bookmark: '',
            fetchedRecordsCount: 3,
        });
    });

    it('tells the history of a key, newest first, deletions included', async () => {
        await submit('put', 'past', '1');
        await submit('put', 'past', '2');
        await submit('remove', 'past');
        const changes = JSON.parse(await evaluate('history', 'past')) as { value: string; isDelete: boolean }[];
        expect(changes.map(({ value, isDelete }) => [value, isDelete])).toEqual([
            ['', true],
            ['2', false],
            ['1', false],
        ]);
    });

    it('refuses rich queries as Fabric with LevelDB does', async () => {
        const { code, message } = await failure(client.contract.evaluateTransaction('query', '{}'));
        expect(code).toBe(status.UNKNOWN);
        expect(message).toContain('ExecuteQuery not supported for leveldb');
    });

    it('shows a chaincode its client and its own institution', async () => {
        const seen: unknown = JSON.parse(await evaluate('whoami'));
        expect(seen).toEqual({ mspId: 'AMSP', role: 'trustee', peer: 'AMSP' });
    });

    it('lets one of two transactions win that read the same key', async () => {
        const transactions = await Promise.all(
            [1, 2].map(() => client.contract.newProposal('increment', { arguments: ['counter'] }).endorse()),
        );
        const commits = [];
        for (const transaction of transactions) commits.push(await (await transaction.submit()).getStatus());
        expect(commits.map(({ code }) => code)).toEqual([valid, mvccConflict]);
        expect(await evaluate('get', 'counter')).toBe('1');
    });

    it('invalidates a transaction whose range has got a new key', async () => {
        const counting = await client.contract
            .newProposal('countRange', { arguments: ['phantom', 'phantom~', 'count'] })
            .endorse();
        await submit('put', 'phantom1', 'x');
        const { code } = await (await counting.submit()).getStatus();
        expect(code).toBe(phantomConflict);
        expect(await evaluate('get', 'count')).toBe('');
    });

    it('carries transactions up to the size the consortium allows', async () => {
        const large = 'x'.repeat(3_000_000);
        await submit('put', 'large', large);
        expect(await evaluate('get', 'large')).toHaveLength(large.length);
        const { code, message } = await failure(submit('put', 'too-large', 'x'.repeat(5_000_000)));
        expect(code).toBe(status.ABORTED);
        expect(message).toContain('exceeds maximum allowed 8388608 bytes');
    });
});
