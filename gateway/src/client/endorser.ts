import { common, gateway, msp, peer } from '@hyperledger/fabric-protos';

/** MSP ids of the institutions whose peers signed a transaction, in alphabetical order. */
export function endorsersOf(preparedTransaction: Uint8Array): readonly string[] {
    const envelope = gateway.PreparedTransaction.deserializeBinary(preparedTransaction).getEnvelope();
    const payload = common.Payload.deserializeBinary(envelope?.getPayload_asU8() ?? new Uint8Array());
    const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
    return endorsementsOf(peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? new Uint8Array()));
}

/** The same, of the action of a transaction that has been taken apart. There is one in each. */
export function endorsementsOf(payload: peer.ChaincodeActionPayload): readonly string[] {
    const endorsements = payload.getAction()?.getEndorsementsList() ?? [];
    const signers = endorsements.map(each => msp.SerializedIdentity.deserializeBinary(each.getEndorser_asU8()));
    return [...new Set(signers.map(signer => signer.getMspid()))].sort();
}

/** Name and arguments of what a proposal asks of a contract. */
export function argumentsOf(payload: peer.ChaincodeProposalPayload): string[] {
    const invocation = peer.ChaincodeInvocationSpec.deserializeBinary(payload.getInput_asU8());
    const input = invocation.getChaincodeSpec()?.getInput()?.getArgsList_asU8() ?? [];
    return input.map(argument => Buffer.from(argument).toString('utf8'));
}
