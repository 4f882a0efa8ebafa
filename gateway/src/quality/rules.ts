import { rateUnits } from '@poolproof/chaincode/domain';

import { classRules } from './classes';

import type { AssetClass, StateRoles } from '@poolproof/chaincode/domain';
import type { QualityRule } from './rule';

/** The rules of an asset class: for its tape, and for its months. */
export interface QualityRules {
    readonly loan: readonly QualityRule[];
    readonly state: readonly QualityRule[];
}

/** Rates that only a wrong scale explains: 6.5 for 6.5 %, or 0.00065. */
const [tooHigh, high, tooLow] = [rateUnits, rateUnits / 2, rateUnits / 1000];

/** @throws RangeError for an asset class that has none */
export function qualityRulesOf({ id, state, stateRoles }: AssetClass): QualityRules {
    const own = classRules[id];
    if (!own) throw new RangeError(`no rules of quality for ${id}`);
    const stateRates = own.rates.filter(name => state.fields.some(field => field.name === name));
    return {
        loan: [...own.rates.flatMap(rateRules), ...own.rules, ...notReported(own.reported)],
        state: [
            ...rulesOfEveryMonth(stateRoles),
            ...own.months,
            ...stateRates.flatMap(rateRules),
            ...notReported([stateRoles.endBalance, stateRoles.delinquency]),
        ],
    };
}

/**
 * What is asked of a month whatever the asset. That a balance follows from the month before is for the deal's terms to judge; here it is
 * told where the record contradicts itself.
 */
function rulesOfEveryMonth(roles: StateRoles): QualityRule[] {
    const { adjustment, beginBalance, chargedOff, endBalance, interest, other, paid, principal } = roles;
    return [
        ['begin-balance-missing', 'warn', beginBalance, { kind: 'missing' }],
        ['balance-grown', 'warn', endBalance, { kind: 'beyond', other: beginBalance }],
        ['balance-negative', 'warn', endBalance, { kind: 'under', bound: 0 }],
        [
            'does-not-roll',
            'warn',
            endBalance,
            { kind: 'unrolled', other: beginBalance, parts: [principal, chargedOff, adjustment] },
        ],
        ['principal-above-payment', 'warn', principal, { kind: 'beyond', other: paid }],
        ['payment-not-its-parts', 'warn', paid, { kind: 'unlike', parts: [principal, interest, other] }],
    ];
}

function rateRules(field: string): QualityRule[] {
    return [
        ['rate-scale', 'refuse', field, { kind: 'over', bound: tooHigh }],
        ['rate-high', 'warn', field, { kind: 'over', bound: high }],
        ['rate-scale-low', 'warn', field, { kind: 'tiny', bound: tooLow }],
    ];
}

function notReported(fields: readonly string[]): QualityRule[] {
    return fields.map(field => ['not-reported', 'score', field, { kind: 'missing' }]);
}
