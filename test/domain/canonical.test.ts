import { fc } from '../properties';
import { byCodePoint, canonical } from '@poolproof/chaincode/domain';

describe('the canonical encoding', () => {
    test('is the same whatever the order of properties', () => {
        expect(canonical({ b: 1, a: { d: null, c: [true, 'x'] } })).toBe(
            canonical({ a: { c: [true, 'x'], d: null }, b: 1 }),
        );
    });

    test('writes bigint as a decimal string and leaves absent properties out', () => {
        expect(canonical({ balance: 12345678901234567890n, note: undefined })).toBe(
            '{"balance":"12345678901234567890"}',
        );
    });

    test.each([[0.1], [Number.NaN], [Number.MAX_SAFE_INTEGER + 1], [() => 1], [undefined]])('refuses %p', value => {
        expect(() => canonical([value])).toThrow(TypeError);
    });

    test('orders keys as their UTF-8 bytes', () => {
        const anyUnicode = fc.string({ unit: 'binary' });
        fc.assert(
            fc.property(anyUnicode, anyUnicode, (a, b) => {
                expect(Math.sign(byCodePoint(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
            }),
        );
    });
});
