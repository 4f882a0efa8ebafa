import { exposure } from './exposure';

/** Vehicle lease: the balance is the securitised value of payments and residual. */
export const autoLease = exposure({
    id: 'auto-lease',
    name: 'Auto lease',
    fields: [
        { name: 'vehicleIdentificationNumber', type: 'text', required: true },
        { name: 'manufacturer', type: 'text' },
        { name: 'model', type: 'text' },
        { name: 'newOrUsed', type: 'text' },
        { name: 'originalResidualValueOfVehicle', type: 'amount', least: 0 },
        { name: 'updatedResidualValueOfVehicle', type: 'amount', least: 0 },
        { name: 'optionToBuyPrice', type: 'amount', least: 0 },
        { name: 'currentLeasePayment', type: 'amount', least: 0 },
    ],
    identity: { scheme: 'vehicle', fields: ['vehicleIdentificationNumber'] },
    strata: [{ name: 'Manufacturer', field: 'manufacturer' }],
});
