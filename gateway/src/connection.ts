import { Client, defaultOptions } from './client/client';
import { follow } from './client/event';
import { Ledger } from './client/ledger';
import { ask, recover } from './client/recover';
import { signingWith } from './client/signer';
import { Audits } from './audit';
import { Deals } from './deal';
import { Holdings } from './holding';
import { Institutions } from './institution';
import { Pledges } from './pledge';
import { Reports } from './report';
import { Settlements } from './settlement';
import { Tapes } from './tape';
import { Tranches } from './tranche';
import { Waterfalls } from './waterfall';

import type { KeepAlive, PeerAddress } from './client/channel';
import type { ClientOptions, Deadlines } from './client/client';
import type { FollowOptions, LedgerEvent } from './client/event';
import type { Outcome, Recovered } from './client/recover';
import type { Signer } from '@hyperledger/fabric-gateway';

/** Who calls: a certificate of an institution's authority, and the key that signs for it. */
export interface Credentials {
    readonly mspId: string;
    readonly certificatePem: string;
    /** PKCS#8 or SEC1, P-256. */
    readonly privateKeyPem?: string;
    /**
     * Signs instead of a key in the process's memory: a PKCS#11 device (`signers.newHSMSignerFactory` of the Fabric client), a
     * service. Gets a SHA-256, as all signers of the Fabric client do.
     */
    readonly signer?: Signer;
}

export interface ConnectOptions {
    readonly identity: Credentials;
    /** Peers of the identity's own institution; the first that answers is used. */
    readonly peers: readonly PeerAddress[];
    /** `poolproof` unless stated. */
    readonly channel?: string;
    /** `poolproof` unless stated. */
    readonly chaincode?: string;
    /** Longest wait for each stage, in milliseconds. */
    readonly deadlines?: Partial<Deadlines>;
    /** Proposals made at most for one request, when each meets a conflict; 5 unless stated. */
    readonly attempts?: number;
    /** Calls in flight at most, the others wait; 200 unless stated. A peer takes 500 from all its clients together. */
    readonly concurrency?: number;
    /** How a connection whose other end has gone without a word is noticed: a ping every 70 seconds, answered in 20, unless stated. */
    readonly keepAlive?: KeepAlive;
    /**
     * Folder in which every submission is noted before it is sent, and struck out when its outcome is known: `recover` finds there
     * what a crash has left. Connections and processes may share it.
     */
    readonly journal?: string;
}

/**
 * One identity at work. Costs a few kilobytes: make one for every desk, and keep it. All connections of a process share one
 * channel to each peer.
 *
 * @example
 * const bank = connect({ identity, peers });
 * const { answer, endorsedBy } = await bank.institutions.join({ id: 'bank-a', name: 'Bank A', roles: ['originator'] });
 * bank.close();
 */
export function connect(options: ConnectOptions): Connection {
    return new Connection(options);
}

export class Connection {
    readonly mspId: string;
    readonly audits: Audits;
    readonly deals: Deals;
    readonly holdings: Holdings;
    readonly institutions: Institutions;
    readonly pledges: Pledges;
    readonly reports: Reports;
    readonly settlements: Settlements;
    readonly tapes: Tapes;
    readonly tranches: Tranches;
    readonly waterfalls: Waterfalls;
    private readonly client: Client;

    constructor(options: ConnectOptions) {
        const { mspId, certificatePem, privateKeyPem, signer } = options.identity;
        const identity = { mspId, credentials: Buffer.from(certificatePem) };
        const keyOrSigner = signer ?? privateKeyPem;
        if (keyOrSigner === undefined) throw new TypeError('neither a private key nor a signer');
        this.client = new Client(options.peers, identity, signingWith(keyOrSigner), completed(options));
        const ledger = new Ledger(this.client);
        this.mspId = mspId;
        this.deals = new Deals(ledger);
        this.institutions = new Institutions(ledger);
        this.pledges = new Pledges(ledger, this.deals, this.institutions);
        this.audits = new Audits(ledger, this.deals);
        this.tapes = new Tapes(ledger, this.deals, this.audits);
        this.reports = new Reports(ledger, this.deals, this.tapes, this.audits);
        this.holdings = new Holdings(ledger, this.institutions);
        this.settlements = new Settlements(ledger, this.institutions);
        this.tranches = new Tranches(ledger, this.institutions);
        this.waterfalls = new Waterfalls(ledger);
    }

    /** What committed transactions told, from the first block or after a position, until the signal. */
    events(options?: FollowOptions): AsyncGenerator<LedgerEvent> {
        return follow(this.client, options);
    }

    /**
     * What became of a transaction whose answer was lost, also after a restart.
     * @throws OutcomeUnknown while the ledger does not have it
     */
    outcome(transactionId: string): Promise<Outcome> {
        return ask(this.client, transactionId, this.client.options.deadlines.commit);
    }

    /**
     * What became of everything that the journal still holds: call it after a start, and send again, under its request id, what has
     * no outcome.
     * @throws TypeError where the connection has no journal
     */
    recover(): Promise<readonly Recovered[]> {
        return recover(this.client);
    }

    /** Gives the channels back. Calls under way end with an error. */
    close(): void {
        this.client.close();
    }
}

function completed(options: ConnectOptions): ClientOptions {
    return {
        channel: options.channel ?? 'poolproof',
        chaincode: options.chaincode ?? 'poolproof',
        deadlines: { ...defaultOptions.deadlines, ...options.deadlines },
        attempts: options.attempts ?? defaultOptions.attempts,
        concurrency: options.concurrency ?? defaultOptions.concurrency,
        keepAlive: options.keepAlive ?? defaultOptions.keepAlive,
        ...(options.journal === undefined ? {} : { journal: options.journal }),
    };
}
