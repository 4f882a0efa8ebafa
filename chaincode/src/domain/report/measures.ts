import { formatRate, minus, one, over, plus, rate, times } from '../rate';

import type { Rate } from '../rate';
import type { StandardFacts } from '../terms/facts';

/**
 * Speeds and ratios of a period, as decimals with 6 places (half-even).
 *
 * Source of SMM, CPR and ABS: Bond Market Association, Standard Formulas for the Analysis of Mortgage-Backed Securities (1999), SF-5
 * and SF-13; MDR and CDR are formed from charge-offs as SMM and CPR from prepayments.
 */
export interface Measures {
    /** Prepayments over the balance left after scheduled principal, for one month. */
    readonly smm: string;
    /** The same for a year: 1 - (1 - SMM)^12. */
    readonly cpr: string;
    /** Charge-offs over the balance at the beginning, for one month; and for a year. */
    readonly mdr: string;
    readonly cdr: string;
    /** Prepayments over the number of loans there were at first; absent where the age of the loans is not known. */
    readonly abs: string | undefined;
    /** Charge-offs less recoveries since cut-off, over the initial pool balance. */
    readonly cumulativeNetLoss: string;
    /** Balance over the initial pool balance. */
    readonly poolFactor: string;
}

/**
 * @param months length of the period: speeds are for one month where it is 1, and for the period otherwise
 * @param age months of life of the loans at the end of the period, weighted by balance
 */
export function measuresOf(facts: StandardFacts, months: number, age: Rate | undefined): Measures {
    const scheduled = facts.principalCollections - facts.prepayments;
    const smm = part(facts.prepayments, facts.poolBalanceBeginning - scheduled);
    const mdr = part(facts.chargedOffPrincipal, facts.poolBalanceBeginning);
    return {
        smm: shown(smm),
        cpr: shown(yearly(smm, months)),
        mdr: shown(mdr),
        cdr: shown(yearly(mdr, months)),
        abs: age && shown(absoluteSpeed(smm, age)),
        cumulativeNetLoss: shown(
            part(facts.cumulativeChargedOff - facts.cumulativeRecoveries, facts.initialPoolBalance),
        ),
        poolFactor: shown(part(facts.poolBalanceEnding, facts.initialPoolBalance)),
    };
}

/** SMM / (1 + SMM x (age - 1)). */
function absoluteSpeed(smm: Rate, age: Rate): Rate {
    return over(smm, plus(one, times(smm, minus(age, one))));
}

function yearly(speed: Rate, months: number): Rate {
    const left = minus(one, speed);
    let product = one;
    for (let month = 0; month < 12; month += months) product = times(product, left);
    return minus(one, product);
}

function part(amount: bigint, whole: bigint): Rate {
    return whole > 0n ? rate(amount, whole) : rate(0n);
}

function shown(value: Rate): string {
    return formatRate(value, 6, 'half-even');
}
