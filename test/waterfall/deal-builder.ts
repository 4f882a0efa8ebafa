import { addMonths, lastDayOf, parseDay, parseMonth, quietFacts } from '@poolproof/chaincode/domain';

import type { Amount, FactValue, PeriodFacts, StandardFacts } from '@poolproof/chaincode/domain';

type Document = Record<string, unknown>;

/** Terms of a small deal: one account, classes A and B paid in order, the rest to the holder. Members given replace its own. */
export function aDeal(members: Document = {}): Document {
    return {
        name: 'A small deal',
        asset: 'loan',
        currency: 'USD',
        parties: { servicer: 'bank-a', trustee: 'trust', holder: 'bank-a' },
        dates: { cutoff: '2025-12-31', closing: '2026-01-15', firstPayment: '2026-02-15', legalFinal: '2031-01-15' },
        calendar: { monthsPerPeriod: 1, convention: 'none' },
        pool: { balance: '100000.00' },
        accounts: [{ id: 'collection' }],
        tranches: [
            { id: 'A', balance: '80000.00', rank: 1, coupon: { dayCount: '30E/360', fixed: '6%' } },
            { id: 'B', balance: '20000.00', rank: 2, coupon: { dayCount: '30E/360', fixed: '9%' } },
        ],
        statuses: [{ id: 'paying' }],
        deposits: [
            { id: 'collections', amount: 'interestCollections + principalCollections + recoveries + repurchases' },
        ],
        waterfalls: { paying: inOrder() },
        ...members,
    };
}

/** Interest of A, interest of B, principal in order, the rest to the holder; steps given come first. */
export function inOrder(...first: Document[]): Document[] {
    return [
        ...first,
        { id: 'interestA', do: 'pay-interest', tranches: ['A'] },
        { id: 'interestB', do: 'pay-interest', tranches: ['B'] },
        { id: 'principal', do: 'pay-principal', tranches: ['A', 'B'], split: 'sequential' },
        { id: 'rest', do: 'pay', to: 'holder' },
    ];
}

/** Amounts in minor units as plain bigint. */
type Stated = {
    readonly [Name in keyof StandardFacts]?: StandardFacts[Name] extends Amount ? bigint : number;
};

interface Month extends Stated {
    /** 1 is January 2026, paid on 15 February. */
    readonly month?: number;
    readonly fixings?: Readonly<Record<string, string>>;
    readonly extra?: Readonly<Record<string, FactValue>>;
}

/** A month in which only what is stated happened. */
export function quietMonth({ month = 1, ...stated }: Month = {}): PeriodFacts {
    const collected = addMonths(parseMonth('2025-12'), month);
    return {
        ...quietFacts,
        ...stated,
        periodBegin: parseDay(`${collected}-01`),
        periodEnd: lastDayOf(collected),
        paymentDate: parseDay(`${addMonths(collected, 1)}-15`),
    } as PeriodFacts;
}
