import { backOff } from './back-off';
import { ClosedFailure } from './failure';
import { symptomOf } from './symptom';

import type { CloseableAsyncIterable, Gateway } from '@hyperledger/fabric-gateway';
import type { Stream } from '../observability/observer';
import type { Client } from './client';

/**
 * Items of a stream that a peer keeps open, until the signal. A stream that ends or breaks is opened again, at another peer where there
 * is one.
 * @throws ClosedFailure where the connection is closed before the signal
 * @param open opens the stream after the last item given out
 */
export async function* reconnecting<T>(
    client: Client,
    name: Stream,
    signal: AbortSignal | undefined,
    open: (gateway: Gateway) => Promise<CloseableAsyncIterable<T>>,
): AsyncGenerator<T> {
    for (let failures = 0; !signal?.aborted;) {
        if (client.closing.aborted) throw new ClosedFailure('the connection was closed', { stage: 'events' });
        try {
            for await (const item of stream(client, signal, open)) {
                failures = 0;
                yield item;
            }
        } catch (error) {
            if (signal?.aborted) return;
            if (symptomOf(error) === 'answered') throw error;
        }
        client.options.observer?.followed?.({ kind: 'reconnect', stream: name });
        await backOff(++failures, signal, client.closing);
    }
}

async function* stream<T>(
    client: Client,
    signal: AbortSignal | undefined,
    open: (gateway: Gateway) => Promise<CloseableAsyncIterable<T>>,
): AsyncGenerator<T> {
    const peer = client.peers.current;
    const items = await open(peer);
    const close = () => items.close();
    signal?.addEventListener('abort', close);
    try {
        yield* items;
    } catch (error) {
        client.peers.leave(peer);
        throw error;
    } finally {
        signal?.removeEventListener('abort', close);
        items.close();
    }
}
