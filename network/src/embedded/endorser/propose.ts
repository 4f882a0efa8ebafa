import { createHash, randomBytes } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { Signer } from '../signer';

/** A proposal to call a chaincode, made and signed as a client makes it. */
export function propose(
    signer: Signer,
    channel: string,
    chaincode: string,
    args: readonly Uint8Array[],
): peer.SignedProposal {
    const nonce = randomBytes(24);
    const signatureHeader = new common.SignatureHeader();
    signatureHeader.setCreator(signer.serialized);
    signatureHeader.setNonce(nonce);
    const id = new peer.ChaincodeID();
    id.setName(chaincode);
    const header = new common.Header();
    header.setSignatureHeader(signatureHeader.serializeBinary());
    const txId = createHash('sha256').update(nonce).update(signer.serialized).digest('hex');
    header.setChannelHeader(channelHeader(channel, txId, id).serializeBinary());
    const proposal = new peer.Proposal();
    proposal.setHeader(header.serializeBinary());
    proposal.setPayload(proposalPayload(id, args).serializeBinary());
    const signed = new peer.SignedProposal();
    const bytes = proposal.serializeBinary();
    signed.setProposalBytes(bytes);
    signed.setSignature(signer.sign(bytes));
    return signed;
}

function channelHeader(channel: string, txId: string, id: peer.ChaincodeID): common.ChannelHeader {
    const extension = new peer.ChaincodeHeaderExtension();
    extension.setChaincodeId(id);
    const header = new common.ChannelHeader();
    header.setType(common.HeaderType.ENDORSER_TRANSACTION);
    header.setTimestamp(Timestamp.fromDate(new Date()));
    header.setChannelId(channel);
    header.setTxId(txId);
    header.setExtension$(extension.serializeBinary());
    return header;
}

function proposalPayload(id: peer.ChaincodeID, args: readonly Uint8Array[]): peer.ChaincodeProposalPayload {
    const input = new peer.ChaincodeInput();
    input.setArgsList([...args]);
    const spec = new peer.ChaincodeSpec();
    spec.setType(peer.ChaincodeSpec.Type.NODE);
    spec.setChaincodeId(id);
    spec.setInput(input);
    const invocation = new peer.ChaincodeInvocationSpec();
    invocation.setChaincodeSpec(spec);
    const payload = new peer.ChaincodeProposalPayload();
    payload.setInput(invocation.serializeBinary());
    return payload;
}
