import {
    addColumns,
    addLine,
    hazardsOf,
    loanTable,
    noFlows,
    parseRate,
    PoolProjection,
    projectPool,
    readAssumptions,
    Refusal,
} from '@poolproof/chaincode/domain';
import { fc } from '../properties';

import { anyAssumptions, assumptions, line, loans, regularLoans } from './pool-builders';

import type { Amount, PoolLine, PoolMonth } from '@poolproof/chaincode/domain';

const total = (
    months: readonly PoolMonth[],
    name: 'chargedOff' | 'defaulted' | 'prepayments' | 'recoveries' | 'scheduledPrincipal',
) => months.reduce((sum, month) => sum + month[name], 0n);

const lines = (form: typeof loans) =>
    fc.array(
        fc.tuple(form, fc.integer({ min: 0, max: 150 })).map<PoolLine>(([loan, age]) => ({ loan, age, count: 1 })),
        {
            minLength: 1,
            maxLength: 12,
        },
    );

/**
 * Cumulative defaults in percent of the original balance: 8 % mortgages of 30 years, 12 months to liquidation. Source: Standard
 * Formulas of the Bond Market Association (1999), C.4.
 */
const cumulativeDefaults: readonly (readonly [psa: string, sda: readonly number[]])[] = [
    ['1.0', [1.56, 3.09, 4.59, 6.08, 7.53, 8.97]],
    ['1.5', [1.4, 2.78, 4.13, 5.47, 6.79, 8.08]],
    ['2.0', [1.26, 2.51, 3.74, 4.95, 6.14, 7.32]],
    ['3.0', [1.05, 2.08, 3.1, 4.11, 5.1, 6.08]],
];

describe('A pool', () => {
    it.each(cumulativeDefaults)('at %s x PSA defaults as much as the published SDA table says', (psa, published) => {
        const mortgages = line({ balance: 10_000_000_000n as Amount, rate: parseRate('8%'), months: 360 });
        const computed = ['0.5', '1.0', '1.5', '2.0', '2.5', '3.0'].map(sda => {
            const months = projectPool(
                [mortgages],
                assumptions({
                    prepayment: { model: 'PSA', rates: [parseRate(psa)] },
                    default: { model: 'SDA', rates: [parseRate(sda)] },
                    recovery: { rates: [parseRate('80%')], lag: 12 },
                }),
            );
            return Number(total(months, 'defaulted')) / 1e8;
        });
        computed.forEach((value, i) => expect(value).toBeCloseTo(published[i] ?? NaN, 2));
    });

    it('has the first month of the pass-through of SF-4', () => {
        const [first] = projectPool(
            [line({ balance: 10_000_000_000n as Amount, rate: parseRate('9.5%'), months: 360 })],
            assumptions({ prepayment: { model: 'PSA', rates: [parseRate('1.5')] } }),
        );
        expect(first?.scheduledPrincipal).toBe(4_918_754n);
        expect(Number(first?.prepayments) / 1e10).toBeCloseTo(0.00025022, 7);
        expect(Number(first?.interest) / 1e10).toBeCloseTo(0.00791667, 8);
    });

    it('loses as the second opinion in floating point says, month by month', () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 40 }), (cpr, cdr) => {
                const balance = 50_000_000_000;
                const months = projectPool(
                    [line({ balance: BigInt(balance) as Amount, months: 72, rate: parseRate('7%') }, 3)],
                    assumptions({
                        prepayment: { model: 'CPR', rates: [parseRate(`${cpr}%`)] },
                        default: { model: 'CDR', rates: [parseRate(`${cdr}%`)] },
                    }),
                );
                const errors = secondOpinion(balance, 0.07, 72, cpr / 100, cdr / 100).flatMap((expected, i) => [
                    Number(months[i]?.balanceEnding) - expected.balance,
                    Number(months[i]?.defaulted) - expected.defaulted,
                    Number(months[i]?.prepayments) - expected.prepaid,
                    Number(months[i]?.interest) - expected.interest,
                ]);
                expect(Math.max(...errors.map(Math.abs))).toBeLessThan(200);
            }),
            { numRuns: 40 },
        );
    });

    it('accounts for every cent: what comes in is what went out', () => {
        fc.assert(
            fc.property(lines(loans), anyAssumptions, (pool, supposed) => {
                const months = projectPool(pool, supposed);
                const balance = pool.reduce((sum, each) => sum + each.loan.balance, 0n);
                expect(
                    total(months, 'scheduledPrincipal') + total(months, 'prepayments') + total(months, 'defaulted'),
                ).toBe(balance);
                expect(total(months, 'chargedOff')).toBe(total(months, 'defaulted'));
                expect(total(months, 'recoveries') <= total(months, 'defaulted') + BigInt(months.length)).toBe(true);
                const rolls = months.map((month, i) => {
                    const paid = month.scheduledPrincipal + month.prepayments + month.chargedOff;
                    const follows = (months[i + 1]?.balanceBeginning ?? 0n) === month.balanceEnding;
                    const isSigned = month.balanceEnding >= 0n && month.interest >= 0n && month.count >= 0;
                    return (
                        follows && isSigned && month.balanceBeginning - paid + month.purchased === month.balanceEnding
                    );
                });
                expect(rolls).not.toContain(false);
            }),
            { numRuns: 50 },
        );
    });

    it('is the same in columns of floats as line by line in bigints, to the last unit', () => {
        fc.assert(
            fc.property(
                lines(regularLoans),
                anyAssumptions,
                fc.integer({ min: 1, max: 130 }),
                (pool, supposed, months) => {
                    const hazards = hazardsOf(supposed);
                    const [byLine, byColumn] = [noFlows(months), noFlows(months)];
                    pool.forEach(each => addLine(byLine, each, hazards));
                    const { chunks, others } = loanTable(pool);
                    chunks.forEach(chunk => addColumns(byColumn, chunk, hazards));
                    expect(others).toHaveLength(0);
                    expect(byColumn).toEqual(byLine);
                },
            ),
            { numRuns: 200 },
        );
    });

    it('keeps lines out of columns that columns could not hold exactly', () => {
        const held = line({ balance: 500_000_000n as Amount, months: 360, rate: parseRate('4%') });
        const large = line({ balance: 50_000_000_000n as Amount });
        const steep = line({ balance: 8_000_000_000n as Amount, months: 2 });
        const odd = line({ firstPeriod: parseRate('45/360') });
        const fine = line({ rate: parseRate('0.0312345678901') });
        const { chunks, others } = loanTable([held, large, steep, odd, fine, line({}, 0, 40)]);
        expect(chunks.map(chunk => chunk.count)).toEqual([1]);
        expect(others).toHaveLength(5);
    });

    it('charges off and recovers when the assumptions say, and shows what is in between as long past due', () => {
        const months = projectPool(
            [line({ balance: 100_000_00n as Amount, months: 4, repayment: { kind: 'bullet' } })],
            assumptions({
                default: { model: 'MDR', rates: [parseRate('10%'), parseRate('0')] },
                recovery: { rates: [parseRate('40%')], lag: 3 },
                chargeOffLag: 2,
                delinquency: [[parseRate('5%')]],
            }),
        );
        expect(months.map(month => month.defaulted)).toEqual([1_000_000n, 0n, 0n, 0n, 0n, 0n, 0n]);
        expect(months.map(month => month.chargedOff)).toEqual([0n, 0n, 1_000_000n, 0n, 0n, 0n, 0n]);
        expect(months.map(month => month.recoveries)).toEqual([0n, 0n, 0n, 400_000n, 0n, 0n, 0n]);
        expect(months[1]).toMatchObject({ balanceEnding: 10_000_000n, delinquent: [450_000n, 0n, 0n, 1_000_000n] });
        expect(months[2]).toMatchObject({ balanceEnding: 9_000_000n, delinquent: [450_000n, 0n, 0n, 0n] });
    });

    it('counts the receivables that neither prepaid nor defaulted', () => {
        const months = projectPool(
            [line({ months: 3, repayment: { kind: 'bullet' } }, 0, 1000)],
            assumptions({
                prepayment: { model: 'SMM', rates: [parseRate('2%')] },
                default: { model: 'MDR', rates: [parseRate('1%')] },
            }),
        );
        expect(months.map(month => month.count)).toEqual([970, 941, 0]);
    });

    it('buys receivables that pay from the next month on', () => {
        const supposed = assumptions({ default: { model: 'MDR', rates: [parseRate('1%')] } });
        const mix = [
            line({ balance: 0n as Amount }),
            line({ months: 12 }),
            line({ months: 6, repayment: { kind: 'level', payment: 400_000n as Amount } }),
        ];
        const pool = new PoolProjection([line({ months: 2, repayment: { kind: 'bullet' } })], supposed, 24);
        const first = pool.next({ amount: 333_333n as Amount, mix });
        expect(first).toMatchObject({ purchased: 333_333n, balanceEnding: 1_980_000n + 333_333n });
        const rest = Array.from({ length: 23 }, () => pool.next());
        expect(rest[0]?.balanceBeginning).toBe(2_313_333n);
        expect(rest[0]?.defaulted).toBe(19_800n + 1_667n + 1_667n);
        expect(rest.at(-1)?.balanceEnding).toBe(0n);
        expect(() => pool.next()).toThrow(RangeError);
    });
});

describe('Assumptions', () => {
    const document = {
        prepayment: { model: 'PSA', rates: ['1.5'] },
        default: { model: 'CDR', rates: ['2%'] },
        recovery: { rates: ['40%'], lag: 6 },
        chargeOffLag: 0,
        delinquency: [['2%'], ['1%']],
    };

    it('are read from a document', () => {
        expect(readAssumptions(document, 'assumptions').default).toEqual({ model: 'CDR', rates: [parseRate('2%')] });
    });

    it.each([
        [{ ...document, prepayment: { model: 'CPR', rates: ['150%'] } }],
        [{ ...document, prepayment: { model: 'CDR', rates: ['1%'] } }],
        [{ ...document, default: { model: 'CDR', rates: [] } }],
        [{ ...document, recovery: { rates: ['-1%'], lag: 6 } }],
        [{ ...document, chargeOffLag: 7 }],
    ])('are refused when they make no sense (%#)', wrong => {
        expect(() => readAssumptions(wrong, 'assumptions')).toThrow(Refusal);
    });
});

/** The month loop of the Standard Formulas, section C.3, written down a second time in floating point. */
function secondOpinion(balance: number, yearly: number, months: number, cpr: number, cdr: number) {
    const [smm, mdr] = [1 - (1 - cpr) ** (1 / 12), 1 - (1 - cdr) ** (1 / 12)];
    const scheduled = (after: number) =>
        (1 - (1 + yearly / 12) ** (after - months)) / (1 - (1 + yearly / 12) ** -months);
    let performing = balance;
    return Array.from({ length: months }, (_, i) => {
        const kept = scheduled(i + 1) / scheduled(i);
        const defaulted = performing * mdr;
        const interest = ((performing - defaulted) * yearly) / 12;
        const prepaid = Math.min(performing * kept * smm, (performing - defaulted) * kept);
        performing = (performing - defaulted) * kept - prepaid;
        return { balance: performing, defaulted, prepaid, interest };
    });
}
