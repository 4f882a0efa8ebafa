import { StatusCode } from '@hyperledger/fabric-gateway';

import { OutcomeUnknown } from './failure';
import { outcomeOf } from './outcome';
import { InputError } from '../input-error';

import type { Client } from './client';
import type { Submission } from './journal';

/** What became of a transaction, by its id. */
export interface Outcome {
    readonly transactionId: string;
    readonly blockNumber: bigint;
    readonly valid: boolean;
}

/** A submission that a crash or a lost answer left without an outcome. Sent again under its request id, it takes effect once. */
export interface Recovered extends Submission {
    /** Absent while the ledger does not have it: never ordered, or still under way. */
    readonly outcome?: Outcome;
}

/** @throws OutcomeUnknown while the ledger does not have the transaction */
export async function ask(client: Client, transactionId: string, within: number): Promise<Outcome> {
    const { blockNumber, code } = await outcomeOf(client, transactionId, within);
    return { transactionId, blockNumber, valid: code === StatusCode.VALID };
}

/** What became of everything that the journal still holds; what has an outcome is struck out. */
export async function recover(
    client: Client,
    within = client.options.deadlines.recheck,
): Promise<readonly Recovered[]> {
    const { journal } = client;
    if (!journal) throw new InputError('the connection has no journal');
    const recovered = async (submission: Submission): Promise<Recovered> => {
        try {
            const outcome = await ask(client, submission.transactionId, within);
            await journal.strike(submission.transactionId);
            return { ...submission, outcome };
        } catch (error) {
            if (error instanceof OutcomeUnknown) return submission;
            throw error;
        }
    };
    return Promise.all((await journal.left()).map(submission => client.gate.through(() => recovered(submission))));
}
