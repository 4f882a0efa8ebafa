import type { Consortium } from './consortium';
import { openDockerNetwork } from './docker/open';
import type { EmbeddedNetwork } from './embedded/open';
import { openEmbeddedNetwork } from './embedded/open';
import type { EmbeddedOptions } from './embedded/options';

/** How a client reaches one peer. */
export interface PeerEndpoint {
    /** `peer0.bank-a.example.com` */
    readonly name: string;
    readonly mspId: string;
    /** `127.0.0.1:40123` */
    readonly address: string;
    /** Root certificate of the peer's TLS certificate, PEM. */
    readonly tlsRootPem: string;
    /** Name in the peer's TLS certificate where it differs from the address. */
    readonly tlsHostName: string;
}

/** A person or service of an institution: an X.509 certificate of the institution's authority and its key. */
export interface Identity {
    readonly mspId: string;
    readonly name: string;
    readonly certificatePem: string;
    readonly privateKeyPem: string;
}

/** A running network of one consortium, embedded or real. Stories are written against this and run on both. */
export interface Network {
    readonly kind: 'embedded' | 'docker';
    readonly consortium: Consortium;
    /** Peers of one institution, or of all. */
    peers(institutionId?: string): readonly PeerEndpoint[];
    /** A new identity of an institution with certificate attributes such as `{ 'poolproof.role': 'trustee' }`. */
    identity(institutionId: string, name: string, attributes?: Readonly<Record<string, string>>): Promise<Identity>;
    close(): Promise<void>;
}

/** Open the network of a consortium: embedded in this process, or the docker network that `network:up` brought up. */
export function openNetwork(
    kind: 'embedded',
    consortium: Consortium,
    options?: EmbeddedOptions,
): Promise<EmbeddedNetwork>;
export function openNetwork(kind: Network['kind'], consortium: Consortium): Promise<Network>;
export function openNetwork(
    kind: Network['kind'],
    consortium: Consortium,
    options?: EmbeddedOptions,
): Promise<Network> {
    return kind === 'docker' ? openDockerNetwork(consortium) : openEmbeddedNetwork(consortium, options);
}
