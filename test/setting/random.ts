/** Random choices that a printed seed repeats: mulberry32 by Tommy Ettinger (public domain). */
export class Random {
    private state: number;

    constructor(readonly seed: number) {
        this.state = seed >>> 0;
    }

    /** A whole number from 0 to `bound` - 1. */
    below(bound: number): number {
        return Math.floor(this.fraction() * bound);
    }

    /** From 0 to just below 1. */
    fraction(): number {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    }

    /** True once in `times`. */
    oneIn(times: number): boolean {
        return this.below(times) === 0;
    }

    chance(percent: number): boolean {
        return this.below(100) < percent;
    }

    of<T>(choices: readonly T[]): T {
        if (choices.length === 0) throw new RangeError('There is nothing to choose from.');
        return choices[this.below(choices.length)] as T;
    }

    some<T>(choices: readonly T[]): readonly T[] {
        return choices.filter(() => this.oneIn(2));
    }

    times<T>(count: number, make: () => T): readonly T[] {
        return Array.from({ length: count }, make);
    }
}

/** The seed to run with: the same each time unless `POOLPROOF_SEED` gives another, or `random` for a new one. */
export function seedOfRun(): number {
    const said = process.env['POOLPROOF_SEED'] ?? '20261122';
    return said === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(said);
}
