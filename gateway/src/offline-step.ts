import { createHash, X509Certificate } from 'node:crypto';

import { common, gateway, msp, peer } from '@hyperledger/fabric-protos';

import { argumentsOf, endorsementsOf } from './client/endorser';
import { InputError } from './input-error';

import type { UnsignedCommit, UnsignedProposal, UnsignedQuery, UnsignedTransaction } from './offline';

/** A step of a request that waits for its signature. */
export type Unsigned = UnsignedProposal | UnsignedTransaction | UnsignedCommit;

/**
 * What a signature under a step says, read from the very bytes that are signed and not from what the step says of itself: show it to
 * whoever is to sign.
 */
export interface StepContent<S extends string = Unsigned['stage']> {
    readonly stage: S;
    /** Whose signature it is to be: institution, name and number of the certificate. */
    readonly signatory: Signatory;
    readonly channel: string;
    readonly transactionId: string;
    /** Of a query, a proposal and a transaction; a commit only asks what became of a transaction. */
    readonly asked?: Asked;
    /** Institutions whose peers are to sign a proposal, where that is not left to the peer; or have signed a transaction. */
    readonly endorsers?: readonly string[];
    /** Of a transaction: what the contract told, and will tell everybody. */
    readonly told?: unknown;
    /** Signed is the SHA-256 of this. */
    readonly message: Uint8Array;
}

/** What is asked of a contract. */
export interface Asked {
    readonly chaincode: string;
    /** When it was made, by the clock of who made it. */
    readonly made: Date;
    /** `deal:close` */
    readonly transaction: string;
    readonly request: unknown;
    /** Private input of a proposal, field by field: what JSON reads of it, or of anything else how long it is. */
    readonly privately: Readonly<Record<string, unknown>>;
}

/** Who is to sign. */
export interface Signatory {
    readonly mspId: string;
    readonly certificatePem: string;
    readonly subject: string;
    readonly serialNumber: string;
    readonly validTo: string;
}

/**
 * Reads what a step asks its signatory to sign.
 * @throws InputError where the step says another thing than its bytes
 */
export function readStep<S extends Unsigned | UnsignedQuery>(step: S): StepContent<S['stage']> {
    const bytes = Buffer.from(step.bytes, 'base64');
    const content = { query: ofProposal, proposal: ofProposal, transaction: ofTransaction, commit: ofCommit }[
        step.stage
    ](bytes);
    mustBe('digest', createHash('sha256').update(content.message).digest('hex'), step.digest);
    mustBe('transactionId', content.transactionId, step.transactionId);
    if (content.asked) mustBe('transaction', content.asked.transaction, step.transaction);
    return { stage: step.stage, ...content };
}

function mustBe(name: string, inBytes: string, said: string): void {
    if (inBytes !== said) throw new InputError(`not to be signed: its bytes have ${name} ${inBytes}, not ${said}`);
}

type Read = Omit<StepContent, 'stage'>;

function ofProposal(bytes: Uint8Array): Read {
    const proposed = gateway.ProposedTransaction.deserializeBinary(bytes);
    const message = proposed.getProposal()?.getProposalBytes_asU8() ?? new Uint8Array();
    const proposal = peer.Proposal.deserializeBinary(message);
    const payload = peer.ChaincodeProposalPayload.deserializeBinary(proposal.getPayload_asU8());
    const endorsers = proposed.getEndorsingOrganizationsList();
    const header = headerOf(common.Header.deserializeBinary(proposal.getHeader_asU8()));
    return {
        ...header.who,
        asked: { ...header.made, ...invocationOf(payload), privately: privateInput(payload) },
        ...(endorsers.length > 0 && { endorsers }),
        message,
    };
}

function ofTransaction(bytes: Uint8Array): Read {
    const envelope = gateway.PreparedTransaction.deserializeBinary(bytes).getEnvelope();
    const message = envelope?.getPayload_asU8() ?? new Uint8Array();
    const payload = common.Payload.deserializeBinary(message);
    const [action, ...others] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
    if (!action || others.length > 0) throw new InputError('not to be signed: it holds more than one request');
    const endorsed = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
    const proposal = peer.ChaincodeProposalPayload.deserializeBinary(endorsed.getChaincodeProposalPayload_asU8());
    const header = headerOf(payload.getHeader() ?? new common.Header());
    return {
        ...header.who,
        asked: { ...header.made, ...invocationOf(proposal), privately: {} },
        endorsers: endorsementsOf(endorsed),
        told: toldBy(endorsed),
        message,
    };
}

function ofCommit(bytes: Uint8Array): Read {
    const message = gateway.SignedCommitStatusRequest.deserializeBinary(bytes).getRequest_asU8();
    const request = gateway.CommitStatusRequest.deserializeBinary(message);
    return {
        signatory: signatoryOf(request.getIdentity_asU8()),
        channel: request.getChannelId(),
        transactionId: request.getTransactionId(),
        message,
    };
}

/** A transaction's id is made of its nonce and its creator: another id would be refused by the peers, too. */
function headerOf(header: common.Header) {
    const channel = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
    const signature = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
    const creator = signature.getCreator_asU8();
    const transactionId = createHash('sha256').update(signature.getNonce_asU8()).update(creator).digest('hex');
    mustBe('transactionId', channel.getTxId(), transactionId);
    return {
        who: { signatory: signatoryOf(creator), channel: channel.getChannelId(), transactionId },
        made: { made: channel.getTimestamp()?.toDate() ?? new Date(0) },
    };
}

function invocationOf(payload: peer.ChaincodeProposalPayload): Pick<Asked, 'chaincode' | 'request' | 'transaction'> {
    const spec = peer.ChaincodeInvocationSpec.deserializeBinary(payload.getInput_asU8()).getChaincodeSpec();
    const [transaction = '', ...args] = argumentsOf(payload);
    return {
        chaincode: spec?.getChaincodeId()?.getName() ?? '',
        transaction,
        request: args.length === 1 ? readable(Buffer.from(args[0] ?? '')) : args,
    };
}

function privateInput(payload: peer.ChaincodeProposalPayload): Readonly<Record<string, unknown>> {
    const fields: [string, unknown][] = [];
    payload.getTransientmapMap().forEach((value, name) => {
        const bytes = Buffer.from(typeof value === 'string' ? Buffer.from(value, 'base64') : value);
        fields.push([name, readable(bytes)]);
    });
    return Object.fromEntries(fields);
}

function toldBy(endorsed: peer.ChaincodeActionPayload): unknown {
    const response = endorsed.getAction()?.getProposalResponsePayload_asU8() ?? new Uint8Array();
    const result = peer.ProposalResponsePayload.deserializeBinary(response).getExtension_asU8();
    const payload = peer.ChaincodeAction.deserializeBinary(result).getResponse()?.getPayload_asU8();
    return readable(Buffer.from(payload ?? new Uint8Array()));
}

function signatoryOf(creator: Uint8Array): Signatory {
    const identity = msp.SerializedIdentity.deserializeBinary(creator);
    const certificatePem = Buffer.from(identity.getIdBytes_asU8()).toString('utf8');
    const { subject, serialNumber, validTo } = new X509Certificate(certificatePem);
    return { mspId: identity.getMspid(), certificatePem, subject, serialNumber, validTo };
}

/** Salts, keys and packed loans are not for reading. */
function readable(bytes: Buffer): unknown {
    try {
        return JSON.parse(bytes.toString('utf8')) as unknown;
    } catch {
        return `${bytes.length} bytes`;
    }
}
