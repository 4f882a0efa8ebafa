import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AuthorityAddress, Connection, Credentials } from '@poolproof/gateway';
import { CertificateAuthority, connect, GatewayFailure } from '@poolproof/gateway';
import type { Consortium, Network } from '@poolproof/network';
import { openNetwork, readConsortium } from '@poolproof/network';
import { registrarSecret } from '@poolproof/network/dist/docker/authorities';
import { down } from '@poolproof/network/dist/docker/down';
import { planNetwork } from '@poolproof/network/dist/docker/plan';
import { putRevocations } from '@poolproof/network/dist/docker/revocations';
import { up } from '@poolproof/network/dist/docker/up';

const example = readConsortium(resolve('network/consortium.json'));
const consortium: Consortium = { ...example, name: 'enrolling', orderers: { ...example.orderers, count: 1 } };
const { mspId } = consortium.institutions.find(({ id }) => id === 'regulator')!;
const onDocker = process.env['POOLPROOF_NETWORK'] === 'docker' ? describe : describe.skip;
const silently = (): void => undefined;

onDocker("an institution's Fabric CA (npm run test:docker)", () => {
    const folder = mkdtempSync(join(tmpdir(), 'revocations-'));
    const connections: Connection[] = [];
    let network: Network;
    let authority: CertificateAuthority;
    let registrar: Credentials;

    beforeAll(async () => {
        process.env['POOLPROOF_PORT'] = '27050';
        await up(consortium, { folder: resolve('chaincode') }, silently, { authorities: true });
        network = await openNetwork('docker', consortium);
        authority = new CertificateAuthority(mspId, addressOf('regulator'));
        registrar = await authority.enrol('registrar', secretOf('regulator'));
    }, 180_000);

    afterAll(async () => {
        connections.forEach(connection => connection.close());
        await down(consortium, silently);
        rmSync(folder, { recursive: true });
    }, 60_000);

    test('enrols people with the roles of their desk, which the contract asks for', async () => {
        const founder = desk(await enrolled('founder', ['regulator', 'admin']));
        await founder.institutions.join({ id: 'regulator', name: 'Regulator', roles: ['regulator'] });
        const onlooker = desk(await enrolled('onlooker', []));
        await expect(onlooker.institutions.list()).resolves.toMatchObject([{ id: 'regulator' }]);
        await expect(onlooker.institutions.confirm({ id: 'regulator', roles: ['regulator'] })).rejects.toMatchObject({
            code: 'ROLE_MISSING',
        });
    });

    test('does not enrol twice on one secret, nor on a wrong one', async () => {
        const secret = await authority.register(registrar, { name: 'once', roles: [] });
        await expect(authority.enrol('once', 'guessed')).rejects.toMatchObject({ status: 401 });
        await authority.enrol('once', secret);
        await expect(authority.enrol('once', secret)).rejects.toMatchObject({ status: 401 });
    });

    test('lets nobody register others but its registrar', async () => {
        const clerk = await enrolled('clerk', ['regulator']);
        await expect(authority.register(clerk, { name: 'friend', roles: ['regulator'] })).rejects.toMatchObject({
            name: 'EnrolmentFailure',
        });
    });

    test('renews a certificate under a new key, with the same roles', async () => {
        const before = await enrolled('lasting', ['regulator']);
        const after = await authority.renew(before);
        expect(after.privateKeyPem).not.toBe(before.privateKeyPem);
        await expect(desk(after).institutions.list()).resolves.toHaveLength(1);
    });

    test('revokes one certificate of a person, who goes on with another', async () => {
        const lost = await enrolled('forgetful', ['regulator']);
        const kept = await authority.renew(lost);
        const revocation = await authority.revoke(registrar, { certificatePem: lost.certificatePem }, 'keycompromise');
        expect(revocation.serialNumbers).toHaveLength(1);
        await inForce(revocation.revocationListPem);
        await expect(desk(lost).institutions.list()).rejects.toThrow();
        await expect(desk(kept).institutions.list()).resolves.toHaveLength(1);
    });

    test('revokes a person, whom every institution refuses once the list is in force', async () => {
        const leaver = await enrolled('leaver', ['regulator', 'admin']);
        const colleague = desk(await enrolled('colleague', ['regulator']));
        const hers = desk(leaver);
        const { revocationListPem } = await authority.revoke(registrar, { name: 'leaver' }, 'cessationofoperation');
        // The channel has not been told yet.
        await expect(hers.institutions.list()).resolves.toHaveLength(1);
        await inForce(revocationListPem);
        await expect(hers.institutions.list()).rejects.toThrow();
        await expect(hers.institutions.confirm({ id: 'regulator', roles: ['regulator'] })).rejects.toBeInstanceOf(
            GatewayFailure,
        );
        await expect(authority.renew(leaver)).rejects.toMatchObject({ status: 401 });
        await expect(colleague.institutions.list()).resolves.toHaveLength(1);
    });

    async function enrolled(name: string, roles: readonly ('admin' | 'regulator')[]): Promise<Credentials> {
        return authority.enrol(name, await authority.register(registrar, { name, roles }));
    }

    function desk(identity: Credentials): Connection {
        const { channel, chaincode } = consortium;
        const peers = network.peers('regulator');
        const connection = connect({ identity, peers, channel, chaincode: chaincode.name });
        connections.push(connection);
        return connection;
    }

    async function inForce(revocationListPem: string): Promise<void> {
        const file = join(folder, 'list.pem');
        writeFileSync(file, revocationListPem);
        await putRevocations(consortium, ['regulator', file], silently);
    }

    function addressOf(institutionId: string): AuthorityAddress {
        const { port, name } = planned(institutionId);
        const { tlsRootPem } = network.peers(institutionId)[0]!;
        return { url: `https://127.0.0.1:${port}`, name, tlsRootPem };
    }

    function secretOf(institutionId: string): string {
        return registrarSecret(planNetwork(consortium), planned(institutionId));
    }

    function planned(institutionId: string) {
        return planNetwork(consortium).authorities.find(({ institution }) => institution.id === institutionId)!;
    }
});
