import { exposure } from './exposure';

/**
 * Securities as the assets of a deal. A holding is identified by the security and the custody position it is taken from: the same
 * bond may back two deals, the same position may not.
 */
const position = [
    { name: 'isin', type: 'text', required: true },
    { name: 'custodian', type: 'text', required: true },
    { name: 'positionNumber', type: 'text', required: true },
    { name: 'issuerName', type: 'text' },
    { name: 'nominal', type: 'amount', least: 0 },
    { name: 'marketValue', type: 'amount', least: 0 },
] as const;

const identity = { scheme: 'position', fields: ['isin', 'custodian', 'positionNumber'] };

export const bond = exposure({
    id: 'bond',
    name: 'Bond',
    fields: [...position, { name: 'rating', type: 'text' }, { name: 'seniority', type: 'text' }],
    identity,
    strata: [{ name: 'Rating', field: 'rating' }],
});

export const equityShare = exposure({
    id: 'equity-share',
    name: 'Equity share',
    fields: [...position, { name: 'numberOfShares', type: 'count', least: 0 }, { name: 'listed', type: 'flag' }],
    identity,
});
