import { members } from '../setting/cast';

import type { Cast } from '../setting/cast';
import type { Loan, LoanMonth } from '@poolproof/gateway';
import type { Narrator } from './narrator';
import type { PoolFiles } from '../setting/pool';

/** What every chapter has at hand. */
export interface Story {
    readonly tell: Narrator;
    readonly cast: Cast;
    readonly dealId: string;
    readonly files: PoolFiles;
    readonly loans: readonly Loan[];
    /** What the loans did in each of the months reported, in order. */
    readonly months: readonly (readonly [string, readonly LoanMonth[]])[];
}

/** Institutions by the names people know: signers arrive as MSP ids. */
export function named(mspIds: readonly string[]): string[] {
    return mspIds.map(mspId => names.get(mspId) ?? mspId);
}

const names = new Map<string, string>([
    ['BankAMSP', 'Bank A'],
    ['BankBMSP', 'Bank B'],
    ['FundMSP', 'Asset Manager'],
    ['RegulatorMSP', 'Regulator'],
    ['TrustMSP', 'Trust Company'],
]);

export function nameOf(id: string): string {
    return members.find(member => member.id === id)?.name ?? id;
}
