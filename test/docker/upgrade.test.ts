import { join, resolve } from 'node:path';
import { openNetwork, readConsortium } from '@poolproof/network';
import type { Collection, Consortium } from '@poolproof/network';
import { down } from '@poolproof/network/dist/docker/down';
import { up } from '@poolproof/network/dist/docker/up';
import { upgrade } from '@poolproof/network/dist/docker/upgrade';
import { Subject } from '../differential/subject';
import type { Case } from '../differential/workload';

const folder = resolve('test/differential');
const chaincode = join(folder, 'chaincode');
const after: Consortium = {
    ...readConsortium(join(folder, 'consortium.json')),
    name: 'growing',
    chaincode: { name: 'script', version: '2.0.0', endorsement: 'majority' },
};
const before: Consortium = {
    ...after,
    chaincode: { ...after.chaincode, version: '1.0.0' },
    institutions: after.institutions.slice(0, 2),
};
const onDocker = process.env['POOLPROOF_NETWORK'] === 'docker' ? describe : describe.skip;

onDocker('network:upgrade on real Fabric (npm run test:docker)', () => {
    let subject: Subject | undefined;

    beforeAll(async () => {
        process.env['POOLPROOF_PORT'] = '27050';
        await up(before, { folder: chaincode, collections: [shared(before)] }, () => undefined);
    }, 180_000);

    afterAll(async () => {
        await subject?.close();
        await down(after, () => undefined);
    }, 60_000);

    test('is asked for where the consortium file has changed', async () => {
        await expect(up(after, { folder: chaincode }, () => undefined)).rejects.toMatchObject({
            code: 'CONSORTIUM_CHANGED',
            details: { difference: 'regulator' },
        });
    });

    test('admits an institution, which then endorses, and shares in collections from there on', async () => {
        await upgrade(after, { folder: chaincode, collections: [shared(after)] }, () => undefined);
        subject = await Subject.open(await openNetwork('docker', after));
        const [written] = await subject.run(writing);
        expect(written).toMatchObject({ code: 'VALID' });
        const [read] = await subject.run({ kind: 'query', proposed: [{ client: 'regulator', steps: reading }] });
        expect(read?.result).toEqual(['public', 'private']);
    }, 180_000);
});

const writing: Case = {
    kind: 'transaction',
    proposed: [
        {
            client: 'regulator',
            steps: [
                ['put', 'k', 'public'],
                ['privatePut', 'shared', 'k', 'value'],
            ],
            transient: { value: 'private' },
            endorsers: ['BankMSP', 'RegulatorMSP'],
        },
    ],
};
const reading = [
    ['get', 'k'],
    ['privateGet', 'shared', 'k'],
] as const;

function shared({ institutions }: Consortium): Collection {
    return {
        name: 'shared',
        policy: `OR(${institutions.map(({ mspId }) => `'${mspId}.member'`).join(',')})`,
        requiredPeerCount: 0,
        maxPeerCount: 3,
        blockToLive: 0,
        memberOnlyRead: true,
        memberOnlyWrite: true,
    };
}
