import { canonical } from '../canonical';
import { day, flag, id, integer, list, minor, object, oneOf, optional, text } from '../shape';
import { Refusal } from '../refusal';

import type { Reader } from '../shape';
import type {
    Distribution,
    Notice,
    OutcomeRecord,
    PaymentRecord,
    RecordedValue,
    StepRecord,
    WaterfallRun,
} from './record';
import type { DealState } from './state';

export const triggerReader = withOptional(
    object({ tripped: flag, since: optional(day), periods: integer(0), clear: integer(0) }),
);

/**
 * Reads a state back from its canonical form.
 * @throws Refusal REQUEST_INVALID
 */
export const readState: Reader<DealState> = object({
    period: integer(0),
    status: id,
    asOf: day,
    tranches: mapOf(object({ balance: minor, interestShortfall: minor, writtenDown: minor })),
    accounts: mapOf(minor),
    fees: mapOf(object({ unpaid: minor, counted: minor })),
    ledgers: mapOf(minor),
    hedges: mapOf(minor),
    triggers: mapOf(triggerReader),
    memory: mapOf(list(text(2_000))),
});

/** Minor units and counts are the only all-digit texts: ids begin with a letter, rates have a stroke, days have dashes. */
const value: Reader<RecordedValue> = (given, at) => {
    if (typeof given === 'boolean') return given;
    if (typeof given === 'bigint') return given;
    const written = text(2_000)(given, at);
    return /^-?\d+$/.test(written) ? BigInt(written) : written;
};

const payment: Reader<PaymentRecord> = withOptional(
    object({
        id,
        due: minor,
        paid: minor,
        before: minor,
        after: minor,
        inputs: optional(list(value)),
        support: optional(mapOf(minor)),
        parts: optional(mapOf(minor)),
    }),
);

const outcome: Reader<OutcomeRecord> = withOptional(object({ id, outcome: value, inputs: optional(list(value)) }));

const step: Reader<StepRecord> = (given, at) =>
    typeof given === 'object' && given !== null && 'outcome' in given ? outcome(given, at) : payment(given, at);

const distribution: Reader<Distribution> = object({
    interest: minor,
    principal: minor,
    residual: minor,
    balanceBeginning: minor,
    balanceEnding: minor,
    factor: text(),
    interestShortfall: minor,
    rate: text(2_000),
    writtenDown: minor,
});

const notice: Reader<Notice> = object({ trigger: id, happened: oneOf('tripped', 'cured'), notify: list(id) });

/**
 * Reads a run back from its canonical form, as the contract keeps it.
 * @throws Refusal REQUEST_INVALID
 */
export const readRun: Reader<WaterfallRun> = object({
    paymentDate: day,
    status: id,
    state: readState,
    deposits: mapOf(minor),
    steps: list(step),
    distributions: mapOf(distribution),
    payments: mapOf(minor),
    results: mapOf(value),
    notices: list(notice),
});

/**
 * A run that the ledger could not give back must not be written: no later period could begin.
 * @throws Refusal FACTS_INVALID naming the figure
 */
export function mustBeReadable(run: WaterfallRun): void {
    try {
        readRun(JSON.parse(canonical(run)), 'run');
    } catch (error) {
        if (error instanceof Refusal) throw new Refusal('FACTS_INVALID', error.details);
        throw error;
    }
}

/** An object whose keys are ids of the terms. */
function mapOf<T>(item: Reader<T>): Reader<Readonly<Record<string, T>>> {
    return (given, at) => {
        if (typeof given !== 'object' || given === null || Array.isArray(given))
            throw new Refusal('REQUEST_INVALID', { at, problem: 'not an object' });
        return Object.fromEntries(
            Object.entries(given).map(([key, entry]) => [id(key, `${at}.${key}`), item(entry, `${at}.${key}`)]),
        );
    };
}

type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];
type WithOptional<T> = Omit<T, OptionalKeys<T>> & { readonly [K in OptionalKeys<T>]?: Exclude<T[K], undefined> };

/** `object` leaves out members that are absent; this says so in the type. */
function withOptional<T>(reader: Reader<T>): Reader<WithOptional<T>> {
    return reader as Reader<WithOptional<T>>;
}
