import { join, resolve } from 'node:path';
import { openNetwork, readCollections, readConsortium } from '@poolproof/network';
import { down } from '@poolproof/network/dist/docker/down';
import { up } from '@poolproof/network/dist/docker/up';
import { Random, seedOfRun } from '../setting/random';
import { Subject } from './subject';
import type { Seen } from './subject';
import type { Case } from './workload';
import { closing, opening, randomCase } from './workload';

const folder = resolve('test/differential');
const consortium = readConsortium(join(folder, 'consortium.json'));
const collections = readCollections(join(folder, 'collections.json'));
const chaincode = join(folder, 'chaincode');
const seed = seedOfRun();
const caseCount = Number(process.env['POOLPROOF_CASES'] ?? 500);

const onDocker = process.env['POOLPROOF_NETWORK'] === 'docker' ? describe : describe.skip;

onDocker(`the embedded network beside real Fabric, ${caseCount} cases of seed ${seed} (npm run test:docker)`, () => {
    const subjects: Subject[] = [];

    beforeAll(async () => {
        // Beside the network that the stories run on.
        process.env['POOLPROOF_PORT'] = '27050';
        await up(consortium, { folder: chaincode, collections }, () => undefined);
        const chaincodes = [{ ...consortium.chaincode, folder: chaincode, collections }];
        subjects.push(await Subject.open(await openNetwork('docker', consortium)));
        const embedded = await openNetwork('embedded', consortium, { chaincodes });
        subjects.push(await Subject.open(embedded, embedded.laboratory));
    }, 180_000);

    afterAll(async () => {
        await Promise.all(subjects.map(subject => subject.close()));
        await down(consortium, () => undefined);
    }, 60_000);

    test(
        'shows clients the same results, refusals, codes, read and write sets',
        async () => {
            const [fabric, embedded] = subjects as [Subject, Subject];
            const random = new Random(seed);
            const cases: readonly Case[] = [...opening(), ...random.times(caseCount, () => randomCase(random))];
            const compared = await compare(cases, fabric, embedded);
            expect(compared.filter(isDifferent)).toEqual([]);
            // On a busy machine the clock of the orderer parts some of those that are to meet in one block.
            const mates = compared.filter(({ wanted }) => wanted.kind === 'blockmates');
            const met = mates.filter(({ real }) => real.every(({ block = '+0' }) => block === '+0'));
            expect(met.length).toBeGreaterThanOrEqual(mates.length / 2);
        },
        30 * 60_000,
    );

    test('leaves every institution with the same state, history, key policies and private data', async () => {
        const [fabric, embedded] = subjects as [Subject, Subject];
        expect((await compare(closing(), fabric, embedded)).filter(isDifferent)).toEqual([]);
    }, 60_000);
});

interface Compared {
    readonly number: number;
    readonly wanted: Case;
    readonly real: readonly Seen[];
    readonly ours: readonly Seen[];
}

async function compare(cases: readonly Case[], fabric: Subject, embedded: Subject): Promise<readonly Compared[]> {
    const compared: Compared[] = [];
    for (const [number, wanted] of cases.entries()) {
        await level([fabric, embedded]);
        const real = await fabric.run(wanted);
        const ours = await embedded.run(wanted, real);
        compared.push({ number, wanted, real, ours });
    }
    return compared;
}

function isDifferent({ real, ours }: Compared): boolean {
    return JSON.stringify(real) !== JSON.stringify(ours);
}

/** Versions are block numbers: bring both networks to the same height, and all their peers, before each case. */
async function level(subjects: readonly Subject[]): Promise<void> {
    // Whoever was told of a commit was told by its own peer: another may still be a block behind.
    for (const subject of subjects) await subject.inStep();
    const heights = await Promise.all(subjects.map(subject => subject.height()));
    const highest = Math.max(...heights);
    await Promise.all(subjects.map((subject, index) => subject.fill(highest - heights[index]!)));
    for (const subject of subjects) await subject.inStep();
}
