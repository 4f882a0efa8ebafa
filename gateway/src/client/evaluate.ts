import { failureOf } from './failed';

import type { Call, Client } from './client';

/** Asks the institution's own peer; nothing is written. */
export async function evaluate(client: Client, call: Call): Promise<Uint8Array> {
    const proposal = client.propose(call);
    try {
        return await client.peers.any(client.patience('evaluate'), (gateway, options, moved) =>
            (moved ? gateway.newProposal(proposal.getBytes()) : proposal).evaluate(options),
        );
    } catch (error) {
        throw failureOf(error, 'evaluate', proposal.getTransactionId());
    }
}
