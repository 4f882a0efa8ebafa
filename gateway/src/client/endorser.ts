import { common, gateway, msp, peer } from '@hyperledger/fabric-protos';

/** MSP ids of the institutions whose peers signed a transaction, in alphabetical order. */
export function endorsersOf(preparedTransaction: Uint8Array): readonly string[] {
    const envelope = gateway.PreparedTransaction.deserializeBinary(preparedTransaction).getEnvelope();
    const payload = common.Payload.deserializeBinary(envelope?.getPayload_asU8() ?? new Uint8Array());
    const signers = peer.Transaction.deserializeBinary(payload.getData_asU8())
        .getActionsList()
        .map(action => peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8()))
        .flatMap(action => action.getAction()?.getEndorsementsList() ?? [])
        .map(endorsement => msp.SerializedIdentity.deserializeBinary(endorsement.getEndorser_asU8()).getMspid());
    return [...new Set(signers)].sort();
}
