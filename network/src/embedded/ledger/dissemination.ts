import { implicitOwner } from './definition';
import { encodePrivateSets, readPrivateSets } from './namespace-set';
import type { PeerLedger } from './peer-ledger';

/** Not enough members' peers can be reached to keep a transaction's private data. The message is Fabric's own. */
export class DisseminationError extends Error {
    override readonly name = 'DisseminationError';
}

/**
 * Hand an endorsed transaction's private data (rwset.TxPvtReadWriteSet bytes) from the endorsing peer to other peers of each
 * collection's members: at least `requiredPeerCount`, at most `maxPeerCount`, one of every organisation first. The others fetch it
 * when the block comes. @throws DisseminationError
 */
export async function disseminate(
    from: PeerLedger,
    peers: readonly PeerLedger[],
    txId: string,
    privateSet: Uint8Array,
): Promise<void> {
    const sets = readPrivateSets(privateSet).map(set => ({ set, receivers: receiversOf(from, peers, set) }));
    await from.keepPrivate(txId, privateSet);
    for (const { set, receivers } of sets) {
        const bytes = encodePrivateSets([set]);
        await Promise.all(receivers.map(receiver => receiver.keepPrivate(txId, bytes)));
    }
}

function receiversOf(
    from: PeerLedger,
    peers: readonly PeerLedger[],
    { namespace, collection: name }: { readonly namespace: string; readonly collection: string },
): readonly PeerLedger[] {
    const collection = from.collection(namespace, name);
    const eligible = peers.filter(peer => peer !== from && collection?.memberMspIds.includes(peer.mspId) === true);
    const required = collection?.requiredPeerCount ?? 0;
    if (eligible.length < required) {
        throw new DisseminationError(
            `required to disseminate to at least ${required} peers, but know of only ${eligible.length} eligible peers`,
        );
    }
    // An organisation's own collection is only handed round within the organisation; its peers fetch what others endorse.
    const isForeign = (implicitOwner(name) ?? from.mspId) !== from.mspId;
    return oneOfEachFirst(eligible).slice(0, isForeign ? 0 : collection?.maxPeerCount);
}

function oneOfEachFirst(peers: readonly PeerLedger[]): readonly PeerLedger[] {
    const seen = new Set<string>();
    const first = peers.filter(peer => !seen.has(peer.mspId) && seen.add(peer.mspId));
    return [...first, ...peers.filter(peer => !first.includes(peer))];
}
