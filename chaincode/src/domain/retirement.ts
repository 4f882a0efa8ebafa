import { liensOn } from './lien';
import { mustStand } from './deal';
import { placeOf } from './holding';
import { Refusal } from './refusal';
import { zero } from './money';

import type { Amount } from './money';
import type { Day } from './day';
import type { Deal } from './deal';
import type { Holding, Movement } from './holding';
import type { LienName } from './lien';
import type { TrancheRecord } from './tranche';

export interface Retired {
    readonly tranches: readonly TrancheRecord[];
    readonly movements: readonly Movement[];
    /** The liens on these notes: there is nothing left that they could charge. */
    readonly endedLiens: readonly LienName[];
}

/**
 * Cancel what is left of the notes of a deal that has ended: residual certificates, which have no principal to be repaid, and
 * classes that were written down to nothing, are still owed interest or were paid what was left over. Nobody is paid for them: the deal has
 * distributed all it had.
 * @param holdings every holding of the deal's notes, by the depository's register of holders
 * @param account what is left in the deal's account
 * @throws Refusal DEAL_STATUS_WRONG, SURPLUS_NOT_PAID
 */
export function retire(
    deal: Deal,
    tranches: readonly TrancheRecord[],
    holdings: readonly Holding[],
    account: Amount,
    today: Day,
): Retired {
    mustStand(deal, 'closed');
    if (account > 0n) throw new Refusal('SURPLUS_NOT_PAID', { dealId: deal.id });
    const left = tranches.filter(({ status }) => status === 'outstanding');
    const taken = left.flatMap(({ asset }) => holdings.filter(holding => holding.asset === asset));
    return {
        tranches: left.map(tranche => {
            return { ...tranche, status: 'cancelled', balance: zero, factor: '0.0000000', endedOn: today };
        }),
        movements: takenBack(taken),
        endedLiens: liensOn(taken),
    };
}

/** Notes taken back from whoever holds them now, pledged or not. */
export function takenBack(holdings: readonly Holding[]): readonly Movement[] {
    return holdings
        .flatMap(({ institution, account, asset, free, pledged }) => [
            { asset, quantity: free, from: placeOf(institution, account, 'free'), to: 'issuer' } as const,
            { asset, quantity: pledged, from: placeOf(institution, account, 'pledged'), to: 'issuer' } as const,
        ])
        .filter(({ quantity }) => quantity > 0n);
}
