/** Random choices that a seed repeats: mulberry32 (Tommy Ettinger), enough to wander through a state space. */
export class Random {
    private state: number;

    constructor(readonly seed: number) {
        this.state = seed >>> 0;
    }

    /** A whole number from 0 to `below` - 1. */
    below(below: number): number {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let mixed = this.state;
        mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    }

    /** True once in `times`. */
    oneIn(times: number): boolean {
        return this.below(times) === 0;
    }

    of<T>(choices: readonly T[]): T {
        return choices[this.below(choices.length)] as T;
    }
}

/** The seed to run with: `POOLPROOF_SEED` repeats a run, otherwise it is another each time. */
export function seedOfRun(): number {
    return Number(process.env['POOLPROOF_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
}
