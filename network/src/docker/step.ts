/** Where commands tell what they do: standard output, or nowhere. */
export type Say = (text: string) => void;

/** Runs the steps of a command one after another; each says what it does and how long it took. */
export class Steps {
    private done = 0;
    private readonly started = Date.now();

    constructor(
        private readonly say: Say,
        private readonly total: number,
    ) {}

    async take<T>(what: string, work: () => Promise<T> | T): Promise<T> {
        this.done += 1;
        const started = Date.now();
        this.say(`${this.done}/${this.total} ${what} ... `);
        try {
            const result = await work();
            this.say(`${secondsSince(started)}\n`);
            return result;
        } catch (error) {
            this.say(`failed after ${secondsSince(started)}\n`);
            throw error;
        }
    }

    end(what: string): void {
        this.say(`${what} in ${secondsSince(this.started)}.\n`);
    }
}

function secondsSince(started: number): string {
    return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
