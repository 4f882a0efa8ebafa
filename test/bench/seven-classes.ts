import { parseTerms } from '@poolproof/chaincode/domain';

import type { Terms } from '@poolproof/chaincode/domain';

const classes = [
    { id: 'A-1', balance: 90, coupon: '4.20%' },
    { id: 'A-2', balance: 150, coupon: '4.40%' },
    { id: 'A-3', balance: 120, coupon: '4.60%' },
    { id: 'A-4', balance: 70, coupon: '4.75%' },
    { id: 'B', balance: 25, coupon: '5.00%' },
    { id: 'C', balance: 20, coupon: '5.30%' },
    { id: 'D', balance: 10, coupon: '5.90%' },
];

/** A deal of seven classes over ten years: four senior in turn, three subordinate, reserve and target overcollateralization. */
export function sevenClasses(): Terms {
    const all = classes.map(({ id }) => id);
    const parties = { servicer: 'bank-a', trustee: 'trust', certificateholder: 'bank-a' };
    return parseTerms({
        name: 'Seven classes over ten years',
        asset: 'auto-loan',
        currency: 'USD',
        parties,
        dates: { cutoff: '2025-12-31', closing: '2026-01-20', firstPayment: '2026-02-15', legalFinal: '2036-01-15' },
        calendar: { monthsPerPeriod: 1, convention: 'following' },
        pool: { balance: '500000000.00' },
        accounts: [
            { id: 'collection' },
            { id: 'reserve', opening: '2500000.00', target: 'min(2500000.00 USD, notes.balance)' },
        ],
        fees: [{ id: 'servicing', to: 'servicer', amount: 'round(poolBalanceBeginning * 1% / 12, half-up)' }],
        tranches: classes.map(({ id, balance, coupon }, i) => ({
            id,
            balance: `${balance}000000.00`,
            rank: i + 1,
            coupon: { dayCount: '30/360 US', fixed: coupon },
        })),
        groups: { A: all.slice(0, 4), notes: all },
        values: [
            {
                id: 'targetOC',
                formula: 'max(round(poolBalanceEnding * 4%, half-up), round(initialPoolBalance * 1%, half-up))',
            },
        ],
        statuses: [{ id: 'amortising' }],
        deposits: [
            { id: 'collections', amount: 'interestCollections + principalCollections + recoveries + repurchases' },
        ],
        waterfalls: {
            amortising: [
                { id: 'payServicing', do: 'pay-fee', fee: 'servicing', support: ['reserve'] },
                { id: 'interestA', do: 'pay-interest', tranches: ['A'], support: ['reserve'] },
                {
                    id: 'firstPriority',
                    do: 'pay-principal',
                    tranches: all.slice(0, 4),
                    split: 'sequential',
                    amount: 'max(0, A.opening - poolBalanceEnding)',
                    support: ['reserve'],
                },
                ...['B', 'C', 'D'].map(id => ({
                    id: `interest${id}`,
                    do: 'pay-interest',
                    tranches: [id],
                    support: ['reserve'],
                })),
                {
                    id: 'regularPrincipal',
                    do: 'pay-principal',
                    tranches: all,
                    split: 'sequential',
                    amount: 'max(0, notes.balance - max(0, poolBalanceEnding - targetOC))',
                },
                { id: 'fundReserve', do: 'fund', account: 'reserve' },
                {
                    id: 'releaseReserve',
                    do: 'transfer',
                    from: 'reserve',
                    to: 'collection',
                    amount: 'reserve.balance - reserve.target',
                },
                { id: 'residual', do: 'pay', to: 'certificateholder' },
            ],
        },
    });
}
