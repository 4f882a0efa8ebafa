import { createPrivateKey } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import { common } from '@hyperledger/fabric-protos';
import type { Contract, Gateway } from '@hyperledger/fabric-gateway';
import { connect, signers } from '@hyperledger/fabric-gateway';
import type { Network } from '@poolproof/network';
import { collectionsOf } from '@poolproof/network';

interface Observer {
    readonly institution: string;
    readonly mspId: string;
    readonly client: Client;
    readonly gateway: Gateway;
    readonly contract: Contract;
    readonly qscc: Contract;
}

/** A client at every institution's own peer, which reads whatever that peer holds (chaincode of test/docker/observed). */
export class Observers {
    private constructor(
        private readonly network: Network,
        private readonly observers: readonly Observer[],
    ) {}

    static async open(network: Network): Promise<Observers> {
        const { institutions } = network.consortium;
        return new Observers(network, await Promise.all(institutions.map(({ id }) => observerAt(network, id))));
    }

    /** Where two peers that should hold the same do not, or cannot be asked. */
    async differences(): Promise<readonly string[]> {
        const everywhere = this.differing('ledger', this.observers, observer => this.commitHash(observer));
        const places = collectionsOf(this.network.consortium).map(({ name }) =>
            this.differing(name, this.membersOf(name), observer => records(observer, name)),
        );
        return (await Promise.all([everywhere, ...places])).flat();
    }

    /** Records of a collection, on the peer of a member. */
    async countIn(collection: string): Promise<number> {
        const [member] = this.membersOf(collection);
        return Object.keys(JSON.parse(await records(member!, collection)) as object).length;
    }

    close(): void {
        for (const { gateway, client } of this.observers) {
            gateway.close();
            client.close();
        }
    }

    private membersOf(collection: string): readonly Observer[] {
        const { policy } = collectionsOf(this.network.consortium).find(({ name }) => name === collection)!;
        return this.observers.filter(({ mspId }) => policy.includes(`'${mspId}.`));
    }

    private async differing(
        place: string,
        observers: readonly Observer[],
        read: (observer: Observer) => Promise<string>,
    ): Promise<readonly string[]> {
        const all = await Promise.all(observers.map(observer => read(observer).catch(() => undefined)));
        return observers
            .filter((_, index) => all[index] === undefined || all[index] !== all[0])
            .map(({ institution }) => `${place} at ${institution}`);
    }

    /** The peer's hash of all writes to public state and to hashes of private data that it has applied, block by block. */
    private async commitHash({ qscc }: Observer): Promise<string> {
        const { channel } = this.network.consortium;
        const info = common.BlockchainInfo.deserializeBinary(await qscc.evaluateTransaction('GetChainInfo', channel));
        const last = String(info.getHeight() - 1);
        const block = common.Block.deserializeBinary(await qscc.evaluateTransaction('GetBlockByNumber', channel, last));
        const hash = block.getMetadata()?.getMetadataList_asB64()[common.BlockMetadataIndex.COMMIT_HASH];
        return `${last} ${hash}`;
    }
}

async function observerAt(network: Network, institution: string): Promise<Observer> {
    const [peer] = network.peers(institution);
    const { mspId, certificatePem, privateKeyPem } = await network.identity(institution, 'observer');
    const client = new Client(peer!.address, credentials.createSsl(Buffer.from(peer!.tlsRootPem)), {
        'grpc.ssl_target_name_override': peer!.tlsHostName,
        'grpc.max_receive_message_length': -1,
    });
    const signer = signers.newPrivateKeySigner(createPrivateKey(privateKeyPem));
    const gateway = connect({ client, identity: { mspId, credentials: Buffer.from(certificatePem) }, signer });
    const { channel, chaincode } = network.consortium;
    const onChannel = gateway.getNetwork(channel);
    const [contract, qscc] = [onChannel.getContract(chaincode.name), onChannel.getContract('qscc')];
    return { institution, mspId, client, gateway, contract, qscc };
}

/** All records of a collection on the institution's own peer, and on no other: each key, and the SHA-256 of its value. */
async function records({ contract, mspId }: Observer, collection: string): Promise<string> {
    const wanted = { arguments: [collection], endorsingOrganizations: [mspId] };
    return Buffer.from(await contract.evaluate('observer:records', wanted)).toString('utf8');
}
