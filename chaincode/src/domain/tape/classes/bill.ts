import { exposure } from './exposure';

/** Bill of exchange or banker's acceptance: identified by its number and its drawee. */
export const bill = exposure({
    id: 'bill',
    name: 'Bill',
    fields: [
        { name: 'billNumber', type: 'text', required: true },
        { name: 'draweeIdentifier', type: 'text', required: true },
        { name: 'drawerIdentifier', type: 'text' },
        { name: 'acceptorIdentifier', type: 'text' },
        { name: 'acceptedByBank', type: 'flag' },
    ],
    identity: { scheme: 'bill', fields: ['billNumber', 'draweeIdentifier'] },
});
