import { setTimeout as pause } from 'node:timers/promises';

import { status as grpcStatus } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';

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
    let position = options.after;
    for (let failures = 0; !options.signal?.aborted;) {
        try {
            for await (const event of stream(client, startOptions(position, options.from), options.signal)) {
                position = { blockNumber: event.blockNumber, transactionId: event.transactionId };
                failures = 0;
                yield decoded(event);
            }
        } catch (error) {
            if (options.signal?.aborted) return;
            if (!isLost(error)) throw error;
            await pause(Math.min(100 * 2 ** failures++, 5_000));
        }
    }
}

async function* stream(client: Client, start: ChaincodeEventsOptions, signal: AbortSignal | undefined) {
    const { channel, chaincode } = client.options;
    const events = await client.peers.any(peer => peer.getNetwork(channel).getChaincodeEvents(chaincode, start));
    const close = () => events.close();
    signal?.addEventListener('abort', close);
    try {
        yield* events;
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

function isLost(error: unknown): boolean {
    const codes: readonly number[] = [
        grpcStatus.CANCELLED,
        grpcStatus.INTERNAL,
        grpcStatus.UNAVAILABLE,
        grpcStatus.UNKNOWN,
    ];
    return error instanceof GatewayError && codes.includes(error.code);
}
