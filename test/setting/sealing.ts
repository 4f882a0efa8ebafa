import { balanceOf } from './pool';
import { termsFor } from './terms';

import type { Cast, MemberId } from './cast';
import type { DealDates } from './terms';
import type { Loan } from '@poolproof/gateway';

/** A deal to be: who originates it, its loans, and how its months are judged. */
export interface Structure {
    readonly dealId: string;
    readonly originator?: MemberId;
    readonly loans: readonly Loan[];
    readonly dates?: DealDates;
    readonly exceptions?: 'adjust' | 'refuse';
    /** Loans on which a public figure must rest. */
    readonly fewestLoans?: number;
}

/** The originator opens a deal with terms sized for its loans. */
export function openDeal(
    cast: Cast,
    { dealId, originator = 'bank-a', loans, dates, exceptions = 'adjust', fewestLoans = 5 }: Structure,
) {
    const sized = termsFor(dealId, balanceOf(loans), dates);
    const parties = { ...sized.parties, originator, servicer: originator, certificateholder: originator };
    const rules = { assetClass: 'auto-loan', rollForward: { exceptions, chargeOffAtZero: true }, fewestLoans } as const;
    return cast.desk(originator).deals.open({ id: dealId, terms: { ...sized, parties }, rules });
}

/** The originator records and submits the tape of a deal. */
export async function submitTape(cast: Cast, { dealId, originator = 'bank-a', loans }: Structure) {
    const { tapes } = cast.desk(originator);
    return tapes.submit({ dealId, chunks: await tapes.recordAll(dealId, loans) });
}

/** The trustee pledges every chunk of a submitted tape and seals it. */
export async function sealTape({ trust }: Cast, dealId: string) {
    const { chunkRoots } = await trust.tapes.read(dealId);
    for (const number of chunkRoots.keys()) await trust.pledges.pledge({ dealId, number });
    return trust.tapes.seal({ dealId, evidence: [] });
}
