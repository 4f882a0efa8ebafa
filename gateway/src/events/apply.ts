import { follow } from '../client/event';
import { toldAs } from './told';
import { watchLag } from './lag';

import type { Client } from '../client/client';
import type { LedgerEvent } from '../client/event';
import type { CheckpointStore } from './checkpoint';
import type { EventName, EventPayloads } from './told';

/** What is done about each event, by its name. Everything it writes goes by the store's transaction. */
export type EventHandlers<T> = {
    readonly [N in EventName]?: (payload: EventPayloads[N], transaction: T, event: LedgerEvent) => unknown;
};

/** What is done about events, and where that is kept. */
export interface ApplyOptions<T> {
    readonly store: CheckpointStore<T>;
    readonly on: EventHandlers<T>;
    /** First block, where the store has no position yet; the first of all unless stated. */
    readonly from?: bigint;
    /** Ends it, after the event that is being dealt with. */
    readonly signal?: AbortSignal;
}

/** So many events that nobody handles are passed before the position is kept, that a restart need not read them all again. */
const unheeded = 200;

/**
 * Lets every event have its effect exactly once: the ledger gives each at least once, and the store keeps the effect together with the
 * position after it. Ends at the signal, or with the error of a handler or the store, whose event is dealt with again next time.
 */
export async function applyEvents<T>(client: Client, options: ApplyOptions<T>): Promise<void> {
    const { store, on, from, signal } = options;
    const after = await store.position();
    const start = { ...(after && { after }), ...(from === undefined ? {} : { from }), ...(signal && { signal }) };
    const lag = watchLag(client, store.name, after?.blockNumber ?? (from === undefined ? -1n : from - 1n));
    let passed = 0;
    try {
        for await (const event of follow(client, start)) {
            const effect = effectOf(event, on);
            const { blockNumber, transactionId } = event;
            if (effect !== undefined || ++passed === unheeded) {
                passed = 0;
                await store.advance({ blockNumber, transactionId }, effect ?? (() => undefined));
            }
            lag.reached(blockNumber);
        }
    } finally {
        lag.end();
    }
}

function effectOf<T>(event: LedgerEvent, on: EventHandlers<T>): ((transaction: T) => unknown) | undefined {
    const name = event.name as EventName;
    const handler = Object.hasOwn(on, name) ? on[name] : undefined;
    if (handler === undefined) return undefined;
    const handle = handler as (payload: unknown, transaction: T, event: LedgerEvent) => unknown;
    return transaction => handle(toldAs(event, name), transaction, event);
}
