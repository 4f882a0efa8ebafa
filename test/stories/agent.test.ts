import { spawn } from 'node:child_process';
import { createServer, connect as dial } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cash } from '../setting/founding';
import { environment, program } from '../setting/command-line';
import { collected } from '../setting/collected';
import { issueCash, withdrawAll } from '../setting/transfer';
import { setStage } from '../setting/stage';
import { writeDesks } from '../setting/desk-files';

import type { AddressInfo, Server } from 'node:net';
import type { Amount, Day, Instruction } from '@poolproof/chaincode/domain';
import type { Stage } from '../setting/stage';

const trades = 3;
const quantity = 1_000n as Amount;

describe('the depository’s agent, killed between any two steps', () => {
    let stage: Stage;
    let today: Day;
    let folder: string;
    let line: Line;
    const settledOnce: string[] = [];

    beforeAll(async () => {
        stage = await setStage();
        folder = await mkdtemp(join(tmpdir(), 'poolproof-agent-'));
        await writeDesks(stage.network, folder);
        line = await Line.to(stage.network.peers('trust')[0]?.address ?? '');
        await through(join(folder, 'trust.json'), line.address);
        const [system] = await stage.cast.trust.holdings.days();
        today = system?.day as Day;
        await withdrawAll(stage.cast, ['bank-a', 'bank-b', 'fund', 'trust']);
        await issueCash(stage.cast, 'bank-b', 1_000_000n as Amount, today);
    });
    afterAll(async () => {
        line.close();
        await stage.close();
        await rm(folder, { recursive: true });
    });

    /** A message that the agent sends, or that the peer sends it, is the last thing that happens in one round. Real Fabric needs more of them. */
    it.each([1, 2, 3, 4, 6, 8, 11, 14, 18, 24])(
        'has done nothing by half when it dies at message %i, nor twice when it is back',
        async message => {
            const references = await agree(message);
            const before = await balances();
            await killedAt(message);
            const done = await statuses(references);
            // All trades of a round settle in one transaction: all of them or none, with their cash.
            expect(['settled,settled,settled', 'placed,placed,placed']).toContain(done.join());
            const moved = done[0] === 'settled' ? quantity * BigInt(trades) : 0n;
            expect(await balances()).toEqual(after(before, moved));

            await runToEnd(references);
            expect(await statuses(references)).toEqual(Array(trades).fill('settled'));
            expect(await balances()).toEqual(after(before, quantity * BigInt(trades)));
            settledOnce.push(done[0] ?? '');
        },
    );

    it('has died before it settled, and after', () => {
        expect(new Set(settledOnce)).toEqual(new Set(['placed', 'settled']));
    });

    async function agree(round: number): Promise<string[]> {
        const references = Array.from({ length: trades }, (_, i) => `a-${stage.tag}-${round}-${i}`);
        for (const reference of references) {
            const common = { reference, kind: 'transfer', asset: cash, quantity } as const;
            const said = { ...common, settlementDay: today, expiryDay: today };
            await stage.cast.bankB.settlements.instruct({ ...said, side: 'deliver', counterparty: 'fund' });
            await stage.cast.fund.settlements.instruct({ ...said, side: 'receive', counterparty: 'bank-b' });
        }
        return references;
    }

    async function statuses(references: readonly string[]): Promise<(string | undefined)[]> {
        const { holdings } = stage.cast.fund;
        const all: Instruction[] = [...(await holdings.book()).instructions, ...(await collected(holdings.closed()))];
        return references.map(reference => all.find(each => each.reference === reference)?.status);
    }

    async function balances() {
        const of = async (id: 'bank-b' | 'fund') => {
            const { holdings } = await stage.cast.regulator.holdings.book(id);
            return holdings.find(({ asset, account }) => asset === cash && account === 'own')?.free ?? 0n;
        };
        return { bankB: await of('bank-b'), fund: await of('fund') };
    }

    function after({ bankB, fund }: Awaited<ReturnType<typeof balances>>, moved: bigint) {
        return { bankB: bankB - moved, fund: fund + moved };
    }

    function agent() {
        const args = ['--as', 'trust', 'settle', 'agent', '--pause', '20'];
        return spawn(process.execPath, [program, ...args], { cwd: folder, env: environment });
    }

    /** The agent is killed the moment the message passes; what it has sent by then the peer may still carry out. */
    async function killedAt(message: number): Promise<void> {
        const child = agent();
        const ended = new Promise<string | null>(resolve => child.on('close', (_code, signal) => resolve(signal)));
        line.onMessage(message, () => child.kill('SIGKILL'));
        expect(await ended).toBe('SIGKILL');
        await line.quiet(stage.network.kind === 'docker' ? 3_000 : 500);
    }

    async function runToEnd(references: readonly string[]): Promise<void> {
        const answered = new Promise<void>(resolve => line.onMessage(14, resolve));
        const child = agent();
        let [output, problems] = ['', ''];
        child.stdout.on('data', (data: Buffer) => (output += data.toString()));
        child.stderr.on('data', (data: Buffer) => (problems += data.toString()));
        const ended = new Promise<number | null>(resolve => child.on('close', resolve));
        while ((await statuses(references)).some(status => status !== 'settled'))
            await new Promise(resolve => setTimeout(resolve, 100));
        // Where its forerunner has settled everything, this one may not even have begun to listen to signals.
        await answered;
        child.kill('SIGTERM');
        expect([await ended, problems]).toEqual([0, '']);
        expect(output).not.toContain('NOT_OPEN');
    }
});

/** Lets the connection profile lead through another address. */
async function through(path: string, address: string): Promise<void> {
    const profile = JSON.parse(await readFile(path, 'utf8')) as { peers: Record<string, { url: string }> };
    for (const peer of Object.values(profile.peers)) peer.url = `grpcs://${address}`;
    await writeFile(path, JSON.stringify(profile));
}

/** A wire between a client and a peer that counts what passes, and tells when a message does. */
class Line {
    private passed = 0;
    private at = Infinity;
    private tell: () => void = () => undefined;
    private last = Date.now();

    private constructor(private readonly server: Server) {}

    static async to(upstream: string): Promise<Line> {
        const [host = '', port] = upstream.split(':');
        const server = createServer();
        const line = new Line(server);
        server.on('connection', client => {
            const peer = dial(Number(port), host);
            client.on('data', data => line.pass(() => peer.write(data)));
            peer.on('data', data => line.pass(() => client.write(data)));
            for (const [one, other] of [
                [client, peer],
                [peer, client],
            ] as const) {
                one.on('close', () => other.destroy());
                one.on('error', () => other.destroy());
            }
        });
        await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
        return line;
    }

    get address(): string {
        return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    /** From the next connection on. */
    onMessage(message: number, tell: () => void): void {
        [this.passed, this.at, this.tell] = [0, message, tell];
    }

    /** Until nothing has passed for so long: the peer has had time to finish what it was asked. */
    async quiet(milliseconds: number): Promise<void> {
        while (Date.now() - this.last < milliseconds) await new Promise(resolve => setTimeout(resolve, 50));
    }

    close(): void {
        this.server.close();
    }

    private pass(forward: () => void): void {
        this.last = Date.now();
        this.passed += 1;
        forward();
        if (this.passed === this.at) this.tell();
    }
}
