import { setMaxListeners } from 'node:events';

import { msp } from '@hyperledger/fabric-protos';

import { Gate } from './gate';
import { Journal } from './journal';
import { Peers } from './peers';

import type { Identity, Proposal } from '@hyperledger/fabric-gateway';
import type { Observer } from '../observability/observer';
import type { KeepAlive, PeerAddress } from './channel';
import type { Patience } from './peers';
import type { Signing } from './signer';

/** Longest wait for each stage, in milliseconds. */
export interface Deadlines {
    readonly evaluate: number;
    readonly endorse: number;
    readonly submit: number;
    /** For the outcome of a submission whose answer was lost, before the same envelope is sent again. */
    readonly recheck: number;
    readonly commit: number;
}

export interface ClientOptions {
    readonly channel: string;
    readonly chaincode: string;
    readonly deadlines: Deadlines;
    /** Proposals made at most for one request, when each meets a conflict. */
    readonly attempts: number;
    /** Calls in flight at most on one connection; a peer takes 500 from all its clients together. */
    readonly concurrency: number;
    readonly keepAlive: KeepAlive;
    /** Folder in which is noted what was sent and has no outcome yet. */
    readonly journal?: string;
    readonly observer?: Observer | undefined;
    /** Names a request to which its caller has given no id. */
    readonly newRequestId?: () => string;
}

export const defaultOptions = {
    deadlines: { evaluate: 30_000, endorse: 60_000, submit: 15_000, recheck: 5_000, commit: 60_000 },
    attempts: 5,
    concurrency: 200,
    keepAlive: { interval: 70_000, timeout: 20_000 },
} as const;

/** One invocation of the chaincode. */
export interface Call {
    /** `deal:structure` */
    readonly transaction: string;
    readonly args: readonly string[];
    /** Private input: goes to the endorsing peers alone, never to the ordering service or the ledger. */
    readonly transient?: Readonly<Record<string, string | Uint8Array>>;
    /** MSP ids of the institutions that must sign, where the choice is not left to the peer. */
    readonly endorsers?: readonly string[];
    /** For the journal; the contract reads it from the arguments. */
    readonly requestId?: string;
}

/** One identity on one chaincode, through the peers of its institution. */
export class Client {
    readonly peers: Peers;
    readonly gate: Gate;
    readonly journal: Journal | undefined;
    readonly mspId: string;
    /** The identity as Fabric serialises it. */
    readonly creator: Uint8Array;
    private readonly over = new AbortController();

    constructor(
        addresses: readonly PeerAddress[],
        identity: Identity,
        signing: Signing,
        readonly options: ClientOptions,
    ) {
        // Every call that waits listens to it.
        setMaxListeners(0, this.closing);
        this.peers = new Peers(addresses, options.keepAlive, identity, signing, this.closing, options.observer);
        this.gate = new Gate(options.concurrency);
        this.journal = options.journal === undefined ? undefined : new Journal(options.journal);
        this.mspId = identity.mspId;
        this.creator = serialized(identity);
    }

    propose({ transaction, args, transient, endorsers }: Call): Proposal {
        const { channel, chaincode } = this.options;
        return this.peers.current
            .getNetwork(channel)
            .getContract(chaincode)
            .newProposal(transaction, {
                arguments: [...args],
                ...(transient ? { transientData: { ...transient } } : {}),
                ...(endorsers ? { endorsingOrganizations: [...endorsers] } : {}),
            });
    }

    patience(stage: keyof Deadlines): Patience {
        return { within: this.options.deadlines[stage] };
    }

    /** Is over when the connection is closed. */
    get closing(): AbortSignal {
        return this.over.signal;
    }

    close(): void {
        if (this.closing.aborted) return;
        this.over.abort();
        this.peers.close();
        this.gate.open();
    }
}

function serialized(identity: Identity): Uint8Array {
    const message = new msp.SerializedIdentity();
    message.setMspid(identity.mspId);
    message.setIdBytes(identity.credentials);
    return message.serializeBinary();
}
