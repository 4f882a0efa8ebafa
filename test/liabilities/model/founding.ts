import { readConsortium } from '@poolproof/network';

import { bankA, bankB, classes, cents, dealId, dollars, fund, note, regulator, sealed, settled, trust } from '../desk';
import { MemoryLedger } from '../../chaincode/memory-ledger';
import { requestId } from '../../chaincode/builders';
import { Table } from './table';

import type { Asset, Day } from '@poolproof/chaincode/domain';
import type { Client } from '../../chaincode/memory-ledger';

const joining = ['pension', 'insurer', 'family', 'latecomer'] as const;

const [pension, insurer, family, latecomer] = joining.map(institution => ({
    institution,
    roles: 'admin,investor',
})) as [Client, Client, Client, Client];

/** Whoever can hold something. The latecomer has joined, and its book is not open at first. */
export const clients: readonly Client[] = [regulator, trust, bankA, bankB, fund, pension, insurer, family, latecomer];

/** Those who order notes. */
export const investors = ['bank-b', 'fund', 'pension', 'insurer', 'family', 'latecomer'] as const;

export const institutions = clients.map(({ institution }) => institution);

export const firstDay = '2026-01-20' as Day;

export const deposits: readonly Asset[] = [dollars, 'cash:EUR:bank-b', 'cash:USD:insurer', 'cash:EUR:insurer'];

/** What an offering says of each class: B is for anchor investors, C is locked for a while, and the steps differ: those of A-2 do not fill it. */
const offerings = [
    { className: 'A-1', minimum: '10000', increment: '10000' },
    { className: 'A-2', minimum: '49000', increment: '7000' },
    { className: 'B', minimum: '10000', increment: '1', categories: ['anchor', 'insurer'] },
    { className: 'C', minimum: '25000', increment: '12500', lockedUntil: '2026-03-02' },
];

/** What the pool has lost is written down, the lowest class first. */
const losses = {
    ...{ id: 'losses', label: 'losses of the period', do: 'write-down', tranches: ['C', 'B', 'A-2', 'A-1'] },
    amount: 'chargedOffPrincipal',
};

/** A consortium whose books are open, and a sealed deal whose classes are authorised. */
export async function founded(): Promise<MemoryLedger> {
    const consortium = readConsortium(require.resolve('../../../../network/consortium.json'));
    const more = joining.map(id => ({
        ...{ id, mspId: `${id}MSP`, name: id, domain: `${id}.example.com`, roles: ['investor'] as const, peers: 1 },
    }));
    const members = [...consortium.institutions, ...more] as typeof consortium.institutions;
    const ledger = new MemoryLedger({ ...consortium, institutions: members });
    await settled(
        ledger,
        clients.filter(client => client !== latecomer),
    );
    const joins = { id: latecomer.institution, roles: ['investor'] };
    await ledger.submit(latecomer, 'institution:join', { requestId: requestId(), ...joins, name: 'Latecomer' });
    await ledger.submit(regulator, 'institution:confirm', { requestId: requestId(), ...joins });
    for (const currency of ['USD', 'EUR'])
        await ledger.submit(trust, 'holding:openDeposit', { requestId: requestId(), currency, bank: 'insurer' });
    // An auditor, which is no institution, has the trustee's fee.
    const others = { parties: { auditor: 'audit-house' }, fees: { 'trustee-fee': 'auditor' } };
    await sealed(ledger, { amortising: [losses], accelerated: [losses] }, others);
    const asked = { requestId: requestId(), dealId, depository: 'trust', cash: dollars, offerings };
    await ledger.submit(bankA, 'tranche:authorise', asked);
    return ledger;
}

/** The same in the model. */
export function modelled(): Table {
    const table = new Table(dealId, firstDay);
    for (const asset of deposits) table.deposits.set(asset, 0n);
    for (const institution of institutions.filter(each => each !== 'latecomer'))
        table.files.set(institution, {
            ...{ clearedUntil: '2030-12-31', categories: ['institutional'], suspended: false, paidOutside: false },
        });
    for (const [i, { className, minimum, increment, lockedUntil, categories = [] }] of offerings.entries()) {
        const original = cents(classes[className as keyof typeof classes]);
        table.classes.set(note(className as keyof typeof classes), {
            ...{
                original,
                rank: i + 1,
                minimum: BigInt(minimum),
                increment: BigInt(increment),
                lockedUntil,
                categories,
            },
            ...{ status: 'authorised', outstanding: 0n, owed: original, writtenDown: 0n, repaid: 0n },
            interestOwed: 0n,
        });
    }
    return table;
}
