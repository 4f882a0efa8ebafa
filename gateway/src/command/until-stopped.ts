/** Lasts until the process is asked to stop, from the keyboard or by its supervisor; asked twice, it stops at once. */
export function untilStopped(): AbortSignal {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    return stop.signal;
}
