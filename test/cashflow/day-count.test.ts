import { addDays, dayCounts, formatRate, parseDay, plus, Refusal, yearFraction } from '@poolproof/chaincode/domain';
import { fc } from '../properties';

import type { CouponTerms, DayCount } from '@poolproof/chaincode/domain';

interface Example {
    readonly dayCount: DayCount;
    readonly from: string;
    readonly to: string;
    readonly fraction: string;
    readonly coupon?: CouponTerms;
}

const semiannual = { perYear: 2, anchor: parseDay('2004-05-01') } as const;
const annual = { perYear: 1, anchor: parseDay('1999-07-01') } as const;

/** ISDA's memo "The actual/actual day count fraction" (1999), worked examples. */
const actActMemo: Example[] = [
    { dayCount: 'ACT/ACT ISDA', from: '2003-11-01', to: '2004-05-01', fraction: '0.4977243806' },
    { dayCount: 'ACT/ACT ICMA', from: '2003-11-01', to: '2004-05-01', fraction: '0.5000000000', coupon: semiannual },
    { dayCount: 'ACT/ACT ISDA', from: '1999-02-01', to: '1999-07-01', fraction: '0.4109589041' },
    { dayCount: 'ACT/ACT ICMA', from: '1999-02-01', to: '1999-07-01', fraction: '0.4109589041', coupon: annual },
    { dayCount: 'ACT/ACT ISDA', from: '1999-07-01', to: '2000-07-01', fraction: '1.0013773486' },
    { dayCount: 'ACT/ACT ICMA', from: '1999-07-01', to: '2000-07-01', fraction: '1.0000000000', coupon: annual },
    { dayCount: 'ACT/ACT ISDA', from: '2002-08-15', to: '2003-07-15', fraction: '0.9150684932' },
    {
        dayCount: 'ACT/ACT ICMA',
        from: '2002-08-15',
        to: '2003-07-15',
        fraction: '0.9157608696',
        coupon: { perYear: 2, anchor: parseDay('2003-07-15') },
    },
    { dayCount: 'ACT/ACT ISDA', from: '2000-01-30', to: '2000-06-30', fraction: '0.4153005464' },
    {
        dayCount: 'ACT/ACT ICMA',
        from: '2000-01-30',
        to: '2000-06-30',
        fraction: '0.4175824176',
        coupon: { perYear: 2, anchor: parseDay('2000-01-30') },
    },
    { dayCount: 'ACT/ACT ISDA', from: '1999-11-30', to: '2000-04-30', fraction: '0.4155400853' },
    {
        dayCount: 'ACT/ACT ICMA',
        from: '1999-11-30',
        to: '2000-04-30',
        fraction: '0.4157608696',
        coupon: { perYear: 4, anchor: parseDay('1999-11-30'), endOfMonth: true },
    },
];

/** ISDA's published spreadsheet of 30/360 cases (days counted over 360), for the ends of months and of February. */
const thirtyDays: readonly (readonly [from: string, to: string, us: number, european: number, isda: number])[] = [
    ['2007-01-15', '2007-01-30', 15, 15, 15],
    ['2007-01-15', '2007-02-15', 30, 30, 30],
    ['2007-09-30', '2008-03-31', 180, 180, 180],
    ['2007-09-30', '2007-10-31', 30, 30, 30],
    ['2007-09-30', '2008-09-30', 360, 360, 360],
    ['2007-01-15', '2007-01-31', 16, 15, 15],
    ['2007-01-31', '2007-02-28', 28, 28, 30],
    ['2007-02-28', '2007-03-31', 33, 32, 30],
    ['2006-08-31', '2007-02-28', 178, 178, 180],
    ['2007-02-28', '2007-08-31', 183, 182, 180],
    ['2007-02-14', '2007-02-28', 14, 14, 16],
    ['2007-02-26', '2008-02-29', 363, 363, 364],
    ['2008-02-29', '2009-02-28', 359, 359, 360],
    ['2008-02-29', '2008-03-30', 31, 31, 30],
    ['2008-02-29', '2008-03-31', 32, 31, 30],
    ['2007-02-28', '2007-03-05', 7, 7, 5],
    ['2007-10-31', '2007-11-28', 28, 28, 28],
    ['2007-08-31', '2008-02-29', 179, 179, 180],
    ['2008-02-29', '2008-08-31', 182, 181, 180],
    ['2008-08-31', '2009-02-28', 178, 178, 180],
    ['2009-02-28', '2009-08-31', 183, 182, 180],
];

const others: Example[] = [
    { dayCount: 'ACT/360', from: '2017-06-15', to: '2017-07-17', fraction: '0.0888888889' },
    { dayCount: 'ACT/365F', from: '2016-01-01', to: '2017-01-01', fraction: '1.0027397260' },
    { dayCount: 'NL/365', from: '2016-01-01', to: '2017-01-01', fraction: '1.0000000000' },
    { dayCount: 'NL/365', from: '2016-02-28', to: '2016-03-01', fraction: '0.0027397260' },
    { dayCount: 'NL/365', from: '2016-02-29', to: '2016-03-01', fraction: '0.0027397260' },
    {
        dayCount: 'ACT/365L',
        from: '2011-12-28',
        to: '2012-02-28',
        fraction: '0.1693989071',
        coupon: quarterlyTo('2012-02-28'),
    },
    {
        dayCount: 'ACT/365L',
        from: '2011-12-28',
        to: '2012-02-28',
        fraction: '0.1698630137',
        coupon: annualTo('2012-02-28'),
    },
    {
        dayCount: 'ACT/365L',
        from: '2011-12-28',
        to: '2012-02-28',
        fraction: '0.1693989071',
        coupon: annualTo('2012-12-28'),
    },
];

describe('A day count', () => {
    it.each([...actActMemo, ...others])('$dayCount from $from to $to is $fraction', example => {
        const fraction = yearFraction(example.dayCount, parseDay(example.from), parseDay(example.to), example.coupon);
        expect(formatRate(fraction, 10, 'half-even')).toBe(example.fraction);
    });

    it.each(thirtyDays)('counts %s to %s by the three 30/360 rules', (from, to, us, european, isda) => {
        const days = (dayCount: DayCount) => {
            const { n, d } = yearFraction(dayCount, parseDay(from), parseDay(to));
            return Number((n * 360n) / d);
        };
        expect([days('30/360 US'), days('30E/360'), days('30E/360 ISDA')]).toEqual([us, european, isda]);
    });

    it('counts February to its end only on bonds that pay at ends of months (30/360 US)', () => {
        const count = (from: string, to: string) => {
            const coupon = { ...semiannual, endOfMonth: true };
            const { n, d } = yearFraction('30/360 US', parseDay(from), parseDay(to), coupon);
            return Number((n * 360n) / d);
        };
        expect(count('2007-02-28', '2007-08-31')).toBe(180);
        expect(count('2006-08-31', '2007-02-28')).toBe(178);
        expect(count('2007-02-28', '2008-02-29')).toBe(360);
    });

    it('does not stretch February at the termination date (30E/360 ISDA)', () => {
        const coupon = { ...semiannual, maturity: parseDay('2008-02-29') };
        expect(yearFraction('30E/360 ISDA', parseDay('2007-08-31'), parseDay('2008-02-29'), coupon)).toEqual({
            n: 179n,
            d: 360n,
        });
    });

    it('refuses a period that ends before it begins, and ACT/ACT ICMA without the coupon', () => {
        expect(() => yearFraction('ACT/360', parseDay('2017-02-01'), parseDay('2017-01-31'))).toThrow(Refusal);
        expect(() => yearFraction('ACT/ACT ICMA', parseDay('2017-01-01'), parseDay('2017-02-01'))).toThrow(Refusal);
    });

    it.each(dayCounts.filter(name => !name.startsWith('30') && name !== 'ACT/365L'))(
        '%s adds up over a period cut anywhere',
        dayCount => {
            const coupon = { perYear: 4, anchor: parseDay('2016-02-29'), endOfMonth: true } as const;
            const days = fc.nat({ max: 1500 });
            fc.assert(
                fc.property(days, days, days, (start, first, second) => {
                    const from = addDays(parseDay('2014-11-03'), start);
                    const [middle, to] = [addDays(from, first), addDays(from, first + second)];
                    const whole = yearFraction(dayCount, from, to, coupon);
                    const parts = plus(
                        yearFraction(dayCount, from, middle, coupon),
                        yearFraction(dayCount, middle, to, coupon),
                    );
                    expect(parts).toEqual(whole);
                }),
            );
        },
    );

    it('ACT/ACT ICMA makes every regular period exactly one part of the year', () => {
        fc.assert(
            fc.property(
                fc.nat({ max: 3000 }),
                fc.constantFrom(1, 2, 3, 4, 6, 12),
                fc.integer({ min: -9, max: 9 }),
                (shift, perYear, k) => {
                    const anchor = addDays(parseDay('2010-01-01'), shift);
                    const [from, to] = [regular(anchor, (k * 12) / perYear), regular(anchor, ((k + 1) * 12) / perYear)];
                    const fraction = yearFraction('ACT/ACT ICMA', from, to, { perYear: perYear as 1, anchor });
                    expect(fraction).toEqual({ n: 1n, d: BigInt(perYear) });
                },
            ),
        );
    });
});

/** The platform's own calendar as a second opinion on month arithmetic. */
function regular(anchor: string, months: number) {
    const [year = 0, month = 0, day = 0] = anchor.split('-').map(Number);
    const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
    return parseDay(new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10));
}

function quarterlyTo(end: string): CouponTerms {
    return { perYear: 4, anchor: parseDay(end), periodEnd: parseDay(end) };
}

function annualTo(end: string): CouponTerms {
    return { perYear: 1, anchor: parseDay(end), periodEnd: parseDay(end) };
}
