import { StatusCode } from '@hyperledger/fabric-gateway';

import { backOff } from './back-off';
import { isForeignPeerBehind } from './behind';
import { effectOf } from './effect';
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

/** What validation found of an earlier attempt. */
interface Verdict {
    readonly transaction: Transaction;
    readonly status: Status;
}

/**
 * Carries one request to its one outcome: committed, or an error that says what happened. A new proposal is made only after a
 * conflict, where the peers agree that nothing was written.
 */
export async function submit(client: Client, call: Call): Promise<Committed> {
    let before: Verdict | undefined;
    for (let attempt = 1; ; attempt++) {
        const last = attempt === client.options.attempts;
        const transaction = await endorse(client, call, last);
        if (transaction) {
            if (before && isSettled(before, transaction)) throw invalid(before.status);
            const status = await order(client, call, transaction);
            if (status.successful) return committed(transaction, status, attempt);
            if (last || !mayBeConflict(status)) throw invalid(status);
            before = { transaction, status };
        }
        await backOff(attempt, client.closing);
    }
}

/** Nothing when peers stood at different heights and so disagreed or refused, which is a conflict found before ordering. */
async function endorse(client: Client, call: Call, last: boolean): Promise<Transaction | undefined> {
    const proposal = client.propose(call);
    try {
        return await client.peers.any(client.patience('endorse'), (gateway, options, moved) =>
            (moved ? gateway.newProposal(proposal.getBytes()) : proposal).endorse(options),
        );
    } catch (error) {
        const failure = failureOf(error, 'endorse', proposal.getTransactionId());
        if (last) throw failure;
        if (failure instanceof EndorsementFailure && isMismatch(failure)) return undefined;
        if (await isForeignPeerBehind(client, call, failure)) return undefined;
        throw failure;
    }
}

async function order(
    client: Client,
    { transaction: name, requestId }: Call,
    transaction: Transaction,
): Promise<Status> {
    const transactionId = transaction.getTransactionId();
    const { within } = client.patience('commit');
    const act = async () => (await sendOnce(client, transaction)) ?? (await outcomeOf(client, transactionId, within));
    const { journal } = client;
    return journal ? journal.during({ transactionId, transaction: name, requestId: requestId ?? '' }, act) : act();
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

/**
 * A policy may be failed by what came first, not by who signed: another transaction, the same request sent twice at once among
 * them, may have laid a new policy on the keys in between. Then the next proposal has another effect, or is refused by a rule.
 */
function mayBeConflict({ code }: Status): boolean {
    return isConflict(code) || code === StatusCode.ENDORSEMENT_POLICY_FAILURE;
}

/** Whether the new proposal would meet the verdict of the one before: the ledger has not moved where it looks. */
function isSettled(before: Verdict, transaction: Transaction): boolean {
    if (isConflict(before.status.code)) return false;
    return Buffer.compare(effectOf(before.transaction.getBytes()), effectOf(transaction.getBytes())) === 0;
}

function isConflict(code: Status['code']): boolean {
    return code === StatusCode.MVCC_READ_CONFLICT || code === StatusCode.PHANTOM_READ_CONFLICT;
}
