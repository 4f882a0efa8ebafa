import { status as grpcStatus } from '@grpc/grpc-js';
import { GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { gateway } from '@hyperledger/fabric-protos';

import { backOff } from './back-off';
import { failureOf } from './failed';
import { OutcomeUnknown } from './failure';
import { Closed } from './line';
import { isUnsent, symptomOf } from './symptom';

import type { Client } from './client';
import type { Status, Transaction } from '@hyperledger/fabric-gateway';

/** What a failed submission says of the envelope: the orderers refused it, never got it, or may have it. */
type Arrival = 'refused' | 'not arrived' | 'perhaps';

/**
 * Sends an endorsed transaction for ordering: again while it certainly did not arrive, until the time is over. Where the answer
 * is lost, the ledger is asked for the transaction's id before the same envelope is sent a second time: its id can be
 * committed only once, so a duplicate is harmless.
 * @returns the outcome, where it became known on the way
 */
export async function sendOnce(client: Client, transaction: Transaction): Promise<Status | undefined> {
    const { submit, recheck } = client.options.deadlines;
    const transactionId = transaction.getTransactionId();
    let doubtful = false;
    for (let [attempt, end] = [1, Date.now() + submit]; ; attempt++) {
        const error = await send(client, transaction, attempt > 1);
        if (error === undefined) return undefined;
        const arrival = arrivalOf(error);
        if (arrival === 'not arrived') await backOff(attempt, client.closing);
        if (arrival === 'perhaps') {
            const known = doubtful ? undefined : await outcomeOf(client, transactionId, recheck).catch(ifStillUnknown);
            if (known || doubtful) return known;
            [doubtful, end] = [true, Date.now() + submit];
        } else if (arrival === 'refused' || Date.now() >= end) {
            if (doubtful) return undefined;
            throw failureOf(error, 'submit', transactionId);
        }
    }
}

/**
 * Waits for the outcome of a transaction, whoever sent it and whenever.
 * @param within milliseconds
 * @throws OutcomeUnknown when no peer of the institution tells in time
 */
export async function outcomeOf(client: Client, transactionId: string, within: number): Promise<Status> {
    const request = commitRequest(client, transactionId);
    const ask = () =>
        client.peers.any({ within, rounds: Infinity }, (peer, options) => peer.newCommit(request).getStatus(options));
    try {
        const status = await ask();
        // A second copy of the envelope was refused; the first one's outcome stands on the ledger.
        return status.code === StatusCode.DUPLICATE_TXID ? await ask() : status;
    } catch (cause) {
        throw new OutcomeUnknown('no word of the outcome', { stage: 'commit', transactionId, cause });
    }
}

/** The error of one attempt to send, at the peer that is preferred now. */
async function send({ peers, options }: Client, transaction: Transaction, again: boolean): Promise<unknown> {
    const peer = peers.current;
    const deadline = Date.now() + options.deadlines.submit;
    try {
        await (again ? peer.newTransaction(transaction.getBytes()) : transaction).submit({ deadline });
        return undefined;
    } catch (error) {
        if (symptomOf(error) !== 'answered') peers.leave(peer);
        return error;
    }
}

function arrivalOf(error: unknown): Arrival {
    if (!(error instanceof GatewayError)) return 'refused';
    const symptom = symptomOf(error);
    if (error.cause instanceof Closed) return error.cause.sent ? 'perhaps' : 'refused';
    if (symptom === 'busy' || isUnsent(error)) return 'not arrived';
    if (symptom !== 'answered') return 'perhaps';
    if (error.code !== (grpcStatus.UNAVAILABLE as number)) return 'refused';
    // No orderer took it. Those not named answered that they cannot; of those named it says what happened to the connection.
    const dialled = error.details.every(({ message }) => /while dialing|connection refused/.test(message));
    return dialled ? 'not arrived' : 'perhaps';
}

function ifStillUnknown(error: unknown): undefined {
    if (error instanceof OutcomeUnknown) return undefined;
    throw error;
}

/** The question what became of a transaction, without the signature of who asks. */
export function commitRequest(client: Client, transactionId: string): Uint8Array {
    const request = new gateway.CommitStatusRequest();
    request.setChannelId(client.options.channel);
    request.setTransactionId(transactionId);
    request.setIdentity(client.creator);
    const signed = new gateway.SignedCommitStatusRequest();
    signed.setRequest(request.serializeBinary());
    return signed.serializeBinary();
}
