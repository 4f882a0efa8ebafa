import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { assetClasses, assetClassOf } from '@poolproof/chaincode/domain';
import { checkQuality } from '@poolproof/gateway';

import type { AssetClass, Field } from '@poolproof/chaincode/domain';

type Values = Readonly<Record<string, string>>;

/** Values with which no rule finds fault, of fields that rules compare or that have a form of their own. */
const sound: Values = {
    isin: 'DE0001102580',
    vehicleIdentificationNumber: 'WVWZZZ1JZ3W386752',
    originalPrincipalBalance: '1000.00',
    currentPrincipalBalance: '800.00',
    originalLoanAmount: '1000.00',
    reportingPeriodActualEndBalanceAmount: '800.00',
    vehicleValueAmount: '1200.00',
    nominal: '1000.00',
    marketValue: '1000.00',
    originationDate: '2024-01-01',
    originalFirstPaymentDate: '2024-02-01',
    maturityDate: '2024-12-01',
    loanMaturityDate: '2024-12-01',
    insuredUntil: '2025-01-01',
    originalTerm: '11',
    accountStatus: 'PERF',
    numberOfDaysInArrears: '0',
    expectedIncome: '5000.00',
    invoiceAmount: '1000.00',
    primaryIncome: '3000.00',
    paymentDue: '100.00',
    currentLeasePayment: '100.00',
    originalResidualValueOfVehicle: '500.00',
    updatedResidualValueOfVehicle: '450.00',
    vehicleModelYear: '2015',
};

/** What a field may hold where it does not matter: its name is a text like any other. */
function filler({ name, type }: Field): string {
    const values: Record<Field['type'], string> = {
        ...{ amount: '1.00', count: '1', decimal: '1', day: '2024-06-01', month: '2024-06' },
        ...{ flag: 'true', rate: '0.05', text: name },
    };
    return values[type];
}

describe('the rules of an asset class', () => {
    let folder: string;
    beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'poolproof-rules-'))));
    afterAll(() => rm(folder, { recursive: true }));

    /** What is found in a file of one record, with these of its values changed; an empty one is left out. */
    async function found(assetClass: AssetClass, kind: 'loan' | 'state', changes: Values = {}): Promise<string[]> {
        const fields = assetClass[kind].fields.map(({ name }) => name);
        const values = assetClass[kind].fields.map(field => changes[field.name] ?? sound[field.name] ?? filler(field));
        const path = join(folder, 'record.csv');
        await writeFile(path, `period,${fields.join(',')}\n2024-06,${values.join(',')}\n`);
        const { findings } = await checkQuality(path, assetClass, 'USD', { kind });
        return findings.map(({ tier, rule, field }) => `${tier} ${rule} ${field}`);
    }

    it.each(Object.keys(assetClasses))('finds nothing wrong with a sound record: %s', async id => {
        expect(await found(assetClassOf(id), 'loan')).toEqual([]);
    });

    it.each([
        ['auto-lease', { vehicleIdentificationNumber: 'WVW-I' }, 'warn vehicle-number-malformed'],
        ['auto-lease', { updatedResidualValueOfVehicle: '600.00' }, 'warn residual-grown'],
        ['auto-lease', { currentLeasePayment: '2000.00' }, 'warn payment-above-balance'],
        ['auto-loan', { paymentToIncomePercentage: '12' }, 'warn income-scale'],
        ['auto-loan', { originationDate: '2025-01' }, 'refuse dates-out-of-order'],
        ['bill', { drawerIdentifier: 'X', draweeIdentifier: 'X' }, 'warn drawn-on-oneself'],
        ['bill', { originalTerm: '18' }, 'warn term-long'],
        ['bill', { acceptorIdentifier: '' }, 'score not-reported'],
        ['bond', { isin: 'DE000110258' }, 'refuse isin-malformed'],
        ['bond', { currentPrincipalBalance: '1000.00', nominal: '900.00' }, 'warn balance-above-nominal'],
        ['bond', { marketValue: '3000.00' }, 'warn price-far-from-par'],
        ['consumer-loan', { debtToIncomeRatio: '1.4' }, 'warn debt-above-income'],
        ['consumer-loan', { debtToIncomeRatio: '35' }, 'refuse income-scale'],
        ['consumer-loan', { paymentDue: '3500.00' }, 'warn payment-above-income'],
        ['consumer-loan', { currentInterestRate: '7.5' }, 'refuse rate-scale'],
        ['equity-share', { isin: '0001102580' }, 'refuse isin-malformed'],
        ['equity-share', { marketValue: '700.00' }, 'warn balance-above-value'],
        ['income-certificate', { expectedIncome: '700.00' }, 'warn balance-above-income'],
        ['trade-receivable', { debtorIdentifier: 'S', sellerIdentifier: 'S' }, 'refuse debtor-is-seller'],
        ['trade-receivable', { invoiceAmount: '700.00' }, 'warn balance-above-invoice'],
        ['trade-receivable', { dilutionReserve: '1100.00' }, 'warn dilution-above-invoice'],
        ['warehouse-receipt', { insuredUntil: '2024-11-30' }, 'warn insurance-ends-early'],
        ['warehouse-receipt', { marketValue: '700.00' }, 'warn balance-above-value'],
        ['warehouse-receipt', { maturityDate: '2023-11-30' }, 'refuse dates-out-of-order'],
        ['bond', { numberOfDaysInArrears: '12' }, 'warn performing-in-arrears'],
        ['bill', { accountStatus: 'RDMD' }, 'warn gone-with-balance'],
    ])('judges a loan of its kind: %s %o', async (id, changes: Values, expected) => {
        const findings = await found(assetClassOf(id), 'loan', changes);
        expect(findings.map(finding => finding.split(' ').slice(0, 2).join(' '))).toContain(expected);
    });

    const { beginBalance, endBalance, paid, principal, interest, other, chargedOff, adjustment } =
        assetClassOf('consumer-loan').stateRoles;
    const month: Values = {
        ...{
            [beginBalance]: '900.00',
            [principal]: '100.00',
            [chargedOff]: '',
            [adjustment]: '0',
            [endBalance]: '800.00',
        },
        ...{ [interest]: '5.00', [other]: '0', [paid]: '105.00' },
    };

    it('finds nothing wrong with a month that follows and adds up', async () => {
        expect(await found(assetClassOf('consumer-loan'), 'state', month)).toEqual([]);
    });

    it.each([
        ['that does not say how it begins', { [beginBalance]: '' }, 'begin-balance-missing'],
        ['whose end is not what is left', { [endBalance]: '801.00' }, 'does-not-roll'],
        ['that ends below nothing', { [endBalance]: '-1.00', [principal]: '901.00' }, 'balance-negative'],
        ['that has grown', { [endBalance]: '901.00', [principal]: '-1.00' }, 'balance-grown'],
        ['whose payment is not its parts', { [paid]: '106.00' }, 'payment-not-its-parts'],
        ['whose principal is more than was paid', { [paid]: '90.00' }, 'principal-above-payment'],
    ])('warns of a month %s', async (_, changes: Values, expected) => {
        const findings = await found(assetClassOf('consumer-loan'), 'state', { ...month, ...changes });
        expect(findings.map(finding => finding.split(' ')[1])).toContain(expected);
    });
});
