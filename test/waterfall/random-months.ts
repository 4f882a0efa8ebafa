import { fc } from '../properties';

import { collectionPeriod, quietFacts } from '@poolproof/chaincode/domain';

import type { Amount, FactValue, PeriodFacts, Terms } from '@poolproof/chaincode/domain';

/** What happened to a pool in a month, in thousandths of its balance. */
interface Happening {
    readonly scheduled: number;
    readonly prepaid: number;
    readonly defaulted: number;
    readonly interest: number;
    readonly recovered: number;
    readonly late: number;
    readonly index: number;
    readonly purchased: number;
}

/** Calm months and catastrophes, most of them calm. */
export const happenings = (months: number): fc.Arbitrary<Happening[]> =>
    fc.array(
        fc.record({
            scheduled: fc.integer({ min: 10, max: 90 }),
            prepaid: fc.integer({ min: 0, max: 60 }),
            defaulted: fc.oneof(
                { weight: 6, arbitrary: fc.integer({ min: 0, max: 8 }) },
                { weight: 1, arbitrary: fc.integer({ min: 0, max: 300 }) },
            ),
            interest: fc.oneof(
                { weight: 6, arbitrary: fc.integer({ min: 3, max: 12 }) },
                { weight: 1, arbitrary: fc.constant(0) },
            ),
            recovered: fc.integer({ min: 0, max: 400 }),
            late: fc.integer({ min: 0, max: 60 }),
            index: fc.integer({ min: -10, max: 120 }),
            purchased: fc.integer({ min: 0, max: 1000 }),
        }),
        { minLength: months, maxLength: months },
    );

/** The reports of a pool that lived through these months; in the last of them all that is left is collected. */
export function factsOf(terms: Terms, months: readonly Happening[]): PeriodFacts[] {
    const initial = terms.pool.balance as bigint;
    const revolving = terms.statuses.some(status => status.revolving);
    let [balance, chargedOff, recovered] = [initial, 0n, 0n];
    return months.map((month, i) => {
        const beginning = balance;
        const part = (thousandths: number) => (beginning * BigInt(thousandths)) / 1000n;
        const isLast = i === months.length - 1;
        const lost = isLast ? 0n : least(beginning, part(month.defaulted));
        const prepaid = isLast ? 0n : least(beginning - lost, part(month.prepaid));
        const scheduled = isLast ? beginning - lost : least(beginning - lost - prepaid, part(month.scheduled));
        const back = (chargedOff * BigInt(month.recovered)) / 10_000n;
        const purchased = revolving && i < 6 ? ((prepaid + scheduled) * BigInt(month.purchased)) / 1000n : 0n;
        balance = beginning - lost - prepaid - scheduled + purchased;
        [chargedOff, recovered] = [chargedOff + lost, recovered + back];
        return {
            ...quietFacts,
            ...periodOf(terms, i + 1),
            initialPoolBalance: initial as Amount,
            poolBalanceBeginning: beginning as Amount,
            poolBalanceEnding: balance as Amount,
            interestCollections: part(month.interest) as Amount,
            principalCollections: (prepaid + scheduled) as Amount,
            prepayments: prepaid as Amount,
            chargedOffPrincipal: lost as Amount,
            cumulativeChargedOff: chargedOff as Amount,
            recoveries: back as Amount,
            cumulativeRecoveries: recovered as Amount,
            receivablesPurchased: purchased as Amount,
            receivablesCount: Number(balance / 1_000_000n),
            delinquentBalance60: ((balance * BigInt(month.late)) / 1000n) as Amount,
            delinquentBalance90: ((balance * BigInt(month.late)) / 2000n) as Amount,
            fixings: Object.fromEntries((terms.indices ?? []).map(name => [name, `${month.index}/1000`])),
            extra: extraOf(terms),
        };
    });
}

function periodOf(terms: Terms, number: number): Pick<PeriodFacts, 'periodBegin' | 'periodEnd' | 'paymentDate'> {
    const { begin, end, payment } = collectionPeriod(terms, number);
    return { periodBegin: begin, periodEnd: end, paymentDate: payment.paid };
}

function extraOf(terms: Terms): Record<string, FactValue> {
    const none = { money: 0n, count: 0, rate: '0', boolean: false, date: terms.dates.closing } as const;
    return Object.fromEntries(Object.entries(terms.facts ?? {}).map(([name, { unit }]) => [name, none[unit]]));
}

function least(a: bigint, b: bigint): bigint {
    return a < b ? a : b;
}
