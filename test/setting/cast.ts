import { connect } from '@poolproof/gateway';

import { InStep } from './in-step';

import type { Connection, ConnectOptions } from '@poolproof/gateway';
import type { Network } from '@poolproof/network';

/** The institutions of the example consortium at work: one connection a desk, each with its own institution's certificate. */
export interface Cast {
    readonly bankA: Connection;
    readonly bankB: Connection;
    readonly trust: Connection;
    readonly fund: Connection;
    readonly regulator: Connection;
    desk(id: MemberId): Connection;
    leave(): void;
}

/** Roles of the example consortium's institutions, in the order in which they join: the regulator founds. */
export const members = [
    { id: 'regulator', name: 'Regulator', roles: ['regulator'] },
    { id: 'trust', name: 'Trust Company', roles: ['depository', 'trustee'] },
    { id: 'bank-a', name: 'Bank A', roles: ['originator', 'servicer'] },
    { id: 'bank-b', name: 'Bank B', roles: ['investor', 'originator', 'servicer'] },
    { id: 'fund', name: 'Asset Manager', roles: ['investor'] },
] as const;

export type MemberId = (typeof members)[number]['id'];

type Watched = Pick<ConnectOptions, 'journal' | 'observe'>;

/** @param watched how a desk is watched and where it notes what it sends; not at all unless stated */
export async function gather(network: Network, watched: (id: MemberId) => Watched = () => ({})): Promise<Cast> {
    const connections = new Map<MemberId, Connection>();
    const ids = members.map(({ id }) => id);
    const inStep = network.kind === 'docker' ? await InStep.watch(network, ids) : undefined;
    for (const { id } of members) {
        const desk = await newDesk(network, id, watched(id));
        connections.set(id, inStep?.desk(id, desk) ?? desk);
    }
    const of = (id: MemberId) => connections.get(id) as Connection;
    return {
        bankA: of('bank-a'),
        bankB: of('bank-b'),
        trust: of('trust'),
        fund: of('fund'),
        regulator: of('regulator'),
        desk: of,
        leave: () => {
            connections.forEach(connection => connection.close());
            inStep?.close();
        },
    };
}

/** A desk that may exercise all of its institution's roles, and administer it. */
export async function newDesk(network: Network, id: MemberId, watched: Watched = {}): Promise<Connection> {
    const roles = members.find(member => member.id === id)?.roles ?? [];
    const attributes = { 'poolproof.role': [...roles, 'admin'].join(',') };
    const identity = await network.identity(id, `desk@${id}`, attributes);
    const { channel, chaincode } = network.consortium;
    return connect({ identity, peers: network.peers(id), channel, chaincode: chaincode.name, ...watched });
}
