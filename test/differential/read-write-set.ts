import { common, gateway, ledger, peer } from '@hyperledger/fabric-protos';

const { kvrwset, TxReadWriteSet } = ledger.rwset;

/** What a transaction read and wrote, as its endorsers signed it. Bytes are base64. */
export function readWriteSetOf(preparedTransaction: Uint8Array): unknown {
    const prepared = gateway.PreparedTransaction.deserializeBinary(preparedTransaction);
    const payload = common.Payload.deserializeBinary(prepared.getEnvelope()!.getPayload_asU8());
    const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
    const action = peer.ChaincodeActionPayload.deserializeBinary(transaction.getActionsList()[0]!.getPayload_asU8());
    const endorsed = action.getAction()!;
    const response = peer.ProposalResponsePayload.deserializeBinary(endorsed.getProposalResponsePayload_asU8());
    const simulated = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
    return readable(TxReadWriteSet.deserializeBinary(simulated.getResults_asU8()));
}

function readable(set: ledger.rwset.TxReadWriteSet): unknown {
    return set.getNsRwsetList().map(namespace => ({
        namespace: namespace.getNamespace(),
        ...comparable(
            namespace.getNamespace(),
            kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8()).toObject(),
        ),
        collections: namespace.getCollectionHashedRwsetList().map(collection => ({
            name: collection.getCollectionName(),
            hash: collection.getPvtRwsetHash_asB64(),
            ...kvrwset.HashedRWSet.deserializeBinary(collection.getHashedRwset_asU8()).toObject(),
        })),
    }));
}

/** When a definition was committed is the one thing that may differ between two networks of equal height. */
function comparable<T extends { readonly readsList: readonly object[] }>(namespace: string, set: T): T {
    if (namespace !== '_lifecycle') return set;
    return { ...set, readsList: set.readsList.map(read => ({ ...read, version: 'setup' })) };
}
