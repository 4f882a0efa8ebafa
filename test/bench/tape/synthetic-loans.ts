import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

import { assetClassOf, decimalUnits, formatCell } from '@poolproof/chaincode/domain';

import type { Cell } from '@poolproof/chaincode/domain';

const autoLoan = assetClassOf('auto-loan');
const states = ['CA', 'FL', 'GA', 'IL', 'MI', 'NC', 'NY', 'OH', 'PA', 'TX', 'VA', 'WA'];
const makes = ['CHEV', 'FORD', 'HOND', 'HYUN', 'JEEP', 'NISS', 'TOYT'];

/** Lines written at a time. */
const perWrite = 5_000;

/** Writes SYNTHETIC auto loans as a tape of so many lines. Each is made from its index alone: the same in every run. */
export function writeTape(path: string, count: number): Promise<void> {
    return write(path, 'loan', count, values);
}

/** Their first month, 2017-06. */
export function writeMonth(path: string, count: number): Promise<void> {
    return write(path, 'state', count, monthOf, ['period', '2017-06']);
}

export function balanceOfAll(count: number): bigint {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += balanceOf(i);
    return BigInt(sum);
}

/** A loan's values by field, as files show them. */
export function shownLoan(index: number): Readonly<Record<string, string>> {
    const given = values(index);
    return Object.fromEntries(
        autoLoan.loan.fields.map(field => [field.name, formatCell(field, given[field.name] ?? null, 'USD')]),
    );
}

async function write(
    path: string,
    kind: 'loan' | 'state',
    count: number,
    valuesOf: (index: number) => Values,
    [column, value]: readonly string[] = [],
): Promise<void> {
    const fields = autoLoan[kind].fields.filter(({ name }) => Object.hasOwn(valuesOf(0), name));
    const file = createWriteStream(path);
    const line = (cells: readonly string[], first: string | undefined) =>
        `${(first === undefined ? cells : [first, ...cells]).join(',')}\n`;
    file.write(
        line(
            fields.map(({ name }) => name),
            column,
        ),
    );
    for (let from = 0; from < count; from += perWrite) {
        let text = '';
        for (let i = from; i < Math.min(count, from + perWrite); i++) {
            const given = valuesOf(i);
            text += line(
                fields.map(field => formatCell(field, given[field.name] ?? null, 'USD')),
                value,
            );
        }
        if (!file.write(text)) await once(file, 'drain');
    }
    file.end();
    await once(file, 'finish');
}

type Values = Readonly<Record<string, Cell>>;

/** Scatters an index over a range, the same in every run. */
function scatter(index: number, salt: number, range: number): number {
    return ((Math.imul(index + salt, 2654435761) ^ (salt * 97)) >>> 0) % range;
}

function balanceOf(index: number): number {
    return 500_000 + scatter(index, 1, 3_000_000);
}

function values(index: number): Values {
    const score = 540 + scatter(index, 2, 300);
    const rate = 1_500_000 + scatter(index, 3, 900) * 10_000;
    const term = 36 + 12 * scatter(index, 4, 4);
    return {
        assetNumber: String(20_000_000 + index),
        originatorName: 'Synthetic Bank',
        originationDate: '2016-12',
        originalLoanAmount: balanceOf(index) + 200_000,
        originalLoanTerm: term,
        originalInterestRatePercentage: rate,
        interestCalculationTypeCode: '1',
        originalInterestRateTypeCode: '1',
        underwritingIndicator: true,
        paymentTypeCode: '2',
        subvented: '0',
        vehicleManufacturerName: makes[scatter(index, 5, makes.length)] ?? null,
        vehicleModelName: `MODEL ${scatter(index, 6, 40)}`,
        vehicleNewUsedCode: String(1 + scatter(index, 7, 2)),
        vehicleModelYear: 2010 + scatter(index, 8, 8),
        vehicleTypeCode: '1',
        vehicleValueAmount: balanceOf(index) + 300_000,
        obligorCreditScore: score * decimalUnits,
        coObligorIndicator: false,
        paymentToIncomePercentage: 3_000_000 + scatter(index, 9, 12_000_000),
        obligorGeographicLocation: states[scatter(index, 10, states.length)] ?? null,
        remainingTermToMaturityNumber: term - 6,
        servicingFeePercentage: 1_000_000,
        reportingPeriodInterestRatePercentage: rate,
        reportingPeriodActualEndBalanceAmount: balanceOf(index),
        currentDelinquencyStatus: 0,
        primaryLoanServicerName: 'Synthetic Bank',
    };
}

function monthOf(index: number): Values {
    const principal = 20_000 + scatter(index, 11, 30_000);
    const interest = 5_000 + scatter(index, 12, 5_000);
    return {
        assetNumber: String(20_000_000 + index),
        reportingPeriodActualEndBalanceAmount: balanceOf(index) - principal,
        actualPrincipalCollectedAmount: principal,
        actualInterestCollectedAmount: interest,
        totalActualAmountPaid: principal + interest,
        scheduledPrincipalAmount: principal,
        currentDelinquencyStatus: scatter(index, 13, 40) === 0 ? 45 : 0,
    };
}
