import type { PrivateValue } from './private-value';

/** A block as every peer holds it, and of its private data what the reader may see. */
export interface LedgerBlock {
    readonly number: bigint;
    /** SHA-256 of the header of the block before, hexadecimal. */
    readonly previousHash: string;
    /** SHA-256 of what stands in this block, hexadecimal. */
    readonly dataHash: string;
    readonly transactions: readonly LedgerTransaction[];
}

/** One transaction of a block, valid or not. */
export interface LedgerTransaction {
    readonly transactionId: string;
    /** Place in the block, from 0. */
    readonly place: number;
    /** `call` of a chaincode, `configuration` of the channel, or `other`. */
    readonly kind: 'call' | 'configuration' | 'other';
    /** Fabric's validation code: `VALID`, `MVCC_READ_CONFLICT`. */
    readonly validationCode: string;
    /** What an invalid transaction would have written was not written. */
    readonly valid: boolean;
    /** When its client says that it was made. */
    readonly time: Date;
    /** MSP id of the institution whose client made it. */
    readonly creator: string;
    /** Of a call alone. */
    readonly call?: LedgerCall;
}

/** What a transaction asked of a chaincode, and what came of it. */
export interface LedgerCall {
    readonly chaincode: string;
    /** `deal:open` */
    readonly transaction: string;
    /** The public arguments; private input is not on the ledger. */
    readonly args: readonly string[];
    /** MSP ids of those whose peers signed, in alphabetical order. */
    readonly endorsedBy: readonly string[];
    readonly event?: { readonly name: string; readonly payload: unknown };
    /** Keys read, with the version that was found. */
    readonly reads: readonly LedgerRead[];
    readonly writes: readonly LedgerWrite[];
    readonly privateWrites: readonly PrivateWrite[];
}

/** A key of the chaincode, taken apart. */
export interface LedgerKey {
    /** Chaincode that owns it. */
    readonly namespace: string;
    /** First part of a composite key, such as `deal`; none of a plain key. */
    readonly noun?: string;
    /** The other parts; the key itself where it is plain. */
    readonly id: readonly string[];
}

/** A key that a transaction read, and rested on. */
export interface LedgerRead extends LedgerKey {
    /** Where the value found was written; none where nothing was found. */
    readonly version?: { readonly blockNumber: bigint; readonly place: number };
}

/** A key that a transaction wrote, and what it left there. */
export interface LedgerWrite extends LedgerKey {
    readonly deleted: boolean;
    /** What JSON reads of the value, or the bytes where it is none. Nothing where it was deleted. */
    readonly value?: unknown;
}

/** A write to a private collection: hashes for everybody, key and value for those who may see them. */
export interface PrivateWrite {
    readonly namespace: string;
    readonly collection: string;
    /** SHA-256, hexadecimal. */
    readonly keyHash: string;
    /** SHA-256, hexadecimal; none where it was deleted. */
    readonly valueHash?: string;
    readonly deleted: boolean;
    /** Where the reader is a member, and its peer holds the data. Undefined values were deleted. */
    readonly content?: PrivateContent;
}

/** Key and value of a private write, as its members see them. */
export interface PrivateContent {
    readonly key: Omit<LedgerKey, 'namespace'>;
    readonly value?: PrivateValue;
}
