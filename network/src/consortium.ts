/** What an institution may do in the consortium. One institution may hold several roles. */
export type Role = 'depository' | 'investor' | 'originator' | 'regulator' | 'servicer' | 'trustee';

export interface Institution {
    /** Short name used in collection names, file names and commands: lower-case letters, digits, dashes. */
    readonly id: string;
    readonly mspId: string;
    readonly name: string;
    /** DNS domain of its peers: `peer0.<domain>`. */
    readonly domain: string;
    readonly roles: readonly Role[];
    readonly peers: number;
}

export interface Consortium {
    readonly name: string;
    readonly channel: string;
    readonly chaincode: {
        readonly name: string;
        readonly version: string;
        /** `majority` or `any` of the institutions, or a signature policy such as `AND('BankAMSP.peer','TrustMSP.peer')`. */
        readonly endorsement: string;
    };
    readonly batch: {
        readonly timeout: string;
        readonly maxMessages: number;
        readonly preferredBytes: number;
        readonly absoluteBytes: number;
    };
    readonly institutions: readonly Institution[];
    readonly orderers: {
        readonly mspId: string;
        readonly name: string;
        readonly domain: string;
        readonly count: number;
    };
}

/** One private data collection, in the field names of Fabric's collection configuration JSON. */
export interface Collection {
    readonly name: string;
    /** Signature policy of its members, such as `OR('BankAMSP.member','TrustMSP.member')`. */
    readonly policy: string;
    readonly requiredPeerCount: number;
    readonly maxPeerCount: number;
    /** 0 keeps the data for ever. */
    readonly blockToLive: number;
    readonly memberOnlyRead: boolean;
    readonly memberOnlyWrite: boolean;
    readonly endorsementPolicy?: { readonly signaturePolicy: string };
}
