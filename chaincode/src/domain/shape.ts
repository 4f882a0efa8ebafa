import { isCurrency, parseAmount } from './money';
import { parseDay, parseMonth } from './day';
import { Refusal } from './refusal';

import type { Amount, Currency } from './money';
import type { Day, Month } from './day';

/** Reads one value of a request; `at` is its path, as in `tranches[2].coupon`, and stands in the refusal. */
export type Reader<T> = (value: unknown, at: string) => T;

export type Shape = Readonly<Record<string, Reader<unknown>>>;
declare const mayBeAbsent: unique symbol;

/** Reads a member that may be left out. */
export type OptionalReader<T> = Reader<T | undefined> & { readonly [mayBeAbsent]: true };

type Read<R> = R extends Reader<infer T> ? T : never;
type OptionalIn<S extends Shape> = { [K in keyof S]: S[K] extends OptionalReader<unknown> ? K : never }[keyof S];

/** What `object(shape)` reads: optional members are left out rather than undefined. */
export type Shaped<S extends Shape> = { readonly [K in Exclude<keyof S, OptionalIn<S>>]: Read<S[K]> } & {
    readonly [K in OptionalIn<S>]?: Read<S[K]>;
};

/** Reads JSON text by a reader. @throws Refusal REQUEST_INVALID */
export function readJson<T>(text: string, reader: Reader<T>, at = 'request'): T {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        throw invalid(at, 'not JSON');
    }
    return reader(value, at);
}

/** An object with exactly these members: a member missing or unknown is refused by name. */
export function object<S extends Shape>(shape: S): Reader<Shaped<S>> {
    const members = Object.entries(shape);
    return (value, at) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(at, 'not an object');
        const given = value as Record<string, unknown>;
        for (const key of Object.keys(given))
            if (!Object.hasOwn(shape, key)) throw invalid(`${at}.${key}`, 'no such field');
        const result: Record<string, unknown> = {};
        for (const [key, reader] of members) {
            const member = reader(given[key], `${at}.${key}`);
            if (member !== undefined) result[key] = member;
        }
        return result as Shaped<S>;
    };
}

export function list<T>(item: Reader<T>, bounds: { least?: number; most?: number } = {}): Reader<readonly T[]> {
    return (value, at) => {
        if (!Array.isArray(value)) throw invalid(at, 'not a list');
        if (value.length < (bounds.least ?? 0)) throw invalid(at, `fewer than ${bounds.least ?? 0} entries`);
        if (bounds.most !== undefined && value.length > bounds.most)
            throw invalid(at, `more than ${bounds.most} entries`);
        return value.map((entry, i) => item(entry, `${at}[${i}]`));
    };
}

export function optional<T>(reader: Reader<T>): OptionalReader<T> {
    const read: Reader<T | undefined> = (value, at) =>
        value === undefined || value === null ? undefined : reader(value, at);
    return read as OptionalReader<T>;
}

export function oneOf<const T extends string>(...choices: readonly T[]): Reader<T> {
    return (value, at) => {
        if (choices.includes(value as T)) return value as T;
        throw invalid(at, `not one of ${choices.join(', ')}`);
    };
}

/** Text without control characters, at most `most` characters. */
export function text(most = 200): Reader<string> {
    return (value, at) => {
        if (typeof value !== 'string' || value.length === 0) throw invalid(at, 'missing or not text');
        if (value.length > most) throw invalid(at, `longer than ${most} characters`);
        // eslint-disable-next-line no-control-regex
        if (/[\u0000-\u001f\u007f]/.test(value)) throw invalid(at, 'has a control character');
        return value;
    };
}

/** Any text, also none. */
export const label: Reader<string> = (value, at) => {
    if (typeof value !== 'string') throw invalid(at, 'not text');
    return value;
};

/** An object with members of any name, all of one kind. */
export function record<T>(member: Reader<T>): Reader<Readonly<Record<string, T>>> {
    return (value, at) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(at, 'not an object');
        return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, member(entry, `${at}.${key}`)]));
    };
}

/** An identifier used in ledger keys: letters, digits, `-`, `.` and `_`. */
export const id: Reader<string> = (value, at) => {
    if (typeof value !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value))
        throw invalid(at, 'not an identifier (up to 64 letters, digits, dots, dashes, underscores)');
    return value;
};

export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Reader<number> {
    return (value, at) => {
        if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(at, 'not a whole number');
        if (value < least || value > most) throw invalid(at, `not between ${least} and ${most}`);
        return value;
    };
}

export const flag: Reader<boolean> = (value, at) => {
    if (typeof value !== 'boolean') throw invalid(at, 'not true or false');
    return value;
};

/** Minor units as a decimal string, the canonical form of an amount in a request: `"2340504"`. */
export const minor: Reader<Amount> = (value, at) => {
    if (typeof value !== 'string' || !/^-?\d{1,30}$/.test(value))
        throw invalid(at, 'not an amount in minor units, a whole number as text: "1250"');
    return BigInt(value) as Amount;
};

/** A decimal amount in major units, `"23405.04"`. */
export function amount(currency: Currency = 'USD'): Reader<Amount> {
    return (value, at) => {
        if (typeof value !== 'string') throw invalid(at, 'not an amount (a decimal number as text)');
        return parseAmount(value, currency, at);
    };
}

export const currency: Reader<Currency> = (value, at) => {
    if (!isCurrency(value)) throw invalid(at, 'not a currency code known here');
    return value;
};

export const day: Reader<Day> = (value, at) => parseDay(typeof value === 'string' ? value : '', at);

export const month: Reader<Month> = (value, at) => parseMonth(typeof value === 'string' ? value : '', at);

/** A SHA-256 as 64 lower-case hexadecimal digits. */
export const digest: Reader<string> = (value, at) => {
    if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw invalid(at, 'not a SHA-256 in hexadecimal');
    return value;
};

function invalid(at: string, problem: string): Refusal {
    return new Refusal('REQUEST_INVALID', { at, problem });
}
