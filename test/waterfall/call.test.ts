import { checkTerms, openingState, parseTerms, runPeriod } from '@poolproof/chaincode/domain';

import { aDeal, quietMonth } from './deal-builder';

const facts = { purchasePrice: { unit: 'money', meaning: 'what is paid to call the notes' } };
const deposits = [{ id: 'collections', amount: 'interestCollections + principalCollections + purchasePrice' }];

function callable(call: object | undefined) {
    return parseTerms(aDeal({ facts, deposits, ...(call && { call }) }));
}

function runAt(share: bigint, price: bigint, call?: object) {
    const terms = callable(call);
    const balances = { initialPoolBalance: 10_000_000n, poolBalanceEnding: 100_000n * share };
    const month = quietMonth({ ...balances, extra: { purchasePrice: price } });
    return () => runPeriod(terms, openingState(terms), month);
}

describe('the clean-up call', () => {
    const call = { price: 'purchasePrice', when: 'poolBalanceEnding <= 10% * initialPoolBalance' };

    it('may be made once the pool has fallen to the share of the terms, and not before', () => {
        expect(runAt(11n, 1n, call)).toThrow(expect.objectContaining({ code: 'CALL_NOT_ALLOWED' }));
        expect(runAt(11n, 0n, call)).not.toThrow();
        expect(runAt(10n, 1n, call)).not.toThrow();
    });

    it('is made on the condition that the terms state, not on a usual one', () => {
        const earlier = { ...call, when: 'poolBalanceEnding <= 20% * initialPoolBalance' };
        expect(runAt(15n, 1n, earlier)).not.toThrow();
    });

    it.each([
        [{ ...call, price: 'nowhere' }, 'call.price:1'],
        [{ ...call, when: 'purchasePrice' }, 'call.when:1'],
        [{ ...call, when: 'nowhere = 1' }, 'call.when:1'],
    ])('is checked with the terms: %j', (wrong, at) => {
        expect(checkTerms(callable(wrong)).filter(({ severity }) => severity === 'error')).toContainEqual(
            expect.objectContaining({ at }),
        );
    });
});
