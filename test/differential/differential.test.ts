import { join, resolve } from 'node:path';
import { openNetwork, readCollections, readConsortium } from '@poolproof/network';
import { down } from '@poolproof/network/dist/docker/down';
import { up } from '@poolproof/network/dist/docker/up';
import { Random, seedOfRun } from '../setting/random';
import { Subject } from './subject';
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
        subjects.push(
            await Subject.open(await openNetwork('embedded', consortium, { chaincodes, cutting: 'interval' })),
        );
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
            expect(await differences(cases, fabric, embedded)).toEqual([]);
        },
        30 * 60_000,
    );

    test('leaves every institution with the same state, history, key policies and private data', async () => {
        const [fabric, embedded] = subjects as [Subject, Subject];
        expect(await differences(closing(), fabric, embedded)).toEqual([]);
    }, 60_000);
});

async function differences(cases: readonly Case[], fabric: Subject, embedded: Subject): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    for (const [number, wanted] of cases.entries()) {
        await level([fabric, embedded]);
        const [real, ours] = await Promise.all([fabric.run(wanted), embedded.run(wanted)]);
        if (!alike(real, ours)) found.push({ number, wanted, real, ours });
    }
    return found;
}

function alike(left: unknown, right: unknown): boolean {
    return JSON.stringify(left) === JSON.stringify(right);
}

/** Versions are block numbers: bring both networks to the same height, and all their peers, before each case. */
async function level(subjects: readonly Subject[]): Promise<void> {
    const heights = await Promise.all(subjects.map(subject => subject.height()));
    const highest = Math.max(...heights);
    await Promise.all(subjects.map((subject, index) => subject.fill(highest - heights[index]!)));
    for (const subject of subjects) while ((await subject.tips()).length > 1) await new Promise(setImmediate);
}
