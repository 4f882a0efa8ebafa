import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { shape } from '@poolproof/chaincode/domain';

import { InputError } from './input-error';

import type * as Yaml from 'yaml';
import type { PeerAddress } from './client/channel';
import type { AuthorityAddress } from './enrolment/authority-call';

const { label, list, optional, record } = shape;

/** What a connection needs of a common connection profile, besides who connects. */
export interface Profile {
    readonly mspId: string;
    /** Peers of the client's own institution. */
    readonly peers: readonly PeerAddress[];
    /** Where the profile names exactly one. */
    readonly channel?: string;
    /** The institution's certificate authority, the first that the profile names. */
    readonly authority?: AuthorityAddress;
}

/**
 * The peers of one institution, from a common connection profile of Fabric, JSON or YAML: of the organisation that it names as its
 * client's, or of the one asked for. Certificates stand in it (`pem`) or in files (`path`, relative to the profile).
 * @throws InputError naming the file and what is wrong with it
 *
 * @example
 * const bank = connect({ identity: fromWallet('wallet', 'clerk'), ...readProfile('connection-bank-a.yaml') });
 */
export function readProfile(path: string, organization?: string): Profile {
    try {
        return profileOf(parsed(readFileSync(path, 'utf8')), dirname(path), organization);
    } catch (error) {
        if (!(error instanceof Error) || 'syscall' in error) throw error;
        throw new InputError(`${path}: ${error.message}`, { cause: error });
    }
}

function parsed(text: string): unknown {
    if (text.trimStart().startsWith('{')) return JSON.parse(text);
    // Loaded only where it is needed: it takes longer than the rest of the library.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { parse } = require('yaml') as typeof Yaml;
    // Profiles written for Fabric's SDKs keep what repeats in anchors, and merge them (`<<`), as YAML 1.1 has it.
    return parse(text, { merge: true });
}

type Members = Readonly<Record<string, unknown>>;

const members: (value: unknown, at: string) => Members = record(value => value);
const texts = (value: unknown, at: string) => (typeof value === 'string' ? [value] : list(label)(value, at));

function profileOf(document: unknown, folder: string, wanted: string | undefined): Profile {
    const profile = members(document, 'profile');
    const organizations = record(members)(profile['organizations'], 'organizations');
    const client = optional(members)(profile['client'], 'client');
    const name = wanted ?? optional(label)(client?.['organization'], 'client.organization');
    const [only, ...others] = Object.keys(organizations);
    if (name === undefined && others.length > 0)
        throw new InputError(`client.organization does not say which is the client's: ${[only, ...others].join(', ')}`);
    const organization = organizations[name ?? only ?? ''];
    if (!organization) throw new InputError(`no organisation ${name ?? ''}`);
    const at = `organizations.${name ?? ''}`;
    const known = record(members)(profile['peers'], 'peers');
    const names = optional(list(label))(organization['peers'], `${at}.peers`) ?? Object.keys(known);
    const peers = names.flatMap(peer => (known[peer] ? [addressOf(peer, known[peer], folder)] : []));
    if (peers.length === 0) throw new InputError("no peer of the client's organisation");
    const channels = Object.keys(optional(members)(profile['channels'], 'channels') ?? {});
    const [channel] = channels.length === 1 ? channels : [];
    const mspId = label(organization['mspid'], `${at}.mspid`);
    const authority = authorityOf(profile, organization, folder);
    return {
        mspId,
        peers,
        ...(channel === undefined ? {} : { channel }),
        ...(authority === undefined ? {} : { authority }),
    };
}

function authorityOf(profile: Members, organization: Members, folder: string): AuthorityAddress | undefined {
    const place = 'certificateAuthorities';
    const [name] = optional(list(label))(organization[place], place) ?? [];
    const known = optional(record(members))(profile[place], place) ?? {};
    const entry = name === undefined ? undefined : known[name];
    if (name === undefined || entry === undefined) return undefined;
    const at = `${place}.${name}`;
    const url = label(entry['url'], `${at}.url`);
    const caName = optional(label)(entry['caName'], `${at}.caName`);
    const tlsRootPem = entry['tlsCACerts'] === undefined ? undefined : rootOf(at, entry, folder);
    return {
        url,
        ...(caName === undefined ? {} : { name: caName }),
        ...(tlsRootPem === undefined ? {} : { tlsRootPem }),
    };
}

function addressOf(name: string, entry: Members, folder: string): PeerAddress {
    const { protocol, host } = new URL(label(entry['url'], `peers.${name}.url`).replace(/^grpc/, 'http'));
    const address = { name, address: host };
    if (protocol === 'http:') return address;
    const options = optional(members)(entry['grpcOptions'], `peers.${name}.grpcOptions`);
    const override = options?.['ssl-target-name-override'] ?? options?.['hostnameOverride'];
    const hostName = typeof override === 'string' ? { tlsHostName: override } : {};
    return { ...address, tlsRootPem: rootOf(`peers.${name}`, entry, folder), ...hostName };
}

function rootOf(at: string, entry: Members, folder: string): string {
    const { pem, path } = optional(members)(entry['tlsCACerts'], `${at}.tlsCACerts`) ?? {};
    if (pem !== undefined) return texts(pem, `${at}.tlsCACerts.pem`).join('\n');
    if (typeof path === 'string') return readFileSync(resolve(folder, path), 'utf8');
    throw new InputError(`${at}: an encrypted connection needs the root of its TLS certificate (tlsCACerts)`);
}
