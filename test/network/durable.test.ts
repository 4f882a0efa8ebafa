import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { signers } from '@hyperledger/fabric-gateway';
import { common, orderer } from '@hyperledger/fabric-protos';
import type { Collection } from '@poolproof/network';
import { readCertificates } from '@poolproof/network';
import { consortiumOf, failure, TestNetwork, text } from './harness';

describe('a network kept in a folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-durable-'));
    const consortium = consortiumOf(['a', 'b']);
    afterAll(() => rmSync(folder, { recursive: true }));

    const collection: Collection = {
        name: 'shared',
        policy: "OR('AMSP.member','BMSP.member')",
        requiredPeerCount: 0,
        maxPeerCount: 2,
        blockToLive: 0,
        memberOnlyRead: true,
        memberOnlyWrite: true,
    };

    it('goes on where it stopped: state, private data, blocks, certificates and addresses', async () => {
        const first = await TestNetwork.open(consortium, { collections: [collection] }, { folder });
        const client = await first.client('a');
        await client.contract.submitTransaction('put', 'kept', 'value');
        await client.contract.submit('putPrivate', { arguments: ['shared', 'k'], transientData: { value: 'secret' } });
        const { ordered } = await first.network.laboratory.status();
        const addresses = first.network.peers().map(({ address }) => address);
        await first.close();

        const again = await TestNetwork.open(consortium, { collections: [collection] }, { folder });
        expect((await again.network.laboratory.status()).ordered).toBe(ordered);
        expect(again.network.peers().map(({ address }) => address)).toEqual(addresses);
        // The client of before is still known: the authorities are the same.
        const { contract } = again.connect('b', client.identity);
        expect(text(await contract.evaluateTransaction('get', 'kept'))).toBe('value');
        expect(text(await contract.evaluateTransaction('getPrivate', 'shared', 'k'))).toBe('secret');
        await contract.submitTransaction('put', 'kept', 'changed');
        await again.close();
    });

    it('goes back to a snapshot more than once, and after it was closed and opened again', async () => {
        const first = await TestNetwork.open(consortium, { collections: [collection] }, { folder });
        const submit = async (network: TestNetwork, value: string): Promise<void> => {
            const { contract } = await network.client('a');
            await contract.submitTransaction('put', 'snapped', value);
            const transientData = { value };
            await contract.submit('putPrivate', { arguments: ['shared', 'snapped'], transientData });
        };
        const standing = async (network: TestNetwork): Promise<unknown> => {
            const { contract } = await network.client('b');
            const calls = [
                contract.evaluateTransaction('get', 'snapped'),
                contract.evaluateTransaction('getPrivate', 'shared', 'snapped'),
                contract.evaluateTransaction('history', 'snapped'),
            ];
            const [value, secret, history] = (await Promise.all(calls)).map(text);
            const { ordered } = await network.network.laboratory.status();
            return { value, secret, changes: (JSON.parse(history!) as unknown[]).length, ordered };
        };
        await submit(first, 'before');
        await first.network.laboratory.snapshot('../odd name');
        const before = await standing(first);
        expect(before).toMatchObject({ value: 'before', secret: 'before', changes: 1 });
        for (const value of ['first', 'second']) {
            await submit(first, value);
            expect(await standing(first)).toMatchObject({ value, secret: value, changes: 2 });
            await first.network.laboratory.revert('../odd name');
            expect(await standing(first)).toEqual(before);
        }
        await submit(first, 'kept');
        await first.close();

        const again = await TestNetwork.open(consortium, { collections: [collection] }, { folder });
        expect(await again.network.laboratory.snapshots()).toEqual(['../odd name']);
        expect(await standing(again)).toMatchObject({ value: 'kept' });
        await again.network.laboratory.revert('../odd name');
        expect(await standing(again)).toEqual(before);
        await submit(again, 'goes on');
        await again.close();

        const last = await TestNetwork.open(consortium, { collections: [collection] }, { folder });
        expect(await standing(last)).toMatchObject({ value: 'goes on', secret: 'goes on', changes: 2 });
        await last.close();
    });

    it('takes up a changed definition as the next sequence', async () => {
        const changed = await TestNetwork.open(consortium, { version: '2.0.0', collections: [collection] }, { folder });
        const { contract } = await changed.client('a');
        expect(text(await contract.evaluateTransaction('get', 'kept'))).toBe('changed');
        await contract.submitTransaction('put', 'kept', 'by the new version');
        await changed.close();
    });

    it('hands out its blocks at an orderer too, without verdicts, those to come as well', async () => {
        const network = await TestNetwork.open(consortium, { version: '2.0.0', collections: [collection] }, { folder });
        const { contract, gateway, identity } = await network.client('a');
        const { ordered, orderers } = await network.network.laboratory.status();
        const { orderers: owner } = await readCertificates(consortium, join(folder, 'organizations'));
        const root = Buffer.from(owner.tlsAuthority.certificatePem);
        const client = new orderer.AtomicBroadcastClient(orderers[0]!, credentials.createSsl(root), {
            'grpc.ssl_target_name_override': owner.nodes[0]!.name,
        });
        const seek = gateway.getNetwork('channel').newBlockEventsRequest({ startBlock: 0n });
        const signature = await signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem))(seek.getDigest());
        const signed = gateway.newSignedBlockEventsRequest(seek.getBytes(), signature).getBytes();
        const blocks: common.Block[] = [];
        const stream = client.deliver();
        const enough = new Promise<void>(resolve =>
            stream.on('data', (response: orderer.DeliverResponse) => {
                if (blocks.push(response.getBlock()!) > ordered) resolve();
            }),
        );
        stream.on('error', () => undefined).write(common.Envelope.deserializeBinary(signed));
        await contract.submitTransaction('put', 'kept', 'followed at the orderer');
        await enough;
        expect(blocks.map(block => block.getHeader()?.getNumber())).toEqual(
            Array.from({ length: ordered + 1 }, (_, number) => number),
        );
        expect(blocks[ordered]!.getMetadata()!.getMetadataList_asU8()[2]).toHaveLength(0);
        // Whoever does not sign is told so.
        const unsigned = client.deliver();
        const answer = new Promise<orderer.DeliverResponse>(resolve => unsigned.once('data', resolve));
        unsigned.write(common.Envelope.deserializeBinary(seek.getBytes()));
        expect((await answer).getStatus()).toBe(common.Status.FORBIDDEN);
        stream.cancel();
        client.close();
        await network.close();
    });

    it('holds the certificates as cryptogen lays them out', async () => {
        const { institutions } = await readCertificates(consortium, join(folder, 'organizations'));
        expect(institutions.map(({ mspId, nodes }) => [mspId, nodes[0]?.name])).toEqual([
            ['AMSP', 'peer0.a.example.com'],
            ['BMSP', 'peer0.b.example.com'],
        ]);
    });

    it('refuses to be opened as the network of others', async () => {
        const { message } = await failure(TestNetwork.open(consortiumOf(['a', 'c']), {}, { folder }));
        expect(message).toBe(`${folder}: this folder keeps a network of other institutions, peers or channel`);
    });
});
