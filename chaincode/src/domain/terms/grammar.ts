import { isCurrency, minorUnitDigits, parseAmount } from '../money';
import { parseDay } from '../day';
import { parseRate } from '../rate';
import { Refusal } from '../refusal';

import type { Day } from '../day';
import type { Amount, Currency } from '../money';
import type { Rate } from '../rate';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Where a value stands in the document, and what its reading depends on. */
export interface Place {
    readonly path: string;
    readonly currency: Currency;
}

/** How one kind of value is written: read from JSON, and described by a JSON Schema. One source for both. */
export interface Grammar<T> {
    readonly read: (value: unknown, place: Place) => T;
    readonly schema: JsonSchema;
    readonly isOptional?: boolean;
}

/** A member that may be left out. */
export type OptionalGrammar<T> = Grammar<T> & { readonly isOptional: true };

/** A grammar for each member of `T`, optional exactly where the member is. */
type Members<T> = {
    readonly [K in keyof T]-?: undefined extends T[K] ? OptionalGrammar<Exclude<T[K], undefined>> : Grammar<T[K]>;
};

/** An object with exactly these members. */
export function object<T>(description: string, members: Members<T>): Grammar<T> {
    const entries = Object.entries<Grammar<unknown>>(members);
    return {
        read: (value, place) => {
            const given = asRecord(value, place);
            for (const key of Object.keys(given))
                if (!Object.hasOwn(members, key)) throw invalid(inside(place, key), 'no such field');
            const result: Record<string, unknown> = {};
            for (const [key, member] of entries) {
                if (given[key] === undefined && member.isOptional) continue;
                result[key] = member.read(given[key], inside(place, key));
            }
            return result as T;
        },
        schema: {
            type: 'object',
            description,
            properties: Object.fromEntries(entries.map(([key, member]) => [key, member.schema])),
            required: entries.filter(([, member]) => !member.isOptional).map(([key]) => key),
            additionalProperties: false,
        },
    };
}

/** The member may be left out. */
export function optional<T>(grammar: Grammar<T>): OptionalGrammar<T> {
    return { ...grammar, isOptional: true };
}

/** A list of at least `least` entries. */
export function list<T>(item: Grammar<T>, least = 0): Grammar<readonly T[]> {
    return {
        read: (value, place) => {
            if (!Array.isArray(value)) throw invalid(place, 'not a list');
            if (value.length < least) throw invalid(place, `fewer than ${least} entries`);
            return value.map((entry, i) => item.read(entry, { ...place, path: `${place.path}[${i}]` }));
        },
        schema: { type: 'array', items: item.schema, ...(least > 0 ? { minItems: least } : {}) },
    };
}

/** An object whose keys are ids chosen by the writer. */
export function map<T>(description: string, item: Grammar<T>): Grammar<Readonly<Record<string, T>>> {
    return {
        read: (value, place) =>
            Object.fromEntries(
                Object.entries(asRecord(value, place)).map(([key, entry]) => [
                    id.read(key, inside(place, key)),
                    item.read(entry, inside(place, key)),
                ]),
            ),
        schema: { type: 'object', description, propertyNames: id.schema, additionalProperties: item.schema },
    };
}

/** One of several objects, told apart by the value of `tag`. */
export function choice<T>(tag: string, options: Readonly<Record<string, Grammar<T>>>): Grammar<T> {
    return {
        read: (value, place) => {
            const given = asRecord(value, place)[tag];
            const option = typeof given === 'string' && Object.hasOwn(options, given) ? options[given] : undefined;
            if (!option) throw invalid(inside(place, tag), `not one of ${Object.keys(options).join(', ')}`);
            return option.read(value, place);
        },
        schema: { oneOf: Object.values(options).map(option => option.schema) },
    };
}

/** A grammar that contains itself, such as steps within steps: described once under `$defs`. */
export function recursive<T>(name: string, grammar: () => Grammar<T>): Grammar<T> {
    return { read: (value, place) => grammar().read(value, place), schema: { $ref: `#/$defs/${name}` } };
}

/** The kinds of text of a document, described once under `$defs`. */
export const definitions: Record<string, JsonSchema> = {};

/** Exactly this text. */
export function literal<const T extends string>(value: T): Grammar<T> {
    return oneOf(value);
}

/** One of these texts. */
export function oneOf<const T extends string>(...choices: readonly T[]): Grammar<T> {
    return {
        read: (value, place) => {
            if (choices.includes(value as T)) return value as T;
            throw invalid(place, `not one of ${choices.join(', ')}`);
        },
        schema: choices.length === 1 ? { const: choices[0] } : { enum: choices },
    };
}

/** One of these numbers. */
export function number<const T extends number>(...choices: readonly T[]): Grammar<T> {
    return {
        read: (value, place) => {
            if (choices.includes(value as T)) return value as T;
            throw invalid(place, `not one of ${choices.join(', ')}`);
        },
        schema: { enum: choices },
    };
}

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number): Grammar<number> {
    return {
        read: (value, place) => {
            if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(place, 'not a whole number');
            if (value < least || value > most) throw invalid(place, `not between ${least} and ${most}`);
            return value;
        },
        schema: { type: 'integer', minimum: least, maximum: most },
    };
}

/** True or false. */
export const flag: Grammar<boolean> = {
    read: (value, place) => {
        if (typeof value !== 'boolean') throw invalid(place, 'not true or false');
        return value;
    },
    schema: { type: 'boolean' },
};

function matching(name: string, pattern: string, problem: string, description: string): Grammar<string> {
    const expression = new RegExp(pattern);
    definitions[name] = { type: 'string', pattern, description };
    return {
        read: (value, place) => {
            if (typeof value !== 'string' || !expression.test(value)) throw invalid(place, problem);
            return value;
        },
        schema: { $ref: `#/$defs/${name}` },
    };
}

/** Members that every object has: a thing of such a name would be found where there is none. */
const inherited = 'constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|toString|valueOf';

/** A name that formulas can use: letters and digits, with single dashes or underscores inside. */
export const id = matching(
    'id',
    `^(?!(?:${inherited})$)(?=.{1,64}$)[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$`,
    'not an id (a letter, then letters and digits, single dashes or underscores inside)',
    'An id; formulas use it as a name.',
);

/** Text for people, without control characters. */
export const text = matching(
    'text',
    '^[^\\u0000-\\u001f\\u007f]{1,300}$',
    'not a text of up to 300 characters',
    'Text.',
);

/** Text of a formula; what it says is judged by `checkTerms`. */
export const formula = matching(
    'formula',
    '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]{1,2000}$',
    'not a formula of up to 2,000 characters',
    'A formula, such as `round(poolBalanceBeginning * 1% / 12, half-up)`.',
);

const rateText = matching(
    'rate',
    '^-?\\d{1,15}(\\.\\d{1,15})?%?$|^-?\\d{1,15}/[1-9]\\d{0,14}$',
    'not a rate such as 0.028, 2.8% or 7/12',
    'An exact rate: 0.028, 2.8% or 7/12.',
);

/** An exact rate: `0.028`, `2.8%` or `7/12`. */
export const rate: Grammar<Rate> = {
    read: (value, place) => parseRate(rateText.read(value, place), place.path),
    schema: rateText.schema,
};

const amountText = matching(
    'amount',
    '^\\d{1,20}(\\.\\d{1,4})?$',
    'not an amount (a decimal number as text, 1000000.00)',
    "An amount in major units of the deal's currency: 1000000.00.",
);

/** A decimal amount in major units of the deal's currency, as minor units. */
export const amount: Grammar<Amount> = {
    read: (value, place) => {
        const written = amountText.read(value, place);
        if ((written.split('.')[1] ?? '').length > minorUnitDigits[place.currency])
            throw invalid(place, `more decimals than ${place.currency} has`);
        return parseAmount(written, place.currency, place.path);
    },
    schema: amountText.schema,
};

const dayText = matching('day', '^\\d{4}-\\d{2}-\\d{2}$', 'not a day such as 2017-05-31', 'A day: 2017-05-31.');

/** A day of the calendar. */
export const day: Grammar<Day> = {
    read: (value, place) => {
        const written = dayText.read(value, place);
        try {
            return parseDay(written);
        } catch {
            throw invalid(place, 'no such day in the calendar');
        }
    },
    schema: dayText.schema,
};

/** An ISO 4217 code known here. */
export const currency: Grammar<Currency> = {
    read: (value, place) => {
        if (isCurrency(value)) return value;
        throw invalid(place, `not one of ${Object.keys(minorUnitDigits).join(', ')}`);
    },
    schema: { enum: Object.keys(minorUnitDigits) },
};

/** The same grammar with a description of its own in the schema. */
export function said<T>(description: string, grammar: Grammar<T>): Grammar<T> {
    return { ...grammar, schema: { ...grammar.schema, description } };
}

function asRecord(value: unknown, place: Place): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(place, 'not an object');
    return value as Record<string, unknown>;
}

function inside(place: Place, key: string): Place {
    return { ...place, path: place.path === '' ? key : `${place.path}.${key}` };
}

function invalid(place: Place, problem: string): Refusal {
    return new Refusal('TERMS_INVALID', { at: place.path === '' ? 'terms' : place.path, problem });
}
