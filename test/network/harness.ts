import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import type { Contract, Gateway } from '@hyperledger/fabric-gateway';
import { openNetwork } from '@poolproof/network';
import type { Consortium, EmbeddedChaincode, EmbeddedNetwork, EmbeddedOptions, Identity } from '@poolproof/network';

/** Root of the repository, seen from the compiled tests. */
const root = join(__dirname, '..', '..', '..');

export const fixtureFolder = join(root, 'test', 'network', 'fixture-chaincode');

/** Plain Fabric institutions a, b and c (AMSP, BMSP, CMSP) without roles, one peer each unless told otherwise. */
export function consortiumOf(ids: readonly string[], peers = 1): Consortium {
    return {
        name: 'test',
        channel: 'channel',
        chaincode: { name: 'fixture', version: '1.0.0', endorsement: 'majority' },
        batch: { timeout: '100ms', maxMessages: 10, preferredBytes: 2 ** 20, absoluteBytes: 2 ** 23 },
        institutions: ids.map(id => ({
            id,
            mspId: `${id.toUpperCase()}MSP`,
            name: id,
            domain: `${id}.example.com`,
            roles: [],
            peers,
        })),
        orderers: { mspId: 'OrdererMSP', name: 'Orderers', domain: 'orderer.example.com', count: 1 },
    };
}

/** A client of the embedded network: unmodified @hyperledger/fabric-gateway over @grpc/grpc-js. */
export interface TestClient {
    readonly identity: Identity;
    readonly gateway: Gateway;
    readonly grpc: Client;
    readonly contract: Contract;
}

/** An embedded network with the fixture chaincode, and the clients connected to it. */
export class TestNetwork {
    private readonly clients: TestClient[] = [];

    private constructor(readonly network: EmbeddedNetwork) {}

    static async open(
        consortium: Consortium,
        chaincode: Partial<EmbeddedChaincode> = {},
        options: EmbeddedOptions = {},
    ): Promise<TestNetwork> {
        const fixture = { name: 'fixture', version: '1.0.0', folder: fixtureFolder, ...chaincode };
        return new TestNetwork(await openNetwork('embedded', consortium, { chaincodes: [fixture], ...options }));
    }

    async client(institutionId: string, attributes?: Record<string, string>): Promise<TestClient> {
        return this.connect(institutionId, await this.network.identity(institutionId, 'user', attributes));
    }

    /** Connect to an institution's first peer with any identity, right or wrong. */
    connect(institutionId: string, identity: Identity): TestClient {
        const [endpoint] = this.network.peers(institutionId);
        if (endpoint === undefined) throw new Error(`no peer of ${institutionId}`);
        const grpc = new Client(endpoint.address, credentials.createSsl(Buffer.from(endpoint.tlsRootPem)), {
            'grpc.ssl_target_name_override': endpoint.tlsHostName,
            'grpc.max_receive_message_length': -1,
        });
        const gateway = connect({
            client: grpc,
            identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
            signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
            hash: hash.sha256,
        });
        const contract = gateway.getNetwork(this.network.consortium.channel).getContract('fixture');
        const client = { identity, gateway, grpc, contract };
        this.clients.push(client);
        return client;
    }

    async close(): Promise<void> {
        for (const { gateway, grpc } of this.clients) {
            gateway.close();
            grpc.close();
        }
        await this.network.close();
    }
}

/** What a transaction function returned, as text. */
export function text(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString();
}

/** The error of a promise that must fail, with what Fabric's gateway puts into it. */
export async function failure(promise: Promise<unknown>): Promise<{
    readonly code: number;
    readonly message: string;
    readonly details: readonly { readonly message: string; readonly mspId: string; readonly address: string }[];
}> {
    try {
        await promise;
    } catch (error) {
        return error as Awaited<ReturnType<typeof failure>>;
    }
    throw new Error('expected a failure');
}
