import { rateUnits } from '../field';

import type { AssetClass, LoanRoles, StateRoles, Stratum } from '../asset-class';
import type { Field } from '../field';

/**
 * What every underlying exposure is reported with, in the field names of the ESMA disclosure templates (Delegated Regulation (EU)
 * 2020/1224, annexes IV to VIII), whatever its kind. Fields may give a no-data code instead of a value.
 */
const core: readonly Field[] = [
    { name: 'newUnderlyingExposureIdentifier', type: 'text', required: true },
    { name: 'originatorName', type: 'text', required: true },
    { name: 'newObligorIdentifier', type: 'text' },
    { name: 'currencyDenomination', type: 'text' },
    { name: 'geographicRegionObligor', type: 'text' },
    { name: 'originationDate', type: 'day' },
    { name: 'maturityDate', type: 'day' },
    { name: 'originalTerm', type: 'count', least: 0 },
    { name: 'originalPrincipalBalance', type: 'amount', least: 0 },
    { name: 'currentPrincipalBalance', type: 'amount', required: true, least: 0 },
    { name: 'currentInterestRate', type: 'rate', least: 0, most: 10 * rateUnits },
    { name: 'numberOfDaysInArrears', type: 'count', least: 0 },
    { name: 'accountStatus', type: 'text' },
];

/** A month of an exposure. Account status codes of the same templates. */
const stateFields: readonly Field[] = [
    { name: 'newUnderlyingExposureIdentifier', type: 'text', required: true },
    { name: 'beginningPrincipalBalance', type: 'amount' },
    { name: 'currentPrincipalBalance', type: 'amount' },
    { name: 'scheduledPrincipal', type: 'amount' },
    { name: 'principalReceived', type: 'amount' },
    { name: 'interestReceived', type: 'amount' },
    { name: 'otherReceived', type: 'amount' },
    { name: 'totalReceived', type: 'amount' },
    { name: 'otherPrincipalAdjustment', type: 'amount' },
    { name: 'defaultAmount', type: 'amount' },
    { name: 'recoveriesReceived', type: 'amount' },
    { name: 'collateralProceeds', type: 'amount' },
    { name: 'currentInterestRate', type: 'rate', least: 0, most: 10 * rateUnits },
    { name: 'numberOfDaysInArrears', type: 'count', least: 0 },
    { name: 'accountStatus', type: 'text' },
];

const loanRoles: LoanRoles = {
    number: 'newUnderlyingExposureIdentifier',
    balance: 'currentPrincipalBalance',
};

const stateRoles: StateRoles = {
    number: 'newUnderlyingExposureIdentifier',
    beginBalance: 'beginningPrincipalBalance',
    endBalance: 'currentPrincipalBalance',
    principal: 'principalReceived',
    scheduledPrincipal: 'scheduledPrincipal',
    interest: 'interestReceived',
    paid: 'totalReceived',
    other: 'otherReceived',
    chargedOff: 'defaultAmount',
    adjustment: 'otherPrincipalAdjustment',
    recovered: 'recoveriesReceived',
    proceeds: 'collateralProceeds',
    delinquency: 'numberOfDaysInArrears',
    zeroCode: 'accountStatus',
    repurchasedCodes: ['REBR', 'REDF', 'REOT', 'RERE', 'RESS'],
};

interface ExposureKind {
    readonly id: string;
    readonly name: string;
    /** What a kind has besides the core. */
    readonly fields: readonly Field[];
    readonly identity: AssetClass['identity'];
    readonly averages?: readonly string[];
    readonly strata?: readonly Stratum[];
}

/** An asset class on the common core, with fields of its own. */
export function exposure(kind: ExposureKind): AssetClass {
    return {
        id: kind.id,
        name: kind.name,
        loan: { id: `${kind.id}/1`, fields: [...core, ...kind.fields] },
        state: { id: `${kind.id}-state/1`, fields: stateFields },
        identity: kind.identity,
        loanRoles,
        stateRoles,
        averages: ['currentInterestRate', 'originalTerm', ...(kind.averages ?? [])],
        stateAverages: ['currentInterestRate'],
        strata: [{ name: 'Region of the obligor', field: 'geographicRegionObligor' }, ...(kind.strata ?? [])],
    };
}
