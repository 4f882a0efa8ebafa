import { reconnecting } from '../client/reconnecting';
import { decodeBlock } from './decode-block';

import type { Client } from '../client/client';
import type { LedgerBlock } from './block';

/** Where following begins, and when it ends. */
export interface BlockOptions {
    /** Number of the first block; the first of all unless stated. To go on, one more than the last that was dealt with. */
    readonly from?: bigint;
    /** Ends the iteration. */
    readonly signal?: AbortSignal;
}

/** Blocks in their order, each once, with the private data that the client's institution may see and its peer holds. */
export async function* followBlocks(client: Client, options: BlockOptions = {}): AsyncGenerator<LedgerBlock> {
    const { channel } = client.options;
    let startBlock = options.from ?? 0n;
    const blocks = reconnecting(client, 'blocks', options.signal, gateway =>
        gateway.getNetwork(channel).getBlockAndPrivateDataEvents({ startBlock }),
    );
    for await (const message of blocks) {
        const block = decodeBlock(message);
        if (block.number < startBlock) continue;
        startBlock = block.number + 1n;
        client.options.observer?.followed?.({ kind: 'heard', stream: 'blocks' });
        yield block;
    }
}
