import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrivateKey } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers } from '@hyperledger/fabric-gateway';
import type { Contract } from '@hyperledger/fabric-gateway';
import type { FabricStatus } from '@poolproof/network';
import { readCertificates } from '@poolproof/network';
import { askNetwork } from '@poolproof/network/dist/embedded/command/control-socket';
import { Random, seedOfRun } from '../setting/random';
import { consortiumOf, fixtureFolder, text } from './harness';
import { freePorts } from './free-ports';

const command = require.resolve('@poolproof/network/dist/embedded/command/main.js');

/** How often the network is killed; more for a longer look. */
const rounds = Number(process.env['POOLPROOF_KILL_ROUNDS'] ?? '3');

const atATime = 16;

describe('a network in a process of its own that is killed in the middle of load', () => {
    const home = mkdtempSync(join(tmpdir(), 'poolproof-killed-'));
    const folder = join(home, 'net');
    const consortium = consortiumOf(['a', 'b']);
    const random = new Random(seedOfRun());
    let port: number;
    let running: ChildProcess | undefined;

    beforeAll(async () => {
        port = await freePorts(3);
        const collection = { name: 'shared', policy: "OR('AMSP.member','BMSP.member')", requiredPeerCount: 1 };
        writeFileSync(join(home, 'consortium.json'), JSON.stringify(consortium));
        writeFileSync(
            join(home, 'collections.json'),
            JSON.stringify([{ ...collection, maxPeerCount: 1, blockToLive: 0 }]),
        );
    });
    afterAll(async () => {
        await end(running);
        rmSync(home, { recursive: true });
    });

    it(`has all that was committed after each of ${rounds} kills, in state, private data and history, on every peer`, async () => {
        let committed = new Set<string>();
        for (let round = 0; round <= rounds; round++) {
            running = await up(home, folder, port);
            await mustHave(committed);
            if (round < rounds) committed = await loadUntilKilled(round, running);
        }
    }, 1_200_000);

    /** Keys whose transactions the client was told are committed. */
    async function loadUntilKilled(round: number, victim: ChildProcess): Promise<Set<string>> {
        const told = new Set<string>();
        const [contract, close] = await client(0);
        let next = 0;
        const work = async (): Promise<void> => {
            for (;;) {
                const key = `r${round}-${(next += 1)}`;
                await contract.submit('putBoth', { arguments: [key, 'shared', key], transientData: { value: key } });
                told.add(key);
            }
        };
        const workers = Array.from({ length: atATime }, () => work().catch(() => undefined));
        while (told.size === 0) await pause(5);
        await pause(random.below(400));
        await end(victim);
        await Promise.all(workers);
        close();
        return told;
    }

    async function mustHave(keys: ReadonlySet<string>): Promise<void> {
        const { ordered, peers } = await askNetwork<FabricStatus>(folder, 'status');
        expect(peers.map(({ height }) => height)).toEqual(peers.map(() => ordered));
        for (const institution of [0, 1]) {
            const [contract, close] = await client(institution);
            for (const key of keys) {
                const asked = [
                    ['get', key],
                    ['getPrivate', 'shared', key],
                    ['history', key],
                ] as const;
                const [value, secret, history] = await Promise.all(
                    asked.map(async ([name, ...args]) => text(await contract.evaluateTransaction(name, ...args))),
                );
                expect([key, value, secret]).toEqual([key, 'public', key]);
                expect(JSON.parse(history!)).toHaveLength(1);
            }
            close();
        }
    }

    async function client(institution: number): Promise<[Contract, () => void]> {
        const { institutions } = await readCertificates(consortium, join(folder, 'organizations'));
        const { client: user, tlsAuthority, mspId } = institutions[institution]!;
        const root = Buffer.from(tlsAuthority.certificatePem);
        const grpc = new Client(`localhost:${port + institution}`, credentials.createSsl(root));
        const gateway = connect({
            client: grpc,
            identity: { mspId, credentials: Buffer.from(user!.certificatePem) },
            signer: signers.newPrivateKeySigner(createPrivateKey(user!.privateKeyPem)),
        });
        const close = (): void => {
            gateway.close();
            grpc.close();
        };
        return [gateway.getNetwork('channel').getContract('fixture'), close];
    }
});

/** Start the network as the command does in the background; resolves once it is up. */
async function up(home: string, folder: string, port: number): Promise<ChildProcess> {
    const files = ['--consortium', join(home, 'consortium.json'), '--collections', join(home, 'collections.json')];
    const words = ['up', '--foreground', '--folder', folder, '--chaincode', fixtureFolder, '--port', String(port)];
    const started = spawn(process.execPath, [command, ...words, ...files], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
        started.stdout.on('data', () => resolve());
        started.once('exit', code => reject(new Error(`the network ended with code ${code} while it started`)));
    });
    return started;
}

/** kill -9 */
async function end(victim: ChildProcess | undefined): Promise<void> {
    if (victim === undefined || victim.signalCode !== null) return;
    const ended = new Promise(resolve => victim.once('exit', resolve));
    victim.kill('SIGKILL');
    await ended;
}

function pause(milliseconds: number): Promise<void> {
    return new Promise(resolve => setTimeout(resolve, milliseconds));
}
