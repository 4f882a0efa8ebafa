import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { StatusCode } from '@hyperledger/fabric-gateway';

import { isForeignPeerBehind } from './behind';
import { endorsersOf } from './endorser';
import { failureOf, isMismatch, nameOfCode } from './failed';
import { CommitFailure, EndorsementFailure } from './failure';
import { outcomeOf, sendOnce } from './outcome';

import type { Call, Client } from './client';
import type { Status, Transaction } from '@hyperledger/fabric-gateway';

/** A transaction that is on the ledger for good. */
export interface Committed {
    readonly answer: Uint8Array;
    readonly transactionId: string;
    readonly blockNumber: bigint;
    /** Proposals it took: 1 unless another transaction was there first. */
    readonly attempts: number;
    /** MSP ids of the institutions whose peers signed it. */
    readonly endorsedBy: readonly string[];
}

/**
 * Carries one request to its one outcome: committed, or an error that says what happened. A new proposal is made only after a
 * conflict, where the peers agree that nothing was written.
 */
export async function submit(client: Client, call: Call): Promise<Committed> {
    for (let attempt = 1; ; attempt++) {
        const last = attempt === client.options.attempts;
        const transaction = await endorse(client, call, last);
        const status = transaction && (await order(client, transaction));
        if (transaction && status?.successful) return committed(transaction, status, attempt);
        if (status && (last || !isConflict(status))) throw invalid(status);
        await pause(backOff(attempt));
    }
}

/** Nothing when peers stood at different heights and so disagreed or refused, which is a conflict found before ordering. */
async function endorse(client: Client, call: Call, last: boolean): Promise<Transaction | undefined> {
    const proposal = client.propose(call);
    try {
        return await client.peers.any((gateway, moved) =>
            (moved ? gateway.newProposal(proposal.getBytes()) : proposal).endorse(client.deadline('endorse')),
        );
    } catch (error) {
        const failure = failureOf(error, 'endorse', proposal.getTransactionId());
        if (last) throw failure;
        if (failure instanceof EndorsementFailure && isMismatch(failure)) return undefined;
        if (await isForeignPeerBehind(client, call, failure)) return undefined;
        throw failure;
    }
}

async function order(client: Client, transaction: Transaction): Promise<Status> {
    const transactionId = transaction.getTransactionId();
    const known = await sendOnce(client, transaction);
    return known ?? (await outcomeOf(client, transactionId, client.deadline('commit')));
}

function committed(transaction: Transaction, status: Status, attempts: number): Committed {
    return {
        answer: transaction.getResult(),
        transactionId: status.transactionId,
        blockNumber: status.blockNumber,
        attempts,
        get endorsedBy() {
            return endorsersOf(transaction.getBytes());
        },
    };
}

function invalid(status: Status): CommitFailure {
    return new CommitFailure(nameOfCode(status), { stage: 'commit', transactionId: status.transactionId });
}

function isConflict(status: Status): boolean {
    return status.code === StatusCode.MVCC_READ_CONFLICT || status.code === StatusCode.PHANTOM_READ_CONFLICT;
}

/** Full jitter: 0 to 100, 200, 400 ... ms, so that two that met do not meet again. */
function backOff(attempt: number): number {
    return randomInt(100 * 2 ** Math.min(attempt - 1, 5));
}
