import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash } from '@hyperledger/fabric-gateway';
import type { Contract } from '@hyperledger/fabric-gateway';
import { newSigner } from '@poolproof/gateway';
import { openNetwork, readConsortium } from '@poolproof/network';
import type { Network } from '@poolproof/network';
import { down } from '@poolproof/network/dist/docker/down';
import { up } from '@poolproof/network/dist/docker/up';

/*
 * How fast the embedded network is, beside real Fabric: `npm run bench:network`, or `npm run bench:network -- --docker` to bring up
 * a docker network for it and to take that down again. Each is measured by the same client from a process of its own, one after the
 * other: many calls at a time, then one at a time. `interval` and docker cut blocks as the consortium file says.
 */

const root = join(__dirname, '..', '..', '..');
const example = readConsortium(join(root, 'network', 'consortium.json'));
/** A name of its own, so that a docker network that is up is left alone. */
const consortium = { ...example, name: 'poolproof-bench' };
const folder = join(root, 'test', 'network', 'fixture-chaincode');
/** So many calls at a time that both networks are busy. */
const inFlight = 256;
const atATime = 32;
const kinds = ['instant', 'interval', 'docker'] as const;
type Kind = (typeof kinds)[number];

interface Figures {
    readonly 'up, ms': number;
    readonly 'evaluate/s': number;
    readonly 'submit/s': number;
    readonly 'evaluate alone, ms': number;
    readonly 'submit alone, ms': number;
    readonly 'up, MB': number;
    /** With as many calls at a time as a busy test has, after 2,000 of them. */
    readonly 'busy, with the client, MB': number;
    readonly 'at most, MB': number;
}

async function main(withDocker: boolean): Promise<void> {
    const figures: Partial<Record<Kind, Figures>> = {};
    figures.instant = await inItsOwnProcess('instant');
    figures.interval = await inItsOwnProcess('interval');
    if (withDocker) figures.docker = await onDocker();
    console.table(figures);
    const { timeout, maxMessages } = consortium.batch;
    say(`${inFlight} calls at a time; interval and docker cut blocks after ${timeout} or ${maxMessages} transactions.`);
    say(`Load of the machine over the last minutes: ${loadavg().map(round).join(', ')}.`);
    if (figures.docker === undefined) return say('Real Fabric beside it: npm run bench:network -- --docker');
    const times = (what: 'evaluate/s' | 'submit/s') => round(figures.interval![what] / figures.docker![what]);
    say(`Embedded to docker: ${times('submit/s')} times the submits, ${times('evaluate/s')} times the evaluations.`);
}

async function onDocker(): Promise<Figures> {
    process.env['POOLPROOF_PORT'] ??= '27050';
    try {
        const started = performance.now();
        await up(consortium, { folder, collections: [] }, write);
        const upMs = Math.round(performance.now() - started);
        return { ...(await inItsOwnProcess('docker')), 'up, ms': upMs };
    } finally {
        await down(consortium, write);
    }
}

/** So that neither compiled code nor memory of one network counts for another. */
async function inItsOwnProcess(kind: Kind): Promise<Figures> {
    const { stdout } = await promisify(execFile)(process.execPath, [__filename, kind]);
    return JSON.parse(stdout) as Figures;
}

async function measure(kind: Kind): Promise<Figures> {
    const started = performance.now();
    const network = await open(kind);
    const upMs = Math.round(performance.now() - started);
    const upMb = megabytes(process.memoryUsage().rss);
    const { contract, close } = await client(network);
    const evaluate = (): Promise<unknown> => contract.evaluateTransaction('get', 'bench');
    let written = Date.now();
    const submit = (): Promise<unknown> => contract.submitTransaction('put', `bench-${(written += 1)}`, 'x');
    // Short runs measure the compiler: warm up first, as a busy test would.
    await repeat(1000, atATime, evaluate);
    await repeat(1000, atATime, submit);
    const busyMb = megabytes(process.resourceUsage().maxRSS * 1024);
    await repeat(500, inFlight, submit);
    const figures = {
        'up, ms': upMs,
        'evaluate/s': Math.round(1000 / (await repeat(3000, inFlight, evaluate))),
        'submit/s': Math.round(1000 / (await repeat(3000, inFlight, submit))),
        'evaluate alone, ms': round(await repeat(100, 1, evaluate)),
        'submit alone, ms': round(await repeat(30, 1, submit)),
        'up, MB': upMb,
        'busy, with the client, MB': busyMb,
        'at most, MB': megabytes(process.resourceUsage().maxRSS * 1024),
    };
    close();
    await network.close();
    return figures;
}

function open(kind: Kind): Promise<Network> {
    if (kind === 'docker') return openNetwork('docker', consortium);
    const chaincodes = [{ ...consortium.chaincode, folder }];
    return openNetwork('embedded', consortium, { chaincodes, cutting: kind });
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

/** The unmodified client of Fabric. It signs with Node's own OpenSSL: its JavaScript would be half of what is measured. */
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
        signer: newSigner(identity.privateKeyPem),
        hash: hash.none,
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

function megabytes(bytes: number): number {
    return Math.round(bytes / 1e6);
}

function round(value: number): number {
    return Math.round(value * 10) / 10;
}

function say(text: string): void {
    write(`${text}\n`);
}

function write(text: string): void {
    process.stdout.write(text);
}

const [argument] = process.argv.slice(2);
const kind = kinds.find(each => each === argument);
if (kind === undefined) void main(argument === '--docker');
else void measure(kind).then(figures => write(JSON.stringify(figures)));
