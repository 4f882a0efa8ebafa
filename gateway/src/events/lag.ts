import { chainState } from '../client/chain';

import type { Client } from '../client/client';

/** Milliseconds between two looks at the height of the ledger. */
const interval = 10_000;

/** Compares how far somebody has followed with the height of the own peer, for whoever watches the connection. */
export interface LagWatch {
    /** What was told up to this block is done with. */
    reached(block: bigint): void;
    end(): void;
}

/**
 * Tells now, and every ten seconds, how many blocks are yet to come. Blocks in which the contracts told nothing count until the next event.
 * @param reached the last block that is done with; -1 where none is
 */
export function watchLag(client: Client, checkpoint = 'checkpoint', reached: bigint): LagWatch {
    const { observer } = client.options;
    if (!observer?.followed) return { reached: () => undefined, end: () => undefined };
    let last = reached;
    const look = () =>
        void chainState(client).then(
            ({ height }) => observer.followed?.({ kind: 'lag', checkpoint, blocks: Number(height - 1n - last) }),
            // Where no peer answers, the reconnections tell.
            () => undefined,
        );
    const timer = setInterval(look, interval).unref();
    look();
    return { reached: block => void (last = block), end: () => clearInterval(timer) };
}
