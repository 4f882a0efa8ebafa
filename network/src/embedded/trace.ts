/** One thing that happened to a transaction. */
export interface TraceEntry {
    readonly at: Date;
    /** What happened, such as `endorser failed`. */
    readonly what: string;
    /** Name of the peer or orderer where it happened. */
    readonly where: string;
    readonly detail: string;
}

/** How many transactions are remembered. */
const capacity = 1000;

/** Remembers what happened to the last thousand transactions, for `trace`. */
export class TraceBook {
    private readonly entries = new Map<string, TraceEntry[]>();

    note(txId: string, what: string, where: string, detail = ''): void {
        let list = this.entries.get(txId);
        if (list === undefined) {
            list = [];
            this.entries.set(txId, list);
            if (this.entries.size > capacity) this.entries.delete(this.entries.keys().next().value ?? '');
        }
        list.push({ at: new Date(), what, where, detail });
    }

    of(txId: string): readonly TraceEntry[] {
        return this.entries.get(txId) ?? [];
    }
}
