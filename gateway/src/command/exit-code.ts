import { Refusal, refusals } from '@poolproof/chaincode/domain';
import { CommanderError } from 'commander';

import { AccessFailure, CommitFailure, Failure, OutcomeUnknown } from '../client/failure';
import { EnrolmentFailure } from '../enrolment/enrolment-failure';
import { ImportError } from '../importer/import-error';
import { InputError } from '../input-error';
import { Negative } from './negative';
import { asJson } from './print';
import { qualityText } from './quality';
import { QualityFailure } from '../quality/failure';
import { Refused } from '../client/refused';

import type { QualityReport } from '../quality/inspection';

/** What a shell script can tell from the exit code. */
export const exitCodes = {
    1: 'something unforeseen',
    2: 'the command, a file or a field is not as it must be; nothing was sent',
    3: 'refused by a rule of the contract; nothing was written',
    4: 'private to other institutions, so that it is not for this one to see; nothing was written',
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
        error instanceof InputError ||
        error instanceof SyntaxError
    )
        return 2;
    if (error instanceof AccessFailure) return 4;
    if (error instanceof OutcomeUnknown) return 7;
    if (error instanceof CommitFailure) return 6;
    if (error instanceof Failure || error instanceof EnrolmentFailure) return 5;
    return isOfNode(error) ? 2 : 1;
}

/** A few lines for people: what happened, where it can be looked up, and what to do. For programs, the same as JSON. */
export function explanationOf(error: unknown, { json }: { readonly json?: boolean } = {}): string {
    // Help was asked for, or is all that can be said: it has been printed.
    if (error instanceof CommanderError && isHelp(error)) return '';
    if (json) return asJson({ exitCode: exitCodeOf(error), ...factsOf(error) });
    if (error instanceof QualityFailure) return qualityText(error.report);
    const { message, transactionId, remedy } = factsOf(error);
    const transaction = transactionId === undefined ? '' : `transaction ${transactionId}\n`;
    return `${message}\n${transaction}${remedy === undefined ? '' : `${remedy}\n`}`;
}

function isHelp({ code, exitCode }: CommanderError): boolean {
    return exitCode === 0 || code === 'commander.help';
}

interface Facts {
    readonly name: string;
    readonly message: string;
    readonly code?: string;
    readonly details?: unknown;
    readonly transactionId?: string;
    readonly remedy?: string;
    readonly report?: QualityReport;
}

function factsOf(error: unknown): Facts {
    if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
    const { name, message } = error;
    if (error instanceof QualityFailure) return { name, message, report: error.report };
    if (error instanceof EnrolmentFailure) return { name, message, remedy: error.remedy };
    if (error instanceof Refusal) return { name, message, ...ruleOf(error) };
    if (!(error instanceof Failure)) return { name, message };
    const remedy = error instanceof OutcomeUnknown ? 'Ask for it later: poolproof recover' : error.remedy;
    const { transactionId } = error;
    return { name, message, remedy, ...(transactionId !== undefined && { transactionId }) };
}

function ruleOf(refusal: Refusal): Pick<Facts, 'code' | 'details' | 'remedy' | 'transactionId'> {
    const { code, details } = refusal;
    const { remedy } = refusals[code];
    return { code, details, remedy, ...(refusal instanceof Refused && { transactionId: refusal.transactionId }) };
}

/** What Node itself refuses: a file that is not there, or an address that is no URL. */
function isOfNode(error: unknown): boolean {
    const code = String((error as { readonly code?: unknown } | undefined)?.code);
    return /^(ENOENT|EACCES|EEXIST|EISDIR|ENOTDIR|EROFS|ENOSPC|ERR_INVALID_\w+)$/.test(code);
}
