import { status } from '@grpc/grpc-js';
import type { Collection } from '@poolproof/network';
import type { TestClient } from './harness';
import { consortiumOf, failure, TestNetwork, text } from './harness';

/** peer.TxValidationCode */
const [valid, policyFailure] = [0, 10];

const shared: Collection = {
    name: 'shared',
    policy: "OR('AMSP.member','BMSP.member')",
    requiredPeerCount: 1,
    maxPeerCount: 2,
    blockToLive: 0,
    memberOnlyRead: true,
    memberOnlyWrite: true,
    endorsementPolicy: { signaturePolicy: "AND('AMSP.peer','BMSP.peer')" },
};

describe('endorsement', () => {
    let network: TestNetwork;
    let a: TestClient;
    let b: TestClient;
    let c: TestClient;

    beforeAll(async () => {
        network = await TestNetwork.open(consortiumOf(['a', 'b', 'c']), { collections: [shared] });
        [a, b, c] = await Promise.all([network.client('a'), network.client('b'), network.client('c')]);
    });
    afterAll(() => network.close());

    const value = { value: 'secret' };

    it("finds a majority by itself, the gateway's own institution among it", async () => {
        const transaction = await b.contract.newProposal('put', { arguments: ['found', '1'] }).endorse();
        expect((await (await transaction.submit()).getStatus()).code).toBe(valid);
    });

    it('reports what each peer answered when a contract refuses', async () => {
        const { code, message, details } = await failure(a.contract.submitTransaction('fail', 'CODE: sentence'));
        expect(code).toBe(status.ABORTED);
        expect(message).toBe('10 ABORTED: failed to endorse transaction, see attached details for more info');
        expect(details).toEqual([
            {
                address: expect.stringMatching(/^peer0\.a\.example\.com:\d+$/) as string,
                mspId: 'AMSP',
                message: 'chaincode response 500, CODE: sentence',
            },
        ]);
    });

    it('reports a contract refusing an evaluation as UNKNOWN', async () => {
        const { code, message } = await failure(a.contract.evaluateTransaction('fail', 'CODE: sentence'));
        expect(code).toBe(status.UNKNOWN);
        expect(message).toContain('evaluate call to endorser returned error: chaincode response 500, CODE: sentence');
    });

    it('fails where peers come to different results', async () => {
        const { code, details } = await failure(a.contract.submitTransaction('perPeer', 'different'));
        expect(code).toBe(status.ABORTED);
        expect(details.map(({ message }) => message)).toContain('ProposalResponsePayloads do not match');
    });

    it('asks the endorsing organisations that the client names and no others', async () => {
        const { code, message } = await failure(
            a.contract.submit('put', { arguments: ['named', '1'], endorsingOrganizations: ['AMSP', 'NoneMSP'] }),
        );
        expect(code).toBe(status.UNAVAILABLE);
        expect(message).toContain('failed to find any endorsing peers for org(s): NoneMSP');
        const alone = await failure(
            a.contract.submit('put', { arguments: ['named', '1'], endorsingOrganizations: ['AMSP'] }),
        );
        expect(alone.code).toBe(policyFailure);
        expect(text(await a.contract.evaluateTransaction('get', 'named'))).toBe('');
    });

    it('follows the policy of a key once it has one', async () => {
        await a.contract.submitTransaction('put', 'guarded', '1');
        await a.contract.submitTransaction('protect', 'guarded', '["CMSP"]');
        await a.contract.submitTransaction('put', 'guarded', '2');
        const without = await failure(
            a.contract.submit('put', { arguments: ['guarded', '3'], endorsingOrganizations: ['AMSP', 'BMSP'] }),
        );
        expect(without.code).toBe(policyFailure);
        expect(text(await a.contract.evaluateTransaction('get', 'guarded'))).toBe('2');
    });

    it("judges private writes by the collection's policy", async () => {
        await a.contract.submit('putPrivate', { arguments: ['shared', 'k'], transientData: value });
        expect(text(await b.contract.evaluateTransaction('getPrivate', 'shared', 'k'))).toBe('secret');
        const alone = await failure(
            a.contract.submit('putPrivate', {
                arguments: ['shared', 'k'],
                transientData: value,
                endorsingOrganizations: ['AMSP'],
            }),
        );
        expect(alone.code).toBe(policyFailure);
    });

    it('keeps private values from clients of other institutions, whatever peer they ask', async () => {
        for (const peerOf of ['c', 'a']) {
            const client = network.connect(peerOf, c.identity);
            const { message } = await failure(client.contract.evaluateTransaction('getPrivate', 'shared', 'k'));
            expect(message).toMatch(
                /tx creator does not have read access permission on privatedata in chaincodeName:fixture collectionName: shared/,
            );
        }
        const { details } = await failure(
            c.contract.submit('putPrivate', { arguments: ['shared', 'k'], transientData: value }),
        );
        expect(details[0]?.message).toContain('tx creator does not have write access permission');
    });

    it('shows the hash of a private value to everybody', async () => {
        expect(text(await c.contract.evaluateTransaction('hashPrivate', 'shared', 'k'))).toMatch(/^[0-9a-f]{64}$/);
    });

    it('has a collection of its own for every institution', async () => {
        const implicit = '_implicit_org_AMSP';
        await a.contract.submit('putPrivate', { arguments: [implicit, 'own'], transientData: value });
        expect(text(await a.contract.evaluateTransaction('getPrivate', implicit, 'own'))).toBe('secret');
        const { message } = await failure(c.contract.evaluateTransaction('getPrivate', implicit, 'own'));
        expect(message).toContain('private data matching public hash version is not available');
    });

    it('does not send transient data to institutions outside of the collection', async () => {
        const proposal = { arguments: ['public', '_implicit_org_AMSP', 'x'], transientData: value };
        const { code, message } = await failure(a.contract.submit('putBoth', proposal));
        expect(code).toBe(status.FAILED_PRECONDITION);
        expect(message).toContain(
            'requires endorsement from organisation(s) that are not in the distribution policy of the private data ' +
                'collection(s): [_implicit_org_AMSP]; retry specifying trusted endorsing organizations',
        );
        await a.contract.submit('putBoth', { ...proposal, endorsingOrganizations: ['AMSP', 'BMSP'] });
        expect(text(await a.contract.evaluateTransaction('getPrivate', '_implicit_org_AMSP', 'x'))).toBe('secret');
    });

    it('forgets a purged value everywhere, its hash included', async () => {
        await a.contract.submit('putPrivate', { arguments: ['shared', 'purged'], transientData: value });
        await a.contract.submitTransaction('purgePrivate', 'shared', 'purged');
        expect(text(await b.contract.evaluateTransaction('getPrivate', 'shared', 'purged'))).toBe('');
        expect(text(await b.contract.evaluateTransaction('hashPrivate', 'shared', 'purged'))).toBe('');
    });

    it('refuses chaincodes and channels that do not exist in the words of Fabric', async () => {
        const unknown = a.gateway.getNetwork('channel').getContract('unknown');
        const evaluated = await failure(unknown.evaluateTransaction('get', 'k'));
        expect(evaluated.code).toBe(status.FAILED_PRECONDITION);
        expect(evaluated.message).toContain('no peers available to evaluate chaincode unknown in channel channel');
        const submitted = await failure(unknown.submitTransaction('get', 'k'));
        expect(submitted.code).toBe(status.FAILED_PRECONDITION);
        expect(submitted.message).toContain('No metadata was found for chaincode unknown in channel channel');
        const elsewhere = a.gateway.getNetwork('elsewhere').getContract('fixture');
        expect((await failure(elsewhere.evaluateTransaction('get', 'k'))).code).toBe(status.UNAVAILABLE);
    });

    it('names a collection that is not defined', async () => {
        const { details } = await failure(
            a.contract.submit('putPrivate', { arguments: ['nowhere', 'k'], transientData: value }),
        );
        expect(details[0]?.message).toContain('nowhere');
    });
});
