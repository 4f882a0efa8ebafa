import { compileCriterion, criterionFields } from './criterion';
import { id, integer, list, object, oneOf } from '../shape';
import { Refusal } from '../refusal';

import type { AssetClass } from './asset-class';
import type { Chunk } from './chunk';
import type { Currency } from '../money';
import type { Reader } from '../shape';

const ruleReader = object({
    id,
    ...criterionFields,
    /** Whether a loan that fails keeps the whole tape out, or is only counted. */
    failing: oneOf('count', 'refuse'),
});

/** What every loan of the pool must be at the cut-off date. */
export type EligibilityRule = ReturnType<typeof ruleReader>;
export const eligibilityReader = list(ruleReader, { most: 50 });

/** A loan that fails a rule. Private: it speaks of one loan. */
export interface Ineligible {
    readonly row: number;
    readonly rule: string;
}
export const ineligibleReader: Reader<readonly Ineligible[]> = list(object({ row: integer(0), rule: id }));

/** How many loans fail each rule. */
export const eligibilityResultReader = list(object({ rule: id, failing: integer(0) }));
export type EligibilityResult = ReturnType<typeof eligibilityResultReader>[number];

/**
 * The rules made ready for the chunks of an asset class.
 * @throws Refusal RULES_INVALID naming the place
 */
export function compileEligibility(
    rules: readonly EligibilityRule[],
    assetClass: AssetClass,
    currency: Currency,
): (chunk: Chunk) => Ineligible[] {
    const programs = rules.map((rule, i) => ({
        rule: rule.id,
        open: compileCriterion(rule, assetClass, currency, `rules.eligibility[${i}]`),
    }));
    return chunk =>
        programs.flatMap(({ rule, open }) => {
            const meets = open(chunk);
            const failing: Ineligible[] = [];
            for (let row = 0; row < chunk.rows; row++) if (!meets(row)) failing.push({ row, rule });
            return failing;
        });
}

/**
 * The public result over all chunks: numbers only.
 * @throws Refusal LOANS_INELIGIBLE for a rule that no loan may fail
 */
export function judgeEligibility(
    rules: readonly EligibilityRule[],
    ineligible: readonly (readonly Ineligible[])[],
): EligibilityResult[] {
    const counts = new Map<string, number>();
    for (const { rule } of ineligible.flat()) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    return rules.map(({ id: rule, failing: consequence }) => {
        const failing = counts.get(rule) ?? 0;
        if (failing > 0 && consequence === 'refuse') throw new Refusal('LOANS_INELIGIBLE', { rule, failing });
        return { rule, failing };
    });
}
