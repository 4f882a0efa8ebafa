import { Refusal } from './refusal';

declare const minorUnits: unique symbol;

/** An amount in minor units (cents) of the currency stated beside it: the deal's, the holding's, the account's. */
export type Amount = bigint & { readonly [minorUnits]: true };

/** ISO 4217 code. */
export type Currency = 'AUD' | 'CAD' | 'CHF' | 'CNY' | 'EUR' | 'GBP' | 'HKD' | 'JPY' | 'SGD' | 'USD';

export interface Money {
    readonly amount: Amount;
    readonly currency: Currency;
}

/** Decimal places of each currency's minor unit (ISO 4217). */
export const minorUnitDigits: Readonly<Record<Currency, number>> = {
    AUD: 2,
    CAD: 2,
    CHF: 2,
    CNY: 2,
    EUR: 2,
    GBP: 2,
    HKD: 2,
    JPY: 0,
    SGD: 2,
    USD: 2,
};

export const zero = 0n as Amount;

export function isCurrency(value: unknown): value is Currency {
    return typeof value === 'string' && Object.hasOwn(minorUnitDigits, value);
}

export function add(...amounts: readonly Amount[]): Amount {
    return amounts.reduce<bigint>((sum, amount) => sum + amount, 0n) as Amount;
}

export function subtract(a: Amount, b: Amount): Amount {
    return (a - b) as Amount;
}

export function lesser(a: Amount, b: Amount): Amount {
    return a < b ? a : b;
}

export function greater(a: Amount, b: Amount): Amount {
    return a > b ? a : b;
}

/**
 * Reads a decimal text such as `23405.04`, `-1,234.5` or `17875` as minor units. More decimals than the currency has are
 * refused, never rounded.
 * @param at where the text stands, for the refusal
 * @throws Refusal AMOUNT_INVALID
 */
export function parseAmount(text: string, currency: Currency = 'USD', at = 'amount'): Amount {
    const digits = minorUnitDigits[currency];
    const match = /^(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(text.trim());
    if (!match) throw new Refusal('AMOUNT_INVALID', { at, problem: 'not a decimal number' });
    const fraction = (match[3] ?? '').replace(/0+$/, '');
    if (fraction.length > digits)
        throw new Refusal('AMOUNT_INVALID', { at, problem: `more than ${digits} decimals for ${currency}` });
    const minor = BigInt((match[2] ?? '').replaceAll(',', '') + fraction.padEnd(digits, '0'));
    return (match[1] === '-' ? -minor : minor) as Amount;
}

/** `2340504n` as `23,405.04`; without grouping when `grouped` is false. */
export function formatAmount(amount: Amount, currency: Currency = 'USD', grouped = true): string {
    const digits = minorUnitDigits[currency];
    const text = (amount < 0n ? -amount : amount).toString().padStart(digits + 1, '0');
    const whole = text.slice(0, text.length - digits);
    const shown = grouped ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
    return `${amount < 0n ? '-' : ''}${shown}${digits > 0 ? `.${text.slice(-digits)}` : ''}`;
}
