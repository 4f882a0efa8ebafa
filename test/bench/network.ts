import { performance } from 'node:perf_hooks';
import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import type { Contract } from '@hyperledger/fabric-gateway';
import { openNetwork, readConsortium } from '@poolproof/network';
import type { Network } from '@poolproof/network';

/*
 * How fast a network is: `npm run bench:network`. The embedded network is measured with instant blocks and with the block cutting of
 * the consortium file; the docker network with the latter, where one is up with the same chaincode:
 * `npm run network:up -- --chaincode test/network/fixture-chaincode`. Same client, same chaincode, one after the other.
 */

const root = join(__dirname, '..', '..', '..');
const consortium = readConsortium(join(root, 'network', 'consortium.json'));
const folder = join(root, 'test', 'network', 'fixture-chaincode');
const inFlight = 32;

interface Figures {
    readonly network: string;
    readonly 'up, ms': number | string;
    readonly 'evaluate/s': number;
    readonly 'submit/s': number;
    readonly 'evaluate alone, ms': number;
    readonly 'submit alone, ms': number;
    readonly 'memory, MB': number | string;
}

async function main(): Promise<void> {
    const figures: Figures[] = [];
    for (const cutting of ['instant', 'interval'] as const) {
        const started = performance.now();
        const chaincodes = [{ ...consortium.chaincode, folder }];
        const network = await openNetwork('embedded', consortium, { chaincodes, cutting });
        figures.push(await measure(`embedded, ${cutting}`, network, Math.round(performance.now() - started)));
        await network.close();
    }
    try {
        figures.push(await measure('docker', await openNetwork('docker', consortium), '-'));
    } catch (error) {
        process.stdout.write(`No docker network: ${(error as Error).message.split('\n')[0]}\n`);
    }
    console.table(figures);
}

async function measure(name: string, network: Network, up: number | string): Promise<Figures> {
    const { contract, close } = await client(network);
    const evaluate = (): Promise<unknown> => contract.evaluateTransaction('get', 'bench');
    let written = Date.now();
    const submit = (): Promise<unknown> => contract.submitTransaction('put', `bench-${(written += 1)}`, 'x');
    // Short runs measure the compiler: warm up first.
    await repeat(400, inFlight, evaluate);
    await repeat(400, inFlight, submit);
    const result = {
        network: name,
        'up, ms': up,
        'evaluate/s': Math.round(1000 / (await repeat(1500, inFlight, evaluate))),
        'submit/s': Math.round(1000 / (await repeat(1500, inFlight, submit))),
        'evaluate alone, ms': round(await repeat(100, 1, evaluate)),
        'submit alone, ms': round(await repeat(30, 1, submit)),
        'memory, MB': network.kind === 'embedded' ? Math.round(process.memoryUsage().rss / 1e6) : '-',
    };
    close();
    return result;
}

/** Milliseconds each of so many calls takes on average, so many at a time. */
async function repeat(count: number, atATime: number, call: () => Promise<unknown>): Promise<number> {
    let left = count;
    const started = performance.now();
    const work = async (): Promise<void> => {
        while ((left -= 1) >= 0) await call();
    };
    await Promise.all(Array.from({ length: atATime }, work));
    return (performance.now() - started) / count;
}

async function client(network: Network): Promise<{ readonly contract: Contract; readonly close: () => void }> {
    const identity = await network.identity('bank-a', 'bench');
    const [endpoint] = network.peers('bank-a');
    if (endpoint === undefined) throw new Error('no peer');
    const grpc = new Client(endpoint.address, credentials.createSsl(Buffer.from(endpoint.tlsRootPem)), {
        'grpc.ssl_target_name_override': endpoint.tlsHostName,
    });
    const gateway = connect({
        client: grpc,
        identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
        signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
        hash: hash.sha256,
    });
    const contract = gateway.getNetwork(consortium.channel).getContract(consortium.chaincode.name);
    return {
        contract,
        close: () => {
            gateway.close();
            grpc.close();
        },
    };
}

function round(value: number): number {
    return Math.round(value * 10) / 10;
}

void main();
