import { rateUnits } from '@poolproof/chaincode/domain';

import type { QualityRule } from './rule';

/** What is asked of the loans of an asset class; what is asked of its months follows from the roles of its fields. */
export interface ClassRules {
    /** Interest rates: each has the rules of scale. */
    readonly rates: readonly string[];
    /** Fields that lower the score where they are not reported. */
    readonly reported: readonly string[];
    readonly rules: readonly QualityRule[];
    /** Of its months, besides those that follow from the roles. */
    readonly months: readonly QualityRule[];
}

/** Codes of an account that is paid as agreed, and of one that is no longer in the pool (ESMA templates). */
const [performing, gone] = [['PERF'], ['RDMD', 'REBR', 'REDF', 'REOT', 'RERE', 'RESS']];

const isin = /^[A-Z]{2}[A-Z0-9]{9}\d$/;
/** ISO 3779: 17 characters, neither I nor O nor Q. */
const vehicleNumber = /^[A-HJ-NPR-Z0-9]{17}$/;
const year = 12;

const autoLoan: ClassRules = {
    rates: ['originalInterestRatePercentage', 'reportingPeriodInterestRatePercentage'],
    reported: [
        'obligorCreditScore',
        'obligorGeographicLocation',
        'originalLoanAmount',
        'vehicleValueAmount',
        'loanMaturityDate',
    ],
    rules: [
        ['balance-grown', 'warn', 'reportingPeriodActualEndBalanceAmount', beyond('originalLoanAmount')],
        ['term-grown', 'warn', 'remainingTermToMaturityNumber', beyond('originalLoanTerm')],
        ['dates-out-of-order', 'refuse', 'originationDate', beyond('loanMaturityDate')],
        ['dates-out-of-order', 'warn', 'originationDate', beyond('originalFirstPaymentDate')],
        ['loan-above-value', 'warn', 'originalLoanAmount', beyond('vehicleValueAmount', 2)],
        ['income-scale', 'warn', 'paymentToIncomePercentage', { kind: 'over', bound: rateUnits }],
    ],
    months: [
        [
            'zero-balance-with-balance',
            'warn',
            'zeroBalanceCode',
            { kind: 'despite', other: 'reportingPeriodActualEndBalanceAmount' },
        ],
        ['zero-balance-sticky', 'warn', 'zeroBalanceEffectiveDate', { kind: 'stale' }],
    ],
};

/** Of all classes on the common core of the ESMA templates. */
const exposure: ClassRules = {
    rates: ['currentInterestRate'],
    reported: ['originalPrincipalBalance', 'originationDate', 'maturityDate', 'geographicRegionObligor'],
    rules: [
        ['balance-grown', 'warn', 'currentPrincipalBalance', beyond('originalPrincipalBalance')],
        ['dates-out-of-order', 'refuse', 'originationDate', beyond('maturityDate')],
        ['performing-in-arrears', 'warn', 'accountStatus', despite('numberOfDaysInArrears', performing)],
        ['gone-with-balance', 'warn', 'accountStatus', despite('currentPrincipalBalance', gone)],
    ],
    months: [
        ['performing-in-arrears', 'warn', 'accountStatus', despite('numberOfDaysInArrears', performing)],
        ['gone-with-balance', 'warn', 'accountStatus', despite('currentPrincipalBalance', gone)],
    ],
};

const bill = kindOfExposure({
    reported: ['acceptorIdentifier', 'drawerIdentifier'],
    rules: [
        ['drawn-on-oneself', 'warn', 'drawerIdentifier', { kind: 'same', other: 'draweeIdentifier' }],
        ['term-long', 'warn', 'originalTerm', { kind: 'over', bound: year }],
    ],
});

const bond = kindOfExposure({
    reported: ['issuerName', 'marketValue', 'nominal', 'rating'],
    rules: [
        ['isin-malformed', 'refuse', 'isin', { kind: 'malformed', pattern: isin }],
        ['balance-above-nominal', 'warn', 'currentPrincipalBalance', beyond('nominal')],
        ['price-far-from-par', 'warn', 'marketValue', beyond('nominal', 2)],
    ],
});

/** The rules of every asset class, by its id. */
export const classRules: Readonly<Record<string, ClassRules>> = {
    'auto-lease': kindOfExposure({
        reported: ['manufacturer', 'originalResidualValueOfVehicle', 'updatedResidualValueOfVehicle'],
        rules: [
            [
                'vehicle-number-malformed',
                'warn',
                'vehicleIdentificationNumber',
                { kind: 'malformed', pattern: vehicleNumber },
            ],
            ['residual-grown', 'warn', 'updatedResidualValueOfVehicle', beyond('originalResidualValueOfVehicle')],
            ['residual-above-balance', 'warn', 'originalResidualValueOfVehicle', beyond('originalPrincipalBalance')],
            ['payment-above-balance', 'warn', 'currentLeasePayment', beyond('originalPrincipalBalance')],
        ],
    }),
    'auto-loan': autoLoan,
    bill,
    bond,
    'consumer-loan': kindOfExposure({
        reported: ['creditScore', 'employmentStatus', 'paymentDue', 'primaryIncome', 'purpose'],
        rules: [
            ['debt-above-income', 'warn', 'debtToIncomeRatio', { kind: 'over', bound: rateUnits }],
            ['income-scale', 'refuse', 'debtToIncomeRatio', { kind: 'over', bound: 10 * rateUnits }],
            ['payment-above-balance', 'warn', 'paymentDue', beyond('originalPrincipalBalance')],
            ['payment-above-income', 'warn', 'paymentDue', beyond('primaryIncome')],
        ],
    }),
    'equity-share': kindOfExposure({
        reported: ['issuerName', 'marketValue', 'numberOfShares'],
        rules: [
            ['isin-malformed', 'refuse', 'isin', { kind: 'malformed', pattern: isin }],
            ['balance-above-value', 'warn', 'currentPrincipalBalance', beyond('marketValue')],
        ],
    }),
    'income-certificate': kindOfExposure({
        reported: ['expectedIncome', 'sourceOfIncome'],
        rules: [['balance-above-income', 'warn', 'currentPrincipalBalance', beyond('expectedIncome')]],
    }),
    'trade-receivable': kindOfExposure({
        reported: ['industry', 'invoiceAmount'],
        rules: [
            ['debtor-is-seller', 'refuse', 'debtorIdentifier', { kind: 'same', other: 'sellerIdentifier' }],
            ['balance-above-invoice', 'warn', 'currentPrincipalBalance', beyond('invoiceAmount')],
            ['dilution-above-invoice', 'warn', 'dilutionReserve', beyond('invoiceAmount')],
            ['term-long', 'warn', 'originalTerm', { kind: 'over', bound: year }],
        ],
    }),
    'warehouse-receipt': kindOfExposure({
        reported: ['commodity', 'insuredUntil', 'marketValue', 'quantity', 'unitOfMeasure'],
        rules: [
            ['insurance-ends-early', 'warn', 'maturityDate', beyond('insuredUntil')],
            ['balance-above-value', 'warn', 'currentPrincipalBalance', beyond('marketValue')],
        ],
    }),
};

function kindOfExposure({ reported, rules }: Pick<ClassRules, 'reported' | 'rules'>): ClassRules {
    return { ...exposure, reported: [...exposure.reported, ...reported], rules: [...exposure.rules, ...rules] };
}

function beyond(other: string, times?: number): QualityRule[3] {
    return { kind: 'beyond', other, ...(times === undefined ? {} : { times }) };
}

function despite(other: string, codes: readonly string[]): QualityRule[3] {
    return { kind: 'despite', other, codes };
}
