import type { peer } from '@hyperledger/fabric-protos';
import type { Clock } from '../clock';
import type { ProposalOutcome } from '../endorser/endorser';
import type { Channel } from '../ledger';
import type { OrderingService } from '../orderer/ordering-service';
import type { Peer } from '../peer';
import type { TraceBook } from '../trace/trace-book';
import type { Discovery } from './discovery';

/** What the gateway of one peer works with. */
export interface GatewayContext {
    readonly channel: Channel;
    readonly local: Peer;
    readonly discovery: Discovery;
    readonly orderers: OrderingService;
    /** How long one endorser may take, in milliseconds; 0 waits for ever. */
    readonly endorsementTimeout: number;
    readonly trace: TraceBook;
    readonly clock: Clock;
}

/** Send a proposal to an endorser. A peer that cannot be reached, or takes too long, comes back as an Error. */
export async function ask(
    context: GatewayContext,
    endorser: Peer,
    signed: peer.SignedProposal,
): Promise<ProposalOutcome | Error> {
    const answer = endorser.processProposal(signed).catch((error: unknown) => error as Error);
    if (context.endorsementTimeout === 0) return answer;
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<Error>(resolve => {
        timer = setTimeout(
            () => resolve(new Error('rpc error: code = DeadlineExceeded desc = context deadline exceeded')),
            context.endorsementTimeout,
        );
    });
    try {
        return await Promise.race([answer, expired]);
    } finally {
        clearTimeout(timer);
    }
}
