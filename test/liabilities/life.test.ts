import { addDays, holdingReader } from '@poolproof/chaincode/domain';

import { codeOf } from '../chaincode/refuses';
import { alter, privately, requestId } from '../chaincode/builders';
import {
    bankA,
    bankB,
    book,
    cents,
    dealId,
    distribute,
    dollars,
    field,
    file,
    fund,
    held,
    issue,
    issued,
    move,
    mustAddUp,
    note,
    notices,
    openDay,
    openDayStepwise,
    payables,
    regulator,
    remit,
    reported,
    run,
    tranches,
    trust,
} from './desk';

import type { Client, MemoryLedger } from '../chaincode/memory-ledger';
import type { DistributionRecord, RunRecord } from '@poolproof/chaincode/domain';

let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await issued();
});

afterEach(() => mustAddUp(ledger));

/** The first period: every loan pays 100.00 of principal and 40.00 of interest, remitted on the payment date. */
async function firstPeriod(): Promise<void> {
    await reported(ledger, 1, cents('10000.00'), cents('100.00'));
    await run(ledger, 1);
    await openDay(ledger, '2026-02-16');
    await remit(ledger, cents('420.00'));
}

const readRun = async (period: number) =>
    (await ledger.evaluate(fund, 'waterfall:read', { dealId, period })) as RunRecord;

const paid = async (period: number) =>
    ((await ledger.evaluate(fund, 'settlement:distributions', { dealId })) as DistributionRecord[])[period - 1];

const noticesOf = (client: Client) => notices(ledger, client);

/** Amounts come back as decimal strings. */
const sum = (amounts: readonly unknown[]) =>
    amounts.reduce<bigint>((total, each) => total + BigInt(each as string), 0n);

it('issues every class against payment, and pays the seller what the reserve does not keep', async () => {
    expect(await held(ledger, fund, note('A-2'))).toBe('12000.00');
    expect(await held(ledger, bankB, note('C'))).toBe('2500.00');
    expect(await held(ledger, fund, dollars)).toBe('3000.00');
    expect(await held(ledger, trust, dollars, dealId)).toBe('150.00');
    expect(await held(ledger, bankA, dollars)).toBe('28350.00');
    expect((await tranches(ledger)).map(({ status }) => status)).toEqual(Array(4).fill('outstanding'));
});

it('runs a period on its confirmed report, signed by servicer and trustee', async () => {
    await reported(ledger, 1, cents('10000.00'), cents('100.00'));
    const { event, endorsers } = await run(ledger, 1);
    expect(event).toEqual({
        name: 'WaterfallRun',
        payload: { type: 'WaterfallRun', dealId, period: 1, version: 1, report: 1 },
    });
    expect([...endorsers].sort()).toEqual(['BankAMSP', 'TrustMSP', 'majority']);
    const { run: record } = await readRun(1);
    expect(sum(Object.values(record?.payments ?? {}))).toBeGreaterThan(0n);
});

it('refuses to run a period that is not reported, not confirmed or not next', async () => {
    expect(await codeOf(() => run(ledger, 1))).toBe('REPORT_MISSING');
    await reported(ledger, 1, cents('10000.00'), cents('100.00'));
    await reported(ledger, 2, cents('9900.00'), cents('100.00'));
    expect(await codeOf(() => run(ledger, 2))).toBe('RUN_OUT_OF_ORDER');
    expect(await codeOf(() => run(ledger, 1, fund))).toBe('ROLE_MISSING');
    expect(await codeOf(() => run(ledger, 1, bankB))).toBe('PARTY_WRONG');
});

it('pays holders of the record date to the cent, and leaves in the account what the accounts of the terms hold', async () => {
    await firstPeriod();
    const { event, endorsers } = await distribute(ledger, 1);
    expect(event.payload).toEqual({ type: 'DistributionPaid', dealId, period: 1 });
    expect([...endorsers]).toEqual(['TrustMSP']);

    const record = await paid(1);
    const notices = [...(await noticesOf(fund)), ...(await noticesOf(bankB))];
    for (const { className, interest, principal } of record?.classes ?? []) {
        const lines = notices.flatMap(notice => notice.classes).filter(line => line.className === className);
        expect(sum(lines.map(line => line.interest))).toBe(BigInt(interest));
        expect(sum(lines.map(line => line.principal))).toBe(BigInt(principal));
    }
    const { run: ran } = await readRun(1);
    const accounts = sum(Object.values(ran?.state.accounts ?? {}));
    expect(cents(await held(ledger, trust, dollars, dealId))).toBe(accounts);
    expect(BigInt(record?.total ?? 0) + accounts).toBe(cents('150.00') + cents('420.00'));
    expect((await tranches(ledger)).map(({ balance }) => BigInt(balance))).toEqual(
        Object.values(ran?.state.tranches ?? {}).map(({ balance }) => BigInt(balance)),
    );
});

it('pays a distribution once: the same request has the same answer, another is refused', async () => {
    await firstPeriod();
    const id = requestId();
    const first = await distribute(ledger, 1, id);
    const before = await held(ledger, fund, dollars);
    expect((await distribute(ledger, 1, id)).reply).toEqual(first.reply);
    expect(await codeOf(() => distribute(ledger, 1))).toBe('DISTRIBUTION_ALREADY_PAID');
    expect(await held(ledger, fund, dollars)).toBe(before);
});

it('refuses to pay early, or from an account that lacks the money, and pays nobody then', async () => {
    await reported(ledger, 1, cents('10000.00'), cents('100.00'));
    expect(await codeOf(() => distribute(ledger, 1))).toBe('RUN_MISSING');
    await run(ledger, 1);
    expect(await codeOf(() => distribute(ledger, 1))).toBe('PAYMENT_NOT_DUE');
    await openDay(ledger, '2026-02-16');
    expect(await codeOf(() => distribute(ledger, 1))).toBe('HOLDING_SHORT');
    expect(await noticesOf(fund)).toEqual([]);
    expect((await paid(1))?.status).toBe('scheduled');
});

it('is not issued again, nor taken for forged where somebody asks for it once it has been paid', async () => {
    expect(await codeOf(() => issue(ledger))).toBe('NOTES_NOT_AUTHORISED');
    await firstPeriod();
    await distribute(ledger, 1);
    expect(await codeOf(() => issue(ledger))).toBe('NOTES_NOT_AUTHORISED');
});

it('is paid by the depository of its deal, and by no other', async () => {
    await firstPeriod();
    alter(ledger, ['issue', dealId], () => ({ depository: 'registry' }));
    expect(await codeOf(() => distribute(ledger, 1))).toBe('PARTY_WRONG');
    for (const whom of [{ payee: 'auditor' }, { holder: 'fund' }]) {
        const payment = field('payment', { dealId, period: 1, ...whom, paymentReference: 'WIRE' });
        const send = () => ledger.submit(trust, 'settlement:send', { requestId: requestId() }, payment);
        expect(await codeOf(send)).toBe('PARTY_WRONG');
    }
});

it('pays the periods in their order, and runs no period again once a later one has run', async () => {
    await firstPeriod();
    await reported(ledger, 2, cents('9900.00'), cents('100.00'));
    await run(ledger, 2);
    await openDay(ledger, '2026-03-16');
    expect(await codeOf(() => distribute(ledger, 2))).toBe('DISTRIBUTION_OUT_OF_ORDER');
    expect(await codeOf(() => run(ledger, 1, trust, 1))).toBe('LATER_PERIOD_RUN');
    await distribute(ledger, 1);
    await remit(ledger, cents('420.00'));
    await distribute(ledger, 2);
});

it('pays late, as long as the books tell who held on the record date', async () => {
    await firstPeriod();
    const { recordDate } = await readRun(1);
    await openDayStepwise(ledger, addDays(recordDate, 150));
    const late = ledger.copy();
    await distribute(late, 1);
    expect((await notices(late, fund)).flatMap(({ classes }) => classes).map(({ face }) => face)).toEqual([
        ...['500000', '1200000'],
    ]);
    // Holdings that have changed remember their last hundred days.
    await move(ledger, fund, bankB, { quantity: cents('1000.00') });
    await openDayStepwise(ledger, addDays(recordDate, 260));
    await move(ledger, fund, bankB, { quantity: cents('1000.00') });
    expect(await codeOf(() => distribute(ledger, 1))).toBe('RECORD_DATE_OUT_OF_REACH');
    expect((await paid(1))?.status).toBe('scheduled');
});

it('pays a class only where the holders on record held all of it', async () => {
    await firstPeriod();
    alter(ledger, ['tranche', dealId, 'A-1'], () => ({ outstanding: '499999' }));
    expect(await codeOf(() => distribute(ledger, 1))).toBe('HOLDERS_INCOMPLETE');
    alter(ledger, ['tranche', dealId, 'A-1'], () => ({ outstanding: '500000' }));
    await distribute(ledger, 1);
});

it('shows trustee and regulator what every holder was paid, and no holder what another was', async () => {
    await firstPeriod();
    const read = (reader: Client, period = 1) => ledger.evaluate(reader, 'settlement:statement', { dealId, period });
    expect(await codeOf(() => read(trust))).toBe('NOT_FOUND');
    await distribute(ledger, 1);
    const told = [...(await noticesOf(bankB)), ...(await noticesOf(fund))];
    expect(told).toHaveLength(2);
    for (const reader of [trust, regulator]) expect(await read(reader)).toEqual({ dealId, period: 1, notices: told });
    for (const reader of [bankA, bankB, fund]) expect(await codeOf(() => read(reader))).toBe('ROLE_MISSING');
});

it('tells each holder what it is paid for a thousand of face', async () => {
    await firstPeriod();
    await distribute(ledger, 1);
    for (const client of [fund, bankB])
        for (const line of (await noticesOf(client)).flatMap(({ classes }) => classes)) {
            const { original } = (await tranches(ledger)).find(each => each.className === line.className) ?? {};
            const record = (await paid(1))?.classes.find(each => each.className === line.className);
            const perThousand = (amount?: unknown) => (Number(amount) * 1000) / Number(original);
            expect(Number(line.interestPerThousand)).toBeCloseTo(perThousand(record?.interest), 6);
            expect(Number(line.principalPerThousand)).toBeCloseTo(perThousand(record?.principal), 6);
            expect(line.principalPerThousand).toMatch(/^\d+\.\d{7}$/);
        }
});

it('pays who held on the record date, not who bought since', async () => {
    await reported(ledger, 1, cents('10000.00'), cents('100.00'));
    await run(ledger, 1);
    await openDay(ledger, '2026-02-13');
    await move(ledger, fund, bankB, { quantity: cents('2000.00') });
    await openDay(ledger, '2026-02-16');
    await move(ledger, fund, bankB, { quantity: cents('10000.00') });
    await remit(ledger, cents('420.00'));
    await distribute(ledger, 1);
    const faceIn = async (client: Client) =>
        (await noticesOf(client)).flatMap(({ classes }) => classes).find(({ className }) => className === 'A-2')?.face;
    expect(await faceIn(fund)).toBe('1000000');
    expect(await faceIn(bankB)).toBe('800000');
});

it('holds the payment of a suspended holder at the depository', async () => {
    await file(ledger, 'fund', { suspended: true });
    await firstPeriod();
    const before = await held(ledger, fund, dollars);
    await distribute(ledger, 1);
    expect(await held(ledger, fund, dollars)).toBe(before);
    const [notice] = await noticesOf(fund);
    expect(notice?.status).toBe('held');
    expect(cents(await held(ledger, trust, dollars, 'held.fund'))).toBe(BigInt(notice?.total ?? 0));
});

describe('a payee of the terms that is suspended', () => {
    const which = { dealId, period: 1, payee: 'servicer' };
    const act = (name: string, given = {}, id = requestId()) =>
        ledger.submit(trust, `settlement:${name}`, { requestId: id }, field('payment', { ...which, ...given }));
    const aside = () => held(ledger, trust, dollars, 'payable.servicer');
    const payablesOf = (client: Client, reader = regulator) => payables(ledger, client, reader);
    let [before, owed] = ['', 0n];

    beforeEach(async () => {
        await firstPeriod();
        await file(ledger, 'bank-a', { suspended: true });
        before = await held(ledger, bankA, dollars);
        await distribute(ledger, 1);
        owed = BigInt((await readRun(1)).run?.payments['servicer'] ?? 0);
    });

    it('has set aside what it is owed, reads so in its book, and is paid neither there nor outside', async () => {
        expect(owed).toBeGreaterThan(0n);
        expect(await held(ledger, bankA, dollars)).toBe(before);
        expect(cents(await aside())).toBe(owed);
        const told = { dealId, period: 1, payee: 'servicer', amount: `${owed}`, status: 'due' };
        for (const client of [trust, bankA])
            expect(await payablesOf(client, client)).toContainEqual(expect.objectContaining(told));
        expect(await codeOf(() => payablesOf(bankA, bankB))).toBe('ROLE_MISSING');
        for (const [name, given] of [
            ['release', {}],
            ['send', { paymentReference: 'FEDWIRE 1' }],
        ] as const)
            expect(await codeOf(() => act(name, given))).toBe('INSTITUTION_NOT_ACTIVE');
        expect(cents(await aside())).toBe(owed);
    });

    it('is paid into its book once it is active again, once', async () => {
        await file(ledger, 'bank-a');
        const id = requestId();
        const { event } = await act('release', {}, id);
        expect(event).toEqual({ name: 'HeldPaymentReleased', payload: { type: 'HeldPaymentReleased' } });
        await act('release', {}, id);
        expect(await codeOf(() => act('release'))).toBe('PAYMENT_NOT_HELD');
        expect(await codeOf(() => act('send', { paymentReference: 'FEDWIRE 1' }))).toBe('PAYMENT_NOT_HELD');
        expect(cents(await held(ledger, bankA, dollars))).toBe(cents(before) + owed);
        expect(await aside()).toBe('0.00');
        for (const client of [trust, bankA])
            expect(await payablesOf(client)).toContainEqual(
                expect.objectContaining({ payee: 'servicer', status: 'released', releasedOn: '2026-02-16' }),
            );
    });

    it('is paid outside where it takes that, and into its book when that has come back', async () => {
        await file(ledger, 'bank-a');
        await act('send', { paymentReference: 'FEDWIRE 1' });
        expect([await aside(), await codeOf(() => act('release'))]).toEqual(['0.00', 'PAYMENT_NOT_HELD']);
        await act('takeBack', { reason: 'account closed' });
        expect(cents(await aside())).toBe(owed);
        await act('release');
        expect(cents(await held(ledger, bankA, dollars))).toBe(cents(before) + owed);
    });

    it('is paid outside where it has left the consortium, and so is a holder', async () => {
        await file(ledger, 'bank-a');
        await file(ledger, 'fund', { paidOutside: true });
        await reported(ledger, 2, cents('9900.00'), cents('100.00'));
        await run(ledger, 2);
        await openDay(ledger, '2026-03-16');
        await remit(ledger, cents('420.00'));
        await distribute(ledger, 2);
        for (const id of ['bank-a', 'fund'])
            await ledger.submit(regulator, 'institution:confirm', { requestId: requestId(), id, roles: [] });
        expect(await codeOf(() => act('release'))).toBe('INSTITUTION_NOT_ACTIVE');
        await act('send', { paymentReference: 'FEDWIRE 1' });
        const toHolder = field('payment', { dealId, period: 2, holder: 'fund', paymentReference: 'FEDWIRE 2' });
        await ledger.submit(trust, 'settlement:send', { requestId: requestId() }, toHolder);
        expect([await aside(), await held(ledger, trust, dollars, 'held.fund')]).toEqual(['0.00', '0.00']);
    });

    it('is named by its role, and a holder by its institution: one of the two', async () => {
        await file(ledger, 'bank-a');
        expect(await codeOf(() => act('release', { holder: 'bank-a' }))).toBe('REQUEST_INVALID');
        expect(await codeOf(() => act('release', { payee: 'auditor' }))).toBe('NOT_FOUND');
        expect(await codeOf(() => act('release', { period: 2 }))).toBe('NOT_FOUND');
    });
});

it('can read what it keeps for a party, however long its name', () => {
    const kept = {
        institution: 'trust',
        account: `payable.${'r'.repeat(64)}`,
        asset: dollars,
        free: '5',
        pledged: '0',
    };
    expect(holdingReader({ ...kept, closings: [] }, 'holding')).toMatchObject({ free: 5n });
});

it('pays a holder what was held for it once it is suspended no more', async () => {
    await file(ledger, 'fund', { suspended: true });
    await firstPeriod();
    await distribute(ledger, 1);
    const payment = field('payment', { dealId, period: 1, holder: 'fund' });
    const release = () => ledger.submit(trust, 'settlement:release', { requestId: requestId() }, payment);
    expect(await codeOf(release)).toBe('INSTITUTION_NOT_ACTIVE');
    await file(ledger, 'fund');
    const before = cents(await held(ledger, fund, dollars));
    await release();
    const [notice] = await noticesOf(fund);
    expect(notice?.status).toBe('released');
    expect(cents(await held(ledger, fund, dollars))).toBe(before + BigInt(notice?.total ?? 0));
    expect(await held(ledger, trust, dollars, 'held.fund')).toBe('0.00');
    expect(await codeOf(release)).toBe('PAYMENT_NOT_HELD');
});

describe('a holder that is paid outside', () => {
    const which = { dealId, period: 1, holder: 'fund' };
    const act = (name: string, given = {}) =>
        ledger.submit(
            trust,
            `settlement:${name}`,
            { requestId: requestId() },
            field('payment', { ...which, ...given }),
        );
    const send = (paymentReference: string) => act('send', { paymentReference });
    const takeBack = () => act('takeBack', { reason: 'account closed' });
    const waiting = () => held(ledger, trust, dollars, 'held.fund');
    let total: bigint;

    beforeEach(async () => {
        await file(ledger, 'fund', { paidOutside: true });
        await firstPeriod();
        await distribute(ledger, 1);
        total = BigInt((await noticesOf(fund))[0]?.total ?? 0);
    });

    it('has its payment wait at the depository until it has been sent', async () => {
        expect((await noticesOf(fund))[0]?.status).toBe('due');
        expect(cents(await waiting())).toBe(total);
        const own = cents(await held(ledger, trust, dollars));
        await send('FEDWIRE 1');
        expect([await waiting(), cents(await held(ledger, trust, dollars))]).toEqual(['0.00', own + total]);
        expect((await noticesOf(fund))[0]).toMatchObject({
            status: 'sent',
            sendings: [{ paymentReference: 'FEDWIRE 1', sentOn: '2026-02-16' }],
        });
        expect(await codeOf(() => send('FEDWIRE 2'))).toBe('PAYMENT_NOT_HELD');
    });

    it('loses nothing when its payment comes back, and is paid later, outside or into its book', async () => {
        expect(await codeOf(takeBack)).toBe('PAYMENT_NOT_SENT');
        await send('FEDWIRE 1');
        await openDay(ledger, '2026-02-18');
        await takeBack();
        expect(cents(await waiting())).toBe(total);
        expect((await noticesOf(fund))[0]).toMatchObject({
            status: 'returned',
            sendings: [{ paymentReference: 'FEDWIRE 1', returnedOn: '2026-02-18', reason: 'account closed' }],
        });
        await send('FEDWIRE 2');
        await takeBack();
        const own = cents(await held(ledger, fund, dollars));
        await act('release');
        expect(cents(await held(ledger, fund, dollars))).toBe(own + total);
        expect(await codeOf(() => act('release'))).toBe('PAYMENT_NOT_HELD');
        expect((await noticesOf(fund))[0]?.sendings).toHaveLength(2);
    });

    it('is not paid while it is suspended, and is not taken back by a depository that has spent the money', async () => {
        await file(ledger, 'fund', { paidOutside: true, suspended: true });
        expect(await codeOf(() => send('FEDWIRE 1'))).toBe('INSTITUTION_NOT_ACTIVE');
        await file(ledger, 'fund', { paidOutside: true });
        await send('FEDWIRE 1');
        await move(ledger, trust, bankA, { asset: dollars, quantity: cents(await held(ledger, trust, dollars)) });
        expect(await codeOf(takeBack)).toBe('HOLDING_SHORT');
        expect(
            await codeOf(() =>
                ledger.submit(fund, 'settlement:send', { requestId: requestId() }, field('payment', which)),
            ),
        ).toBe('ROLE_MISSING');
    });
});

it('pays by the accelerated waterfall once the trustee has declared a default', async () => {
    const asked = { dealId, period: 1, status: 'accelerated', reason: 'the servicer is insolvent' };
    const declare = (client: Client, given = {}) =>
        ledger.submit(client, 'waterfall:declare', { requestId: requestId(), ...asked, ...given });
    expect(await codeOf(() => declare(bankA))).toBe('ROLE_MISSING');
    expect(await codeOf(() => declare(trust, { status: 'closed' }))).toBe('STATUS_UNKNOWN');
    const { endorsers } = await declare(trust);
    expect([...endorsers].sort()).toEqual(['TrustMSP', 'majority']);

    await firstPeriod();
    expect(await codeOf(() => declare(trust))).toBe('DECLARED_TOO_LATE');
    const { run: ran } = await readRun(1);
    expect([ran?.status, ran?.state.status]).toEqual(['accelerated', 'accelerated']);
    await distribute(ledger, 1);
    // The reserve is released, and all that is left goes to class A by its balances.
    expect(await held(ledger, trust, dollars, dealId)).toBe('0.00');
    const [first, second] = (await paid(1))?.classes ?? [];
    expect(BigInt(first?.principal ?? 0)).toBeGreaterThan(0n);
    expect(BigInt(second?.principal ?? 0)).toBeGreaterThan(BigInt(first?.principal ?? 0));
});

it('runs a restated period again while it is unpaid, and records what changes', async () => {
    await reported(ledger, 1, cents('10000.00'), cents('100.00'));
    await run(ledger, 1);
    expect(await codeOf(() => run(ledger, 1))).toBe('RUN_UP_TO_DATE');
    await reported(ledger, 1, cents('10000.00'), cents('110.00'), 2);
    expect(await codeOf(() => distribute(ledger, 1))).toBe('RUN_OUTDATED');
    await run(ledger, 1);
    const { version, report, changes } = await readRun(1);
    expect([version, report]).toEqual([2, 2]);
    // The notes are to be 95.5 % of the pool, which has fallen by 30.00 more.
    expect(sum(changes.map(({ principal }) => principal))).toBe(cents('28.65'));
});

it('leaves the last word on what no peer can compute to the trustee, until the period is paid', async () => {
    await reported(ledger, 1, cents('10000.00'), cents('100.00'));
    await run(ledger, 1, bankA, 5_000_000);
    expect(await readRun(1)).toMatchObject({ by: 'servicer', extra: { purchasePrice: 5_000_000 } });
    const toParties = async () => sum(Object.values((await readRun(1)).run?.payments ?? {}));
    const stated = await toParties();
    expect(await codeOf(() => run(ledger, 1, trust, 5_000_000))).toBe('RUN_UP_TO_DATE');
    await run(ledger, 1, trust, 0);
    const { by, version, extra } = await readRun(1);
    expect([by, version, extra]).toEqual(['trustee', 2, { purchasePrice: 0 }]);
    expect(await toParties()).toBe(stated - 5_000_000n);
    expect(await codeOf(() => run(ledger, 1, bankA, 5_000_000))).toBe('RUN_UP_TO_DATE');
    await openDay(ledger, '2026-02-16');
    await remit(ledger, cents('420.00'));
    await distribute(ledger, 1);
    expect(await codeOf(() => run(ledger, 1, trust, 1))).toBe('DISTRIBUTION_ALREADY_PAID');
});

it('makes a restatement of a paid period good in the next one, and never touches what was paid', async () => {
    await firstPeriod();
    await distribute(ledger, 1);
    const before = await readRun(1);
    await reported(ledger, 1, cents('10000.00'), cents('110.00'), 2);
    expect(await codeOf(() => run(ledger, 1))).toBe('DISTRIBUTION_ALREADY_PAID');
    expect(await readRun(1)).toEqual(before);

    await reported(ledger, 2, cents('9890.00'), cents('100.00'));
    await run(ledger, 2);
    const { corrections, run: second } = await readRun(2);
    expect(corrections).toMatchObject([{ period: 1, report: 2, flows: { principalCollections: '3000' } }]);
    await openDay(ledger, '2026-03-16');
    await remit(ledger, cents('450.00'));
    await distribute(ledger, 2);
    const accounts = sum(Object.values(second?.state.accounts ?? {}));
    expect(cents(await held(ledger, trust, dollars, dealId))).toBe(accounts);
});

it('redeems a class with its last principal, and cancels its notes in every book', async () => {
    await move(ledger, fund, bankB, { kind: 'pledge', asset: note('A-1') });
    await move(ledger, fund, bankB, { kind: 'pledge' });
    await reported(ledger, 1, cents('10000.00'), cents('2000.00'));
    await run(ledger, 1);
    await openDay(ledger, '2026-02-16');
    await remit(ledger, cents('6120.00'));
    await distribute(ledger, 1);
    const [first] = await tranches(ledger);
    expect(first).toMatchObject({ className: 'A-1', status: 'redeemed', outstanding: '0', factor: '0.0000000' });
    expect(await held(ledger, fund, note('A-1'))).toBe('0.00');
    expect((await book(ledger, fund)).liens.map(({ asset }) => asset)).toEqual([note('A-2')]);
    expect(await codeOf(() => move(ledger, fund, bankB, { asset: note('A-1') }))).toBe('NOTES_NOT_OUTSTANDING');
});

it('keeps a class that is also paid what is left over, after its last principal, until its deal has ended', async () => {
    const more = { id: 'more', label: 'beyond principal', do: 'pay', from: 'reserve', to: 'A-1', amount: '1.00 USD' };
    ledger = await issued({ amortising: [more] });
    await reported(ledger, 1, cents('10000.00'), cents('2000.00'));
    await run(ledger, 1);
    await openDay(ledger, '2026-02-16');
    await remit(ledger, cents('6120.00'));
    await distribute(ledger, 1);
    const [first] = await tranches(ledger);
    expect(first).toMatchObject({ className: 'A-1', status: 'outstanding', balance: '0', outstanding: '500000' });
    await reported(ledger, 2, cents('8000.00'), cents('100.00'));
    await run(ledger, 2);
    await openDay(ledger, '2026-03-16');
    await remit(ledger, cents('420.00'));
    await distribute(ledger, 2);
    expect((await paid(2))?.classes[0]).toMatchObject({ className: 'A-1', principal: '0', residual: '100' });
});

it('is called by its servicer: every class is redeemed, no notes are left in any book, and the deal can end', async () => {
    await reported(ledger, 1, cents('10000.00'), cents('100.00'));
    const end = () =>
        ledger.submit(trust, 'deal:end', { requestId: requestId(), id: dealId, reason: 'called' }, privately());
    expect(await codeOf(end)).toBe('NOTES_NOT_REPAID');
    // The accelerated waterfall pays the classes out; in the other, the pool that is still there would keep notes outstanding.
    const asked = { dealId, period: 1, status: 'accelerated', reason: 'the notes are called' };
    await ledger.submit(trust, 'waterfall:declare', { requestId: requestId(), ...asked });
    await run(ledger, 1, bankA, Number(cents('29700.00')));
    await openDay(ledger, '2026-02-16');
    await remit(ledger, cents('420.00'));
    await remit(ledger, cents('29700.00'));
    await distribute(ledger, 1);
    for (const { status, outstanding } of await tranches(ledger))
        expect([status, outstanding]).toEqual(['redeemed', '0']);
    for (const client of [fund, bankB])
        for (const { asset, free } of (await book(ledger, client)).holdings)
            if (asset.startsWith('note:')) expect(BigInt(free)).toBe(0n);
    expect(await codeOf(retire)).toBe('DEAL_STATUS_WRONG');
    await end();
    expect(await codeOf(() => run(ledger, 2))).toBe('DEAL_STATUS_WRONG');
    await retire();
    expect((await tranches(ledger)).map(({ status }) => status)).toEqual(Array(4).fill('redeemed'));
});

const retire = () => ledger.submit(trust, 'tranche:retire', { requestId: requestId(), dealId }, privately());

describe('cash that is left when a deal has ended', () => {
    const payOut = (client: Client = trust, id = requestId()) =>
        ledger.submit(client, 'settlement:payOut', { requestId: id, dealId }, privately());
    const end = () =>
        ledger.submit(trust, 'deal:end', { requestId: requestId(), id: dealId, reason: 'called' }, privately());
    const surplus = cents('7.77');

    /** All classes are redeemed; more was handed over than the run has counted. */
    beforeEach(async () => {
        const asked = { dealId, period: 1, status: 'accelerated', reason: 'the notes are called' };
        await reported(ledger, 1, cents('10000.00'), cents('100.00'));
        await ledger.submit(trust, 'waterfall:declare', { requestId: requestId(), ...asked });
        await run(ledger, 1, bankA, Number(cents('29700.00')));
        await openDay(ledger, '2026-02-16');
        for (const amount of ['420.00', '29700.00', '7.77']) await remit(ledger, cents(amount));
        await distribute(ledger, 1);
    });

    it('goes to whom the terms give all that is left, once, on the word of trustee and depository', async () => {
        expect(await codeOf(() => payOut())).toBe('DEAL_STATUS_WRONG');
        await end();
        expect(await codeOf(() => payOut(bankA))).toBe('ROLE_MISSING');
        expect(await codeOf(retire)).toBe('SURPLUS_NOT_PAID');
        const before = cents(await held(ledger, bankA, dollars));
        const id = requestId();
        const { event } = await payOut(trust, id);
        expect(event).toMatchObject({ name: 'DistributionPaid', payload: { dealId, period: 2 } });
        await payOut(trust, id);
        expect(await codeOf(() => payOut())).toBe('SURPLUS_MISSING');
        expect(cents(await held(ledger, bankA, dollars))).toBe(before + surplus);
        expect(await held(ledger, trust, dollars, dealId)).toBe('0.00');
        const record = await paid(2);
        expect(record).toMatchObject({
            ...{ status: 'paid', paidOn: '2026-02-16', total: '777' },
            payments: [{ payee: 'certificateholder', amount: '777' }],
        });
        expect(record).not.toHaveProperty('run');
        await retire();
    });

    it('is paid by the depository of the deal alone', async () => {
        await end();
        alter(ledger, ['issue', dealId], () => ({ depository: 'registry' }));
        expect(await codeOf(() => payOut())).toBe('PARTY_WRONG');
    });

    it('is set aside for whom is suspended, and pays no two payments into one', async () => {
        await end();
        await file(ledger, 'bank-a', { suspended: true });
        const before = cents(await held(ledger, bankA, dollars));
        await payOut();
        expect(cents(await held(ledger, bankA, dollars))).toBe(before);
        expect(await held(ledger, trust, dollars, 'payable.certificateholder')).toBe('7.77');
        await file(ledger, 'bank-a');
        const payment = { dealId, period: 2, payee: 'certificateholder' };
        await ledger.submit(trust, 'settlement:release', { requestId: requestId() }, field('payment', payment));
        expect(cents(await held(ledger, bankA, dollars))).toBe(before + surplus);
        await remit(ledger, cents('0.01'));
        expect((await payOut()).event).toMatchObject({ payload: { period: 3 } });
    });
});

describe('principal written down by the terms', () => {
    /** What the pool has lost is written down, the lowest class first. */
    const losses = {
        ...{ id: 'losses', label: 'losses of the period', do: 'write-down', tranches: ['C', 'B', 'A-2', 'A-1'] },
        amount: 'chargedOffPrincipal',
    };
    const declare = (given: object, client: Client = trust) =>
        ledger.submit(client, 'waterfall:reinstate', {
            ...{ requestId: requestId(), dealId, period: 2, className: 'C', reason: 'a recovery was overlooked' },
            ...given,
        });

    beforeEach(async () => {
        ledger = await issued({ amortising: [losses] });
        // A third of the pool is lost: 10,000.00 of the notes' 28,500.00 are written down.
        await reported(ledger, 1, cents('10000.00'), cents('100.00'), 1, ['1']);
        await run(ledger, 1);
        await openDay(ledger, '2026-02-16');
        await remit(ledger, cents('280.00'));
        await distribute(ledger, 1);
    });

    it('is on record class by class, and reduces the balance, not the face', async () => {
        const [, senior, b, c] = await tranches(ledger);
        expect(c).toMatchObject({ balance: '0', writtenDown: '250000', status: 'outstanding', outstanding: '250000' });
        expect(b).toMatchObject({ balance: '0', writtenDown: '300000' });
        expect(senior).toMatchObject({ balance: '1350000', writtenDown: '450000', factor: '0.7500000' });
    });

    /** The pool is sold, and the deal ends without what was written down. */
    async function endWithLosses(): Promise<void> {
        await ledger.submit(trust, 'waterfall:declare', {
            ...{ requestId: requestId(), dealId, period: 2, status: 'accelerated', reason: 'the pool is sold' },
        });
        await reported(ledger, 2, cents('9900.00'), cents('100.00'), 1, ['1']);
        await run(ledger, 2, bankA, Number(cents('19600.00')));
        await openDay(ledger, '2026-03-16');
        await remit(ledger, cents('19880.00'));
        await distribute(ledger, 2);
        await declare({ period: 3, amount: '100' });
        const end = () =>
            ledger.submit(trust, 'deal:end', { requestId: requestId(), id: dealId, reason: 'redeemed' }, privately());
        expect(await codeOf(end)).toBe('DISTRIBUTION_NOT_PAID');
        await reported(ledger, 3, cents('9800.00'), cents('100.00'), 1, ['1']);
        await run(ledger, 3);
        expect(await codeOf(end)).toBe('DISTRIBUTION_NOT_PAID');
        await openDay(ledger, '2026-04-15');
        await remit(ledger, cents('280.00'));
        await distribute(ledger, 3);
        await end();
    }

    const payOut = () => ledger.submit(trust, 'settlement:payOut', { requestId: requestId(), dealId }, privately());

    const paidTo = async (period: number) =>
        Object.fromEntries(
            ((await paid(period))?.classes ?? []).map(({ className, interest, principal }) => [
                className,
                [String(interest), String(principal)],
            ]),
        );

    it('is paid from what comes in when the deal has ended, the most senior class first', async () => {
        await endWithLosses();
        await remit(ledger, cents('8000.00'));
        await payOut();
        const expected = { 'A-1': ['0', '0'], 'A-2': ['0', '450000'], B: ['0', '300000'], C: ['0', '50000'] };
        expect([await paidTo(4), (await paid(4))?.payments]).toEqual([expected, []]);
        expect((await tranches(ledger)).map(({ status, writtenDown }) => [status, writtenDown])).toEqual([
            ...Array<string[]>(3).fill(['redeemed', '0']),
            ['outstanding', '199900'],
        ]);
        await remit(ledger, cents('2000.00'));
        await payOut();
        expect((await paidTo(5))['C']).toEqual(['0', '199900']);
        expect((await paid(5))?.payments).toEqual([{ payee: 'certificateholder', amount: '100' }]);
        await retire();
        expect((await tranches(ledger)).map(({ status }) => status)).toEqual(Array(4).fill('redeemed'));
    });

    it('... after interest that is owed, and by what is owed where classes have one rank', async () => {
        await endWithLosses();
        alter(ledger, ['tranche', dealId, 'A-2'], () => ({ owed: '30000' }));
        alter(ledger, ['tranche', dealId, 'B'], () => ({ rank: 2 }));
        await remit(ledger, cents('5300.00'));
        await payOut();
        expect(await paidTo(4)).toMatchObject({ 'A-2': ['30000', '300000'], B: ['0', '200000'], C: ['0', '0'] });
        expect((await tranches(ledger))[1]).toMatchObject({ status: 'outstanding', writtenDown: '150000' });
        expect((await tranches(ledger))[1]).not.toHaveProperty('owed');
    });

    it('is cancelled in every book when the deal has ended without it', async () => {
        await endWithLosses();
        expect(
            await codeOf(() => ledger.submit(bankA, 'tranche:retire', { requestId: requestId(), dealId }, privately())),
        ).toBe('ROLE_MISSING');
        expect((await retire()).event).toMatchObject({ name: 'NotesRetired', payload: { classes: ['A-2', 'B', 'C'] } });
        expect((await tranches(ledger)).map(({ status, outstanding }) => [status, outstanding])).toEqual([
            ['redeemed', '0'],
            ...Array<string[]>(3).fill(['cancelled', '0']),
        ]);
        expect(await held(ledger, bankB, note('C'))).toBe('0.00');
    });

    it('is reinstated by the trustee, up to what was written down, and counts from the next run on', async () => {
        expect(await codeOf(() => declare({ amount: '250001' }))).toBe('REINSTATEMENT_EXCEEDED');
        expect(await codeOf(() => declare({ amount: '1', period: 1 }))).toBe('DECLARED_TOO_LATE');
        expect(await codeOf(() => declare({ amount: '1', period: 3 }))).toBe('RUN_OUT_OF_ORDER');
        expect(await codeOf(() => declare({ amount: '1' }, bankA))).toBe('ROLE_MISSING');
        const { endorsers, event } = await declare({ amount: '100000' });
        expect([...endorsers].sort()).toEqual(['TrustMSP', 'majority']);
        expect(event).toMatchObject({ name: 'PrincipalReinstated', payload: { className: 'C', amount: '100000' } });
        expect(await codeOf(() => declare({ amount: '150001' }))).toBe('REINSTATEMENT_EXCEEDED');

        await reported(ledger, 2, cents('9900.00'), cents('100.00'), 1, ['1']);
        await run(ledger, 2);
        const { run: second } = await readRun(2);
        expect(second?.distributions['C']).toMatchObject({
            ...{ balanceBeginning: '0', balanceEnding: '100000', principal: '0', writtenDown: '-100000' },
        });
        await openDay(ledger, '2026-03-16');
        await remit(ledger, cents('280.00'));
        await distribute(ledger, 2);
        const c = (await tranches(ledger)).find(({ className }) => className === 'C');
        expect(c).toMatchObject({ balance: '100000', writtenDown: '150000', factor: '0.4000000' });
    });
});

it('shows a book to its institution, the depository and the regulator only', async () => {
    await firstPeriod();
    await distribute(ledger, 1);
    const own = await book(ledger, fund, fund);
    expect(await notices(ledger, fund, fund)).toHaveLength(1);
    expect(await codeOf(() => notices(ledger, fund, bankA))).toBe('ROLE_MISSING');
    expect(await book(ledger, fund, trust)).toEqual(own);
    expect(await book(ledger, fund, regulator)).toEqual(own);
    expect(await codeOf(() => book(ledger, fund, bankA))).toBe('ROLE_MISSING');
});

it('lets nothing of a holding become public', async () => {
    await firstPeriod();
    await distribute(ledger, 1);
    const text = ledger.publicText();
    for (const secret of ['"holder"', '"face"', '"1200000"', '"600000"', 'trade-'])
        expect([secret, text.includes(secret)]).toEqual([secret, false]);
});
