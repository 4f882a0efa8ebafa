import { exposure } from './exposure';

/** Right to the income of a thing or a business (tolls, rents, royalties): identified by its register and its number there. */
export const incomeCertificate = exposure({
    id: 'income-certificate',
    name: 'Income certificate',
    fields: [
        { name: 'register', type: 'text', required: true },
        { name: 'certificateNumber', type: 'text', required: true },
        { name: 'sourceOfIncome', type: 'text' },
        { name: 'expectedIncome', type: 'amount', least: 0 },
    ],
    identity: { scheme: 'certificate', fields: ['register', 'certificateNumber'] },
    strata: [{ name: 'Source of income', field: 'sourceOfIncome' }],
});
