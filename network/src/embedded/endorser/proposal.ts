import { createHash } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import type { ChannelIdentity, MspRegistry } from '../ledger';
import { wrap } from '../wrap';

/** A signed proposal, taken apart. */
export interface UnpackedProposal {
    readonly signed: peer.SignedProposal;
    readonly bytes: Uint8Array;
    readonly header: common.Header;
    readonly channelHeader: common.ChannelHeader;
    readonly channelId: string;
    readonly txId: string;
    readonly nonce: Uint8Array;
    readonly creator: Uint8Array;
    readonly chaincode: string;
    readonly input: peer.ChaincodeInput;
    readonly payload: peer.ChaincodeProposalPayload;
    /** What the endorsement binds itself to: the headers and the payload without the transient data. */
    readonly hash: Uint8Array;
}

/** A proposal goes to several peers of this process: it is taken apart once. */
const unpacked = new WeakMap<peer.SignedProposal, UnpackedProposal>();

/** Take a proposal apart; throws with Fabric's text where something is missing. */
export function unpackProposal(signed: peer.SignedProposal): UnpackedProposal {
    const known = unpacked.get(signed);
    if (known !== undefined) return known;
    const proposal = unpack(signed);
    unpacked.set(signed, proposal);
    return proposal;
}

function unpack(signed: peer.SignedProposal): UnpackedProposal {
    const bytes = signed.getProposalBytes_asU8();
    const proposal = reading('Proposal', () => peer.Proposal.deserializeBinary(bytes));
    const header = reading('Header', () => common.Header.deserializeBinary(proposal.getHeader_asU8()));
    const channelHeader = reading('ChannelHeader', () =>
        common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()),
    );
    const signatureHeader = reading('SignatureHeader', () =>
        common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8()),
    );
    const extension = reading('ChaincodeHeaderExtension', () =>
        peer.ChaincodeHeaderExtension.deserializeBinary(channelHeader.getExtension_asU8()),
    );
    if (extension.getChaincodeId() === undefined) throw new Error('ChaincodeHeaderExtension.ChaincodeId is nil');
    const chaincode = extension.getChaincodeId()?.getName() ?? '';
    if (chaincode === '') throw new Error('ChaincodeHeaderExtension.ChaincodeId.Name is empty');
    const payload = reading('ChaincodeProposalPayload', () =>
        peer.ChaincodeProposalPayload.deserializeBinary(proposal.getPayload_asU8()),
    );
    const spec = reading('ChaincodeInvocationSpec', () =>
        peer.ChaincodeInvocationSpec.deserializeBinary(payload.getInput_asU8()),
    ).getChaincodeSpec();
    if (spec === undefined) throw new Error('chaincode invocation spec did not contain chaincode spec');
    const input = spec.getInput();
    if (input === undefined) throw new Error('chaincode input did not contain any input');
    const hash = createHash('sha256')
        .update(header.getChannelHeader_asU8())
        .update(header.getSignatureHeader_asU8())
        .update(withoutTransient(payload).serializeBinary())
        .digest();
    return {
        signed,
        bytes,
        header,
        channelHeader,
        channelId: channelHeader.getChannelId(),
        txId: channelHeader.getTxId(),
        nonce: signatureHeader.getNonce_asU8(),
        creator: signatureHeader.getCreator_asU8(),
        chaincode,
        input,
        payload,
        hash,
    };
}

/** The part of a proposal that goes into a transaction. */
export function withoutTransient(payload: peer.ChaincodeProposalPayload): peer.ChaincodeProposalPayload {
    const kept = new peer.ChaincodeProposalPayload();
    kept.setInput(payload.getInput_asU8());
    return kept;
}

/** Check form and signature in Fabric's order and wording; returns who made the proposal. */
export function validateProposal(proposal: UnpackedProposal, msps: MspRegistry): ChannelIdentity {
    const type: number = proposal.channelHeader.getType();
    if (type !== common.HeaderType.ENDORSER_TRANSACTION && type !== common.HeaderType.CONFIG) {
        const name = Object.entries(common.HeaderType).find(([, value]) => value === type)?.[0];
        throw new Error(`invalid header type ${name ?? type}`);
    }
    if (proposal.channelHeader.getEpoch() !== 0) throw new Error('epoch is non-zero');
    if (proposal.nonce.length === 0) throw new Error('nonce is empty');
    if (proposal.creator.length === 0) throw new Error('creator is empty');
    const expected = createHash('sha256').update(proposal.nonce).update(proposal.creator).digest('hex');
    if (proposal.txId !== expected) {
        throw new Error(`incorrectly computed txid '${proposal.txId}' -- expected '${expected}'`);
    }
    const signature = proposal.signed.getSignature_asU8();
    if (signature.length === 0) throw new Error('empty signature bytes');
    return identify(proposal, signature, msps);
}

/** Why a creator is refused is for the peer's log only: its client learns no more than this. */
function identify(proposal: UnpackedProposal, signature: Uint8Array, msps: MspRegistry): ChannelIdentity {
    const denied = `access denied: channel [${proposal.channelId}] creator org`;
    let identity: ChannelIdentity;
    try {
        identity = msps.identify(proposal.creator);
    } catch {
        throw new Error(`${denied} unknown, creator is malformed`);
    }
    try {
        identity.validate();
    } catch {
        throw new Error(`${denied} [${identity.mspId}]`);
    }
    if (!identity.verify(proposal.bytes, signature)) throw new Error(`${denied} [${identity.mspId}]`);
    return identity;
}

function reading<T>(noun: string, read: () => T): T {
    try {
        return read();
    } catch (error) {
        throw wrap(`error unmarshalling ${noun}`, error);
    }
}
