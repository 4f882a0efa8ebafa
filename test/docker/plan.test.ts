import { resolve } from 'node:path';
import { readConsortium } from '@poolproof/network';
import type { Consortium } from '@poolproof/network';
import { configtx } from '@poolproof/network/dist/docker/configtx';
import { planNetwork } from '@poolproof/network/dist/docker/plan';

const example = readConsortium(resolve('network/consortium.json'));

function withPeers(peers: number): Consortium {
    return { ...example, institutions: example.institutions.map(institution => ({ ...institution, peers })) };
}

describe('the plan of a docker network', () => {
    test('gives every listener a port of its own, with a hundred peers an institution too', () => {
        for (const consortium of [
            example,
            withPeers(100),
            { ...example, orderers: { ...example.orderers, count: 33 } },
        ]) {
            const { orderers, peers, authorities } = planNetwork(consortium, true);
            const ports = [
                ...orderers.flatMap(({ port, adminPort, operationsPort }) => [port, adminPort, operationsPort]),
                ...peers.flatMap(({ port, operationsPort }) => [port, operationsPort]),
                ...authorities.map(({ port }) => port),
            ];
            expect(new Set(ports).size).toBe(ports.length);
        }
    });

    test('keeps the ports of those who were there when an institution joins', () => {
        const newcomer = { ...example.institutions[3]!, id: 'new', mspId: 'NewMSP', domain: 'new.example.com' };
        const before = planNetwork(example).peers;
        const after = planNetwork({ ...example, institutions: [...example.institutions, newcomer] }).peers;
        expect(after.slice(0, before.length)).toEqual(before);
    });

    test("makes every institution's first peer an anchor, so that private data finds its way between them", () => {
        const { Profiles } = configtx(planNetwork(withPeers(2))) as {
            Profiles: { Channel: { Application: { Organizations: readonly { AnchorPeers: unknown }[] } } };
        };
        expect(Profiles.Channel.Application.Organizations.map(({ AnchorPeers }) => AnchorPeers)).toEqual(
            example.institutions.map(({ domain }) => [{ Host: `peer0.${domain}`, Port: 7051 }]),
        );
    });
});
