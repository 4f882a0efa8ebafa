/** One thing that happened to a transaction. */
export interface TraceEntry {
    readonly at: Date;
    /** What happened, such as `endorsed` or `GET_STATE`. */
    readonly what: string;
    /** Name of the peer where it happened. */
    readonly where: string;
    readonly detail: string;
}

/** How many transactions are remembered, and how much of each: of what its chaincode asked the peers for, the beginning. */
const [transactions, entriesEach, requestsEach] = [500, 500, 100];

/** What there is to say, or a way to find out where that is work. */
export type Detail = string | (() => string);

/** Remembers what happened to the last transactions, evaluations included. */
export class TraceBook {
    private readonly entries = new Map<string, TraceEntry[]>();

    /** A detail that has to be found out is that of a request of the chaincode. */
    note(txId: string, what: string, where: string, detail: Detail = ''): void {
        let list = this.entries.get(txId);
        if (list === undefined) {
            list = [];
            this.entries.set(txId, list);
            if (this.entries.size > transactions) this.entries.delete(this.entries.keys().next().value ?? '');
        }
        if (list.length >= entriesEach) return;
        const at = new Date();
        if (typeof detail === 'string') list.push({ at, what, where, detail });
        else if (list.length < requestsEach) list.push({ at, what, where, detail: detail() });
        else if (list.length === requestsEach) list.push({ at, what: 'more requests', where, detail: 'not noted' });
    }

    of(txId: string): readonly TraceEntry[] {
        return this.entries.get(txId) ?? [];
    }
}
