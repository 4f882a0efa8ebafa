/** Lets a limited number of calls through at a time, the others wait in order: a peer refuses what exceeds its own limit. */
export class Gate {
    private inside = 0;
    private readonly waiting: (() => void)[] = [];

    constructor(private limit: number) {}

    async through<T>(call: () => Promise<T>): Promise<T> {
        if (this.inside < this.limit) this.inside++;
        else await new Promise<void>(enter => this.waiting.push(enter));
        try {
            return await call();
        } finally {
            const next = this.waiting.shift();
            if (next) next();
            else this.inside--;
        }
    }

    /** Lets everybody through who waits or will come: they are to find the connection closed. */
    open(): void {
        this.limit = Infinity;
        const waiting = this.waiting.splice(0);
        this.inside += waiting.length;
        waiting.forEach(enter => enter());
    }
}
