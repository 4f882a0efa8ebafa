import { randomBytes } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import { Authority } from '@poolproof/network/dist/authority';
import {
    Channel,
    disseminate,
    genesisBlock,
    LIFECYCLE,
    openPeerLedger,
    OrderedBlock,
    writeDefinition,
} from '@poolproof/network/dist/embedded/ledger';
import type {
    CommittedBlock,
    DefinitionTerms,
    PeerLedger,
    Simulator,
    ValidationCode,
    WantedSet,
} from '@poolproof/network/dist/embedded/ledger';
import { sha256 } from '@poolproof/network/dist/embedded/ledger/digest';
import { Signer } from '@poolproof/network/dist/embedded/signer';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';

export const { TxValidationCode: Code } = peer;

/** What a chaincode would do with its stub. */
export type Work = (simulator: Simulator) => void;

export interface Submission {
    readonly txId: string;
    readonly envelope: Uint8Array;
}

/** How a transaction is made; whatever is left out is done as a well-behaved client and its peers would. */
export interface Making {
    /** MSP ids of the peers that endorse; all of them by default. */
    readonly endorsers?: readonly string[];
    /** MSP id of the client. */
    readonly client?: string;
    readonly chaincode?: string;
    readonly event?: peer.ChaincodeEvent;
    readonly nonce?: Uint8Array;
    /** The client's clock, seconds since 1970. */
    readonly timestamp?: number;
    /** Changes the message that carries the endorsements, after they were made. */
    readonly tamper?: (action: peer.ChaincodeEndorsedAction) => void;
    /** Signs the envelope instead of the client. */
    readonly signer?: Pick<Signer, 'sign'>;
    /** Whose identity stands in the envelope; the client's by default. */
    readonly creator?: Uint8Array;
    /** Keep private data from reaching other peers. */
    readonly withoutDissemination?: boolean;
}

interface Institution {
    readonly mspId: string;
    readonly authority: Authority;
    readonly peer: Signer;
    readonly client: Signer;
}

/** Several institutions with a peer and a client each, whose transactions are really signed, ordered and committed. */
export class LedgerNetwork {
    private constructor(
        readonly channel: Channel,
        readonly institutions: ReadonlyMap<string, Institution>,
        readonly ledgers: ReadonlyMap<string, PeerLedger>,
    ) {}

    /** `alone`: peers do not ask each other for private data. */
    static async open(mspIds: readonly string[], { alone = false } = {}): Promise<LedgerNetwork> {
        const institutions = await Promise.all(mspIds.map(newInstitution));
        const ordererAuthority = await Authority.create('ca.orderer', 'orderer');
        const config = {
            channel: 'trade',
            institutions: institutions.map(mspConfig),
            orderers: [{ mspId: 'OrdererMSP', rootCertificatesPem: [ordererAuthority.certificatePem] }],
        };
        const channel = new Channel(config);
        const ledgers = new Map<string, PeerLedger>();
        for (const mspId of mspIds) {
            const fetchPrivate = (wanted: WantedSet): Uint8Array | undefined =>
                alone ? undefined : firstDefined([...ledgers.values()].map(ledger => ledger.privateSet(wanted)));
            ledgers.set(mspId, await openPeerLedger({ channel, mspId, fetchPrivate }));
        }
        const network = new LedgerNetwork(
            channel,
            new Map(institutions.map(institution => [institution.mspId, institution])),
            ledgers,
        );
        const genesis = genesisBlock(config);
        for (const ledger of ledgers.values()) await ledger.commit(genesis);
        return network;
    }

    ledger(mspId: string): PeerLedger {
        return found(this.ledgers.get(mspId));
    }

    institution(mspId: string): Institution {
        return found(this.institutions.get(mspId));
    }

    async define(terms: Partial<DefinitionTerms> = {}): Promise<void> {
        const full = {
            name: 'cc',
            version: '1.0',
            sequence: 1,
            endorsement: '/Channel/Application/Endorsement',
            collections: [],
            ...terms,
        };
        const definition = this.make(simulator => writeDefinition(simulator, full), { chaincode: LIFECYCLE });
        await this.order([definition]);
    }

    /** Run the work on every endorser's own state and sign everything as clients and peers do. */
    make(work: Work, making: Making = {}): Submission {
        const chaincode = making.chaincode ?? 'cc';
        const client = this.institution(making.client ?? found([...this.institutions.keys()][0])).client;
        const creator = making.creator ?? client.serialized;
        const nonce = making.nonce ?? randomBytes(24);
        const txId = sha256(nonce, creator).toString('hex');
        const header = headerOf({
            channel: this.channel.name,
            chaincode,
            txId,
            nonce,
            creator,
            timestamp: making.timestamp,
        });
        const proposed = new peer.ChaincodeProposalPayload().serializeBinary();
        const proposalHash = sha256(header.getChannelHeader_asU8(), header.getSignatureHeader_asU8(), proposed);
        const endorsers = making.endorsers ?? [...this.institutions.keys()];
        const results = endorsers.map(mspId => this.simulate(mspId, txId, work, making));
        const response = responseOf({
            chaincode,
            proposalHash,
            results: results[0] ?? new Uint8Array(),
            event: making.event,
        });
        const endorsed = new peer.ChaincodeEndorsedAction();
        endorsed.setProposalResponsePayload(response);
        endorsed.setEndorsementsList(endorsers.map(mspId => endorsementOf(this.institution(mspId).peer, response)));
        making.tamper?.(endorsed);
        return { txId, envelope: envelopeOf(header, proposed, endorsed, making.signer ?? client) };
    }

    /** Put the transactions into one block and commit it on every peer; answers the codes, on which all peers must agree. */
    async order(submissions: readonly Submission[]): Promise<readonly ValidationCode[]> {
        const committed = await this.commit(submissions.map(({ envelope }) => envelope));
        const [first] = committed;
        for (const { codes, commitHash } of committed) {
            expect(codes).toEqual(first?.codes);
            expect(commitHash).toEqual(first?.commitHash);
        }
        return found(first).codes;
    }

    async commit(envelopes: readonly Uint8Array[]): Promise<readonly CommittedBlock[]> {
        const [any] = this.ledgers.values();
        const { height, currentBlockHash } = found(any);
        const block = new OrderedBlock(height, currentBlockHash, envelopes);
        return Promise.all([...this.ledgers.values()].map(ledger => ledger.commit(block)));
    }

    /** Make a transaction and commit it alone. */
    async submit(work: Work, making: Making = {}): Promise<ValidationCode> {
        return found((await this.order([this.make(work, making)]))[0]);
    }

    read<V>(mspId: string, question: (simulator: Simulator) => V): V {
        const simulator = this.ledger(mspId).newSimulator('read');
        try {
            return question(simulator);
        } finally {
            simulator.done();
        }
    }

    private simulate(mspId: string, txId: string, work: Work, making: Making): Uint8Array {
        const ledger = this.ledger(mspId);
        const simulator = ledger.newSimulator(txId);
        try {
            work(simulator);
            const { publicSet, privateSet } = simulator.results();
            if (privateSet !== undefined) {
                if (making.withoutDissemination === true) ledger.keepPrivate(txId, privateSet);
                else disseminate(ledger, [...this.ledgers.values()], txId, privateSet);
            }
            return publicSet;
        } finally {
            simulator.done();
        }
    }
}

export const value = (text: string): Uint8Array => Buffer.from(text);

export const text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString();

function endorsementOf(signer: Signer, response: Uint8Array): peer.Endorsement {
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(signer.serialized);
    endorsement.setSignature(signer.sign(Buffer.concat([response, signer.serialized])));
    return endorsement;
}

function headerOf(parts: {
    readonly channel: string;
    readonly chaincode: string;
    readonly txId: string;
    readonly nonce: Uint8Array;
    readonly creator: Uint8Array;
    readonly timestamp: number | undefined;
}): common.Header {
    const id = new peer.ChaincodeID();
    id.setName(parts.chaincode);
    const extension = new peer.ChaincodeHeaderExtension();
    extension.setChaincodeId(id);
    const channelHeader = new common.ChannelHeader();
    channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
    channelHeader.setChannelId(parts.channel);
    channelHeader.setTxId(parts.txId);
    // The runtime's name differs from the declared one.
    (channelHeader as unknown as { setExtension$: (bytes: Uint8Array) => void }).setExtension$(
        extension.serializeBinary(),
    );
    const timestamp = new Timestamp();
    timestamp.setSeconds(parts.timestamp ?? 0);
    channelHeader.setTimestamp(timestamp);
    const signatureHeader = new common.SignatureHeader();
    signatureHeader.setCreator(parts.creator);
    signatureHeader.setNonce(parts.nonce);
    const header = new common.Header();
    header.setChannelHeader(channelHeader.serializeBinary());
    header.setSignatureHeader(signatureHeader.serializeBinary());
    return header;
}

function responseOf(parts: {
    readonly chaincode: string;
    readonly proposalHash: Uint8Array;
    readonly results: Uint8Array;
    readonly event: peer.ChaincodeEvent | undefined;
}): Uint8Array {
    const id = new peer.ChaincodeID();
    id.setName(parts.chaincode);
    id.setVersion('1.0');
    const action = new peer.ChaincodeAction();
    action.setResults(parts.results);
    action.setChaincodeId(id);
    if (parts.event !== undefined) action.setEvents(parts.event.serializeBinary());
    const response = new peer.ProposalResponsePayload();
    response.setProposalHash(parts.proposalHash);
    (response as unknown as { setExtension$: (bytes: Uint8Array) => void }).setExtension$(action.serializeBinary());
    return response.serializeBinary();
}

function envelopeOf(
    header: common.Header,
    proposed: Uint8Array,
    endorsed: peer.ChaincodeEndorsedAction,
    signer: Pick<Signer, 'sign'>,
): Uint8Array {
    const actionPayload = new peer.ChaincodeActionPayload();
    actionPayload.setChaincodeProposalPayload(proposed);
    actionPayload.setAction(endorsed);
    const action = new peer.TransactionAction();
    action.setHeader(header.getSignatureHeader_asU8());
    action.setPayload(actionPayload.serializeBinary());
    const transaction = new peer.Transaction();
    transaction.addActions(action);
    const payload = new common.Payload();
    payload.setHeader(header);
    payload.setData(transaction.serializeBinary());
    const bytes = payload.serializeBinary();
    const envelope = new common.Envelope();
    envelope.setPayload(bytes);
    envelope.setSignature(signer.sign(bytes));
    return envelope.serializeBinary();
}

async function newInstitution(mspId: string): Promise<Institution> {
    const authority = await Authority.create(`ca.${mspId}`, mspId);
    const peerPair = await authority.issueIdentity(`peer0.${mspId}`, 'peer');
    const clientPair = await authority.issueIdentity(`client.${mspId}`, 'client');
    return { mspId, authority, peer: new Signer(mspId, peerPair), client: new Signer(mspId, clientPair) };
}

function mspConfig({ mspId, authority }: Institution): { mspId: string; rootCertificatesPem: string[] } {
    return { mspId, rootCertificatesPem: [authority.certificatePem] };
}

function firstDefined<V>(values: readonly (V | undefined)[]): V | undefined {
    return values.find(candidate => candidate !== undefined);
}

function found<V>(candidate: V | undefined): V {
    if (candidate === undefined) throw new Error('not in this network');
    return candidate;
}
