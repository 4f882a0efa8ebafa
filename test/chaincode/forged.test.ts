import { KeyEndorsementPolicy } from 'fabric-shim';

import { codeOf } from './refuses';
import {
    alter,
    bankA,
    consortium,
    inOrder,
    issued,
    keyOf,
    loan,
    privately,
    requestId,
    submitted,
    trustee,
} from './builders';
import {
    allot,
    authorised,
    bankB,
    cents,
    dealId,
    fund,
    held,
    instruct,
    issue,
    issued as lifeOf,
    note,
    order,
    provide,
    settle,
    settled,
    trust,
} from '../liabilities/desk';

import type { Asset } from '@poolproof/chaincode/domain';
import type { MemoryLedger } from './memory-ledger';

/** A majority of institutions that run altered chaincode creates what it likes, under whatever policy it likes. */
function policyOf(...mspIds: string[]): Uint8Array {
    const policy = new KeyEndorsementPolicy();
    policy.addOrgs('PEER', ...mspIds);
    return policy.getPolicy();
}

const weak = policyOf('BankAMSP');
const loans = [loan('1'), loan('2'), loan('3')];
const asked = () => ({ requestId: requestId(), dealId });

describe('a deal that was not laid down by the contract', () => {
    let ledger: MemoryLedger;

    const pledge = () => ledger.submit(trustee, 'pledge:pledge', { ...asked(), number: 0 }, privately());
    const seal = () => ledger.submit(trustee, 'tape:seal', { ...asked(), evidence: [] }, privately());

    beforeEach(async () => {
        ledger = await consortium();
        await submitted(ledger, dealId, inOrder(loans));
    });

    it.each([['deal'], ['terms'], ['tape']])(
        'gets no pledge while its %s can be changed without the trustee',
        async noun => {
            const key = keyOf([noun, dealId]);
            const proper = ledger.policies.get(key);
            for (const policy of [weak, policyOf('BankAMSP', 'BankBMSP', 'TrustMSP')]) {
                ledger.policies.set(key, policy);
                expect(await codeOf(pledge)).toBe('RECORD_FORGED');
            }
            ledger.policies.delete(key);
            expect(await codeOf(pledge)).toBe('RECORD_FORGED');
            if (proper) ledger.policies.set(key, proper);
            await pledge();
            ledger.policies.set(key, weak);
            expect(await codeOf(seal)).toBe('RECORD_FORGED');
        },
    );

    it.each([
        ['a pool that may grow, against its terms', 'deal', { grows: true }],
        ['a consent that nobody gave', 'deal', { transfer: { to: 'deal-2', by: ['bank-a', 'trust'] } }],
        ['terms that are not those of its hash', 'deal', { termsHash: '0'.repeat(64) }],
        ['a root that is not that of its chunks', 'tape', { root: '0'.repeat(64) }],
        ['chunks that were sold to it before', 'tape', { added: 1, additions: 1, lastAddition: 1 }],
    ])('is not sealed with %s', async (_, noun, change) => {
        await pledge();
        alter(ledger, [noun, dealId], () => change);
        expect(await codeOf(seal)).toBe('RECORD_FORGED');
    });

    it('is not sealed for another signatory than the trustee', async () => {
        await pledge();
        alter(ledger, ['deal', dealId], () => ({ trusteeMsp: 'BankBMSP' }));
        // Whoever forges the signatory gives the policies that go with it.
        for (const each of ['deal', 'terms', 'tape'])
            ledger.policies.set(keyOf([each, dealId]), policyOf('BankAMSP', 'BankBMSP'));
        expect(await codeOf(seal)).toBe('PARTY_WRONG');
    });
});

describe('notes that were not authorised by the contract', () => {
    const classNames = ['A-1', 'A-2', 'B', 'C'];
    let ledger: MemoryLedger;

    beforeEach(async () => {
        ledger = await settled();
        await authorised(ledger);
        await provide(ledger, fund, cents('28500.00'));
        const sizes = ['5000.00', '18000.00', '3000.00', '2500.00'];
        for (const [i, className] of classNames.entries()) await order(ledger, fund, className, sizes[i] ?? '');
        await allot(
            ledger,
            classNames.map(className => ({ className, investor: 'fund' })),
        );
    });

    it.each([
        [['issue', dealId]],
        [['declarations', dealId]],
        [['tranche', dealId, 'C']],
        [['run', dealId, '00001']],
        [['run', dealId, '00042']],
        [['distribution', dealId, '00042']],
    ])('are not paid for while %j can be changed by others than its signatories', async key => {
        ledger.policies.set(keyOf(key), weak);
        expect(await codeOf(() => issue(ledger))).toBe('RECORD_FORGED');
        expect(await held(ledger, fund, note('C'))).toBe('0.00');
    });

    it.each([
        ['a smaller class', ['tranche', dealId, 'C'], { original: '1' }],
        ['a reserve that goes to the originator', ['issue', dealId], { retained: '0' }],
        ['a payee who plays no such role', ['issue', dealId], { payees: [{ role: 'trustee', institution: 'bank-a' }] }],
        ['another account', ['issue', dealId], { trustee: 'bank-a' }],
        ['a default declared before there is a deal', ['declarations', dealId], declared()],
        ['another record date', ['run', dealId, '00002'], { recordDate: '2026-01-01' }],
        ['a payment that was made already', ['distribution', dealId, '00003'], { status: 'paid' }],
    ])('are not paid for with %s', async (_, key, change) => {
        alter(ledger, key, () => change);
        expect(await codeOf(() => issue(ledger))).toBe('RECORD_FORGED');
        expect(await held(ledger, fund, note('C'))).toBe('0.00');
    });

    it('do not make a deal that the trustee closes', async () => {
        await issue(ledger);
        const close = () => ledger.submit(trust, 'deal:close', { requestId: requestId(), id: dealId });
        const key = keyOf(['run', dealId, '00001']);
        const proper = ledger.policies.get(key) ?? weak;
        ledger.policies.set(key, weak);
        expect(await codeOf(close)).toBe('RECORD_FORGED');
        ledger.policies.set(key, proper);
        alter(ledger, ['tranche', dealId, 'C'], () => ({ outstanding: '1' }));
        expect(await codeOf(close)).toBe('RECORD_FORGED');
        alter(ledger, ['tranche', dealId, 'C'], ({ original }) => ({ outstanding: original }));
        await close();
    });
});

function declared() {
    return { declared: [{ period: 1, status: 'accelerated', reason: 'none' }] };
}

it('lets nobody change the status of a deal by a watch that its terms do not have', async () => {
    const ledger = await consortium();
    await issued(ledger, dealId, inOrder(loans));
    const trip = { day: '2026-01-21', trigger: 'none', happened: 'tripped', status: 'accelerated', notify: [] };
    const watch = { dealId, asOf: '2026-01-21', balance: '1', triggers: {}, trips: [trip] };
    ledger.state.set(keyOf(['watch', dealId]), Buffer.from(JSON.stringify(watch)));
    expect(await ledger.evaluate(bankA, 'observation:read', { dealId })).toBeNull();
    const observe = { ...asked(), period: 1, day: '2026-01-22' };
    expect(await codeOf(() => ledger.submit(bankA, 'observation:observe', observe, privately()))).toBe('NOT_WATCHED');
});

describe('an institution that a majority puts on record as the trustee of a deal', () => {
    const asTrustee = { ...bankA, roles: 'trustee' };
    let ledger: MemoryLedger;

    beforeEach(async () => {
        ledger = await lifeOf();
        alter(ledger, ['member', 'BankAMSP'], () => ({ id: 'trust', roles: ['trustee', 'servicer'] }));
    });

    it.each([
        ['declare a default', 'waterfall:declare', { dealId, period: 1, status: 'accelerated', reason: 'none' }],
        [
            'reinstate principal',
            'waterfall:reinstate',
            { dealId, period: 1, className: 'C', amount: '1', reason: 'none' },
        ],
        ['run a period', 'waterfall:run', { dealId, period: 1 }],
        ['end it', 'deal:end', { id: dealId, reason: 'matured' }],
        ['consent that others take over its loans', 'deal:consentToTransfer', { id: dealId, to: 'deal-2' }],
        ['confirm a report', 'report:confirm', { dealId, period: 1, version: 1 }],
    ])('cannot %s', async (_, transaction, asked) => {
        const act = () => ledger.submit(asTrustee, transaction, { requestId: requestId(), ...asked }, privately());
        expect(await codeOf(act)).toBe('PARTY_WRONG');
    });
});

it('settles in no deposit that others than the depository can change', async () => {
    const ledger = await settled();
    const deposit = { asset: 'cash:CHF:bank-b', depository: 'trust', outstanding: '0' };
    const key = keyOf(['deposit', deposit.asset]);
    ledger.state.set(key, Buffer.from(JSON.stringify(deposit)));
    ledger.policies.set(key, policyOf('BankBMSP', 'TrustMSP'));
    const mint = { kind: 'issue', reference: 'mint', asset: deposit.asset as Asset, quantity: cents('1.00') } as const;
    await instruct(ledger, bankB, 'deliver', bankB, mint);
    const pair = { reference: 'mint', deliverer: 'bank-b', receiver: 'bank-b' };
    expect(await codeOf(() => settle(ledger, pair))).toBe('RECORD_FORGED');
    expect(await held(ledger, bankB, mint.asset)).toBe('0.00');
});
