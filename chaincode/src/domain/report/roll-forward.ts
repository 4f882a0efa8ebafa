import { Refusal } from '../refusal';

import type { Chunk } from '../tape/chunk';
import type { PoolRules } from '../pool-rules';
import type { StateRoles } from '../tape/asset-class';

/**
 * How a loan's month can fail to follow from the month before: begin - principal - charge-off - adjustment is not the end
 * (`difference`); no end is reported though there was a balance (`not-reported`); the stated beginning is not the
 * end before (`beginning`); the end is negative (`negative`).
 */
export type ExceptionKind = 'beginning' | 'difference' | 'negative' | 'not-reported';

/** A loan-month that does not roll forward. Private: it speaks of one loan. */
export interface RollException {
    readonly row: number;
    readonly kind: ExceptionKind;
    /** Minor units that are missing from the roll-forward, negative where there is too much. */
    readonly difference: number;
}

/** A month of a chunk, loan by loan, in minor units: what was reported, and what the policy books for what was not. */
export interface RolledMonth {
    readonly begin: Float64Array;
    readonly end: Float64Array;
    readonly principal: Float64Array;
    readonly chargedOff: Float64Array;
    readonly adjustment: Float64Array;
    readonly exceptions: readonly RollException[];
}

/**
 * Rolls every loan of a chunk forward from the balances at the end of the month before.
 * @param begin balances at the end of the month before, row by row
 * @throws Refusal STATE_NOT_ROLLED naming the row, where the rules refuse exceptions
 */
export function rollForward(
    states: Chunk,
    roles: StateRoles,
    begin: Float64Array,
    rules: PoolRules['rollForward'],
): RolledMonth {
    const reported = states.numbers(roles.endBalance);
    const stated = states.numbers(roles.beginBalance);
    const principal = orZero(states.numbers(roles.principal));
    const chargedOff = orZero(states.numbers(roles.chargedOff));
    const adjustment = orZero(states.numbers(roles.adjustment));
    const end = orZero(reported);
    const exceptions: RollException[] = [];
    for (let row = 0; row < states.rows; row++) {
        const opening = at(begin, row);
        const difference = opening - at(principal, row) - at(chargedOff, row) - at(adjustment, row) - at(end, row);
        const kind = kindOf(at(reported, row), at(stated, row), opening, difference);
        if (kind === undefined) continue;
        if (rules.exceptions === 'refuse') throw new Refusal('STATE_NOT_ROLLED', { row, problem: problems[kind] });
        exceptions.push({ row, kind, difference });
        const isLoss = rules.chargeOffAtZero && at(end, row) === 0 && difference > 0;
        const booked = isLoss ? chargedOff : adjustment;
        booked[row] = at(booked, row) + difference;
    }
    return { begin, end, principal, chargedOff, adjustment, exceptions };
}

/** The balances with which the next month begins: a loan that reports none has none. */
export function endBalances(states: Chunk, roles: StateRoles): Float64Array {
    return orZero(states.numbers(roles.endBalance));
}

/** Rows of loans that were repaid or bought back in the month: principal came in and nothing is left. */
export function repaidRows(states: Chunk, roles: StateRoles): Set<number> {
    const [end, principal] = [states.numbers(roles.endBalance), states.numbers(roles.principal)];
    const rows = new Set<number>();
    for (let row = 0; row < states.rows; row++) if (at(end, row) === 0 && at(principal, row) > 0) rows.add(row);
    return rows;
}

const problems: Readonly<Record<ExceptionKind, string>> = {
    beginning: 'the stated beginning is not the end of the month before',
    difference: 'begin - principal - charge-off - adjustment is not the end',
    negative: 'the end is negative',
    'not-reported': 'no end is reported though there was a balance',
};

function kindOf(reported: number, stated: number, begin: number, difference: number): ExceptionKind | undefined {
    if (difference !== 0) return Number.isNaN(reported) ? 'not-reported' : 'difference';
    if (reported < 0) return 'negative';
    return !Number.isNaN(stated) && stated !== begin ? 'beginning' : undefined;
}

function orZero(values: Float64Array): Float64Array {
    return values.map(value => (Number.isNaN(value) ? 0 : value));
}

function at(values: Float64Array, row: number): number {
    return values[row] as number;
}
