import { add, lesser, subtract, zero } from './money';
import { factorOf } from './tranche';
import { mustStand } from './deal';
import { Refusal } from './refusal';
import { share } from './share';
import { stepsOf } from './waterfall/every-step';

import type { Amount } from './money';
import type { Day } from './day';
import type { Deal } from './deal';
import type { Distribution } from './waterfall/record';
import type { DistributionFacts } from './distribution';
import type { Terms } from './terms/terms';
import type { TrancheRecord } from './tranche';

export interface SurplusFacts {
    readonly deal: Deal;
    readonly terms: Terms;
    /** The status of the terms in which the last period was run. */
    readonly status: string | undefined;
    readonly tranches: readonly TrancheRecord[];
    /** What is left in the deal's account. */
    readonly left: Amount;
    readonly today: Day;
}

/**
 * What is left in the account of a deal that has ended is paid as a last distribution. Holders who are still owed come first, in the
 * order of their ranks: interest, then principal written down. The rest goes to whom the terms give all that is left, a residual class or a
 * party; where they name nobody, or that class has been cancelled, to the originator.
 * @throws Refusal DEAL_STATUS_WRONG, SURPLUS_MISSING
 */
export function surplusRun(facts: SurplusFacts): DistributionFacts['run'] {
    const { deal, tranches, left, today } = facts;
    mustStand(deal, 'closed');
    if (left === 0n) throw new Refusal('SURPLUS_MISSING', { dealId: deal.id });
    const claims = claimsPaid(tranches, left);
    const rest = subtract(
        left,
        add(...[...claims.values()].flatMap(({ interest, principal }) => [interest, principal])),
    );
    const taker = takerOf(facts);
    const isClass = tranches.some(({ className }) => className === taker);
    const distributions = tranches.map(tranche => {
        const residual = tranche.className === taker ? rest : zero;
        return [tranche.className, distributionOf(tranche, claims.get(tranche.className), residual)] as const;
    });
    return {
        paymentDate: today,
        distributions: Object.fromEntries(distributions),
        payments: isClass ? {} : { [taker]: rest },
    };
}

interface Claim {
    readonly interest: Amount;
    readonly principal: Amount;
}

/** What each class is paid of what it is still owed. */
function claimsPaid(tranches: readonly TrancheRecord[], available: Amount): ReadonlyMap<string, Claim> {
    const paid = new Map<string, Claim>();
    let left = available;
    const pay = (owed: readonly Amount[]): Amount[] => {
        const amount = lesser(left, add(...owed));
        left = subtract(left, amount);
        return share(amount, owed);
    };
    for (const rank of [...new Set(tranches.map(tranche => tranche.rank))].sort((a, b) => a - b)) {
        const ranked = tranches.filter(tranche => tranche.rank === rank && tranche.status === 'outstanding');
        const interests = pay(ranked.map(({ owed = zero }) => owed));
        const principals = pay(ranked.map(({ writtenDown }) => writtenDown));
        ranked.forEach(({ className }, i) => {
            paid.set(className, { interest: interests[i] ?? zero, principal: principals[i] ?? zero });
        });
    }
    return paid;
}

/** Whom the terms give all that is left: the last step of that kind says so. */
function takerOf({ terms, status = '', tranches }: SurplusFacts): string {
    const last = [...stepsOf(terms, status)].filter(step => step.do === 'pay' && step.amount === undefined).at(-1);
    const taker = last?.do === 'pay' ? last.to : 'originator';
    const isOver = tranches.some(({ className, status }) => className === taker && status !== 'outstanding');
    return isOver ? 'originator' : taker;
}

function distributionOf(tranche: TrancheRecord, claim: Claim | undefined, residual: Amount): Distribution {
    const { balance, original, owed = zero } = tranche;
    const { interest, principal } = claim ?? { interest: zero, principal: zero };
    return {
        ...{ interest, principal, residual, rate: '0/1' },
        ...{ balanceBeginning: balance, balanceEnding: balance, factor: factorOf(balance, original) },
        interestShortfall: subtract(owed, interest),
        // What was written down is paid after all.
        writtenDown: subtract(zero, principal),
    };
}
