import type { common, msp, peer } from '@hyperledger/fabric-protos';

/** One institution's certificate authority as the channel configuration names it. */
export interface MspConfig {
    readonly mspId: string;
    readonly rootCertificatesPem: readonly string[];
    readonly intermediateCertificatesPem?: readonly string[];
    readonly tlsRootCertificatesPem?: readonly string[];
}

/** What every member of the channel agrees on: the institutions, the orderers, the defaults of block cutting. */
export interface ChannelConfig {
    readonly channel: string;
    /** The application organisations: their MSPs have NodeOUs switched on. */
    readonly institutions: readonly MspConfig[];
    readonly orderers: readonly MspConfig[];
}

/** The organisations of the channel, able to read and judge identities. Shared by all peers of the process. */
export interface MspRegistry {
    /** Read the bytes of a msp.SerializedIdentity; answers are cached. Throws MspError where Fabric would fail to deserialise. */
    identify(serialized: Uint8Array): ChannelIdentity;
    readonly mspIds: readonly string[];
}

export interface ChannelIdentity {
    readonly mspId: string;
    readonly serialized: Uint8Array;
    readonly certificatePem: string;
    /** Throws MspError unless the certificate chains to the organisation's authority and is valid now. */
    validate(): void;
    /** True if `signature` (DER, low S only) is this identity's over SHA-256 of `message`; remembered per signature. */
    verify(message: Uint8Array, signature: Uint8Array): boolean;
    /** Whether the identity is what the principal asks for (role, organisation unit or identity). */
    satisfies(principal: msp.MSPPrincipal): boolean;
    /** Same for a role by name, such as `('BankAMSP', 'peer')`. */
    hasRole(mspId: string, role: MspRole): boolean;
}

export type MspRole = 'member' | 'admin' | 'client' | 'peer' | 'orderer';

/** Data signed by an identity, as policies look at it. */
export interface SignedData {
    readonly identity: Uint8Array;
    readonly data: Uint8Array;
    readonly signature: Uint8Array;
}

/** Policies of the channel configuration by path, such as `/Channel/Application/Writers`. */
export interface ChannelPolicies {
    /** Throws PolicyError unless the signatures satisfy the policy. */
    check(path: string, signed: readonly SignedData[]): void;
    /** Which sets of organisations' roles satisfy the policy, smallest first; for choosing endorsers. */
    layouts(policy: PolicyReference): readonly (readonly Principal[])[];
}

/** A policy by its path in the channel configuration, or as a signature policy. */
export type PolicyReference = { readonly path: string } | { readonly signature: common.SignaturePolicyEnvelope };

export interface Principal {
    readonly mspId: string;
    readonly role: MspRole;
}

/** Collection as the peer knows it, explicit or implicit (`_implicit_org_<MSP>`). */
export interface CollectionDefinition {
    readonly name: string;
    readonly memberOrganisations: readonly string[];
    readonly requiredPeerCount: number;
    readonly maxPeerCount: number;
    readonly blockToLive: number;
    readonly memberOnlyRead: boolean;
    readonly memberOnlyWrite: boolean;
    /** Undefined: the chaincode's own policy judges its writes. */
    readonly endorsement: PolicyReference | undefined;
}

export interface ChaincodeDefinition {
    readonly name: string;
    readonly version: string;
    readonly sequence: number;
    readonly initRequired: boolean;
    readonly endorsement: PolicyReference;
    readonly collections: readonly CollectionDefinition[];
}

/** What is to be defined; `endorsement` is a signature policy text, or a path such as `/Channel/Application/Endorsement`. */
export interface ChaincodeProposal {
    readonly name: string;
    readonly version: string;
    readonly sequence: number;
    readonly initRequired?: boolean;
    readonly endorsement: string;
    /** In the field names of Fabric's collections JSON. */
    readonly collections: readonly import('../../consortium').Collection[];
}

/** A block as ordered: immutable, shared by all peers of the process; its transactions are parsed once. */
export interface OrderedBlock {
    readonly number: bigint;
    readonly previousHash: Uint8Array;
    readonly dataHash: Uint8Array;
    /** SHA-256 of the ASN.1 header: the next block's previousHash. */
    readonly hash: Uint8Array;
    readonly envelopes: readonly Uint8Array[];
}

/** A peer's verdict on one transaction of a block. */
export interface CommittedTransaction {
    readonly txId: string;
    readonly index: number;
    readonly code: peer.TxValidationCode;
    readonly headerType: common.HeaderType;
    /** Name of the invoked chaincode; undefined where the envelope could not be read that far. */
    readonly chaincode: string | undefined;
    /** peer.ChaincodeEvent bytes; undefined where there is none. */
    readonly event: Uint8Array | undefined;
}

/** A block as one peer committed it. */
export interface CommittedBlock {
    readonly number: bigint;
    readonly block: OrderedBlock;
    readonly transactions: readonly CommittedTransaction[];
    /** The common.Block with this peer's metadata (flags, commit hash), as Deliver sends it. */
    message(): common.Block;
    /** Private data of this block this peer holds: transaction index to TxPvtReadWriteSet bytes. */
    privateData(): ReadonlyMap<number, Uint8Array>;
}

/** What one peer knows: its own world state, private data, history and blocks. */
export interface PeerLedger {
    readonly mspId: string;
    /** Number of blocks. */
    readonly height: bigint;
    readonly currentBlockHash: Uint8Array;
    readonly previousBlockHash: Uint8Array;
    /** Chaincode as defined in the committed state. */
    definition(chaincode: string): ChaincodeDefinition | undefined;
    collection(chaincode: string, collection: string): CollectionDefinition | undefined;
    hasTransaction(txId: string): boolean;
    newSimulator(txId: string): Simulator;
    /** Validate and commit the next block. Resolves when it is durable; subscribers are told before. Blocks queue in order. */
    commit(block: OrderedBlock): Promise<CommittedBlock>;
    block(number: bigint): CommittedBlock | undefined;
    blockByHash(hash: Uint8Array): CommittedBlock | undefined;
    blockByTxId(txId: string): CommittedBlock | undefined;
    transaction(
        txId: string,
    ): (CommittedTransaction & { readonly blockNumber: bigint; readonly envelope: Uint8Array }) | undefined;
    /** Newest first, valid writes only. */
    history(namespace: string, key: string): IterableIterator<KeyModification>;
    /** Called for every block from now on, in order; returns the function that ends it. */
    onCommit(listener: (block: CommittedBlock) => void): () => void;
    /** Keep private writes of an endorsed transaction until its block comes (Fabric's transient store). */
    keepPrivate(txId: string, txPvtReadWriteSet: Uint8Array): void;
    close(): Promise<void>;
}

export interface KeyModification {
    readonly txId: string;
    readonly value: Uint8Array;
    readonly timestamp: { readonly seconds: number; readonly nanos: number };
    readonly isDelete: boolean;
}

export interface KeyValue {
    readonly key: string;
    readonly value: Uint8Array;
}

/** Rows one at a time, as Fabric's ResultsIterator: what was fetched is what the read set records. */
export interface StateIterator {
    next(): KeyValue | undefined;
    close(): void;
}

/**
 * One endorsement's view of the committed state, and its read and write sets. Sees one block height throughout, never its
 * own writes. Every method can throw SimulationError with Fabric's text.
 */
export interface Simulator {
    readonly txId: string;
    /** Records the `_lifecycle` reads that Fabric makes when a chaincode is called. */
    chaincodeDefinition(chaincode: string): ChaincodeDefinition | undefined;
    /** Records the `_lifecycle` reads that Fabric makes at a collection's access check. Throws if the collection is unknown. */
    collection(chaincode: string, collection: string): CollectionDefinition;

    getState(namespace: string, key: string): Uint8Array | undefined;
    /** An empty value deletes. */
    putState(namespace: string, key: string, value: Uint8Array): void;
    deleteState(namespace: string, key: string): void;
    stateRange(namespace: string, startKey: string, endKey: string): StateIterator;
    /** A page: `pageSize` rows at most, and the key at which the next page starts ('' at the end). */
    stateRangePage(
        namespace: string,
        startKey: string,
        endKey: string,
        pageSize: number,
    ): StateIterator & { bookmark(): string };
    getStateMetadata(namespace: string, key: string): ReadonlyMap<string, Uint8Array> | undefined;
    setStateMetadata(namespace: string, key: string, name: string, value: Uint8Array): void;

    getPrivateData(namespace: string, collection: string, key: string): Uint8Array | undefined;
    getPrivateDataHash(namespace: string, collection: string, key: string): Uint8Array | undefined;
    putPrivateData(namespace: string, collection: string, key: string, value: Uint8Array): void;
    deletePrivateData(namespace: string, collection: string, key: string): void;
    purgePrivateData(namespace: string, collection: string, key: string): void;
    privateRange(namespace: string, collection: string, startKey: string, endKey: string): StateIterator;
    getPrivateMetadata(namespace: string, collection: string, key: string): ReadonlyMap<string, Uint8Array> | undefined;
    setPrivateMetadata(namespace: string, collection: string, key: string, name: string, value: Uint8Array): void;

    /** Close the read and write sets. */
    results(): SimulationResults;
    /** Release the snapshot; must be called once, whatever happened. */
    done(): void;
}

export interface SimulationResults {
    /** rwset.TxReadWriteSet */
    readonly publicSet: Uint8Array;
    /** rwset.TxPvtReadWriteSet; undefined if nothing private was written. */
    readonly privateSet: Uint8Array | undefined;
    /** What the gateway's ChaincodeInterest is built from. */
    readonly touched: readonly NamespaceTouched[];
}

export interface NamespaceTouched {
    readonly namespace: string;
    /** Some public read or range query was recorded. */
    readonly reads: boolean;
    /** Some written public key carries no key-level policy. */
    readonly writesWithoutKeyPolicy: boolean;
    readonly keyPolicies: readonly common.SignaturePolicyEnvelope[];
    readonly collections: readonly {
        readonly name: string;
        readonly privateReads: boolean;
        readonly writes: boolean;
        readonly writesWithoutKeyPolicy: boolean;
        readonly keyPolicies: readonly common.SignaturePolicyEnvelope[];
    }[];
}

/*
 * Functions and classes to come in this folder, under these names:
 *   openMspRegistry(config: ChannelConfig): MspRegistry
 *   channelPolicies(config: ChannelConfig, msps: MspRegistry): ChannelPolicies
 *   parseSignaturePolicy(text: string): common.SignaturePolicyEnvelope
 *   orderBlock(number: bigint, previousHash: Uint8Array, envelopes: readonly Uint8Array[]): OrderedBlock
 *   genesisBlock(config: ChannelConfig): OrderedBlock
 *   openPeerLedger(options: { config, msps, policies, mspId, peer: string, store?: LedgerStore }): Promise<PeerLedger>
 *   defineChaincode(simulator: Simulator, proposal: ChaincodeProposal): void   // the writes of a _lifecycle commit
 *   disseminate(from: PeerLedger, peers: readonly PeerLedger[], txId, privateSet: Uint8Array): void   // to the eligible peers
 *   signedHere(serializedIdentity, message, signature): void   // this process has just made the signature: no need to verify
 *   MspError, PolicyError, SimulationError
 */
