/** Most at a time: beyond it nothing gets faster, and a crash leaves more to look for. */
export const mostInFlight = 16;

/**
 * Acts on each value, a few at a time; a value is drawn only when somebody is free for it. After a failure no more are drawn; it is
 * thrown once all that are under way have ended.
 */
export async function inLanes<T>(
    values: Generator<T>,
    inFlight: number,
    act: (value: T) => Promise<void>,
): Promise<void> {
    const lane = async () => {
        for (const value of values) await act(value);
    };
    const lanes = Array.from({ length: Math.min(inFlight, mostInFlight) }, () =>
        lane().finally(() => values.return(undefined)),
    );
    const outcomes = await Promise.allSettled(lanes);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
