/** Random choices that a printed seed repeats (mulberry32). */
export class Seeded {
    constructor(private state: number) {}

    /** A whole number from 0 to below the bound. */
    below(bound: number): number {
        this.state = (this.state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
    }

    one<T>(choices: readonly T[]): T {
        return choices[this.below(choices.length)]!;
    }

    some<T>(choices: readonly T[]): readonly T[] {
        return choices.filter(() => this.below(2) === 0);
    }

    chance(percent: number): boolean {
        return this.below(100) < percent;
    }

    times<T>(count: number, make: () => T): readonly T[] {
        return Array.from({ length: count }, make);
    }
}
