import { explain, explainSteps, openingState, parseTerms, runPeriod, why } from '@poolproof/chaincode/domain';

import { aDeal, inOrder, quietMonth } from './deal-builder';

const terms = parseTerms(
    aDeal({
        accounts: [{ id: 'collection' }, { id: 'reserve', opening: '100.00', target: '100.00 USD' }],
        values: [{ id: 'target', formula: 'round(poolBalanceEnding * 5%, half-up)' }],
        waterfalls: {
            paying: [
                { id: 'interestA', do: 'pay-interest', tranches: ['A'], support: ['reserve'] },
                {
                    id: 'branch',
                    do: 'if',
                    when: 'poolBalanceEnding < 95000.00 USD',
                    then: [{ id: 'note', do: 'set', formula: 'target / 2.00 USD' }],
                    else: [{ id: 'never', do: 'set', formula: '1%' }],
                },
                {
                    id: 'regular',
                    label: 'down to the target',
                    do: 'pay-principal',
                    tranches: ['A', 'B'],
                    split: 'pro-rata',
                    amount: 'notes.balance - poolBalanceEnding + target',
                    limit: 'A.balance',
                },
                { id: 'interestB', do: 'pay-interest', tranches: ['B'] },
                { id: 'rest', do: 'pay', to: 'holder' },
            ],
        },
        groups: { notes: ['A', 'B'] },
    }),
);

const facts = { interestCollections: 35_000n, poolBalanceEnding: 9_000_000n };
const run = runPeriod(terms, openingState(terms), quietMonth(facts));

describe('explain', () => {
    it('renders a run as a table, one line a step that ran', () => {
        expect(explain(terms, run).split('\n')).toEqual([
            'A small deal, 2026-02-15, paying',
            'deposits: collections 350.00',
            'step       what                account     available before                     due    paid      short  available after',
            'interestA                      collection            350.00                  400.00  400.00       0.00             0.00',
            'branch                                                                          yes',
            'note                                                         2250.00000000 (2250/1)',
            'regular    down to the target  collection              0.00               14,500.00    0.00  14,500.00             0.00',
            'interestB                      collection              0.00                  150.00    0.00     150.00             0.00',
            'rest                           collection              0.00                    0.00    0.00       0.00             0.00',
        ]);
    });

    it('says why a step paid what it paid', () => {
        expect(why(terms, run, 'regular').split('\n')).toEqual([
            'regular: pay-principal A, B (pro-rata)',
            '  by notes.balance - poolBalanceEnding + target',
            '  by at most A.balance',
            '  where notes.balance is 100,000.00',
            '  where poolBalanceEnding is 90,000.00',
            '  where target is 4,500.00, by round(poolBalanceEnding * 5%, half-up)',
            '  where A.balance is 80,000.00',
            '  due 14,500.00; collection held 0.00 and holds 0.00 after it',
            '  paid 0.00, short by 14,500.00',
        ]);
        expect(why(terms, run, 'interestA')).toMatch(/50\.00 of it from reserve/);
        expect(why(terms, run, 'branch')).toMatch(/where poolBalanceEnding is 90,000\.00\n {2}so: yes/);
        expect(why(terms, run, 'never')).toBe('');
    });

    it('keeps amounts with the step they belong to', () => {
        expect(explainSteps(terms, run).map(({ id }) => id)).toEqual([
            'interestA',
            'branch',
            'note',
            'regular',
            'interestB',
            'rest',
        ]);
    });

    it('shows what a fee came to and what was carried', () => {
        const fee = parseTerms(
            aDeal({
                fees: [{ id: 'audit', to: 'trustee', amount: 'round(poolBalanceEnding * 1%, half-up)' }],
                waterfalls: { paying: inOrder({ id: 'payAudit', do: 'pay-fee', fee: 'audit' }) },
            }),
        );
        const paid = runPeriod(fee, openingState(fee), quietMonth(facts));
        expect(why(fee, paid, 'payAudit')).toMatch(/audit\.earned is 900\.00\n {2}where audit\.carried is 0\.00/);
    });
});
