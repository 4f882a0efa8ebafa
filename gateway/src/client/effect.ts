import { common, gateway, peer } from '@hyperledger/fabric-protos';

/** What a transaction read and would write, as the peers signed it: equal bytes meet equal verdicts on an unchanged ledger. */
export function effectOf(preparedTransaction: Uint8Array): Uint8Array {
    const envelope = gateway.PreparedTransaction.deserializeBinary(preparedTransaction).getEnvelope();
    const payload = common.Payload.deserializeBinary(envelope?.getPayload_asU8() ?? new Uint8Array());
    const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
    const endorsed = peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? new Uint8Array());
    const response = endorsed.getAction()?.getProposalResponsePayload_asU8() ?? new Uint8Array();
    const answer = peer.ProposalResponsePayload.deserializeBinary(response).getExtension_asU8();
    return peer.ChaincodeAction.deserializeBinary(answer).getResults_asU8();
}
