import { reconnecting } from './reconnecting';

import type { Client } from './client';
import type { ChaincodeEvent, ChaincodeEventsOptions } from '@hyperledger/fabric-gateway';

/** A point in the ledger: everything up to and including this transaction has been dealt with. */
export interface Position {
    readonly blockNumber: bigint;
    readonly transactionId?: string;
}

/** What a committed transaction told: ids and commitments, never a private row. */
export interface LedgerEvent {
    /** Past tense: `DealStructured`. */
    readonly name: string;
    readonly payload: Readonly<Record<string, unknown>>;
    readonly transactionId: string;
    readonly blockNumber: bigint;
}

/** Where following begins, and when it ends. */
export interface FollowOptions {
    /** Where to go on. Store it together with what the event caused, and no event is lost or dealt with twice. */
    readonly after?: Position;
    /** First block, where there is no position yet; the first of all unless stated. */
    readonly from?: bigint;
    /** Ends the iteration. */
    readonly signal?: AbortSignal;
}

/**
 * Events in ledger order, from the beginning or after a position, and on until the signal. Lost connections are taken up again
 * after the last event given out, at another peer where there is one; what arrives a second time is passed over.
 */
export async function* follow(client: Client, options: FollowOptions = {}): AsyncGenerator<LedgerEvent> {
    const { channel, chaincode } = client.options;
    let position = options.after;
    let told = new Set([position?.transactionId]);
    const events = reconnecting(client, 'events', options.signal, gateway =>
        gateway.getNetwork(channel).getChaincodeEvents(chaincode, startOptions(position, options.from)),
    );
    for await (const event of events) {
        const { blockNumber, transactionId } = event;
        if (position && (blockNumber < position.blockNumber || told.has(transactionId))) continue;
        told = blockNumber === position?.blockNumber ? told.add(transactionId) : new Set([transactionId]);
        position = { blockNumber, transactionId };
        client.options.observer?.followed?.({ kind: 'heard', stream: 'events' });
        yield decoded(event);
    }
}

function startOptions(position: Position | undefined, from = 0n): ChaincodeEventsOptions {
    if (!position) return { startBlock: from };
    return {
        checkpoint: { getBlockNumber: () => position.blockNumber, getTransactionId: () => position.transactionId },
    };
}

function decoded({ eventName, payload, transactionId, blockNumber }: ChaincodeEvent): LedgerEvent {
    const value = JSON.parse(Buffer.from(payload).toString('utf8')) as Readonly<Record<string, unknown>>;
    return { name: eventName, payload: value, transactionId, blockNumber };
}
