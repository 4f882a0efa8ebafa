import { peer } from '@hyperledger/fabric-protos';

/** Rows a batch carries from peer to chaincode, as in Fabric. */
const batchSize = 100;

/** Rows of any query, each as the bytes of its result message. */
export interface Rows {
    next(): Uint8Array | undefined;
    close(): void;
}

/** A query the chaincode has opened and not yet read to its end. */
export class OpenQuery {
    private pending: Uint8Array[] = [];
    private count = 0;

    constructor(
        private readonly id: string,
        private readonly rows: Rows,
        /** No more rows than this are ever returned; the rest is silently cut off, as Fabric does. */
        private readonly limit: number,
        /** Set where the chaincode asked for one page. */
        private readonly bookmark: (() => string) | undefined,
    ) {}

    /**
     * The next batch. One row more than a batch is read before `hasMore` is said:
     * the shim's iterator breaks on a batch that is announced and then empty.
     */
    nextBatch(): { readonly response: peer.QueryResponse; readonly ended: boolean } {
        while (this.count < this.limit) {
            const row = this.rows.next();
            if (row === undefined) break;
            const full = this.bookmark === undefined && this.pending.length === batchSize;
            const batch = full ? this.pending.splice(0) : undefined;
            this.pending.push(row);
            this.count += 1;
            if (batch !== undefined) return { response: this.respond(batch, true), ended: false };
        }
        const response = this.respond(this.pending.splice(0), false);
        if (this.bookmark !== undefined) response.setMetadata(this.pageMetadata(this.bookmark()));
        this.close();
        return { response, ended: true };
    }

    close(): void {
        this.rows.close();
    }

    private respond(batch: readonly Uint8Array[], hasMore: boolean): peer.QueryResponse {
        const response = new peer.QueryResponse();
        response.setId(this.id);
        response.setHasMore(hasMore);
        response.setResultsList(
            batch.map(row => {
                const result = new peer.QueryResultBytes();
                result.setResultbytes(row);
                return result;
            }),
        );
        return response;
    }

    private pageMetadata(bookmark: string): Uint8Array {
        const metadata = new peer.QueryResponseMetadata();
        metadata.setFetchedRecordsCount(this.count);
        metadata.setBookmark(bookmark);
        return metadata.serializeBinary();
    }
}
