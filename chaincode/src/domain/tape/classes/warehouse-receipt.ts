import { exposure } from './exposure';

/** Title to goods in a warehouse: identified by the warehouse and the number of its receipt. */
export const warehouseReceipt = exposure({
    id: 'warehouse-receipt',
    name: 'Warehouse receipt',
    fields: [
        { name: 'warehouseIdentifier', type: 'text', required: true },
        { name: 'receiptNumber', type: 'text', required: true },
        { name: 'commodity', type: 'text' },
        { name: 'quantity', type: 'count', least: 0 },
        { name: 'unitOfMeasure', type: 'text' },
        { name: 'marketValue', type: 'amount', least: 0 },
        { name: 'insuredUntil', type: 'day' },
    ],
    identity: { scheme: 'receipt', fields: ['warehouseIdentifier', 'receiptNumber'] },
    strata: [{ name: 'Commodity', field: 'commodity' }],
});
