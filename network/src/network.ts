import type { Consortium } from './consortium';

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
