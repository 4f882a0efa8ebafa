/** One thing that happened to a transaction. */
export interface TraceEntry {
    readonly at: Date;
    /** What happened, such as `endorsed` or `GET_STATE`. */
    readonly what: string;
    /** Name of the peer where it happened. */
    readonly where: string;
    readonly detail: string;
}

/** How many transactions are remembered, and how much of each. */
const [transactions, entriesEach] = [500, 500];

/** Remembers what happened to the last transactions, evaluations included. */
export class TraceBook {
    private readonly entries = new Map<string, TraceEntry[]>();

    note(txId: string, what: string, where: string, detail = ''): void {
        let list = this.entries.get(txId);
        if (list === undefined) {
            list = [];
            this.entries.set(txId, list);
            if (this.entries.size > transactions) this.entries.delete(this.entries.keys().next().value ?? '');
        }
        if (list.length < entriesEach) list.push({ at: new Date(), what, where, detail });
    }

    of(txId: string): readonly TraceEntry[] {
        return this.entries.get(txId) ?? [];
    }
}
