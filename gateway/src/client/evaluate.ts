import { failureOf } from './failed';

import type { Call, Client } from './client';

/** Asks the institution's own peer; nothing is written. */
export async function evaluate(client: Client, call: Call): Promise<Uint8Array> {
    const proposal = client.propose(call);
    try {
        return await client.peers.any((gateway, moved) =>
            (moved ? gateway.newProposal(proposal.getBytes()) : proposal).evaluate(client.deadline('evaluate')),
        );
    } catch (error) {
        throw failureOf(error, 'evaluate', proposal.getTransactionId());
    }
}
