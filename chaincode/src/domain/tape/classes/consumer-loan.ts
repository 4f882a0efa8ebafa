import { exposure } from './exposure';
import { decimalUnits, rateUnits } from '../field';

/** Unsecured or secured loan to a consumer: identified by the lender's licence and the contract's number. */
export const consumerLoan = exposure({
    id: 'consumer-loan',
    name: 'Consumer loan',
    fields: [
        { name: 'lenderLicence', type: 'text', required: true },
        { name: 'contractNumber', type: 'text', required: true },
        { name: 'productType', type: 'text' },
        { name: 'purpose', type: 'text' },
        { name: 'employmentStatus', type: 'text' },
        { name: 'primaryIncome', type: 'amount', least: 0 },
        { name: 'creditScore', type: 'decimal', least: 0 },
        { name: 'debtToIncomeRatio', type: 'rate', least: 0, most: 100 * rateUnits },
        { name: 'paymentDue', type: 'amount', least: 0 },
    ],
    identity: { scheme: 'contract', fields: ['lenderLicence', 'contractNumber'] },
    averages: ['creditScore', 'debtToIncomeRatio'],
    strata: [
        { name: 'Product', field: 'productType' },
        {
            name: 'Credit score',
            field: 'creditScore',
            bands: [0, 1, 500, 550, 600, 650, 700, 750, 800].map(n => n * decimalUnits),
        },
    ],
});
