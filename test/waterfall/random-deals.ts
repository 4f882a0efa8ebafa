import { fc } from '../properties';

import { aDeal } from './deal-builder';

type Document = Record<string, unknown>;

/** A random deal of two to six classes with fees, a reserve, a ledger, a trigger and a mixed order of payments. */
export interface RandomDeal {
    readonly document: Document;
    /** Class ids from senior to junior, those of equal rank together. */
    readonly ranks: readonly (readonly string[])[];
}

interface Choices {
    readonly sizes: readonly number[];
    readonly joins: readonly boolean[];
    readonly rates: readonly number[];
    readonly fee: number;
    readonly capped: boolean;
    readonly reserve: number;
    readonly split: 'sequential' | 'rank' | 'pro-rata';
    readonly supports: boolean;
    readonly overcollateralization: number;
    readonly turbo: boolean;
    readonly compound: boolean;
}

const choices: fc.Arbitrary<Choices> = fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 2, maxLength: 6 }),
    joins: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    rates: fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 6, maxLength: 6 }),
    fee: fc.integer({ min: 0, max: 300 }),
    capped: fc.boolean(),
    reserve: fc.integer({ min: 0, max: 20_000 }),
    split: fc.constantFrom('sequential', 'rank', 'pro-rata'),
    supports: fc.boolean(),
    overcollateralization: fc.integer({ min: 0, max: 20 }),
    turbo: fc.boolean(),
    compound: fc.boolean(),
});

export const randomDeals: fc.Arbitrary<RandomDeal> = choices.map(dealOf);

/** The same deal with every list of equal tranches named in another order. */
export function shuffled(document: Document): Document {
    return JSON.parse(JSON.stringify(document), (_, value: unknown) =>
        typeof value === 'object' && value !== null && 'tranches' in value && 'do' in value && isOrderFree(value)
            ? { ...value, tranches: [...(value.tranches as unknown[])].reverse() }
            : value,
    ) as Document;
}

function isOrderFree(step: object): boolean {
    if ('split' in step) return step.split === 'rank' || step.split === 'pro-rata';
    return 'do' in step && step.do === 'pay-interest';
}

function dealOf(chosen: Choices): RandomDeal {
    const ids = chosen.sizes.map((_, i) => `C${i + 1}`);
    let rank = 0;
    const ranked = ids.map((id, i) => ({ id, rank: i > 0 && chosen.joins[i] ? rank : ++rank }));
    const ranks = Array.from({ length: rank }, (_, i) =>
        ranked.filter(each => each.rank === i + 1).map(({ id }) => id),
    );
    const notes = chosen.sizes.reduce((a, b) => a + b, 0);
    const document = aDeal({
        pool: { balance: `${Math.ceil(notes * (1 + chosen.overcollateralization / 100))}.00` },
        accounts: [
            { id: 'collection' },
            { id: 'reserve', opening: `${chosen.reserve}.00`, target: `min(${chosen.reserve}.00 USD, notes.balance)` },
        ],
        fees: [
            {
                id: 'servicing',
                to: 'servicer',
                amount: `round(poolBalanceBeginning * ${chosen.fee}% / 1200, half-up)`,
                interestOnUnpaid: '3%',
                ...(chosen.capped ? { cap: { amount: '50.00 USD', per: 'year' } } : {}),
            },
        ],
        tranches: ranked.map((each, i) => ({
            ...each,
            balance: `${chosen.sizes[i]}.00`,
            coupon: { dayCount: i % 2 === 0 ? '30E/360' : 'ACT/365F', fixed: `${chosen.rates[i]}/10000` },
            interestOnShortfall: chosen.compound ? 'coupon' : 'none',
        })),
        groups: { notes: ids },
        ledgers: [{ id: 'losses' }],
        triggers: [{ id: 'bad', when: 'chargedOffPrincipal * 20 > poolBalanceBeginning', cure: { periods: 2 } }],
        waterfalls: { paying: stepsOf(chosen, ranks, ids) },
    });
    return { document, ranks };
}

function stepsOf(chosen: Choices, ranks: RandomDeal['ranks'], ids: readonly string[]): Document[] {
    const support = chosen.supports ? { support: ['reserve'] } : {};
    const target = `max(0, notes.balance - poolBalanceEnding + round(poolBalanceEnding * ${chosen.overcollateralization}%, half-up))`;
    return [
        { id: 'book', do: 'book', ledger: 'losses', amount: 'chargedOffPrincipal - recoveries' },
        { id: 'fee', do: 'pay-fee', fee: 'servicing', ...support },
        ...ranks.map((tranches, i) => ({ id: `interest${i}`, do: 'pay-interest', tranches, ...support })),
        { id: 'principal', do: 'pay-principal', tranches: ids, split: chosen.split, amount: target },
        { id: 'fill', do: 'fund', account: 'reserve' },
        {
            id: 'whenBad',
            do: 'if',
            when: chosen.turbo ? 'bad.tripped' : 'false',
            then: [{ id: 'turbo', do: 'pay-principal', tranches: ids, split: 'rank' }],
        },
        { id: 'feeRest', do: 'pay-fee', fee: 'servicing', beyondCap: true },
        {
            id: 'release',
            do: 'transfer',
            from: 'reserve',
            to: 'collection',
            amount: 'reserve.balance - reserve.target',
        },
        { id: 'rest', do: 'pay', to: 'holder' },
    ];
}
