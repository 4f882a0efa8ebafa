import { zero } from '../money';
import { parseRate } from '../rate';
import { Refusal } from '../refusal';
import { amount, day, flag, integer, list, object, oneOf, optional, record } from '../shape';
import { readAssumptions } from './assumptions';

import type { Currency } from '../money';
import type { Rate } from '../rate';
import type { Reader } from '../shape';
import type { FactValue, Unit } from '../terms/facts';
import type { Terms } from '../terms/terms';
import type { Loan, Repayment } from './amortise';
import type { PoolLine } from './line-flows';
import type { Scenario } from './simulate';

/** A pool and a scenario, as a structurer writes them beside the terms. */
export interface SimulationRequest {
    readonly lines: readonly PoolLine[];
    readonly scenario: Scenario;
}

/**
 * Reads a simulation from JSON: amounts in major units of the deal's currency and rates as text.
 * `{ "lines": [{ "balance": "25000.00", "rate": "6%", "months": 60, "age": 3, "count": 1, "repayment": { "kind": "level" } }],
 * "assumptions": { ... as readAssumptions ... }, "fixings": { "SOFR": ["4.1%"] } }`
 * @throws Refusal REQUEST_INVALID naming the field, also when the lines do not add up to the pool of the terms
 */
export function readSimulation(terms: Terms, value: unknown, at = 'simulation'): SimulationRequest {
    const line = lineReader(terms.currency);
    const read = object({
        lines: list(line, { least: 1 }),
        assumptions: readAssumptions,
        fixings: optional(record(list(readRate, { least: 1, most: 1200 }))),
        purchases: optional(list(line, { least: 1 })),
        extra: optional(extraReader(terms)),
    })(value, at);
    const { lines, ...scenario } = read;
    const balance = lines.reduce((sum, each) => sum + each.loan.balance, 0n);
    if (balance !== terms.pool.balance)
        throw invalid(`${at}.lines`, 'the balances do not add up to the pool of the terms');
    return { lines, scenario: scenario as Scenario };
}

function lineReader(currency: Currency): Reader<PoolLine> {
    const shape = object({
        balance: amount(currency),
        rate: readRate,
        months: integer(1, 1200),
        age: optional(integer(0, 1200)),
        count: optional(integer(1)),
        repayment: optional(repaymentReader(currency)),
        every: optional(integer(1, 12)),
        interestOnly: optional(integer(0, 1200)),
        firstPeriod: optional(readRate),
        steps: optional(list(object({ from: integer(1, 1200), rate: readRate }))),
    });
    return (value, at) => {
        const { age = 0, count = 1, repayment = { kind: 'level' }, ...loan } = shape(value, at);
        if (loan.balance <= 0n) throw invalid(`${at}.balance`, 'not above zero');
        return { loan: { ...loan, repayment } as Loan, age, count };
    };
}

function repaymentReader(currency: Currency): Reader<Repayment> {
    const shape = object({
        kind: oneOf('level', 'balloon', 'linear', 'bullet'),
        payment: optional(amount(currency)),
        over: optional(integer(1, 1200)),
        balloon: optional(amount(currency)),
    });
    return (value, at) => {
        const { kind, payment, over, balloon } = shape(value, at);
        if (kind !== 'level' && (payment ?? over) !== undefined) throw invalid(at, 'a payment or term, but not level');
        if ((kind === 'balloon') !== (balloon !== undefined))
            throw invalid(at, 'a balloon without its amount, or an amount alone');
        if (kind === 'balloon') return { kind, balloon: balloon ?? zero };
        if (kind !== 'level') return { kind };
        return { kind, ...(payment === undefined ? {} : { payment }), ...(over === undefined ? {} : { over }) };
    };
}

/** Values of the facts that the terms declare, each in its unit. */
function extraReader({ facts = {}, currency }: Terms): Reader<Readonly<Record<string, FactValue>>> {
    const readers: Readonly<Record<Unit, Reader<FactValue>>> = {
        money: amount(currency),
        count: integer(0),
        rate: (value, at) => textOf(readRate(value, at)),
        date: day,
        boolean: flag,
    };
    const shape = Object.entries(facts).map(([name, { unit }]) => [name, optional(readers[unit])] as const);
    return object(Object.fromEntries(shape)) as Reader<Readonly<Record<string, FactValue>>>;
}

function textOf({ n, d }: Rate): string {
    return `${n}/${d}`;
}

function readRate(value: unknown, at: string): Rate {
    return parseRate(typeof value === 'string' ? value : '', at);
}

function invalid(at: string, problem: string): Refusal {
    return new Refusal('REQUEST_INVALID', { at, problem });
}
