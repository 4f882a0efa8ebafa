import { fc } from '../properties';
import {
    addDays,
    addMonths,
    dayNumber,
    daysBetween,
    lastDayOf,
    monthsBetween,
    parseDay,
    parseMonth,
} from '@poolproof/chaincode/domain';

const milliseconds = 86_400_000;
const anyDay = fc
    .integer({ min: Date.UTC(1900, 0, 1) / milliseconds, max: Date.UTC(2199, 11, 31) / milliseconds })
    .map(count => new Date(count * milliseconds));

function iso(date: Date): string {
    return date.toISOString().slice(0, 10);
}

describe('days', () => {
    test('are counted as the platform’s own calendar counts them', () => {
        fc.assert(
            fc.property(anyDay, anyDay, (a, b) => {
                expect(daysBetween(parseDay(iso(a)), parseDay(iso(b)))).toBe(
                    (b.getTime() - a.getTime()) / milliseconds,
                );
            }),
        );
    });

    test('are added as the platform’s own calendar adds them', () => {
        fc.assert(
            fc.property(anyDay, fc.integer({ min: -5000, max: 5000 }), (date, count) => {
                expect(addDays(parseDay(iso(date)), count)).toBe(iso(new Date(date.getTime() + count * milliseconds)));
            }),
        );
    });

    test('start from 1 March of the year 0', () => {
        expect(dayNumber(parseDay('0000-03-01'))).toBe(0);
    });

    test.each(['2017-02-29', '2017-13-01', '2017-00-10', '2017-1-1', '1900-02-29', ''])('do not include %p', text => {
        expect(() => parseDay(text)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    });
});

describe('months', () => {
    test('are added across years', () => {
        expect(addMonths(parseMonth('2017-11'), 3)).toBe('2018-02');
        expect(addMonths(parseMonth('2017-01'), -1)).toBe('2016-12');
        expect(monthsBetween(parseMonth('2016-12'), parseMonth('2018-02'))).toBe(14);
    });

    test('end on their last day', () => {
        expect(lastDayOf(parseMonth('2000-02'))).toBe('2000-02-29');
        expect(lastDayOf(parseMonth('2100-02'))).toBe('2100-02-28');
    });

    test.each(['2017-13', '2017', '17-01'])('do not include %p', text => {
        expect(() => parseMonth(text)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    });
});
