import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

/** Waits before the next attempt with full jitter, 0 to 100, 200, 400 ... 3,200 ms, so that two that met do not meet again. */
export async function backOff(attempt: number, signal?: AbortSignal): Promise<void> {
    await wait(randomInt(100 * 2 ** Math.min(attempt - 1, 5)), undefined, signal ? { signal } : {});
}
