import { add, zero } from '../money';
import { averageLife } from './valuation';

import type { Day } from '../day';
import type { Amount } from '../money';
import type { Rate } from '../rate';
import type { Terms, Tranche } from '../terms/terms';
import type { WaterfallRun } from '../waterfall/record';
import type { CollectionPeriod } from './period-facts';
import type { Position, TrancheFlow } from './valuation';

/** What a simulation says of one tranche. */
export interface TrancheResult {
    readonly flows: readonly TrancheFlow[];
    /** Years from closing, 30/360; absent when no principal was paid. */
    readonly averageLife?: Rate;
    readonly firstPrincipal?: Day;
    readonly lastPrincipal?: Day;
    /** Due and not paid when the simulation ended. */
    readonly unpaidInterest: Amount;
    /** Balance left when the simulation ended, and what was written down. */
    readonly lostPrincipal: Amount;
}

/** A payment date of a simulation. */
export interface PaidPeriod {
    readonly period: CollectionPeriod;
    readonly run: WaterfallRun;
}

/** What the runs paid to a tranche. */
export function trancheResult(terms: Terms, tranche: Tranche, paid: readonly PaidPeriod[]): TrancheResult {
    const flows = paid.map((each, i) => flowOf(terms, tranche, each, paid[i - 1]));
    const repaid = flows.filter(flow => flow.principal > 0n);
    const end = paid.at(-1)?.run.state.tranches[tranche.id];
    const position: Position = { settlement: terms.dates.closing, balance: tranche.balance, flows };
    return {
        flows,
        ...(repaid[0] && { averageLife: averageLife(position), firstPrincipal: repaid[0].paid }),
        ...(repaid.at(-1) && { lastPrincipal: repaid.at(-1)?.paid as Day }),
        unpaidInterest: end?.interestShortfall ?? zero,
        lostPrincipal: add(end?.balance ?? tranche.balance, end?.writtenDown ?? zero),
    };
}

/** Cash beyond interest and principal, paid to a residual class, counts as its interest. */
function flowOf(
    terms: Terms,
    tranche: Tranche,
    { period, run }: PaidPeriod,
    before: PaidPeriod | undefined,
): TrancheFlow {
    const isAdjusted = tranche.coupon?.accrual === 'adjusted';
    const { due, paid } = period.payment;
    const earlier = before?.period.payment;
    const distribution = run.distributions[tranche.id];
    return {
        from: (isAdjusted ? earlier?.paid : earlier?.due) ?? terms.dates.closing,
        to: isAdjusted ? paid : due,
        paid,
        interest: add(distribution?.interest ?? zero, distribution?.residual ?? zero),
        principal: distribution?.principal ?? zero,
    };
}
