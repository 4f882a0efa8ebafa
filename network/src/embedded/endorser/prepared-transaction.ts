import { common, peer } from '@hyperledger/fabric-protos';
import { withoutTransient } from './proposal';
import type { UnpackedProposal } from './proposal';

/** The transaction as it will be ordered: without the transient data, not yet signed by the client. */
export function prepare(
    proposal: UnpackedProposal,
    payload: Uint8Array,
    endorsements: readonly peer.Endorsement[],
): common.Envelope {
    const action = new peer.ChaincodeEndorsedAction();
    action.setProposalResponsePayload(payload);
    action.setEndorsementsList([...endorsements]);
    const actionPayload = new peer.ChaincodeActionPayload();
    actionPayload.setChaincodeProposalPayload(withoutTransient(proposal.payload).serializeBinary());
    actionPayload.setAction(action);
    const transactionAction = new peer.TransactionAction();
    transactionAction.setHeader(proposal.header.getSignatureHeader_asU8());
    transactionAction.setPayload(actionPayload.serializeBinary());
    const transaction = new peer.Transaction();
    transaction.addActions(transactionAction);
    const envelopePayload = new common.Payload();
    envelopePayload.setHeader(proposal.header);
    envelopePayload.setData(transaction.serializeBinary());
    const envelope = new common.Envelope();
    envelope.setPayload(envelopePayload.serializeBinary());
    return envelope;
}
