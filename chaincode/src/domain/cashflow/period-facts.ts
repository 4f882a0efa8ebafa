import { paymentPeriod } from '../calendar/schedule';
import { addDays, addMonths, lastDayOf, monthOf, monthsBetween } from '../day';
import { add, zero } from '../money';
import { divide } from '../rate';
import { quietFacts } from '../terms/facts';
import { paymentCalendar } from '../waterfall/dates';

import type { PaymentPeriod } from '../calendar/schedule';
import type { Day } from '../day';
import type { Amount } from '../money';
import type { PeriodFacts } from '../terms/facts';
import type { Terms } from '../terms/terms';
import type { PoolMonth } from './pool';

/** The days whose collections are paid out on one payment date. */
export interface CollectionPeriod {
    readonly payment: PaymentPeriod;
    readonly begin: Day;
    readonly end: Day;
    /** Months in it: the first may have more than the others, or none. */
    readonly months: number;
}

/** Collection periods are whole months: each ends with the month before the payment's, the first begins after the cut-off. */
export function collectionPeriod(terms: Terms, number: number): CollectionPeriod {
    const calendar = paymentCalendar(terms);
    const payment = paymentPeriod(calendar, number);
    const end = monthBefore(payment.due);
    const begin = addDays(number === 1 ? terms.dates.cutoff : monthBefore(paymentPeriod(calendar, number - 1).due), 1);
    return { payment, begin, end, months: Math.max(monthsBetween(monthOf(begin), monthOf(end)) + 1, 0) };
}

/**
 * What the servicer of a projected pool would report of a collection period.
 * @param months the pool's months in the period
 * @param before the facts of the period before; absent for the first
 * @param opening the pool at the cut-off
 */
export function periodFacts(
    period: CollectionPeriod,
    months: readonly PoolMonth[],
    before: PeriodFacts | undefined,
    opening: { readonly balance: Amount; readonly count: number },
): PeriodFacts {
    const sum = (amountOf: (month: PoolMonth) => Amount) => add(...months.map(amountOf));
    const last = months.at(-1);
    const balanceBeginning = before?.poolBalanceEnding ?? opening.balance;
    const chargedOff = sum(month => month.chargedOff);
    const recoveries = sum(month => month.recoveries);
    const prepayments = sum(month => month.prepayments);
    return {
        ...quietFacts,
        ...delinquencies(last),
        periodBegin: period.begin,
        periodEnd: period.end,
        paymentDate: period.payment.paid,
        initialPoolBalance: opening.balance,
        poolBalanceBeginning: balanceBeginning,
        poolBalanceEnding: last?.balanceEnding ?? balanceBeginning,
        interestCollections: sum(month => month.interest),
        principalCollections: add(
            prepayments,
            sum(month => month.scheduledPrincipal),
        ),
        prepayments,
        chargedOffPrincipal: chargedOff,
        cumulativeChargedOff: add(before?.cumulativeChargedOff ?? zero, chargedOff),
        recoveries,
        cumulativeRecoveries: add(before?.cumulativeRecoveries ?? zero, recoveries),
        receivablesPurchased: sum(month => month.purchased),
        receivablesCount: last?.count ?? before?.receivablesCount ?? opening.count,
    };
}

/** Delinquent receivables are counted as if they were of average size. */
function delinquencies(last: PoolMonth | undefined) {
    const [days30, days60, days90, days120] = last?.delinquent ?? [zero, zero, zero, zero];
    const count = (balance: Amount) =>
        last && last.balanceEnding > 0n
            ? Number(divide(BigInt(last.count) * balance, last.balanceEnding, 'half-up'))
            : 0;
    return {
        delinquentBalance30: days30,
        delinquentBalance60: days60,
        delinquentBalance90: days90,
        delinquentBalance120: days120,
        delinquentCount30: count(days30),
        delinquentCount60: count(days60),
        delinquentCount90: count(days90),
        delinquentCount120: count(days120),
    };
}

function monthBefore(due: Day): Day {
    return lastDayOf(addMonths(monthOf(due), -1));
}
