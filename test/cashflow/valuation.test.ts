import {
    accruedOf,
    addDays,
    averageLife,
    bondEquivalent,
    discountMargin,
    formatRate,
    minus,
    notionalDate,
    parseDay,
    parseRate,
    portion,
    projectPool,
    rate,
    Refusal,
    times,
    valueAtPrice,
    valueAtYield,
    yearFraction,
} from '@poolproof/chaincode/domain';
import { fc } from '../properties';

import { assumptions, line } from './pool-builders';

import type { Amount, Day, Position, Rate, TrancheFlow } from '@poolproof/chaincode/domain';

const issue = parseDay('1990-01-01');
const shown = (value: Rate, digits: number) => formatRate(value, digits, 'half-even');
const asNumber = (value: Rate) => Number(value.n) / Number(value.d);

/** Ginnie Mae I 9.0 % pass-through at 150 % PSA, 14 days of actual delay: the worked example of the Standard Formulas, SF-49 to SF-51. */
function ginnieMae(settlement: Day): Position {
    const balance = 1_000_000_000_000n as Amount;
    const pool = projectPool(
        [line({ balance, rate: parseRate('9.5%'), months: 360 })],
        assumptions({ prepayment: { model: 'PSA', rates: [parseRate('1.5')] } }),
    );
    const flows = pool.map<TrancheFlow>((month, i) => {
        const to = notionalDate(issue, i + 1, false);
        return {
            from: notionalDate(issue, i, false),
            to,
            paid: addDays(to, 14),
            interest: portion(month.balanceBeginning, parseRate('9/1200'), 'half-even'),
            principal: (month.scheduledPrincipal + month.prepayments) as Amount,
        };
    });
    return { settlement, balance, flows };
}

/** A bond of one payment a period: what textbooks compute. */
function bond(
    coupon: string,
    periods: number,
    monthsApart: number,
    price = '100',
): Position & { readonly clean: Rate } {
    const balance = 100_000_000_000n as Amount;
    const perPeriod = times(parseRate(coupon), rate(BigInt(monthsApart), 12n));
    const flows = Array.from({ length: periods }, (_, i): TrancheFlow => {
        const to = notionalDate(issue, (i + 1) * monthsApart, false);
        const principal = (i === periods - 1 ? balance : 0n) as Amount;
        const from = notionalDate(issue, i * monthsApart, false);
        return { from, to, paid: to, interest: portion(balance, perPeriod, 'half-even'), principal };
    });
    return { settlement: issue, balance, flows, clean: parseRate(price) };
}

describe('The value of a tranche', () => {
    it('is that of the published worked example, settled at issue', () => {
        const position = ginnieMae(issue);
        const value = valueAtPrice(position, parseRate('100'));
        expect(shown(value.yield, 7)).toBe('0.0910675');
        expect(shown(value.duration, 5)).toBe('5.73147');
        expect(shown(value.modifiedDuration, 5)).toBe('5.48186');
        expect(shown(averageLife(position), 5)).toBe('9.77844');
        expect(shown(value.convexity, 3)).toBe('54.433');
        expect(value.accrued).toEqual(rate(0n));
    });

    it('is that of the published worked example, settled seven days later', () => {
        const position = ginnieMae(addDays(issue, 7));
        expect(shown(accruedOf(position), 6)).toBe('0.175000');
        expect(shown(valueAtPrice(position, parseRate('100')).yield, 7)).toBe('0.0910644');
    });

    it('of a par bond is its coupon in yield', () => {
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 60 }), (basisPoints, periods) => {
                const position = bond(`${basisPoints}/10000`, periods, 6);
                const { yield: found } = valueAtPrice(position, parseRate('100'));
                expect(Math.abs(asNumber(minus(found, parseRate(`${basisPoints}/10000`))))).toBeLessThan(1e-10);
            }),
            { numRuns: 50 },
        );
    });

    it('returns to the price it was computed from', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: -500, max: 6000 }),
                fc.constantFrom(1, 2, 4, 12),
                fc.constantFrom('30/360 US', 'ACT/360', 'ACT/365F'),
                fc.integer({ min: 0, max: 100 }),
                (basisPoints, perYear, dayCount, days) => {
                    const basis = { perYear: perYear as 1, dayCount } as const;
                    const position = { ...bond('7%', 20, 6), settlement: addDays(issue, days) };
                    const yearly = parseRate(`${basisPoints}/10000`);
                    const back = valueAtPrice(position, valueAtYield(position, yearly, basis).price, basis);
                    expect(Math.abs(asNumber(minus(back.yield, yearly)))).toBeLessThan(1e-13);
                },
            ),
            { numRuns: 60 },
        );
    });

    it('has the durations and convexity that small moves of the yield show', () => {
        const position = bond('8%', 30, 6);
        const [low, value, high] = ['8.99%', '9%', '9.01%'].map(text => valueAtYield(position, parseRate(text)));
        const [below, at, above] = [low, value, high].map(each => asNumber(each?.price ?? rate(0n)));
        expect(asNumber(value?.modifiedDuration ?? rate(0n))).toBeCloseTo((below! - above!) / (2 * at! * 0.0001), 5);
        expect(asNumber(value?.convexity ?? rate(0n))).toBeCloseTo(
            (below! + above! - 2 * at!) / (at! * 0.0001 ** 2),
            2,
        );
        const price = Array.from({ length: 30 }, (_, i) => 4 / 1.045 ** (i + 1)).reduce(
            (a, b) => a + b,
            100 / 1.045 ** 30,
        );
        expect(at).toBeCloseTo(price, 9);
    });

    it.each(['0', '0.0000001', '99999999'])('is refused at a price no yield explains (%s)', price => {
        expect(() => valueAtPrice(bond('7%', 20, 6), parseRate(price))).toThrow(Refusal);
    });

    it('is refused when nothing is left to be paid', () => {
        const position = { ...bond('7%', 2, 6), settlement: parseDay('2001-01-01') };
        expect(() => valueAtYield(position, parseRate('5%'))).toThrow(Refusal);
        expect(() => averageLife(position)).toThrow(Refusal);
    });
});

describe('The discount margin of a floater', () => {
    const index = ['5%', '5.5%', '4%', '3%'].map(text => parseRate(text));
    const floater = (margin: string): Position => {
        const { balance, flows } = bond('0', 24, 1);
        return {
            settlement: issue,
            balance,
            flows: flows.map((flow, i) => {
                const yearly = asNumber(index[Math.min(i, 3)] ?? rate(0n)) + Number(margin);
                const length = asNumber(yearFraction('ACT/360', flow.from, flow.to));
                return { ...flow, interest: BigInt(Math.round(Number(balance) * yearly * length)) as Amount };
            }),
        };
    };

    it('at par is the quoted margin, whatever the index does', () => {
        for (const margin of ['0.004', '0', '-0.001', '0.09'])
            expect(asNumber(discountMargin(floater(margin), index, parseRate('100')))).toBeCloseTo(Number(margin), 9);
    });

    it('below par is what a second opinion in floating point finds', () => {
        const { flows, balance } = floater('0.004');
        const found = asNumber(discountMargin(floater('0.004'), index, parseRate('99')));
        let [value, growth] = [0, 1];
        flows.forEach((flow, i) => {
            const length = asNumber(yearFraction('ACT/360', flow.from, flow.to));
            growth *= 1 + (asNumber(index[Math.min(i, 3)] ?? rate(0n)) + found) * length;
            value += Number(flow.interest + flow.principal) / growth;
        });
        expect((100 * value) / Number(balance)).toBeCloseTo(99, 9);
        expect(found).toBeGreaterThan(0.004);
    });

    it('is refused at a price no margin explains', () => {
        expect(() => discountMargin(floater('0.004'), index, parseRate('0'))).toThrow(Refusal);
        expect(() => discountMargin(floater('0.004'), index, parseRate('1000'))).toThrow(Refusal);
    });

    it('reads the yield basis it is asked for', () => {
        const thirty = discountMargin(floater('0.004'), index, parseRate('100'), bondEquivalent);
        expect(asNumber(thirty)).not.toBeCloseTo(0.004, 6);
    });
});
