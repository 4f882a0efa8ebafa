import { parseDay } from '../day';
import { rate } from '../rate';

import type { FormulaValue, Fraction } from '../formula/value';
import type { Unit } from '../terms/facts';
import type { RecordedValue } from './record';

/** A formula's value in canonical form. */
export function recorded(unit: Unit, value: unknown): RecordedValue {
    if (unit !== 'rate') return value as RecordedValue;
    return rateText(value as Fraction);
}

const rateTexts = new WeakMap<Fraction, string>();

/** `n/d` in lowest terms. The same fraction is asked for often: a coupon every month, a value in several steps. */
function rateText(fraction: Fraction): string {
    const known = rateTexts.get(fraction);
    if (known !== undefined) return known;
    const { n, d } = rate(fraction.n, fraction.d);
    const text = `${n}/${d}`;
    rateTexts.set(fraction, text);
    return text;
}

/** A recorded value as formulas compute with it, for values remembered from earlier runs. */
export function decodeValue(unit: Unit, text: string): FormulaValue {
    switch (unit) {
        case 'money':
        case 'count':
            return BigInt(text);
        case 'rate': {
            const [n = '0', d = '1'] = text.split('/');
            return { n: BigInt(n), d: BigInt(d) };
        }
        case 'date':
            return parseDay(text);
        case 'boolean':
            return text === 'true';
    }
}
