import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import type { GatewayError } from '@hyperledger/fabric-gateway';
import { common, discovery, peer } from '@hyperledger/fabric-protos';
import type { TestClient } from './harness';
import { consortiumOf, failure, fixtureFolder, TestNetwork, text } from './harness';

/** peer.TxValidationCode */
const [valid, policyFailure] = [0, 10];

describe('the services of a peer', () => {
    let network: TestNetwork;
    let a: TestClient;

    beforeAll(async () => {
        const altered = { a: join(fixtureFolder, '..', 'altered-chaincode') };
        network = await TestNetwork.open(consortiumOf(['a', 'b', 'c']), { altered });
        a = await network.client('a');
    });
    afterAll(() => network.close());

    const query = (chaincode: string, name: string, ...args: (string | Uint8Array)[]): Promise<Uint8Array> =>
        a.gateway
            .getNetwork('channel')
            .getContract(chaincode)
            .evaluateTransaction(name, ...args);

    it('answer queries about blocks and transactions', async () => {
        const other = await network.client('b');
        const proposal = other.contract.newProposal('tell', { arguments: ['Told', 'x'] });
        const { blockNumber } = await (await (await proposal.endorse()).submit()).getStatus();
        const info = common.BlockchainInfo.deserializeBinary(await query('qscc', 'GetChainInfo', 'channel'));
        expect(info.getHeight()).toBe(Number(blockNumber) + 1);
        const byNumber = common.Block.deserializeBinary(
            await query('qscc', 'GetBlockByNumber', 'channel', String(blockNumber)),
        );
        const byTxId = common.Block.deserializeBinary(
            await query('qscc', 'GetBlockByTxID', 'channel', proposal.getTransactionId()),
        );
        expect(byTxId.serializeBinary()).toEqual(byNumber.serializeBinary());
        const hash = info.getCurrentblockhash_asU8();
        const byHash = common.Block.deserializeBinary(await query('qscc', 'GetBlockByHash', 'channel', hash));
        expect(byHash.getHeader()?.getNumber()).toBe(Number(blockNumber));
        const processed = peer.ProcessedTransaction.deserializeBinary(
            await query('qscc', 'GetTransactionByID', 'channel', proposal.getTransactionId()),
        );
        expect(processed.getValidationcode()).toBe(valid);
        expect((await failure(query('qscc', 'GetBlockByNumber', 'channel', '999'))).message).toContain(
            'Failed to get block number 999, error no such block number [999] in index',
        );
    });

    it('answer queries about chaincodes and channels', async () => {
        const args = new peer.lifecycle.QueryChaincodeDefinitionArgs();
        args.setName('fixture');
        const result = peer.lifecycle.QueryChaincodeDefinitionResult.deserializeBinary(
            await query('_lifecycle', 'QueryChaincodeDefinition', args.serializeBinary()),
        );
        expect([result.getSequence(), result.getVersion()]).toEqual([1, '1.0.0']);
        args.setName('unknown');
        expect(
            (await failure(query('_lifecycle', 'QueryChaincodeDefinition', args.serializeBinary()))).message,
        ).toContain('chaincode response 404, namespace unknown is not defined');
        const channels = peer.ChannelQueryResponse.deserializeBinary(await query('cscc', 'GetChannels'));
        expect(channels.getChannelsList().map(channel => channel.getChannelId())).toEqual(['channel']);
    });

    it('serve no more than 500 calls of the gateway at a time, and streams are calls', async () => {
        const { laboratory } = network.network;
        const other = await network.client('b');
        await laboratory.cutBlocks('manual');
        const events = await other.gateway.getNetwork('channel').getChaincodeEvents('fixture');
        const waiting = await other.contract.submitAsync('put', { arguments: ['limited', 'x'] });
        const asked = Array.from({ length: 510 }, () => waiting.getStatus());
        const refused: { readonly code: number; readonly message: string }[] = [];
        for (const each of asked) void each.catch((error: GatewayError) => refused.push(error));
        while (refused.length < 11) await new Promise(resolve => setTimeout(resolve, 20));
        await laboratory.cutBlocks('instant');
        const answers = await Promise.allSettled(asked);
        expect(answers.filter(answer => answer.status === 'fulfilled')).toHaveLength(499);
        expect(refused[0]?.code).toBe(status.UNKNOWN);
        expect(refused[0]?.message).toContain(
            'too many requests for /gateway.Gateway, exceeding concurrency limit (500)',
        );
        const ended = events[Symbol.asyncIterator]().next();
        events.close();
        expect((await failure(ended)).code).toBe(status.CANCELLED);
        expect(text(await other.contract.evaluateTransaction('get', 'limited'))).toBe('x');
    });

    it('say what they do not support', async () => {
        const [endpoint] = network.network.peers('a');
        const client = new discovery.DiscoveryClient(
            endpoint!.address,
            credentials.createSsl(Buffer.from(endpoint!.tlsRootPem)),
            { 'grpc.ssl_target_name_override': endpoint!.tlsHostName },
        );
        const error = await new Promise<{ code?: number; details?: string } | null>(resolve =>
            client.discover(new discovery.SignedRequest(), resolve),
        );
        client.close();
        expect(error?.code).toBe(status.UNIMPLEMENTED);
        expect(error?.details).toContain('The embedded network does not support this: the gateway of every peer');
        expect((await failure(query('_lifecycle', 'InstallChaincode', ''))).message).toContain(
            '_lifecycle InstallChaincode is not supported by the embedded network',
        );
    });

    it('refuse what altered chaincode of one institution endorses', async () => {
        const { code, details } = await failure(a.contract.submitTransaction('put', 'stake', 'x'));
        expect(code).toBe(status.ABORTED);
        expect(details.map(({ message }) => message)).toContain('ProposalResponsePayloads do not match');
        const alone = { arguments: ['stake', 'x'], endorsingOrganizations: ['AMSP'] };
        expect((await failure(a.contract.submit('put', alone))).code).toBe(policyFailure);
        const honest = await network.client('b');
        await honest.contract.submitTransaction('put', 'stake', 'x');
        expect(text(await honest.contract.evaluateTransaction('get', 'stake'))).toBe('x');
    });
});
