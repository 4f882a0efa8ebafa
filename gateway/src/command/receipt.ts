import type { Receipt } from '../client/ledger';

/** What is printed of a transaction: its answer, and where it stands on the ledger. */
export async function printed(receipt: Promise<Receipt<object>>): Promise<object> {
    const { answer, transactionId, blockNumber, endorsedBy, requestId } = await receipt;
    return { ...answer, transactionId, blockNumber, endorsedBy, requestId };
}
