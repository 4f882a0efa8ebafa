import { bankA, bankB, fund, regulator, requestId, rules, terms } from './builders';
import { codeOf } from './refuses';
import { MemoryLedger } from './memory-ledger';

import type { Client } from './memory-ledger';

let ledger: MemoryLedger;

beforeEach(() => {
    ledger = new MemoryLedger();
});

const join = (client: Client, roles: readonly string[], id = client.institution) =>
    ledger.submit(client, 'institution:join', { requestId: requestId(), id, name: id, roles });

const confirm = (client: Client, id: string, roles: readonly string[]) =>
    ledger.submit(client, 'institution:confirm', { requestId: requestId(), id, roles });

it('founds a consortium with its regulator, under the signatures of a majority', async () => {
    const { event, endorsers } = await join(regulator, ['regulator']);
    expect(event).toMatchObject({ name: 'InstitutionJoined', payload: { id: 'regulator', roles: ['regulator'] } });
    expect([...endorsers]).toEqual(['majority']);
});

it('gives everybody after it, also a second regulator, no role before one is confirmed', async () => {
    await join(regulator, ['regulator']);
    expect((await join(bankA, ['originator', 'regulator'])).event).toMatchObject({
        payload: { roles: [], requested: ['originator', 'regulator'] },
    });
    const open = () => ledger.submit(bankA, 'deal:open', { requestId: requestId(), id: 'd', terms: terms(1), rules });
    expect(await codeOf(open)).toBe('ROLE_MISSING');
    await confirm(regulator, 'bank-a', ['originator']);
    expect(await codeOf(open)).toBe('PARTY_UNFIT');
});

it('takes roles away again', async () => {
    await join(regulator, ['regulator']);
    await join(bankA, ['originator']);
    await confirm(regulator, 'bank-a', ['originator']);
    await confirm(regulator, 'bank-a', []);
    const open = () => ledger.submit(bankA, 'deal:open', { requestId: requestId(), id: 'd', terms: terms(1), rules });
    expect(await codeOf(open)).toBe('ROLE_MISSING');
});

it('gives an institution that asks again what it has lost, or never had', async () => {
    const ask = (client: Client, roles: readonly string[]) =>
        ledger.submit(client, 'institution:ask', { requestId: requestId(), roles });
    await join(regulator, ['regulator']);
    await join(bankA, ['originator']);
    await confirm(regulator, 'bank-a', ['originator']);
    await confirm(regulator, 'bank-a', []);
    expect(await codeOf(() => confirm(regulator, 'bank-a', ['originator']))).toBe('ROLE_NOT_REQUESTED');
    expect((await ask(bankA, ['servicer', 'originator'])).event).toMatchObject({
        name: 'RolesAsked',
        payload: { id: 'bank-a', roles: [], requested: ['originator', 'servicer'] },
    });
    expect((await confirm(regulator, 'bank-a', ['originator'])).event).toMatchObject({
        payload: { roles: ['originator'], requested: [] },
    });
    expect((await ask(bankA, ['originator', 'servicer'])).event).toMatchObject({
        payload: { roles: ['originator'], requested: ['servicer'] },
    });
    expect(await codeOf(() => ask({ ...bankA, roles: 'originator' }, ['servicer']))).toBe('ROLE_MISSING');
    expect(await codeOf(() => ask(bankB, ['servicer']))).toBe('INSTITUTION_UNKNOWN');
    expect(await codeOf(() => ask(bankA, []))).toBe('REQUEST_INVALID');
});

it('keeps the last regulator, whoever would take its role', async () => {
    await join(regulator, ['regulator']);
    expect(await codeOf(() => confirm(regulator, 'regulator', []))).toBe('REGULATOR_LAST');
    await join(bankA, ['regulator']);
    expect(await codeOf(() => confirm(regulator, 'regulator', []))).toBe('REGULATOR_LAST');
    await confirm(regulator, 'bank-a', ['regulator']);
    expect((await confirm(regulator, 'regulator', [])).event).toMatchObject({ payload: { roles: [] } });
    expect(await codeOf(() => confirm({ ...bankA, roles: 'regulator' }, 'bank-a', []))).toBe('REGULATOR_LAST');
});

it('lets nobody join twice, take another name, or join without an administrator', async () => {
    await join(regulator, ['regulator']);
    await join(bankA, ['originator']);
    expect(await codeOf(() => join(bankA, ['originator'], 'bank-z'))).toBe('INSTITUTION_EXISTS');
    expect(await codeOf(() => join(bankB, ['originator'], 'bank-a'))).toBe('INSTITUTION_EXISTS');
    expect(await codeOf(() => join({ ...fund, roles: 'investor' }, ['investor']))).toBe('ROLE_MISSING');
});

it('lets the regulator alone confirm, and only what was asked for', async () => {
    await join(regulator, ['regulator']);
    await join(bankA, ['originator']);
    expect(await codeOf(() => confirm(bankA, 'bank-a', ['originator']))).toBe('ROLE_MISSING');
    expect(await codeOf(() => confirm(bankB, 'bank-a', ['originator']))).toBe('INSTITUTION_UNKNOWN');
    expect(await codeOf(() => confirm(regulator, 'bank-a', ['trustee']))).toBe('ROLE_NOT_REQUESTED');
    expect(await codeOf(() => confirm(regulator, 'bank-b', ['trustee']))).toBe('NOT_FOUND');
});

it('holds a certificate to the roles that it names', async () => {
    await join(regulator, ['regulator']);
    expect(await codeOf(() => confirm({ ...regulator, roles: 'admin' }, 'regulator', ['regulator']))).toBe(
        'ROLE_MISSING',
    );
});

it('refuses a role that does not exist, and a field too many', async () => {
    expect(await codeOf(() => join(regulator, ['king']))).toBe('REQUEST_INVALID');
    const more = { requestId: 'r', id: 'regulator', name: 'R', roles: ['regulator'], rank: 1 };
    expect(await codeOf(() => ledger.submit(regulator, 'institution:join', more))).toBe('REQUEST_INVALID');
});
