import { backOff } from './back-off';
import { symptomOf } from './symptom';

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
 * after the last event given out, at another peer where there is one.
 */
export async function* follow(client: Client, options: FollowOptions = {}): AsyncGenerator<LedgerEvent> {
    const { signal, from } = options;
    let position = options.after;
    for (let failures = 0; !signal?.aborted;) {
        try {
            for await (const event of stream(client, startOptions(position, from), signal)) {
                position = { blockNumber: event.blockNumber, transactionId: event.transactionId };
                failures = 0;
                yield decoded(event);
            }
        } catch (error) {
            if (signal?.aborted) return;
            if (symptomOf(error) === 'answered') throw error;
        }
        await backOff(++failures, signal).catch(ifAborted);
    }
}

async function* stream(client: Client, start: ChaincodeEventsOptions, signal: AbortSignal | undefined) {
    const { channel, chaincode } = client.options;
    const peer = client.peers.current;
    const events = await peer.getNetwork(channel).getChaincodeEvents(chaincode, start);
    const close = () => events.close();
    signal?.addEventListener('abort', close);
    try {
        yield* events;
    } catch (error) {
        client.peers.leave(peer);
        throw error;
    } finally {
        signal?.removeEventListener('abort', close);
        events.close();
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

function ifAborted(error: Error): void {
    if (error.name !== 'AbortError') throw error;
}
