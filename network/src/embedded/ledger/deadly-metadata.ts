import type { BlockUpdates } from './block-updates';
import type { Transaction } from './transaction';

const warned = new WeakSet<Transaction>();

/**
 * Whether a real peer of Fabric 2.5 would panic on the transaction, and again at every start, which ends its channel: it changes the
 * metadata alone (such as the key-level policy) of a key that an earlier transaction of the block deletes. Here it is made invalid,
 * and whoever runs the network is warned once.
 */
export function isDeadly(transaction: Transaction, earlier: BlockUpdates): boolean {
    const key = transaction.sets.map(set => earlier.metadataOfDeleted(set)).find(found => found !== undefined);
    if (key === undefined) return false;
    if (!warned.has(transaction)) {
        process.emitWarning(
            `transaction ${transaction.txId} sets the policy of a key that an earlier transaction of its block deletes: ` +
                'a real peer panics here and its channel is lost. Write a value wherever a policy is set.',
            { type: 'FabricPanic' },
        );
        warned.add(transaction);
    }
    return true;
}
