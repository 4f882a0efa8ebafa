import { hash } from '@hyperledger/fabric-gateway';

import { chaincodeState, chainState } from './client/chain';
import { Client, defaultOptions } from './client/client';
import { follow } from './client/event';
import { Ledger } from './client/ledger';
import { ask, recover } from './client/recover';
import { signingWith } from './client/signer';
import { applyEvents } from './events/apply';
import { followBlocks } from './events/follow-blocks';
import { Nouns } from './nouns';
import { observerOf } from './observability/observe';
import { OfflineDesk } from './offline';
import { InputError } from './input-error';

import type { ChaincodeState, ChainState } from './client/chain';
import type { KeepAlive, PeerAddress } from './client/channel';
import type { ClientOptions, Deadlines } from './client/client';
import type { FollowOptions, LedgerEvent } from './client/event';
import type { Submission } from './client/journal';
import type { Outcome, Recovered } from './client/recover';
import type { Signing } from './client/signer';
import type { ApplyOptions } from './events/apply';
import type { LedgerBlock } from './events/block';
import type { BlockOptions } from './events/follow-blocks';
import type { Observe } from './observability/observe';
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

/** Who connects, to which peers, and how patient the connection is. */
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
    /** Spans, metrics and logs; none unless stated. */
    readonly observe?: Observe;
    /** Names requests to which the caller gives no id; a random one unless stated. */
    readonly newRequestId?: () => string;
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

/** An identity at the peers of its institution: the nouns of the contracts, events, outcomes. Made by `connect`. */
export class Connection extends Nouns {
    readonly mspId: string;
    private readonly client: Client;
    private readonly signatories: Client[] = [];

    constructor(private readonly options: ConnectOptions) {
        const { privateKeyPem, signer, ...who } = options.identity;
        const keyOrSigner = signer ?? privateKeyPem;
        if (keyOrSigner === undefined) throw new InputError('neither a private key nor a signer');
        const client = newClient(options, who, signingWith(keyOrSigner));
        super(new Ledger(client));
        this.client = client;
        this.mspId = who.mspId;
    }

    /**
     * Carries requests of somebody of the same institution who signs elsewhere: see `OfflineDesk`.
     * @param signatory whose certificate, and no key
     */
    offline(signatory: Pick<Credentials, 'certificatePem' | 'mspId'>): OfflineDesk {
        const client = newClient(this.options, signatory, { hash: hash.sha256 });
        this.signatories.push(client);
        return new OfflineDesk(client, this.client);
    }

    /** What committed transactions told, from the first block or after a position, until the signal. */
    events(options?: FollowOptions): AsyncGenerator<LedgerEvent> {
        return follow(this.client, options);
    }

    /**
     * Lets every event have its effect exactly once, until the signal: the effect and the position after it are kept together.
     * @throws whatever a handler or the store throws; the event is dealt with again next time
     *
     * @example
     * const store = await SqlStore.open(client, 'read-model');
     * await bank.applyEvents({
     *     store,
     *     on: {
     *         DealOpened: ({ dealId }, sql) => sql.query('INSERT INTO deal (id) VALUES ($1)', [dealId]),
     *         ReportFiled: async ({ dealId, period }, sql) => void (await sql.query(insertPeriod, [dealId, period])),
     *     },
     * });
     */
    applyEvents<T>(options: ApplyOptions<T>): Promise<void> {
        return applyEvents(this.client, options);
    }

    /**
     * Blocks from any one on, each once: transactions, what they read and wrote, and of their private data what this identity's
     * institution may see and its peer holds. Private values give themselves away to nobody: see `PrivateValue`.
     *
     * @example
     * for await (const block of regulator.blocks({ from: 17n }))
     *     for (const { transactionId, validationCode } of block.transactions) console.log(transactionId, validationCode);
     */
    blocks(options?: BlockOptions): AsyncGenerator<LedgerBlock> {
        return followBlocks(this.client, options);
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
     * @param within milliseconds for the ledger to tell; the deadline `recheck` unless stated
     * @throws InputError where the connection has no journal
     */
    recover(within?: number): Promise<readonly Recovered[]> {
        return recover(this.client, within);
    }

    /**
     * What processes that are no more have left in the journal without an outcome. Nobody is asked: `recover` does. Requests that are
     * sent again under their ids from here on strike out what was left of them.
     */
    async leftBehind(): Promise<readonly Submission[]> {
        return (await this.client.journal?.abandoned()) ?? [];
    }

    /**
     * Strikes a submission out of the journal that `recover` finds no outcome of, and that is not to be sent again.
     * @throws InputError where the connection has no journal
     */
    async forget(transactionId: string): Promise<void> {
        if (!this.client.journal) throw new InputError('the connection has no journal');
        await this.client.journal.strike(transactionId);
    }

    /** The channel it is on. */
    get channel(): string {
        return this.client.options.channel;
    }

    /** How far the own peer is, or one of another institution. @throws Failure where none answers */
    chain(mspId?: string): Promise<ChainState> {
        return chainState(this.client, mspId);
    }

    /** The chaincode as the institutions have agreed on it. */
    chaincode(): Promise<ChaincodeState> {
        return chaincodeState(this.client);
    }

    /**
     * Gives the channels back. What is under way ends at once, and what is called afterwards: with `OutcomeUnknown` where a transaction
     * had been sent for ordering, with `ClosedFailure` where nothing was written.
     */
    close(): void {
        this.client.close();
        this.signatories.splice(0).forEach(client => client.close());
    }
}

function newClient(
    options: ConnectOptions,
    { mspId, certificatePem }: Pick<Credentials, 'certificatePem' | 'mspId'>,
    signing: Signing,
): Client {
    const identity = { mspId, credentials: Buffer.from(certificatePem) };
    return new Client(options.peers, identity, signing, completed(options));
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
        ...(options.observe && { observer: observerOf(options.observe) }),
        ...(options.newRequestId && { newRequestId: options.newRequestId }),
    };
}
