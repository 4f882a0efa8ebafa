import { monthlyRates, parseRate } from '@poolproof/chaincode/domain';

import type { DefaultModel, PrepaymentModel } from '@poolproof/chaincode/domain';

const percent = (model: PrepaymentModel | DefaultModel, speed: string, month: number) =>
    Number(monthlyRates({ model, rates: [parseRate(speed)] })(month - 1, 0, 1)[0]) / 1e10;

/** Standard Formulas of the Bond Market Association (1999), SF-15: SMM in percent by month of life and ABS speed. */
const absTable: readonly (readonly [month: number, half: number, one: number, oneAndHalf: number, two: number])[] = [
    [1, 0.5, 1.0, 1.5, 2.0],
    [10, 0.52, 1.1, 1.73, 2.44],
    [20, 0.55, 1.23, 2.1, 3.23],
    [30, 0.58, 1.41, 2.65, 4.76],
    [40, 0.62, 1.64, 3.61, 9.09],
    [50, 0.66, 1.96, 5.66, 100.0],
];

describe('A speed', () => {
    it.each(absTable)('in ABS gives the published monthly rates in month %i', (month, ...published) => {
        const computed = ['0.5%', '1%', '1.5%', '2%'].map(speed => percent('ABS', speed, month));
        computed.forEach((value, i) => expect(value).toBeCloseTo(published[i] ?? NaN, 2));
    });

    it('of 2 % ABS is 2.5 % SMM in month 11 (SF-14)', () => {
        expect(percent('ABS', '2%', 11)).toBe(2.5);
    });

    it('of 150 % PSA is 5.1 % CPR and 0.435270 % SMM in month 17 (SF-8)', () => {
        expect(percent('PSA', '1.5', 17)).toBeCloseTo(0.43527, 5);
        expect(percent('PSA', '1.5', 17)).toBe(percent('CPR', '5.1%', 1));
    });

    it('of 100 % PSA rises for 30 months and stays', () => {
        expect(percent('PSA', '1', 1)).toBeCloseTo(100 * (1 - 0.998 ** (1 / 12)), 9);
        expect(percent('PSA', '1', 30)).toBe(percent('CPR', '6%', 30));
        expect(percent('PSA', '1', 300)).toBe(percent('CPR', '6%', 30));
    });

    it('compounds back to its yearly rate', () => {
        for (const yearly of [0.001, 0.06, 0.25, 0.9, 0.9999]) {
            const monthly = percent('CPR', String(yearly), 1) / 100;
            expect((1 - monthly) ** 12).toBeCloseTo(1 - yearly, 10);
        }
        expect(percent('CPR', '100%', 1)).toBe(100);
    });

    it('in SDA rises, rests, falls and ends (SF-20)', () => {
        const yearly = (month: number) => 100 * (1 - (1 - percent('SDA', '1', month) / 100) ** 12);
        expect(yearly(1)).toBeCloseTo(0.02, 8);
        expect(yearly(30)).toBeCloseTo(0.6, 8);
        expect(yearly(60)).toBeCloseTo(0.6, 8);
        expect(yearly(90)).toBeCloseTo(0.315, 8);
        expect(yearly(120)).toBeCloseTo(0.03, 8);
        expect(yearly(200)).toBeCloseTo(0.03, 8);
    });

    it('given as a vector goes by the month of the projection, the last rate holding on', () => {
        const rates = monthlyRates({ model: 'SMM', rates: [parseRate('1%'), parseRate('2%')] });
        expect(rates(7, 0, 4)).toEqual([10_000_000_000n, 20_000_000_000n, 20_000_000_000n, 20_000_000_000n]);
        expect(rates(0, 1, 1)).toEqual([20_000_000_000n]);
    });
});
