import { ledger as protos } from '@hyperledger/fabric-protos';
import type { ChannelIdentity, CommittedBlock, PeerLedger } from '../ledger';

/** The private data of a block that this peer holds and the client's institution is a member for, by transaction index. */
export function privateDataMap(
    ledger: PeerLedger,
    block: CommittedBlock,
    client: ChannelIdentity,
): ReadonlyMap<number, protos.rwset.TxPvtReadWriteSet> {
    const visible = new Map<number, protos.rwset.TxPvtReadWriteSet>();
    for (const [index, bytes] of ledger.privateDataOf(block.number)) {
        const set = protos.rwset.TxPvtReadWriteSet.deserializeBinary(bytes);
        const namespaces = set
            .getNsPvtRwsetList()
            .map(namespace => onlyVisible(ledger, namespace, client))
            .filter(namespace => namespace.getCollectionPvtRwsetList().length > 0);
        if (namespaces.length === 0) continue;
        set.setNsPvtRwsetList(namespaces);
        visible.set(index, set);
    }
    return visible;
}

function onlyVisible(
    ledger: PeerLedger,
    namespace: protos.rwset.NsPvtReadWriteSet,
    client: ChannelIdentity,
): protos.rwset.NsPvtReadWriteSet {
    namespace.setCollectionPvtRwsetList(
        namespace.getCollectionPvtRwsetList().filter(set => {
            const collection = ledger.collection(namespace.getNamespace(), set.getCollectionName());
            return collection?.memberMspIds.includes(client.mspId) === true;
        }),
    );
    return namespace;
}
