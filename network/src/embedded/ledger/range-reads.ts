import { ledger } from '@hyperledger/fabric-protos';
import { sameBytes, sha256 } from './digest';
import type { Version } from './world-state';

const { KVRead, QueryReads, QueryReadsMerkleSummary, Version: VersionMessage } = ledger.rwset.kvrwset;

/** Rows beyond which a range query is recorded as hashes, and hashes beyond which a level is folded into one. */
export const MERKLE_DEGREE = 50;

/** One read as the read set records it; an absent key has no version. */
export function readMessage(key: string, version: Version | undefined): ledger.rwset.kvrwset.KVRead {
    const read = new KVRead();
    read.setKey(key);
    if (version !== undefined) read.setVersion(versionMessage(version));
    return read;
}

export function versionMessage(version: Version): ledger.rwset.kvrwset.Version {
    const message = new VersionMessage();
    message.setBlockNum(version.block);
    message.setTxNum(version.transaction);
    return message;
}

/**
 * The rows a range query returned: raw while they are few, else as a Merkle summary. The shape of the summary (a leaf for every
 * `degree + 1` rows, a level folded as soon as it holds more than `degree` hashes) is that of Fabric's
 * rwsetutil/query_results_helper.go, because validation on every peer must come to the same bytes.
 */
export class RangeReads {
    private pending: ledger.rwset.kvrwset.KVRead[] = [];
    private readonly levels = new Map<number, Uint8Array[]>();
    private maxLevel = 1;

    constructor(private readonly degree: number) {}

    add(read: ledger.rwset.kvrwset.KVRead): void {
        this.pending.push(read);
        if (this.pending.length > this.degree) this.fold();
    }

    /** The rows if there were few, else the summary. Nothing can be added afterwards. */
    done(): { readonly rows: readonly ledger.rwset.kvrwset.KVRead[] } | { readonly summary: Summary } {
        if (this.level(1).length === 0 && this.maxLevel === 1) return { rows: this.pending };
        if (this.pending.length > 0) this.fold();
        for (let level = 1; level < this.maxLevel; level++) {
            const hashes = this.level(level);
            const [only] = hashes;
            if (only === undefined) continue;
            this.levels.delete(level);
            this.level(level + 1).push(hashes.length === 1 ? only : sha256(...hashes));
        }
        const top = this.level(this.maxLevel);
        if (top.length > this.degree) {
            this.levels.delete(this.maxLevel);
            this.maxLevel++;
            this.level(this.maxLevel).push(sha256(...top));
        }
        return { summary: this.summary() };
    }

    /** The summary of the rows so far. */
    summary(): Summary {
        return { degree: this.degree, level: this.maxLevel, hashes: this.level(this.maxLevel) };
    }

    private fold(): void {
        const reads = new QueryReads();
        reads.setKvReadsList(this.pending);
        this.pending = [];
        this.level(1).push(sha256(reads.serializeBinary()));
        for (let level = 1; this.level(level).length > this.degree; level++) {
            this.level(level + 1).push(sha256(...this.level(level)));
            this.levels.delete(level);
            this.maxLevel = Math.max(this.maxLevel, level + 1);
        }
    }

    private level(level: number): Uint8Array[] {
        let hashes = this.levels.get(level);
        if (hashes === undefined) this.levels.set(level, (hashes = []));
        return hashes;
    }
}

/** The top of the Merkle tree over the rows of a range query. */
export interface Summary {
    readonly degree: number;
    readonly level: number;
    readonly hashes: readonly Uint8Array[];
}

export function summaryMessage(summary: Summary): ledger.rwset.kvrwset.QueryReadsMerkleSummary {
    const message = new QueryReadsMerkleSummary();
    message.setMaxDegree(summary.degree);
    message.setMaxLevel(summary.level);
    message.setMaxLevelHashesList([...summary.hashes]);
    return message;
}

export function summaryOf(message: ledger.rwset.kvrwset.QueryReadsMerkleSummary): Summary {
    return {
        degree: message.getMaxDegree(),
        level: message.getMaxLevel(),
        hashes: message.getMaxLevelHashesList_asU8(),
    };
}

export function sameSummary(left: Summary, right: Summary): boolean {
    return (
        left.degree === right.degree &&
        left.level === right.level &&
        left.hashes.length === right.hashes.length &&
        left.hashes.every((hash, index) => sameBytes(hash, right.hashes[index]))
    );
}
