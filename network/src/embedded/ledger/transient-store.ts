import { sameBytes, sha256 } from './digest';
import { readPrivateSets } from './namespace-set';
import type { PrivateSet } from './namespace-set';

/** Fabric's own limit on how long private data waits for its transaction. */
const RETENTION_BLOCKS = 1000;

/** Private write sets of endorsed transactions, kept until a block with the transaction comes. */
export class TransientStore {
    private readonly kept = new Map<string, { readonly height: number; readonly sets: PrivateSet[] }>();

    /** Keep the sets of a rwset.TxPvtReadWriteSet. */
    keep(txId: string, txPvtReadWriteSet: Uint8Array, height: number): void {
        let entry = this.kept.get(txId);
        if (entry === undefined) this.kept.set(txId, (entry = { height, sets: [] }));
        entry.sets.push(...readPrivateSets(txPvtReadWriteSet));
    }

    /** The set of a transaction whose hash a block names. */
    find(txId: string, namespace: string, collection: string, hash: Uint8Array): Uint8Array | undefined {
        return this.kept
            .get(txId)
            ?.sets.find(
                set =>
                    set.namespace === namespace && set.collection === collection && sameBytes(sha256(set.bytes), hash),
            )?.bytes;
    }

    /** Forget what a block has settled and what has waited too long. */
    settle(txIds: readonly string[], height: number): void {
        for (const txId of txIds) this.kept.delete(txId);
        for (const [txId, entry] of this.kept) {
            if (entry.height + RETENTION_BLOCKS > height) return;
            this.kept.delete(txId);
        }
    }
}
