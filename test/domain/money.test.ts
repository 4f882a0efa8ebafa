import { fc } from '../properties';
import {
    add,
    divide,
    formatAmount,
    formatRate,
    parseAmount,
    parseRate,
    portion,
    rate,
    share,
} from '@poolproof/chaincode/domain';

import type { Amount, Rounding } from '@poolproof/chaincode/domain';

const anyAmount = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }).map(minor => minor as Amount);

describe('an amount', () => {
    test('survives being printed and read', () => {
        fc.assert(fc.property(anyAmount, amount => expect(parseAmount(formatAmount(amount))).toBe(amount)));
    });

    test('is read in the currency’s own minor unit', () => {
        expect(parseAmount('1,234', 'JPY')).toBe(1234n);
        expect(parseAmount('1,234.5', 'USD')).toBe(123450n);
        expect(parseAmount('12.500', 'USD')).toBe(1250n);
    });

    test.each(['', '1.234', '12,34', '1e3', '0x10', '--1', '1.', 'NaN'])('is never guessed from %p', text => {
        expect(() => parseAmount(text)).toThrow(expect.objectContaining({ code: 'AMOUNT_INVALID' }));
    });
});

describe('rounding', () => {
    const cases: [Rounding, bigint[]][] = [
        ['down', [2n, 2n, 3n, -2n, -2n]],
        ['up', [3n, 3n, 4n, -3n, -3n]],
        ['half-up', [2n, 3n, 4n, -3n, -2n]],
        ['half-even', [2n, 2n, 4n, -2n, -2n]],
    ];
    test.each(cases)('%s of 2.25, 2.5, 3.5, -2.5 and -2.25', (rounding, expected) => {
        const quarters = [9n, 10n, 14n, -10n, -9n];
        expect(quarters.map(n => divide(n, 4n, rounding))).toEqual(expected);
    });

    test('gives the same for a negative divisor', () => {
        expect(divide(10n, -4n, 'half-up')).toBe(-3n);
    });
});

describe('a rate', () => {
    test('is read exactly', () => {
        expect(parseRate('0.0280')).toEqual(rate(7n, 250n));
        expect(parseRate('2.8%')).toEqual(rate(7n, 250n));
        expect(parseRate('7/12')).toEqual(rate(7n, 12n));
    });

    test('stands in lowest terms, however large its parts', () => {
        const size = fc.constantFrom(100n, 2n ** 53n, 2n ** 54n, 10n ** 40n);
        const part = size.chain(most => fc.bigInt({ min: -most, max: most }));
        const euclid = (a: bigint, b: bigint): bigint => (b === 0n ? a : euclid(b, a % b));
        fc.assert(
            fc.property(part, part, part, (n, d, factor) => {
                fc.pre(d !== 0n && factor !== 0n);
                const lowest = rate(n * factor, d * factor);
                expect(lowest.n * d).toBe(lowest.d * n);
                expect(lowest.d > 0n && [1n, -1n].includes(euclid(lowest.n, lowest.d))).toBe(true);
            }),
        );
    });

    test.each(['1/0', '1/00', '0.5/2', '1/2/3', 'five', '', `0.${'1'.repeat(1_000_000)}`])('is refused as %#', text => {
        expect(() => parseRate(text)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    });

    test('prints a pool factor as certificates do', () => {
        expect(formatRate(rate(14068447796n, 16900000000n), 7, 'half-up')).toBe('0.8324525');
        expect(formatRate(rate(-1n, 3n), 2, 'half-up')).toBe('-0.33');
    });

    test('takes the stated part of an amount', () => {
        expect(portion(parseAmount('169000000.00'), rate(114n * 30n, 10000n * 360n), 'half-up')).toBe(
            parseAmount('160550.00'),
        );
    });
});

describe('shares', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 });

    test('sum to the total and miss the exact part by less than one unit', () => {
        fc.assert(
            fc.property(anyAmount, weights, (total, given) => {
                fc.pre(given.some(weight => weight > 0n));
                const sum = given.reduce((a, b) => a + b, 0n);
                const parts = share(total, given);
                expect(add(...parts)).toBe(total);
                for (const [i, part] of parts.entries()) {
                    const distance = part * sum - total * (given[i] ?? 0n);
                    expect(distance < sum && distance > -sum).toBe(true);
                }
            }),
        );
    });

    test('give the odd cent to the largest remainder, the first among equals', () => {
        expect(share(100n as Amount, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
        expect(share(100n as Amount, [1n, 2n, 4n])).toEqual([14n, 29n, 57n]);
    });

    test('of nothing by nothing are nothing', () => {
        expect(share(0n as Amount, [0n, 0n])).toEqual([0n, 0n]);
        expect(() => share(1n as Amount, [0n])).toThrow(RangeError);
    });
});
