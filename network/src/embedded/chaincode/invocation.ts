import type { peer } from '@hyperledger/fabric-protos';
import type { ChannelIdentity, PeerLedger, Simulator } from '../ledger';
import type { OpenQuery } from './query';

/** One proposal on its way through chaincode: shared by the chaincode first called and those it calls. */
export interface TransactionParams {
    readonly txId: string;
    readonly channelId: string;
    readonly signedProposal: peer.SignedProposal;
    readonly creator: ChannelIdentity;
    /** Absent for qscc and cscc, which read the ledger itself. */
    readonly simulator: Simulator | undefined;
    readonly ledger: PeerLedger;
}

/** One call of one chaincode within a transaction: what the peer remembers while the chaincode runs. */
export class Invocation {
    readonly queries = new Map<string, OpenQuery>();
    private readonly permissions = new Map<string, { readonly read: boolean; readonly write: boolean }>();

    constructor(
        readonly transaction: TransactionParams,
        /** The namespace it reads and writes: the chaincode's name. */
        readonly namespace: string,
        readonly isInit: boolean,
    ) {}

    get simulator(): Simulator {
        if (this.transaction.simulator === undefined) throw new Error('no ledger context');
        return this.transaction.simulator;
    }

    mustRead(collection: string): void {
        if (this.permission(collection).read) return;
        throw new Error(this.refusal('read', collection));
    }

    mustWrite(collection: string): void {
        if (this.permission(collection).write) return;
        throw new Error(this.refusal('write', collection));
    }

    closeQueries(): void {
        for (const query of this.queries.values()) query.close();
        this.queries.clear();
    }

    /** memberOnlyRead and memberOnlyWrite look at the client's organisation, not at the peer's. Judged once a call. */
    private permission(collection: string): { readonly read: boolean; readonly write: boolean } {
        const known = this.permissions.get(collection);
        if (known !== undefined) return known;
        const definition = this.simulator.collection(this.namespace, collection);
        const isMember = definition.memberMspIds.includes(this.transaction.creator.mspId);
        const judged = {
            read: isMember || !definition.memberOnlyRead,
            write: isMember || !definition.memberOnlyWrite,
        };
        this.permissions.set(collection, judged);
        return judged;
    }

    private refusal(access: 'read' | 'write', collection: string): string {
        return (
            `tx creator does not have ${access} access permission on privatedata in ` +
            `chaincodeName:${this.namespace} collectionName: ${collection}`
        );
    }
}
