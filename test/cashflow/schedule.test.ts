import {
    addBusinessDays,
    adjust,
    isBusinessDay,
    parseDay,
    paymentPeriod,
    paymentPeriods,
    Refusal,
} from '@poolproof/chaincode/domain';
import { fc } from '../properties';

import type { BusinessCalendar, PaymentCalendar } from '@poolproof/chaincode/domain';

const newYork = openBut(['2017-05-29', '2017-07-04', '2017-09-04', '2018-01-15']);
const shanghai = openBut(['2017-01-27', '2017-01-30'], ['2017-01-22', '2017-02-04']);

const monthly: PaymentCalendar = {
    accrualStart: parseDay('2017-05-31'),
    firstPayment: parseDay('2017-06-15'),
    lastPayment: parseDay('2018-02-15'),
    monthsPerPeriod: 1,
    endOfMonth: false,
    convention: 'following',
    accrual: 'adjusted',
    calendars: [newYork],
};

describe('A business-day convention', () => {
    it.each([
        ['none', '2017-04-30', '2017-04-30'],
        ['following', '2017-04-30', '2017-05-01'],
        ['modified following', '2017-04-30', '2017-04-28'],
        ['preceding', '2017-04-30', '2017-04-28'],
        ['modified preceding', '2017-04-30', '2017-04-28'],
        ['modified preceding', '2017-04-01', '2017-04-03'],
        ['preceding', '2017-04-01', '2017-03-31'],
        ['following', '2017-05-27', '2017-05-30'],
    ] as const)('%s moves %s to %s', (convention, day, moved) => {
        expect(adjust(parseDay(day), convention, [newYork])).toBe(moved);
    });

    it('knows weekends by the platform calendar', () => {
        fc.assert(
            fc.property(
                fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
                date => {
                    const open = date.getUTCDay() !== 0 && date.getUTCDay() !== 6;
                    expect(isBusinessDay(parseDay(date.toISOString().slice(0, 10)), [])).toBe(open);
                },
            ),
        );
    });

    it('counts a Sunday declared a working day, and waits for both places to be open', () => {
        expect(isBusinessDay(parseDay('2017-01-22'), [shanghai])).toBe(true);
        expect(isBusinessDay(parseDay('2017-01-22'), [shanghai, newYork])).toBe(false);
        expect(adjust(parseDay('2017-01-27'), 'following', [shanghai, newYork])).toBe('2017-01-31');
    });

    it('steps over holidays when it counts business days', () => {
        expect(addBusinessDays(parseDay('2017-07-03'), 1, [newYork])).toBe('2017-07-05');
        expect(addBusinessDays(parseDay('2017-07-05'), -2, [newYork])).toBe('2017-06-30');
        expect(addBusinessDays(parseDay('2017-07-08'), 1, [newYork])).toBe('2017-07-10');
        expect(addBusinessDays(parseDay('2017-07-08'), -1, [newYork])).toBe('2017-07-07');
        expect(addBusinessDays(parseDay('2017-07-08'), 0, [newYork])).toBe('2017-07-07');
    });
});

describe('A payment calendar', () => {
    it('pays on business days, each interest period beginning where the last ended', () => {
        const periods = paymentPeriods(monthly);
        expect(periods.map(period => period.paid)).toEqual([
            '2017-06-15',
            '2017-07-17',
            '2017-08-15',
            '2017-09-15',
            '2017-10-16',
            '2017-11-15',
            '2017-12-15',
            '2018-01-16',
            '2018-02-15',
        ]);
        expect(periods[0]).toMatchObject({ number: 1, from: '2017-05-31', to: '2017-06-15' });
        expect(periods[1]).toMatchObject({ number: 2, from: '2017-06-15', to: '2017-07-17', due: '2017-07-15' });
    });

    it('keeps interest periods on the dates of the document when they are not adjusted', () => {
        const periods = paymentPeriods({ ...monthly, accrual: 'unadjusted' });
        expect(periods[1]).toMatchObject({ from: '2017-06-15', to: '2017-07-15', paid: '2017-07-17' });
    });

    it('pays at ends of months and ends with a short period', () => {
        const periods = paymentPeriods({
            ...monthly,
            firstPayment: parseDay('2017-06-30'),
            lastPayment: parseDay('2018-01-31'),
            monthsPerPeriod: 3,
            endOfMonth: true,
            convention: 'none',
        });
        expect(periods.map(period => period.due)).toEqual(['2017-06-30', '2017-09-30', '2017-12-31', '2018-01-31']);
    });

    it('leaves no day out and counts none twice', () => {
        fc.assert(
            fc.property(
                fc.constantFrom('none', 'following', 'modified following', 'preceding', 'modified preceding'),
                fc.constantFrom(1, 2, 3, 4, 6, 12),
                fc.constantFrom('adjusted', 'unadjusted'),
                fc.boolean(),
                (convention, months, accrual, endOfMonth) => {
                    const calendar = {
                        ...monthly,
                        convention,
                        monthsPerPeriod: months as 1,
                        accrual,
                        endOfMonth,
                        lastPayment: parseDay('2022-06-15'),
                    } as const;
                    const periods = paymentPeriods(calendar);
                    periods.slice(1).forEach((period, i) => expect(period.from).toBe(periods[i]?.to));
                    periods.forEach(period => expect(paymentPeriod(calendar, period.number)).toEqual(period));
                },
            ),
        );
    });

    it('refuses dates that do not follow one another', () => {
        expect(() => paymentPeriods({ ...monthly, firstPayment: parseDay('2017-05-31') })).toThrow(Refusal);
        expect(() => paymentPeriods({ ...monthly, lastPayment: parseDay('2017-06-14') })).toThrow(Refusal);
    });
});

function openBut(holidays: readonly string[], workdays: readonly string[] = []): BusinessCalendar {
    const days = (list: readonly string[]) => new Set(list.map(day => parseDay(day)));
    return { holidays: days(holidays), workdays: days(workdays) };
}
