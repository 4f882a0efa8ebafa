import { amortise, parseRate, Refusal } from '@poolproof/chaincode/domain';
import { fc } from '../properties';

import { line, loans } from './pool-builders';

import type { Amount, Loan } from '@poolproof/chaincode/domain';

const loanOf = (change: Partial<Loan>) => line(change).loan;
const sum = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n);

/** The closed form of the Standard Formulas, section B.1, in floating point: an independent second opinion. */
function balanceByFormula(balance: number, yearly: number, months: number, after: number): number {
    const i = yearly / 12;
    return (balance * (1 - (1 + i) ** (after - months))) / (1 - (1 + i) ** -months);
}

describe('A loan', () => {
    it('of 10,000.00 at 10 % over 36 months pays 322.67 a month', () => {
        const rows = amortise(loanOf({ balance: 1_000_000n as Amount, rate: parseRate('10%'), months: 36 }));
        expect(rows).toHaveLength(36);
        expect(rows[0]).toEqual({ interest: 8333n, principal: 23934n, balance: 976066n });
        rows.slice(0, -1).forEach(row => expect(row.interest + row.principal).toBe(32267n));
        expect(rows[11]?.balance).toBeGreaterThan(699_200n);
        expect(rows.at(-1)?.balance).toBe(0n);
    });

    it('follows the closed form of the level-payment loan to the rounding of its cents', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 100_000, max: 100_000_000 }),
                fc.integer({ min: 1, max: 2500 }),
                fc.integer({ min: 2, max: 480 }),
                (balance, basisPoints, months) => {
                    const rows = amortise(
                        loanOf({ balance: BigInt(balance) as Amount, rate: parseRate(`${basisPoints}/10000`), months }),
                    );
                    const cents = months * 1.5 * (1 + basisPoints / 120000) ** months;
                    const errors = rows.slice(0, -1).map((row, i) => {
                        const expected = balanceByFormula(balance, basisPoints / 10000, months, i + 1);
                        return Math.abs(Number(row.balance) - expected);
                    });
                    expect(Math.max(...errors)).toBeLessThanOrEqual(cents);
                },
            ),
            { numRuns: 100 },
        );
    });

    it('leaves the balance a longer schedule would leave (balloon)', () => {
        const short = amortise(loanOf({ months: 60, repayment: { kind: 'level', over: 360 } }));
        const long = amortise(loanOf({ months: 360 }));
        expect(short.slice(0, 59)).toEqual(long.slice(0, 59));
        expect(short[59]?.principal).toBe(short[58]?.balance);
    });

    it("comes down to a lease's residual value just before the last payment clears it", () => {
        const rows = amortise(loanOf({ months: 36, repayment: { kind: 'balloon', balloon: 800_000n as Amount } }));
        const payment = (rows[0]?.interest ?? 0n) + (rows[0]?.principal ?? 0n);
        const last = rows.at(-1);
        expect(Number((last?.interest ?? 0n) + (last?.principal ?? 0n) - payment)).toBeCloseTo(800_000, -2);
    });

    it('repays equal parts of principal (linear), or all at the end (bullet)', () => {
        const linear = amortise(loanOf({ balance: 100_000n as Amount, months: 3, repayment: { kind: 'linear' } }));
        expect(linear.map(row => row.principal)).toEqual([33_333n, 33_333n, 33_334n]);
        const bullet = amortise(loanOf({ balance: 100_000n as Amount, months: 3, repayment: { kind: 'bullet' } }));
        expect(bullet.map(row => [row.interest, row.principal])).toEqual([
            [500n, 0n],
            [500n, 0n],
            [500n, 100_000n],
        ]);
    });

    it('pays interest only at first, then as a new loan over what is left of its time', () => {
        const rows = amortise(loanOf({ months: 72, interestOnly: 12 }));
        rows.slice(0, 12).forEach(row =>
            expect(row).toEqual({ interest: 10_000n, principal: 0n, balance: 2_000_000n }),
        );
        expect(rows.slice(12)).toEqual(amortise(loanOf({ months: 60 })));
    });

    it('works out its payment afresh where the rate steps', () => {
        const rows = amortise(loanOf({ months: 60, steps: [{ from: 25, rate: parseRate('9%') }] }));
        const before = amortise(loanOf({ months: 60 }));
        expect(rows.slice(0, 24)).toEqual(before.slice(0, 24));
        const balance = before[23]?.balance ?? (0n as Amount);
        expect(rows.slice(24)).toEqual(amortise(loanOf({ balance, months: 36, rate: parseRate('9%') })));
    });

    it('spreads the interest of a long first period over level payments', () => {
        const regular = amortise(loanOf({ months: 24 }));
        const long = amortise(loanOf({ months: 24, firstPeriod: parseRate('45/360') }));
        expect(long[0]?.interest).toBe(15_000n);
        const paid = long.map(row => row.interest + row.principal);
        expect(new Set(paid.slice(0, -1)).size).toBe(1);
        expect(Math.abs(Number(paid.at(-1)! - paid[0]!))).toBeLessThanOrEqual(24);
        expect(paid[0]).toBeGreaterThan((regular[0]?.interest ?? 0n) + (regular[0]?.principal ?? 0n));
    });

    it('pays every third month, and nothing between', () => {
        const rows = amortise(loanOf({ months: 12, every: 3, repayment: { kind: 'linear' } }));
        expect(rows.map(row => row.principal)).toEqual([
            0n,
            0n,
            500_000n,
            0n,
            0n,
            500_000n,
            0n,
            0n,
            500_000n,
            0n,
            0n,
            500_000n,
        ]);
        expect(rows[2]?.interest).toBe(30_000n);
    });

    it('repays nothing with a stated payment below the interest, and everything at the end', () => {
        const rows = amortise(loanOf({ months: 3, repayment: { kind: 'level', payment: 500n as Amount } }));
        expect(rows.map(row => row.principal)).toEqual([0n, 0n, 2_000_000n]);
    });

    it('repays exactly its balance, never more than is left, never less than nothing', () => {
        fc.assert(
            fc.property(loans, loan => {
                const rows = amortise(loan);
                expect(rows).toHaveLength(loan.months);
                expect(sum(rows.map(row => row.principal))).toBe(loan.balance);
                expect(rows.every(row => row.interest >= 0n && row.principal >= 0n && row.balance >= 0n)).toBe(true);
            }),
        );
    });

    it.each<[string, Partial<Loan>]>([
        ['a negative balance', { balance: -1n as Amount }],
        ['no months', { months: 0 }],
        ['half a period', { months: 10, every: 3 }],
        ['a negative rate', { rate: parseRate('-1%') }],
        ['payments spread over less than its time', { repayment: { kind: 'level', over: 59 } }],
    ])('is refused with %s', (_, change) => {
        expect(() => amortise(loanOf(change))).toThrow(Refusal);
    });
});
