import { rateUnits } from '@poolproof/chaincode/domain';

import type { AssetClass } from '@poolproof/chaincode/domain';
import type { QualityRule } from './rule';

/** The rules of an asset class: for its tape, and for its months. */
export interface QualityRules {
    readonly loan: readonly QualityRule[];
    readonly state: readonly QualityRule[];
}

/** Rates that only a wrong scale explains: 6.5 for 6.5 %, or 0.00065. */
const [tooHigh, high, tooLow] = [rateUnits, rateUnits / 2, rateUnits / 1000];

const autoLoan: QualityRules = {
    loan: [
        ...rateRules('originalInterestRatePercentage'),
        ...rateRules('reportingPeriodInterestRatePercentage'),
        {
            id: 'balance-grown',
            tier: 'warn',
            field: 'reportingPeriodActualEndBalanceAmount',
            fault: { kind: 'beyond', other: 'originalLoanAmount' },
        },
        {
            id: 'term-grown',
            tier: 'warn',
            field: 'remainingTermToMaturityNumber',
            fault: { kind: 'beyond', other: 'originalLoanTerm' },
        },
        {
            id: 'dates-out-of-order',
            tier: 'refuse',
            field: 'originationDate',
            fault: { kind: 'beyond', other: 'loanMaturityDate' },
        },
        {
            id: 'dates-out-of-order',
            tier: 'warn',
            field: 'originationDate',
            fault: { kind: 'beyond', other: 'originalFirstPaymentDate' },
        },
        {
            id: 'loan-above-value',
            tier: 'warn',
            field: 'originalLoanAmount',
            fault: { kind: 'beyond', other: 'vehicleValueAmount', times: 2 },
        },
        ...missing(
            'obligorCreditScore',
            'obligorGeographicLocation',
            'originalLoanAmount',
            'vehicleValueAmount',
            'loanMaturityDate',
        ),
    ],
    state: [
        {
            id: 'begin-balance-missing',
            tier: 'warn',
            field: 'reportingPeriodBeginningLoanBalanceAmount',
            fault: { kind: 'missing' },
        },
        {
            id: 'zero-balance-with-balance',
            tier: 'warn',
            field: 'zeroBalanceCode',
            fault: { kind: 'despite', other: 'reportingPeriodActualEndBalanceAmount' },
        },
        { id: 'zero-balance-sticky', tier: 'warn', field: 'zeroBalanceEffectiveDate', fault: { kind: 'stale' } },
        {
            id: 'balance-grown',
            tier: 'warn',
            field: 'reportingPeriodActualEndBalanceAmount',
            fault: { kind: 'beyond', other: 'reportingPeriodBeginningLoanBalanceAmount' },
        },
        {
            id: 'principal-above-payment',
            tier: 'warn',
            field: 'actualPrincipalCollectedAmount',
            fault: { kind: 'beyond', other: 'totalActualAmountPaid' },
        },
        ...rateRules('reportingPeriodInterestRatePercentage'),
        ...missing('reportingPeriodActualEndBalanceAmount', 'currentDelinquencyStatus'),
    ],
};

/** Of the classes on the common core of the ESMA templates. */
const exposure: QualityRules = {
    loan: [
        ...rateRules('currentInterestRate'),
        {
            id: 'balance-grown',
            tier: 'warn',
            field: 'currentPrincipalBalance',
            fault: { kind: 'beyond', other: 'originalPrincipalBalance' },
        },
        {
            id: 'dates-out-of-order',
            tier: 'refuse',
            field: 'originationDate',
            fault: { kind: 'beyond', other: 'maturityDate' },
        },
        ...missing('originalPrincipalBalance', 'originationDate', 'maturityDate', 'geographicRegionObligor'),
    ],
    state: [
        { id: 'begin-balance-missing', tier: 'warn', field: 'beginningPrincipalBalance', fault: { kind: 'missing' } },
        {
            id: 'balance-grown',
            tier: 'warn',
            field: 'currentPrincipalBalance',
            fault: { kind: 'beyond', other: 'beginningPrincipalBalance' },
        },
        {
            id: 'principal-above-payment',
            tier: 'warn',
            field: 'principalReceived',
            fault: { kind: 'beyond', other: 'totalReceived' },
        },
        ...rateRules('currentInterestRate'),
        ...missing('numberOfDaysInArrears'),
    ],
};

/** The rules of a class: its own, or those of all whose fields it has. */
export function qualityRulesOf({ id, loan, state }: AssetClass): QualityRules {
    if (id === autoLoanId) return autoLoan;
    const has = (fields: readonly { readonly name: string }[], { fault, field }: QualityRule) =>
        [field, ...('other' in fault ? [fault.other] : [])].every(name => fields.some(each => each.name === name));
    return {
        loan: exposure.loan.filter(rule => has(loan.fields, rule)),
        state: exposure.state.filter(rule => has(state.fields, rule)),
    };
}

const autoLoanId = 'auto-loan';

function rateRules(field: string): QualityRule[] {
    return [
        { id: 'rate-scale', tier: 'refuse', field, fault: { kind: 'over', bound: tooHigh } },
        { id: 'rate-high', tier: 'warn', field, fault: { kind: 'over', bound: high } },
        { id: 'rate-scale-low', tier: 'warn', field, fault: { kind: 'tiny', bound: tooLow } },
    ];
}

function missing(...fields: readonly string[]): QualityRule[] {
    return fields.map(field => ({ id: 'not-reported', tier: 'score', field, fault: { kind: 'missing' } }));
}
