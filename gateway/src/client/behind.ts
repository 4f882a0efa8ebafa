import { evaluate } from './evaluate';
import { Refused } from './refused';

import type { Call, Client } from './client';

/**
 * Whether a request was refused only because a peer of another institution has not yet taken the latest blocks: the client's own
 * peer, asked without writing anything, would carry it out. What the own peer refuses too is refused.
 */
export async function isForeignPeerBehind(client: Client, call: Call, failure: unknown): Promise<boolean> {
    if (!(failure instanceof Refused) || failure.refusedBy === undefined) return false;
    if (failure.refusedBy === client.mspId) return false;
    try {
        await evaluate(client, { ...call, endorsers: [client.mspId] });
        return true;
    } catch {
        return false;
    }
}
