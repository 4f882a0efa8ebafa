import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Consortium, Institution } from '../consortium';

/** One container that listens on this machine. */
export interface PlannedServer {
    /** `peer0.bank-a.example.com`: its service, its host name inside docker and in its certificates. */
    readonly name: string;
    readonly container: string;
    /** On this machine's loopback. */
    readonly port: number;
}

/** A peer or orderer. */
export interface PlannedNode extends PlannedServer {
    readonly operationsPort: number;
}

export interface PlannedOrderer extends PlannedNode {
    readonly adminPort: number;
}

export interface PlannedPeer extends PlannedNode {
    readonly institution: Institution;
}

/** The Fabric CA of an institution, which issues certificates under the institution's own root. */
export interface PlannedAuthority extends PlannedServer {
    readonly institution: Institution;
}

/** The one chaincode service of an institution: all its peers dial it. */
export interface PlannedChaincode {
    readonly name: string;
    readonly container: string;
    readonly institution: Institution;
}

/** What a consortium comes to in docker: names, ports and folders, all following from the consortium file. */
export interface Plan {
    readonly consortium: Consortium;
    /** Compose's project name; containers, volumes and the chaincode image carry it. */
    readonly project: string;
    /** Certificates, genesis block, compose file and whatever else is generated. Holds private keys. */
    readonly folder: string;
    readonly orderers: readonly PlannedOrderer[];
    readonly peers: readonly PlannedPeer[];
    readonly chaincodes: readonly PlannedChaincode[];
    /** None, unless the network is brought up with them. */
    readonly authorities: readonly PlannedAuthority[];
    readonly toolsContainer: string;
    readonly chaincodeImage: string;
}

/** Ports inside docker, the same for every container. */
export const inside = {
    peer: 7051,
    orderer: 7050,
    admin: 7053,
    operations: 9443,
    chaincode: 9999,
    authority: 7054,
} as const;

const portsPerInstitution = 200;

/** Folder of what the authorities need. It says, by being there, that the network has them. */
export const authoritiesName = 'authorities';

/**
 * Plan the docker network of a consortium. Ports count from POOLPROOF_PORT (17050): orderers from there in tens,
 * the first institution's peers 1000 above, each further institution's 200 above the one before; authorities in the same
 * tens as the orderers. Once a network has authorities it keeps them.
 */
export function planNetwork(consortium: Consortium, withAuthorities = false): Plan {
    const project = consortium.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const firstPort = Number(process.env['POOLPROOF_PORT'] ?? 17050);
    const folder = resolve(join('.poolproof', 'docker', project));
    const container = (name: string): string => `${project}-${name}`;
    const authoritiesOf = (): readonly PlannedAuthority[] =>
        consortium.institutions.map((institution, order) => {
            const name = `ca.${institution.domain}`;
            return { name, container: container(name), port: firstPort + 10 * order + 5, institution };
        });
    return {
        consortium,
        project,
        folder,
        orderers: Array.from({ length: consortium.orderers.count }, (_, index) => {
            const name = `orderer${index}.${consortium.orderers.domain}`;
            const port = firstPort + 10 * index;
            return { name, container: container(name), port, adminPort: port + 1, operationsPort: port + 2 };
        }),
        peers: consortium.institutions.flatMap((institution, order) =>
            Array.from({ length: institution.peers }, (_, index) => {
                const name = `peer${index}.${institution.domain}`;
                const port = firstPort + 1000 + portsPerInstitution * order + 2 * index;
                return { name, container: container(name), port, operationsPort: port + 1, institution };
            }),
        ),
        chaincodes: consortium.institutions.map(institution => {
            const name = `chaincode.${institution.domain}`;
            return { name, container: container(name), institution };
        }),
        authorities: withAuthorities || existsSync(join(folder, authoritiesName)) ? authoritiesOf() : [],
        toolsContainer: container('tools'),
        chaincodeImage: `${project}-chaincode`,
    };
}

/** The first peer of each institution: the one its administrator speaks to. */
export function firstPeers(plan: Plan): readonly PlannedPeer[] {
    return plan.peers.filter(peer => peer.name.startsWith('peer0.'));
}

/** Where this consortium's certificates lie, in cryptogen's layout. */
export function certificatesFolder(plan: Plan): string {
    return join(plan.folder, 'certificates');
}
