import { parseRate } from '@poolproof/chaincode/domain';
import { fc } from '../properties';

import type { Amount, Assumptions, Loan, PoolLine, Repayment } from '@poolproof/chaincode/domain';

export function line(change: Partial<Loan> = {}, age = 0, count = 1): PoolLine {
    const loan: Loan = {
        balance: 2_000_000n as Amount,
        rate: parseRate('6%'),
        months: 60,
        repayment: { kind: 'level' },
        ...change,
    };
    return { loan, age, count };
}

export function assumptions(change: Partial<Assumptions> = {}): Assumptions {
    return {
        prepayment: { model: 'SMM', rates: [parseRate('0')] },
        default: { model: 'MDR', rates: [parseRate('0')] },
        recovery: { rates: [parseRate('0')], lag: 0 },
        chargeOffLag: 0,
        delinquency: [],
        ...change,
    };
}

export const amounts = (most: bigint) => fc.bigInt({ min: 0n, max: most }).map(value => value as Amount);

const parts = fc.integer({ min: 0, max: 10_000 }).map(value => parseRate(`${value}/10000`));

const repayments: fc.Arbitrary<Repayment> = fc.oneof(
    fc.constant<Repayment>({ kind: 'level' }),
    fc.constant<Repayment>({ kind: 'linear' }),
    fc.constant<Repayment>({ kind: 'bullet' }),
    amounts(3_000_000n).map<Repayment>(payment => ({ kind: 'level', payment })),
    amounts(500_000n).map<Repayment>(balloon => ({ kind: 'balloon', balloon })),
    fc.integer({ min: 120, max: 400 }).map<Repayment>(over => ({ kind: 'level', over })),
);

/** Loans of every form a table column can hold, sizes from a cent up. */
export const regularLoans: fc.Arbitrary<Loan> = fc.record({
    balance: fc.oneof(amounts(100n), amounts(5_000_000n), amounts(60_000_000n)),
    rate: fc.oneof(
        fc.constant(parseRate('0')),
        fc.integer({ min: 0, max: 30_000_000 }).map(n => parseRate(`${n}/100000000`)),
    ),
    months: fc.integer({ min: 1, max: 120 }),
    repayment: repayments,
    interestOnly: fc.integer({ min: 0, max: 24 }),
});

/** Loans of any form: also odd first periods, steps of rate and quarterly payments. */
export const loans: fc.Arbitrary<Loan> = fc
    .tuple(
        regularLoans,
        fc.constantFrom(1, 3),
        fc.integer({ min: 1, max: 90 }),
        fc.array(fc.record({ from: fc.integer({ min: 2, max: 100 }), rate: parts }), { maxLength: 3 }),
    )
    .map(([loan, every, days, steps]) => ({
        ...loan,
        every,
        months: loan.months * every,
        interestOnly: (loan.interestOnly ?? 0) * every,
        repayment:
            loan.repayment.kind === 'level' && loan.repayment.over
                ? { kind: 'level', over: loan.months * every + 36 }
                : loan.repayment,
        firstPeriod: parseRate(`${days}/360`),
        steps: steps.sort((a, b) => a.from - b.from),
    }));

const lists = fc.array(parts, { minLength: 1, maxLength: 30 });
const multiples = fc
    .array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 5 })
    .map(list => list.map(n => parseRate(`${n}/1000`)));

export const anyAssumptions: fc.Arbitrary<Assumptions> = fc
    .record({
        prepayment: fc.oneof(
            fc.record({ model: fc.constantFrom('CPR', 'SMM', 'ABS'), rates: lists }),
            fc.record({ model: fc.constant('PSA'), rates: multiples }),
        ),
        default: fc.oneof(
            fc.record({ model: fc.constantFrom('CDR', 'MDR'), rates: lists }),
            fc.record({ model: fc.constant('SDA'), rates: multiples }),
        ),
        recovery: fc.record({ rates: lists, lag: fc.integer({ min: 3, max: 12 }) }),
        chargeOffLag: fc.integer({ min: 0, max: 3 }),
        delinquency: fc.array(lists, { maxLength: 4 }),
    })
    .map(record => record as Assumptions);
