import { assetClassOf } from './tape/asset-class';
import { compileConcentrations, concentrationReader } from './tape/concentration';
import { compileEligibility, eligibilityReader } from './tape/eligibility';
import { checkSubstitution, substitutionReader } from './substitution';
import { flag, id, integer, list, object, oneOf, optional } from './shape';
import { Refusal } from './refusal';

import type { Currency } from './money';
import type { PoolTests } from './tape/summary';

/** What a monthly report does with a loan whose balance does not follow from the month before. */
const rollForwardReader = object({
    /** `refuse`: the month is not recorded; `adjust`: the difference is booked, the loan listed and the case counted. */
    exceptions: oneOf('adjust', 'refuse'),
    /** A balance that falls to zero (or is no longer reported) without principal paid is a charge-off, not an adjustment. */
    chargeOffAtZero: flag,
});

export const poolRulesReader = object({
    assetClass: id,
    rollForward: rollForwardReader,
    /** First days past due of the deal's own buckets, ascending; the usual four where absent. */
    delinquencyBuckets: optional(list(integer(1, 3660), { least: 1, most: 20 })),
    eligibility: optional(eligibilityReader),
    concentrations: optional(concentrationReader),
    /** On which conditions loans may be exchanged; absent: they may not. */
    substitution: optional(substitutionReader),
    /**
     * Loans on which a figure must rest to be published, 5 where absent. 1 says that single assets may be seen, as the parties of a deal on
     * a few large receivables may agree.
     */
    fewestLoans: optional(integer(1, 1000)),
});

/** Rules of the pool, part of the deal's terms: what is recorded of its assets, and how a month's figures are judged. */
export type PoolRules = ReturnType<typeof poolRulesReader>;

/** Loans on which a figure must rest to be published. */
export function fewestLoans(rules: PoolRules): number {
    return rules.fewestLoans ?? 5;
}

/**
 * The eligibility criteria and concentration limits of a deal, ready to be applied to its chunks.
 * @throws Refusal ASSET_CLASS_UNKNOWN, RULES_INVALID naming the place
 */
export function poolTests(rules: PoolRules, currency: Currency): PoolTests {
    const assetClass = assetClassOf(rules.assetClass);
    if (rules.substitution) checkSubstitution(rules.substitution, assetClass);
    rules.delinquencyBuckets?.forEach((from, i, buckets) => {
        if (i > 0 && from <= (buckets[i - 1] ?? 0))
            throw new Refusal('RULES_INVALID', {
                at: `rules.delinquencyBuckets[${i}]`,
                problem: 'not more than the one before',
            });
    });
    return {
        eligibility: compileEligibility(rules.eligibility ?? [], assetClass, currency),
        concentrations: compileConcentrations(rules.concentrations ?? [], assetClass, currency),
    };
}
