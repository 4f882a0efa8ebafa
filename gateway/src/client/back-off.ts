import { randomInt } from 'node:crypto';

/**
 * Waits before the next attempt with full jitter, 0 to 100, 200, 400 ... 3,200 ms, so that two that met do not meet again. Any of the
 * signals ends the waiting early.
 */
export function backOff(attempt: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
    return new Promise(resolve => {
        const go = () => {
            clearTimeout(timer);
            signals.forEach(signal => signal?.removeEventListener('abort', go));
            resolve();
        };
        const timer = setTimeout(go, randomInt(100 * 2 ** Math.min(attempt - 1, 5)));
        signals.forEach(signal => signal?.addEventListener('abort', go));
        if (signals.some(signal => signal?.aborted)) go();
    });
}
