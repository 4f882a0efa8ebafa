import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openNetwork, readCollections, readConsortium } from '@poolproof/network';
import type { Consortium } from '@poolproof/network';
import { down } from '@poolproof/network/dist/docker/down';
import { planNetwork } from '@poolproof/network/dist/docker/plan';
import { must } from '@poolproof/network/dist/docker/run';
import { up } from '@poolproof/network/dist/docker/up';
import { Subject } from '../differential/subject';
import type { Seen } from '../differential/subject';
import { institutions } from '../differential/workload';
import type { Step } from '../differential/workload';

const folder = resolve('test/differential');
const small = readConsortium(join(folder, 'consortium.json'));
const consortium: Consortium = { ...small, name: 'outage', orderers: { ...small.orderers, count: 3 } };
const onDocker = process.env['POOLPROOF_NETWORK'] === 'docker' ? describe : describe.skip;

onDocker('an outage on real Fabric (npm run test:docker)', () => {
    let subject: Subject;
    const closing: (() => unknown)[] = [() => down(consortium, () => undefined)];
    const written = new Map<string, string>();

    beforeAll(async () => {
        process.env['POOLPROOF_PORT'] = '27050';
        const collections = readCollections(join(folder, 'collections.json'));
        await up(consortium, { folder: join(folder, 'chaincode'), collections }, () => undefined);
        subject = await Subject.open(await openNetwork('docker', consortium));
        closing.push(() => subject.close());
    }, 180_000);

    afterAll(async () => {
        for (const close of closing.reverse()) await close();
    }, 60_000);

    test.each(['orderer0', 'orderer1', 'orderer2'])(
        'of %s stops nobody',
        async orderer => {
            const container = containerOf(orderer);
            await must('docker', ['stop', container]);
            await write(`without ${orderer}`);
            await must('docker', ['start', container]);
            await write(`with ${orderer} again`);
            await expectAllAlike();
        },
        180_000,
    );

    test('of a peer costs it nothing: it catches up on blocks and fetches the private data it has missed', async () => {
        const container = containerOf('peer0.regulator');
        await must('docker', ['stop', container]);
        for (const number of [1, 2, 3]) await write(`while away ${number}`);
        await must('docker', ['start', container]);
        await expectAllAlike();
    }, 180_000);

    test('of every orderer is told to the client, and nothing is lost once they are back', async () => {
        const containers = ['orderer0', 'orderer1', 'orderer2'].map(containerOf);
        await must('docker', ['stop', ...containers]);
        const refused = await attempt('nowhere');
        expect(refused).toMatchObject({ stage: 'submit', status: '14' });
        await must('docker', ['start', ...containers]);
        await write('after the dark');
        await expectAllAlike();
    }, 180_000);

    /** A public and a private value, by a client that tries again while no orderer takes its transaction. */
    async function write(value: string): Promise<void> {
        const deadline = Date.now() + 60_000;
        for (;;) {
            const seen = await attempt(value);
            if (seen.code === 'VALID') break;
            if (Date.now() > deadline) throw new Error(JSON.stringify(seen));
            await pause(500);
        }
        written.set(keyOf(value), value);
    }

    async function attempt(value: string): Promise<Seen> {
        const steps: readonly Step[] = [
            ['put', keyOf(value), value],
            ['privatePut', 'open', keyOf(value), 'value'],
        ];
        const proposed = { client: 'bank', steps, transient: { value }, endorsers: ['BankMSP', 'TrustMSP'] };
        const [seen] = await subject.run({ kind: 'transaction', proposed: [proposed] });
        return seen!;
    }

    /** Every institution's own peer gives every value, public and private; all of them at the same height. */
    async function expectAllAlike(): Promise<void> {
        const keys = [...written.keys()];
        const steps = keys.flatMap((key): readonly Step[] => [
            ['get', key],
            ['privateGet', 'open', key],
        ]);
        const expected = keys.flatMap(key => [written.get(key), written.get(key)]);
        const deadline = Date.now() + 90_000;
        for (const client of institutions) {
            for (;;) {
                const [seen] = await subject.run({ kind: 'query', proposed: [{ client, steps }] });
                if (JSON.stringify(seen!.result) === JSON.stringify(expected)) break;
                if (Date.now() > deadline) expect({ client, ...seen }).toMatchObject({ result: expected });
                await pause(1000);
            }
        }
        await expect(subject.tips()).resolves.toHaveLength(1);
    }
});

function keyOf(value: string): string {
    return value.replaceAll(' ', '-');
}

function containerOf(node: string): string {
    const { orderers, peers } = planNetwork(consortium);
    return [...orderers, ...peers].find(({ name }) => name.startsWith(`${node}.`))!.container;
}
