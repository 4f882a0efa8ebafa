import { assetClassOf, decimalUnits, identityOf, orderOf } from '@poolproof/chaincode/domain';

import type { Cell } from '@poolproof/chaincode/domain';

const autoLoan = assetClassOf('auto-loan');
const states = ['CA', 'FL', 'GA', 'IL', 'MI', 'NC', 'NY', 'OH', 'PA', 'TX', 'VA', 'WA'];
const makes = ['CHEV', 'FORD', 'HOND', 'HYUN', 'JEEP', 'NISS', 'TOYT'];

/**
 * SYNTHETIC auto loans, each made from its index alone when it is needed: a pool of any size in the memory of one chunk, but for
 * 12 bytes a loan that keep them in the order of the tape.
 */
export class SyntheticLoans {
    private readonly order: Uint32Array;

    constructor(private readonly count: number) {
        this.order = new Uint32Array(count);
    }

    /** Puts the loans in the order of the tape. Equal first eight bytes of a hash are not expected among a few million. */
    sort(): void {
        const places = new BigUint64Array(this.count);
        for (let i = 0; i < this.count; i++) {
            const place = orderOf(
                identityOf(
                    autoLoan,
                    autoLoan.identity.fields.map(field => values(i)[field] ?? null),
                ),
            );
            places[i] = new DataView(place.buffer, place.byteOffset).getBigUint64(0);
            this.order[i] = i;
        }
        this.order.sort((a, b) => ((places[a] ?? 0n) < (places[b] ?? 0n) ? -1 : 1));
    }

    balance(): bigint {
        let sum = 0;
        for (let i = 0; i < this.count; i++) sum += balanceOf(i);
        return BigInt(sum);
    }

    /** The loans of a chunk. */
    loans(number: number, perChunk: number): (readonly Cell[])[] {
        return this.rows(number, perChunk, index => row('loan', values(index)));
    }

    /** Their first month. */
    month(number: number, perChunk: number): (readonly Cell[])[] {
        return this.rows(number, perChunk, index => row('state', monthOf(index)));
    }

    private rows(number: number, perChunk: number, make: (index: number) => readonly Cell[]): (readonly Cell[])[] {
        return Array.from(this.order.subarray(number * perChunk, (number + 1) * perChunk), make);
    }
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

function row(kind: 'loan' | 'state', given: Values): readonly Cell[] {
    return autoLoan[kind].fields.map(field => given[field.name] ?? null);
}
