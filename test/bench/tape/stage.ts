import type { NetworkProcess, Used } from './network';

/** What one stage took. Processor time is that of all threads, in seconds; of a docker network nobody counts it. */
export interface Stage {
    readonly name: string;
    readonly seconds: number;
    readonly client: number;
    readonly network: number | undefined;
}

/** Stages of one run, one after the other. */
export class Stages {
    private readonly stages: Stage[] = [];

    constructor(
        private readonly loans: number,
        private readonly network: NetworkProcess,
    ) {}

    async take<T>(name: string, act: () => Promise<T>): Promise<T> {
        const before = await this.network.used();
        const cpu = process.cpuUsage();
        const started = performance.now();
        const result = await act();
        const seconds = (performance.now() - started) / 1000;
        const { user, system } = process.cpuUsage(cpu);
        const network = difference(before, await this.network.used());
        this.stages.push({ name, seconds, client: (user + system) / 1e6, network });
        return result;
    }

    /** Loans a second through all stages so far from the first of these names to the last. */
    rate(first = 0, last = this.stages.length): number {
        return this.loans / this.total(first, last).seconds;
    }

    get count(): number {
        return this.stages.length;
    }

    print(sums: readonly { readonly name: string; readonly first: number; readonly last: number }[]): void {
        const rows = [
            ...this.stages,
            ...sums.map(({ name, first, last }) => ({ ...this.total(first, last), name: `= ${name}` })),
        ];
        console.table(Object.fromEntries(rows.map(stage => [stage.name, this.row(stage)])));
    }

    private row({ seconds, client, network }: Stage) {
        const each = (spent: number) => Number(((spent * 1e6) / this.loans).toFixed(1));
        return {
            seconds: Number(seconds.toFixed(2)),
            'loans/s': Math.round(this.loans / seconds),
            'µs/loan': each(seconds),
            'client CPU, µs/loan': each(client),
            ...(network === undefined ? {} : { 'network CPU, µs/loan': each(network) }),
        };
    }

    private total(first: number, last: number): Stage {
        const some = this.stages.slice(first, last);
        const sum = (of: (stage: Stage) => number) => some.reduce((total, stage) => total + of(stage), 0);
        const counted = some.every(({ network }) => network !== undefined);
        return {
            name: '',
            seconds: sum(({ seconds }) => seconds),
            client: sum(({ client }) => client),
            network: counted ? sum(({ network }) => network ?? 0) : undefined,
        };
    }
}

function difference(before: Used | undefined, after: Used | undefined): number | undefined {
    return before && after && after.seconds - before.seconds;
}
