import { join, resolve } from 'node:path';

import { connect } from '@poolproof/gateway';
import { openNetwork, readConsortium } from '@poolproof/network';

import { cash, found, openBooks } from '../setting/founding';
import { gather } from '../setting/cast';
import { issueCash } from '../setting/transfer';

import type { Amount, Day } from '@poolproof/chaincode/domain';
import type { Cast } from '../setting/cast';
import type { Connection } from '@poolproof/gateway';
import type { Network } from '@poolproof/network';

const day = '2026-01-05' as Day;
const registryId = 'registry';

describe('cash that one depository keeps', () => {
    let network: Network;
    let cast: Cast;
    let registry: Connection;

    beforeAll(async () => {
        const consortium = readConsortium(join(resolve(__dirname, '../../..'), 'network/consortium.json'));
        const second = {
            ...{ id: registryId, mspId: 'RegistryMSP', name: 'Registry', domain: 'registry.example.com' },
            ...{ roles: ['depository' as const], peers: 1 },
        };
        network = await openNetwork('embedded', {
            ...consortium,
            institutions: [...consortium.institutions, second],
        });
        cast = await gather(network);
        const identity = await network.identity(registryId, 'desk', { 'poolproof.role': 'depository,admin' });
        registry = connect({ identity, peers: network.peers(registryId) });
        await found(cast);
        await registry.institutions.join({ id: registryId, name: 'Registry', roles: ['depository'] });
        await cast.regulator.institutions.confirm({ id: registryId, roles: ['depository'] });
        await openBooks(cast, day);
        await cast.trust.holdings.file({ institution: registryId, categories: [], suspended: false });
        await registry.holdings.openSystem({ day });
        await issueCash(cast, 'bank-b', 5_000n as Amount, day);
    });
    afterAll(async () => {
        registry.close();
        cast.leave();
        await network.close();
    });

    it('is not settled by another, and is neither sold for nor bought with what another keeps', async () => {
        const other = await registry.holdings.openDeposit({ currency: 'EUR', bank: 'bank-b' });
        const euros = other.answer.asset as typeof cash;
        const common = { kind: 'transfer', settlementDay: day, expiryDay: day } as const;
        const price = { means: 'deposit', asset: euros, amount: 90n as Amount } as const;
        const quantity = 100n as Amount;
        const plain = { ...common, reference: 'plain', asset: cash, quantity } as const;
        await cast.bankB.settlements.instruct({ ...plain, side: 'deliver', counterparty: 'fund' });
        await cast.fund.settlements.instruct({ ...plain, side: 'receive', counterparty: 'bank-b' });
        const pairs = [{ reference: 'plain', deliverer: 'bank-b', receiver: 'fund' }];
        const elsewhere = { code: 'CASH_KEPT_ELSEWHERE', details: { at: 'batch.pairs[0]' } };
        await expect(registry.settlements.settle({ pairs })).rejects.toMatchObject(elsewhere);
        // However far the other's business day is ahead, it closes nothing that is not its own to settle.
        await registry.holdings.openDay({ day: '2026-02-05' as Day });
        expect(await registry.settlements.pending()).toEqual({ pairs: [], expired: [], closed: [] });
        const instructions = [{ institution: 'fund', reference: 'plain' }];
        const closed = registry.settlements.expire({ instructions });
        await expect(closed).rejects.toMatchObject({ code: 'CASH_KEPT_ELSEWHERE' });
        const priced = {
            ...plain,
            reference: 'priced',
            payment: price,
            side: 'deliver',
            counterparty: 'fund',
        } as const;
        await expect(cast.bankB.settlements.instruct(priced)).rejects.toMatchObject({ code: 'INSTRUCTION_INVALID' });
        await cast.trust.settlements.settle({ pairs });
        const { holdings } = await cast.fund.holdings.book();
        expect(holdings.map(({ asset, free }) => [asset, free])).toEqual([[cash, quantity]]);
    });
});
