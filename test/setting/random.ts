/** Mulberry32 by Tommy Ettinger (public domain): numbers in [0, 1) from a 32-bit seed. */
export function seeded(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

export function pick<T>(choices: readonly [T, ...T[]], random: () => number): T {
    return choices[Math.floor(random() * choices.length)] ?? choices[0];
}
