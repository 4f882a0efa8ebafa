import { readFileSync } from 'node:fs';

import { readJsonFile } from './json-file';

import type { PeerAddress } from '../client/channel';

interface PeerEntry {
    readonly url: string;
    readonly tlsCACerts?: { readonly pem?: string | readonly string[]; readonly path?: string };
    readonly grpcOptions?: Readonly<Record<string, unknown>>;
}

interface ProfileDocument {
    readonly client?: { readonly organization?: string };
    readonly organizations?: Readonly<Record<string, { readonly mspid: string; readonly peers?: readonly string[] }>>;
    readonly peers?: Readonly<Record<string, PeerEntry>>;
}

/** The peers of one institution, from a common connection profile (JSON), which names its client's organisation. */
export function peersOf(path: string): PeerAddress[] {
    const { client, organizations = {}, peers = {} } = readJsonFile(path) as ProfileDocument;
    const organization = organizations[client?.organization ?? ''] ?? Object.values(organizations)[0];
    const names = organization?.peers ?? Object.keys(peers);
    const addresses = names.flatMap(name => (peers[name] ? [addressOf(name, peers[name])] : []));
    if (addresses.length === 0) throw new TypeError(`${path}: no peer of the client's organisation`);
    return addresses;
}

function addressOf(name: string, { url, tlsCACerts, grpcOptions }: PeerEntry): PeerAddress {
    const { protocol, host } = new URL(url.replace(/^grpc/, 'http'));
    const address = { name, address: host };
    if (protocol === 'http:') return address;
    const override = grpcOptions?.['ssl-target-name-override'] ?? grpcOptions?.['hostnameOverride'];
    const hostName = typeof override === 'string' ? { tlsHostName: override } : {};
    return { ...address, tlsRootPem: rootOf(name, tlsCACerts), ...hostName };
}

function rootOf(name: string, certificates: PeerEntry['tlsCACerts']): string {
    const { pem, path } = certificates ?? {};
    if (pem !== undefined) return typeof pem === 'string' ? pem : pem.join('\n');
    if (path !== undefined) return readFileSync(path, 'utf8');
    throw new TypeError(`peer ${name}: grpcs needs the root of its TLS certificate (tlsCACerts)`);
}
