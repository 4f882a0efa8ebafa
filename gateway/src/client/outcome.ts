import { status as grpcStatus } from '@grpc/grpc-js';
import { GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { gateway } from '@hyperledger/fabric-protos';

import { failureOf } from './failed';
import { OutcomeUnknown } from './failure';

import type { Client } from './client';
import type { CallOptions } from '@grpc/grpc-js';
import type { Status, Transaction } from '@hyperledger/fabric-gateway';

/**
 * Sends an endorsed transaction for ordering. Where the answer is lost, the ledger is asked for the transaction's id before the
 * same envelope is sent a second time: its id can be committed only once, so a duplicate is harmless.
 * @returns the outcome, where it became known on the way
 */
export async function sendOnce(client: Client, transaction: Transaction): Promise<Status | undefined> {
    const transactionId = transaction.getTransactionId();
    try {
        await transaction.submit(client.deadline('submit'));
        return undefined;
    } catch (error) {
        if (!mayHaveArrived(error)) throw failureOf(error, 'submit', transactionId);
    }
    const known = await outcomeOf(client, transactionId, client.deadline('recheck')).catch(ifStillUnknown);
    if (known) return known;
    try {
        await client.peers.any(peer => peer.newTransaction(transaction.getBytes()).submit(client.deadline('submit')));
    } catch (error) {
        if (!mayHaveArrived(error)) throw failureOf(error, 'submit', transactionId);
    }
    return undefined;
}

/**
 * Waits for the outcome of a transaction, whoever sent it and whenever.
 * @throws OutcomeUnknown when no peer of the institution tells in time
 */
export async function outcomeOf(client: Client, transactionId: string, options: CallOptions): Promise<Status> {
    const request = commitRequest(client, transactionId);
    const ask = () => client.peers.any(peer => peer.newCommit(request).getStatus(options));
    try {
        const status = await ask();
        // A second copy of the envelope was refused; the first one's outcome stands on the ledger.
        return status.code === StatusCode.DUPLICATE_TXID ? await ask() : status;
    } catch (cause) {
        throw new OutcomeUnknown('no word of the outcome', { stage: 'commit', transactionId, cause });
    }
}

function ifStillUnknown(error: unknown): undefined {
    if (error instanceof OutcomeUnknown) return undefined;
    throw error;
}

/** Whether the failed call may have done its work all the same: the answer was lost, or late, not negative. */
function mayHaveArrived(error: unknown): boolean {
    if (!(error instanceof GatewayError)) return false;
    const lost: readonly number[] = [
        grpcStatus.CANCELLED,
        grpcStatus.DEADLINE_EXCEEDED,
        grpcStatus.INTERNAL,
        grpcStatus.UNAVAILABLE,
        grpcStatus.UNKNOWN,
    ];
    return lost.includes(error.code);
}

function commitRequest(client: Client, transactionId: string): Uint8Array {
    const request = new gateway.CommitStatusRequest();
    request.setChannelId(client.options.channel);
    request.setTransactionId(transactionId);
    request.setIdentity(client.creator);
    const signed = new gateway.SignedCommitStatusRequest();
    signed.setRequest(request.serializeBinary());
    return signed.serializeBinary();
}
