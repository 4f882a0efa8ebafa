import { common, ledger, peer } from '@hyperledger/fabric-protos';
import type { CommittedBlock } from './committed-block';
import { privateSetKey, privateSetPrefix } from './image';
import type { Image } from './image';
import { entries } from './key-tree';
import { keyHash } from './private-updates';
import type { HeldSet } from './private-updates';
import { ledgerKey } from './world-state';

const { kvrwset } = ledger.rwset;

/**
 * Private sets without the values of keys that the block's valid transactions purge, by the key they are kept under. A purge removes
 * the former values of a key too, from this block or an earlier one; a set that is left empty goes altogether.
 */
export function purgedSets(
    committed: CommittedBlock,
    image: Image,
    gathered: readonly HeldSet[],
): Map<string, Uint8Array | undefined> {
    const purged = new Map<string, Uint8Array | undefined>();
    for (const [index, transaction] of committed.block.transactions.entries()) {
        if (committed.codes[index] !== peer.TxValidationCode.VALID || transaction.type !== ENDORSER) continue;
        for (const { namespace, collections } of transaction.sets) {
            for (const { collection, writes } of collections) {
                const hashes = new Set(writes.filter(write => write.purge).map(write => write.key));
                if (hashes.size === 0) continue;
                const prefix = privateSetPrefix(namespace, collection);
                const earlier = gathered
                    .filter(set => set.namespace === namespace && set.collection === collection)
                    .filter(set => set.version.transaction < index)
                    .map(set => [privateSetKey(set), set.bytes] as const);
                for (const [key, bytes] of [...entries(image.privateSets, prefix, `${prefix}~`), ...earlier]) {
                    const left = without(purged.has(key) ? purged.get(key) : bytes, hashes);
                    if (left !== bytes) purged.set(key, left);
                }
            }
        }
    }
    return purged;
}

const ENDORSER = common.HeaderType.ENDORSER_TRANSACTION;

/** The set without values of the keys; the same bytes if it has none of them. */
function without(bytes: Uint8Array | undefined, hashes: ReadonlySet<string>): Uint8Array | undefined {
    if (bytes === undefined) return undefined;
    const set = kvrwset.KVRWSet.deserializeBinary(bytes);
    const writes = set.getWritesList();
    const left = writes.filter(write => !hashes.has(keyHash(ledgerKey(write.getKey()))));
    if (left.length === writes.length) return bytes;
    set.setWritesList(left);
    return left.length === 0 && set.getMetadataWritesList().length === 0 ? undefined : set.serializeBinary();
}
