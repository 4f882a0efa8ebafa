import { parseRate, simulate } from '@poolproof/chaincode/domain';
import fc from 'fast-check';

import { AutoLoanByHand } from '../bench/auto-loan-by-hand';
import { termsNamed } from '../waterfall/ready-terms';
import { carLoans, usual } from './deal';

import type { Amount } from '@poolproof/chaincode/domain';

describe('The interpreter', () => {
    const terms = termsNamed('auto-loan');
    const balance = (terms.pool.balance / 8n) as Amount;
    const lines = carLoans(terms.pool.balance)
        .slice(0, 8)
        .map(line => ({ ...line, loan: { ...line.loan, balance } }));

    it('pays every cent as the same deal written by hand, from quiet times to acceleration', () => {
        const percent = (most: number) => fc.integer({ min: 0, max: most }).map(n => parseRate(`${n}/1000`));
        const seen = new Set<string>();
        fc.assert(
            fc.property(
                fc.array(percent(600), { minLength: 1, maxLength: 24 }),
                fc.array(percent(25), { minLength: 1, maxLength: 24 }),
                fc.array(percent(100), { minLength: 1, maxLength: 24 }),
                percent(800),
                (defaults, speeds, late, recovered) => {
                    const assumptions = usual({
                        default: { model: 'CDR', rates: defaults },
                        prepayment: { model: 'ABS', rates: speeds },
                        delinquency: [[], late].map(rates => (rates.length > 0 ? rates : [parseRate('0')])),
                        recovery: { rates: [recovered], lag: 3 },
                    });
                    const byHand = new AutoLoanByHand();
                    for (const { period, facts, run } of simulate(terms, lines, { assumptions }).periods) {
                        seen.add(run.status);
                        run.notices.forEach(notice => seen.add(`${notice.trigger} ${notice.happened}`));
                        const hand = byHand.run(facts, period.payment.due);
                        const interpreted = Object.entries(run.distributions).map(([id, each]) => [
                            id,
                            {
                                interest: each.interest,
                                principal: each.principal,
                                balance: each.balanceEnding,
                                shortfall: each.interestShortfall,
                            },
                        ]);
                        expect(hand).toEqual(Object.fromEntries(interpreted));
                    }
                },
            ),
            { numRuns: 60 },
        );
        expect(Array.from(seen)).toEqual(
            expect.arrayContaining([
                'amortising',
                'accelerated',
                'delinquency tripped',
                'delinquency cured',
                'cumulativeLoss tripped',
            ]),
        );
    });
});
