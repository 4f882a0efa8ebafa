import { msp } from '@hyperledger/fabric-protos';

import { Gate } from './gate';
import { Peers } from './peers';

import type { PeerAddress } from './channel';
import type { CallOptions } from '@grpc/grpc-js';
import type { Identity, Proposal } from '@hyperledger/fabric-gateway';
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
}

export const defaultOptions = {
    deadlines: { evaluate: 30_000, endorse: 60_000, submit: 15_000, recheck: 5_000, commit: 60_000 },
    attempts: 5,
    concurrency: 200,
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
}

/** One identity on one chaincode, through the peers of its institution. */
export class Client {
    readonly peers: Peers;
    readonly gate: Gate;
    readonly mspId: string;
    /** The identity as Fabric serialises it. */
    readonly creator: Uint8Array;

    constructor(
        addresses: readonly PeerAddress[],
        identity: Identity,
        signing: Signing,
        readonly options: ClientOptions,
    ) {
        this.peers = new Peers(addresses, identity, signing);
        this.gate = new Gate(options.concurrency);
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

    deadline(stage: keyof Deadlines): CallOptions {
        return { deadline: Date.now() + this.options.deadlines[stage] };
    }

    close(): void {
        this.peers.close();
    }
}

function serialized(identity: Identity): Uint8Array {
    const message = new msp.SerializedIdentity();
    message.setMspid(identity.mspId);
    message.setIdBytes(identity.credentials);
    return message.serializeBinary();
}
