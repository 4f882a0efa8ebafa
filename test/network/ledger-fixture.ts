import { randomBytes } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import { Authority } from '@poolproof/network/dist/authority';
import type { KeyPair } from '@poolproof/network/dist/authority';
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
    LevelFolder,
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
    readonly authorityPem: string;
    readonly authorityKeyPem: string;
    readonly peer: Signer;
    readonly client: Signer;
}

/** Keys of a network that is opened more than once. */
export interface NetworkKeys {
    readonly institutions: readonly InstitutionKeys[];
    readonly ordererPem: string;
}

interface InstitutionKeys {
    readonly mspId: string;
    readonly authority: KeyPair;
    readonly peer: KeyPair;
    readonly client: KeyPair;
}

export interface Opening {
    /** Peers do not ask each other for private data, as long as this is so. */
    readonly alone?: boolean;
    /** What they are told instead. */
    readonly answer?: Uint8Array | undefined;
    /** Where the ledgers are kept; in memory by default. */
    readonly folder?: LevelFolder;
    /** New ones by default. */
    readonly keys?: NetworkKeys;
}

export const CHANNEL = 'trade';

/** Several institutions with a peer and a client each, whose transactions are really signed, ordered and committed. */
export class LedgerNetwork {
    private constructor(
        readonly channel: Channel,
        readonly institutions: ReadonlyMap<string, Institution>,
        readonly ledgers: ReadonlyMap<string, PeerLedger>,
    ) {}

    static async open(mspIds: readonly string[], opening: Opening = {}): Promise<LedgerNetwork> {
        const keys = opening.keys ?? (await newKeys(mspIds));
        const institutions = keys.institutions.map(readInstitution);
        const config = {
            channel: CHANNEL,
            institutions: institutions.map(({ mspId, authorityPem }) => mspConfig(mspId, authorityPem)),
            orderers: [mspConfig('OrdererMSP', keys.ordererPem)],
        };
        const channel = new Channel(config);
        const ledgers = new Map<string, PeerLedger>();
        for (const mspId of mspIds) {
            const fetchPrivate = (wanted: WantedSet): Uint8Array | undefined =>
                opening.alone === true
                    ? opening.answer
                    : firstDefined([...ledgers.values()].map(ledger => ledger.privateSet(wanted)));
            const store = opening.folder?.store(mspId);
            ledgers.set(mspId, await openPeerLedger({ channel, mspId, fetchPrivate, ...(store && { store }) }));
        }
        const network = new LedgerNetwork(
            channel,
            new Map(institutions.map(institution => [institution.mspId, institution])),
            ledgers,
        );
        await network.catchUp(genesisBlock(config));
        return network;
    }

    /** Peers that a crash left behind take the blocks of those that are ahead. */
    private async catchUp(genesis: OrderedBlock): Promise<void> {
        const ledgers = [...this.ledgers.values()];
        const furthest = ledgers.reduce((left, right) => (right.height > left.height ? right : left));
        if (furthest.height === 0) await furthest.commit(genesis);
        for (const ledger of ledgers) {
            while (ledger.height < furthest.height) await ledger.commit(found(furthest.block(ledger.height)).block);
        }
    }

    ledger(mspId: string): PeerLedger {
        return found(this.ledgers.get(mspId));
    }

    institution(mspId: string): Institution {
        return found(this.institutions.get(mspId));
    }

    async define(terms: Partial<DefinitionTerms> = {}): Promise<void> {
        await this.order([await this.makeDefinition(terms)]);
    }

    /** The transaction that defines the chaincode `cc`, as every institution endorses it. */
    makeDefinition(terms: Partial<DefinitionTerms> = {}): Promise<Submission> {
        const full = {
            name: 'cc',
            version: '1.0',
            sequence: 1,
            endorsement: '/Channel/Application/Endorsement',
            collections: [],
            ...terms,
        };
        return this.make(simulator => writeDefinition(simulator, full), { chaincode: LIFECYCLE });
    }

    /** Run the work on every endorser's own state and sign everything as clients and peers do. */
    async make(work: Work, making: Making = {}): Promise<Submission> {
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
        const results = await Promise.all(endorsers.map(mspId => this.simulate(mspId, txId, work, making)));
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
        return found((await this.order([await this.make(work, making)]))[0]);
    }

    read<V>(mspId: string, question: (simulator: Simulator) => V): V {
        const simulator = this.ledger(mspId).newSimulator('read');
        try {
            return question(simulator);
        } finally {
            simulator.done();
        }
    }

    private async simulate(mspId: string, txId: string, work: Work, making: Making): Promise<Uint8Array> {
        const ledger = this.ledger(mspId);
        const simulator = ledger.newSimulator(txId);
        try {
            work(simulator);
            const { publicSet, privateSet } = simulator.results();
            if (privateSet !== undefined) {
                if (making.withoutDissemination === true) await ledger.keepPrivate(txId, privateSet);
                else await disseminate(ledger, [...this.ledgers.values()], txId, privateSet);
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

export async function newKeys(mspIds: readonly string[]): Promise<NetworkKeys> {
    const orderer = await Authority.create('ca.orderer', 'orderer');
    return {
        institutions: await Promise.all(mspIds.map(newInstitutionKeys)),
        ordererPem: orderer.certificatePem,
    };
}

async function newInstitutionKeys(mspId: string): Promise<InstitutionKeys> {
    const { certificatePem, privateKeyPem } = await Authority.create(`ca.${mspId}`, mspId);
    const authority = await Authority.load({ certificatePem, privateKeyPem });
    return {
        mspId,
        authority: { certificatePem, privateKeyPem },
        peer: await authority.issueIdentity(`peer0.${mspId}`, 'peer'),
        client: await authority.issueIdentity(`client.${mspId}`, 'client'),
    };
}

function readInstitution({ mspId, authority, peer: peerPair, client }: InstitutionKeys): Institution {
    return {
        mspId,
        authorityPem: authority.certificatePem,
        authorityKeyPem: authority.privateKeyPem,
        peer: new Signer(mspId, peerPair),
        client: new Signer(mspId, client),
    };
}

function mspConfig(mspId: string, certificatePem: string): { mspId: string; rootCertificatesPem: string[] } {
    return { mspId, rootCertificatesPem: [certificatePem] };
}

function firstDefined<V>(values: readonly (V | undefined)[]): V | undefined {
    return values.find(candidate => candidate !== undefined);
}

function found<V>(candidate: V | undefined): V {
    if (candidate === undefined) throw new Error('not in this network');
    return candidate;
}
