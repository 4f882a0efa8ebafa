import { yearFraction } from '../calendar/day-count';
import { nought, one, plus, times } from '../rate';
import { Refusal } from '../refusal';
import { lastThatHolds, quotient, toFixed, toRate, unit } from './fixed';
import { accruedOf } from './valuation';

import type { Rate } from '../rate';
import type { Fixed } from './fixed';
import type { Position, YieldBasis } from './valuation';

/** Money-market basis of floaters; nothing is compounded within a period. */
export const moneyMarket: YieldBasis = { dayCount: 'ACT/360', perYear: 12 };

/**
 * Discount margin of a floater: what must be added to the index for the flows, discounted period by period at index plus margin, to
 * be worth the price. The flows must have been projected with the same index.
 *
 * Source: Bond Market Association, Standard Formulas (1999), section G.2: P = sum of CF_k / product over j <= k of
 * (1 + (I_j + DM) (T_j - T_j-1)).
 * @param index yearly index rate of each flow's period, in the order of the flows; the last holds on
 * @param price percent of the balance, without accrued interest
 * @throws Refusal REQUEST_INVALID when no margin between -50 % and 1000 % gives the price
 */
export function discountMargin(position: Position, index: readonly Rate[], price: Rate, basis = moneyMarket): Rate {
    const { settlement, balance, flows } = position;
    const wanted = ((toFixed(price) + toFixed(accruedOf(position, basis))) * balance) / 100n;
    const steps: Step[] = [];
    let before = settlement;
    flows.forEach((flow, i) => {
        if (flow.to <= settlement) return;
        const length = yearFraction(basis.dayCount, before, flow.paid);
        const rate = index[Math.min(i, index.length - 1)] ?? nought;
        steps.push({ cash: flow.interest + flow.principal, growth: growthAt(rate, length), length: toFixed(length) });
        before = flow.paid;
    });
    const margin = lastThatHolds(lowest, highest, each => worth(steps, each) >= wanted);
    if (margin === highest || (margin === lowest && worth(steps, margin) < wanted))
        throw new Refusal('REQUEST_INVALID', {
            at: 'price',
            problem: 'no margin makes the cash flows worth this price',
        });
    return toRate(margin);
}

const lowest = (-unit / 2n) as Fixed;
const highest = (unit * 10n) as Fixed;

interface Step {
    readonly cash: bigint;
    /** One plus index x length. */
    readonly growth: Fixed;
    readonly length: Fixed;
}

function growthAt(index: Rate, length: Rate): Fixed {
    return toFixed(plus(one, times(index, length)));
}

/** From the last flow to the first; minor units with 24 decimals. */
function worth(steps: readonly Step[], margin: Fixed): bigint {
    return steps.reduceRight(
        (value, { cash, growth, length }) => quotient(value + cash * unit, growth + (margin * length) / unit),
        0n,
    );
}
