import { sameBytes, sha256 } from './digest';
import { readPrivateSets } from './namespace-set';
import type { PrivateSet } from './namespace-set';

/** Fabric's own limit on how long private data waits for its transaction. */
const RETENTION_BLOCKS = 1000;

/** Private data of one endorsement, by the key under which it is kept. */
export interface KeptPrivateData {
    readonly key: string;
    /** Height of the ledger when it came. */
    readonly height: number;
    /** rwset.TxPvtReadWriteSet */
    readonly bytes: Uint8Array;
}

/** Private write sets of endorsed transactions, kept until a block with the transaction comes. */
export class TransientStore {
    private readonly kept = new Map<
        string,
        { readonly data: KeptPrivateData; readonly sets: readonly PrivateSet[] }[]
    >();

    constructor(earlier: readonly KeptPrivateData[]) {
        for (const data of earlier) this.add(data);
    }

    /** Keep the private data of an endorsement. */
    keep(txId: string, bytes: Uint8Array, height: number): KeptPrivateData {
        const data = { key: `${txId}\0${this.kept.get(txId)?.length ?? 0}`, height, bytes };
        this.add(data);
        return data;
    }

    /** The set of a transaction whose hash a block names. */
    find(txId: string, namespace: string, collection: string, hash: Uint8Array): Uint8Array | undefined {
        return this.kept
            .get(txId)
            ?.flatMap(({ sets }) => sets)
            .find(
                set =>
                    set.namespace === namespace && set.collection === collection && sameBytes(sha256(set.bytes), hash),
            )?.bytes;
    }

    /** Keys of what a block at this height settles, and of what has waited too long. */
    settledBy(txIds: readonly string[], height: number): readonly string[] {
        const settled = txIds.flatMap(txId => this.kept.get(txId) ?? []);
        const late: typeof settled = [];
        for (const entries of this.kept.values()) {
            if ((entries[0]?.data.height ?? 0) + RETENTION_BLOCKS > height) break;
            late.push(...entries);
        }
        return [...settled, ...late].map(({ data }) => data.key);
    }

    forget(keys: readonly string[]): void {
        for (const key of keys) this.kept.delete(txIdIn(key));
    }

    private add(data: KeptPrivateData): void {
        const txId = txIdIn(data.key);
        this.kept.set(txId, [...(this.kept.get(txId) ?? []), { data, sets: readPrivateSets(data.bytes) }]);
    }
}

function txIdIn(key: string): string {
    return key.slice(0, key.indexOf('\0'));
}
