import { Refusal } from '@poolproof/chaincode/domain';
import { CommanderError } from 'commander';

import { AccessFailure, CommitFailure, Failure, OutcomeUnknown } from '../client/failure';
import { EnrolmentFailure } from '../enrolment/enrolment-failure';
import { ImportError } from '../importer/import-error';
import { Negative } from './negative';
import { qualityText } from './quality';
import { QualityFailure } from '../quality/failure';
import { Refused } from '../client/refused';

/** What a shell script can tell from the exit code. */
export const exitCodes = {
    1: 'something unforeseen',
    2: 'the command, a file or a field is not as it must be; nothing was sent',
    3: 'refused by a rule of the contract; nothing was written',
    4: 'not for this institution to see or do; nothing was written',
    5: 'the network did not carry it out; nothing was written',
    6: 'found invalid by the peers; nothing was written',
    7: 'sent, and the outcome is not known: ask for it by its transaction id',
    8: 'a rule of quality refuses the file; nothing was sent',
    9: 'checked, and the answer is no: a proof does not hold, or a figure is another when it is computed again',
} as const;

export function exitCodeOf(error: unknown): 0 | keyof typeof exitCodes {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof QualityFailure) return 8;
    if (error instanceof Negative) return 9;
    if (error instanceof Refused) return 3;
    if (
        error instanceof Refusal ||
        error instanceof ImportError ||
        error instanceof TypeError ||
        error instanceof SyntaxError
    )
        return 2;
    if (error instanceof AccessFailure) return 4;
    if (error instanceof OutcomeUnknown) return 7;
    if (error instanceof CommitFailure) return 6;
    if (error instanceof Failure || error instanceof EnrolmentFailure) return 5;
    return isMissingFile(error) ? 2 : 1;
}

/** A few lines for people: what happened, where it can be looked up, and what to do. */
export function explanationOf(error: unknown): string {
    // Commander has said it.
    if (error instanceof CommanderError) return '';
    if (error instanceof QualityFailure) return qualityText(error.report);
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof EnrolmentFailure) return `${text}\n${error.remedy}\n`;
    if (!(error instanceof Refused || error instanceof Failure)) return `${text}\n`;
    const transaction = error.transactionId === undefined ? '' : `\ntransaction ${error.transactionId}`;
    return `${text}${transaction}\n${error.remedy}\n`;
}

function isMissingFile(error: unknown): boolean {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
