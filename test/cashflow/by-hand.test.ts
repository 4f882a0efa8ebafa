import { parseRate, simulate } from '@poolproof/chaincode/domain';
import { fc } from '../properties';

import { AutoLoanByHand } from '../bench/auto-loan-by-hand';
import { termsNamed } from '../waterfall/ready-terms';
import { carLoans, usual } from './deal';

import type { Amount, WaterfallRun } from '@poolproof/chaincode/domain';
import type { HandDistribution } from '../bench/auto-loan-by-hand';

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
                        delinquency: [[parseRate('0')], late],
                        recovery: { rates: [recovered], lag: 3 },
                    });
                    const byHand = new AutoLoanByHand();
                    const { periods } = simulate(terms, lines, { assumptions });
                    for (const { run } of periods) {
                        seen.add(run.status);
                        run.notices.forEach(notice => seen.add(`${notice.trigger} ${notice.happened}`));
                    }
                    const hand = periods.map(({ facts, period }) => byHand.run(facts, period.payment.due));
                    expect(periods.map(({ run }) => distributionsOf(run))).toEqual(hand);
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

function distributionsOf({ distributions }: WaterfallRun): Record<string, HandDistribution> {
    const entries = Object.entries(distributions).map(([id, each]) => {
        const { interest, principal, balanceEnding: balance, interestShortfall: shortfall } = each;
        return [id, { interest, principal, balance, shortfall }];
    });
    return Object.fromEntries(entries) as Record<string, HandDistribution>;
}
