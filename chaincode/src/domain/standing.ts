import { day, flag, id, list, object, optional } from './shape';

import type { Day } from './day';

/**
 * What the depository has on file of an institution as a holder: in the institution's own book, so that it can see it and its
 * competitors cannot.
 */
export const standingRecord = object({
    institution: id,
    /** The day until which its identification (KYC, AML) holds; absent: none on file. */
    clearedUntil: optional(day),
    /** Investor categories on file, such as `qualified-institutional`. */
    categories: list(id, { most: 20 }),
    /** Nothing moves in or out of a suspended institution's book; what it is owed is held for it. */
    suspended: flag,
    /** It is paid distributions outside the ledger: they wait at the depository until they have been sent. */
    paidOutside: optional(flag),
});
export type StandingRecord = ReturnType<typeof standingRecord>;

/** Whether an institution may take part: its membership of the consortium, and what the depository has on file. */
export interface Standing extends StandingRecord {
    /** It holds at least one role, and it is not suspended. */
    readonly active: boolean;
}

/** Whether an investor's identification holds and it belongs to one of the categories a class is offered to. */
export function isEligible(standing: StandingRecord, categories: readonly string[], today: Day): boolean {
    if (standing.clearedUntil === undefined || standing.clearedUntil < today) return false;
    return categories.length === 0 || categories.some(category => standing.categories.includes(category));
}
