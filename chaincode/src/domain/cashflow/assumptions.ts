import { parseRate, times } from '../rate';
import { Refusal } from '../refusal';
import { integer, list, object, oneOf } from '../shape';

import type { Rate } from '../rate';
import type { Reader } from '../shape';
import type { DefaultModel, PrepaymentModel, Speed } from './speed';

/** What a projection supposes about a pool. Every list of rates is a vector by month of the projection whose last rate holds on. */
export interface Assumptions {
    readonly prepayment: Speed<PrepaymentModel>;
    readonly default: Speed<DefaultModel>;
    /** The part of a defaulted balance that comes back in cash, by month of default, and after how many months. */
    readonly recovery: { readonly rates: readonly Rate[]; readonly lag: number };
    /** Months a defaulted balance stays in the pool before it is charged off: 0 for car loans, to liquidation for mortgages. */
    readonly chargeOffLag: number;
    /** Parts of the performing balance reported 31 to 60, 61 to 90, 91 to 120 and over 120 days past due. They still pay. */
    readonly delinquency: readonly (readonly Rate[])[];
}

const lag = integer(0, 120);
const shares = list(share, { least: 1, most: 1200 });

const shape = object({
    prepayment: speed('CPR', 'SMM', 'ABS', 'PSA'),
    default: speed('CDR', 'MDR', 'SDA'),
    recovery: object({ rates: shares, lag }),
    chargeOffLag: lag,
    delinquency: list(shares, { most: 4 }),
});

/**
 * Reads assumptions from JSON, rates as text: `{ "prepayment": { "model": "ABS", "rates": ["1.5%"] }, "default": { "model": "CDR",
 * "rates": ["1%", "2%"] }, "recovery": { "rates": ["40%"], "lag": 6 }, "chargeOffLag": 0, "delinquency": [["2%"], ["0.5%"]] }`.
 * @throws Refusal REQUEST_INVALID naming the field
 */
export const readAssumptions: Reader<Assumptions> = (value, at) => {
    const read = shape(value, at);
    if (read.chargeOffLag <= read.recovery.lag) return read;
    throw new Refusal('REQUEST_INVALID', { at: `${at}.chargeOffLag`, problem: 'later than the recovery' });
};

/** The same assumptions with the default speed multiplied, as stresses are. */
export function withDefaultsTimes(assumptions: Assumptions, factor: Rate): Assumptions {
    const { model, rates } = assumptions.default;
    return { ...assumptions, default: { model, rates: rates.map(value => times(value, factor)) } };
}

function speed<const Model extends PrepaymentModel | DefaultModel>(...models: readonly Model[]): Reader<Speed<Model>> {
    const model = oneOf(...models);
    return (value, at) => {
        const read = object({ model, rates: list(multiple, { least: 1, most: 1200 }) })(value, at);
        if (read.model !== 'PSA' && read.model !== 'SDA')
            read.rates.forEach((each, i) => notOver(each, `${at}.rates[${i}]`));
        return read;
    };
}

function share(value: unknown, at: string): Rate {
    return notOver(multiple(value, at), at);
}

function multiple(value: unknown, at: string): Rate {
    const read = parseRate(typeof value === 'string' ? value : '', at);
    if (read.n < 0n) throw new Refusal('REQUEST_INVALID', { at, problem: 'negative' });
    return read;
}

function notOver(value: Rate, at: string): Rate {
    if (value.n > value.d) throw new Refusal('REQUEST_INVALID', { at, problem: 'more than the whole' });
    return value;
}
