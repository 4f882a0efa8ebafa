import { exposure } from './exposure';

/** Invoice between merchants: identified by its number, its seller and its debtor, whoever offers it. */
export const tradeReceivable = exposure({
    id: 'trade-receivable',
    name: 'Trade receivable',
    fields: [
        { name: 'invoiceNumber', type: 'text', required: true },
        { name: 'sellerIdentifier', type: 'text', required: true },
        { name: 'debtorIdentifier', type: 'text', required: true },
        { name: 'industry', type: 'text' },
        { name: 'invoiceAmount', type: 'amount', least: 0 },
        { name: 'dilutionReserve', type: 'amount', least: 0 },
        { name: 'recourse', type: 'flag' },
    ],
    identity: { scheme: 'invoice', fields: ['invoiceNumber', 'sellerIdentifier', 'debtorIdentifier'] },
    strata: [{ name: 'Industry of the debtor', field: 'industry' }],
});
