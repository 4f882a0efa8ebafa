import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { issueCertificates, readConsortium } from '@poolproof/network';
import { makePackage, packageOf } from '@poolproof/network/dist/docker/chaincode-package';
import { composeFile } from '@poolproof/network/dist/docker/compose';
import { planNetwork } from '@poolproof/network/dist/docker/plan';
import type { Plan } from '@poolproof/network/dist/docker/plan';

interface Service {
    readonly environment: Readonly<Record<string, string>>;
    readonly volumes: readonly { readonly type: string; readonly target: string }[];
    readonly ports?: readonly string[];
}

describe('the compose file', () => {
    let plan: Plan;
    let services: Readonly<Record<string, Service>>;

    beforeAll(async () => {
        const folder = mkdtempSync(join(tmpdir(), 'compose-'));
        plan = { ...planNetwork(readConsortium(resolve('network/consortium.json'))), folder };
        const { institutions } = await issueCertificates(plan.consortium);
        for (const [index, chaincode] of plan.chaincodes.entries()) {
            await makePackage(plan, chaincode, institutions[index]!);
        }
        ({ services } = composeFile(plan) as { services: Readonly<Record<string, Service>> });
    });

    afterAll(() => rmSync(plan.folder, { recursive: true }));

    test("runs one chaincode an institution, under that institution's name and package", () => {
        for (const chaincode of plan.chaincodes) {
            const { environment } = services[chaincode.name]!;
            expect(environment['CORE_PEER_LOCALMSPID']).toBe(chaincode.institution.mspId);
            expect(environment['CORE_CHAINCODE_ID']).toBe(packageOf(plan, chaincode).id);
        }
        expect(new Set(plan.chaincodes.map(chaincode => packageOf(plan, chaincode).id)).size).toBe(5);
    });

    test('asks the peers for a certificate where they dial the chaincode', () => {
        for (const { name } of plan.chaincodes) {
            expect(services[name]!.environment['CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE']).toBe('/certificates/ca.crt');
            expect(services[name]!.ports).toBeUndefined();
        }
    });

    test('publishes ports on loopback only', () => {
        const published = Object.values(services).flatMap(({ ports }) => ports ?? []);
        expect(published).not.toHaveLength(0);
        for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
    });

    test('covers the volumes that the images declare, so that none is left behind', () => {
        for (const name of [...plan.orderers, ...plan.peers].map(node => node.name).concat('tools')) {
            const targets = services[name]!.volumes.map(({ target }) => target);
            expect(targets).toEqual(expect.arrayContaining(['/etc/hyperledger/fabric', '/var/hyperledger']));
        }
    });
});
