import { randomBytes } from 'node:crypto';

import { add, addDays, assetClassOf } from '@poolproof/chaincode/domain';

import { balanceOf, loadLoans, loadMonths, sample } from '../setting/pool';
import { cash, holders, openBooks } from '../setting/founding';
import { collected } from '../setting/collected';
import { datesOn, setStage, tagged } from '../setting/stage';
import { issueCash, transfer } from '../setting/transfer';
import { openDayOf, payMonth, reportMonth } from '../setting/month';
import { openDeal, sealTape, submitTape } from '../setting/sealing';
import { placeNotes, settleIssue } from '../setting/issuing';
import { termsFor } from '../setting/terms';

import type { Amount, Day, Instruct, RefusalCode, StandingRecord } from '@poolproof/chaincode/domain';
import type { Connection, Loan, LoanMonth } from '@poolproof/gateway';
import type { MemberId } from '../setting/cast';
import type { Stage } from '../setting/stage';

const piece = 1_000_000n as Amount;
const anchor = 'anchor-investor';

type Filed = Partial<StandingRecord> & Pick<StandingRecord, 'institution'>;

/** A trade that must not settle: bank B's notes of class A-2 for the fund unless stated, after the depository has filed this. */
interface Hindered {
    readonly className?: string;
    readonly given?: Partial<Instruct>;
    readonly filed?: Filed;
}

/** Notes traded in conflict, pledged, taken, accelerated and called: what their holders rely on beyond the monthly payment. */
describe('notes of a deal that is accelerated and called', () => {
    let stage: Stage;
    let dealId: string;
    let today: Day;
    let loans: Loan[];
    let months: LoanMonth[][];

    beforeAll(async () => {
        stage = await setStage();
        loans = tagged(stage, (await loadLoans(sample)).slice(0, 60));
        const numbers = new Set(loans.map(({ cells }) => cells[0]));
        months = [...(await loadMonths(sample, '2017-08'))]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([, records]) => tagged(stage, records).filter(({ cells }) => numbers.has(cells[0] ?? null)));
        dealId = `called-${stage.tag}`;
        const dates = await datesOn(stage);
        await open(dates);
        await submitTape(stage.cast, { dealId, loans });
        await sealTape(stage.cast, dealId);
        today = await openDayOf(stage.cast, dates.closing as Day);
        await issueNotes();
    });
    afterAll(() => stage.close());
    afterEach(async () => {
        await openBooks(stage.cast, today);
        await expectConserved();
    });

    /**
     * The terms know what the servicer pays to take the pool back, and when it may: once the pool is as small as at the beginning of the
     * third period. An auditor, which is no institution, has a fee; what is left over goes to the residual class R.
     */
    async function open(dates: Awaited<ReturnType<typeof datesOn>>): Promise<void> {
        const terms = termsFor(dealId, balanceOf(loans), dates);
        const called = { unit: 'money', meaning: 'what the servicer pays to call the notes and take the pool back' };
        const payAudit = { id: 'payAudit', do: 'pay-fee', fee: 'audit' };
        const own = {
            parties: { ...terms.parties, auditor: 'audit-house' },
            fees: [...(terms['fees'] as object[]), { id: 'audit', to: 'auditor', amount: '12.50 USD' }],
            tranches: [...terms.tranches, { id: 'R', balance: '0.00', rank: 5 }],
            deposits: [...(terms['deposits'] as object[]), { id: 'call', amount: 'purchasePrice' }],
            waterfalls: Object.fromEntries(
                Object.entries(terms['waterfalls'] as Record<string, { to?: string }[]>).map(([status, steps]) => [
                    status,
                    [payAudit, ...steps.map(step => (step.to === 'certificateholder' ? { ...step, to: 'R' } : step))],
                ]),
            ),
            call: { price: 'purchasePrice', when: `poolBalanceBeginning <= initialPoolBalance * ${thirdShare()}%` },
        };
        const rules = {
            assetClass: 'auto-loan',
            rollForward: { exceptions: 'adjust', chargeOffAtZero: true },
        } as const;
        const document = { ...terms, ...own, facts: { purchasePrice: called } };
        await stage.cast.bankA.deals.open({ id: dealId, terms: document, rules });
    }

    /** Of the initial pool, what is left at the beginning of the third period, in percent to two decimals, rounded up. */
    function thirdShare(): string {
        const { state, stateRoles } = assetClassOf('auto-loan');
        const index = state.fields.findIndex(({ name }) => name === stateRoles.endBalance);
        const left = (months[1] ?? []).reduce((sum, { cells }) => sum + BigInt(Number(cells[index])), 0n);
        const hundredths = (left * 10_000n) / balanceOf(loans) + 1n;
        return `${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, '0')}`;
    }

    /** Class B is for anchor investors, class C locked for a month. */
    async function issueNotes(): Promise<void> {
        const { bankA, trust } = stage.cast;
        for (const institution of holders) await trust.holdings.file(standing({ institution }));
        const offerings = (await bankA.deals.terms(dealId)).tranches.map(({ id }) => ({
            ...{ className: id, minimum: piece, increment: 100_000n as Amount },
            categories: [id === 'B' ? anchor : 'qualified-institutional'],
            ...(id === 'C' && { lockedUntil: addDays(today, 30) }),
            ...(id === 'R' && { face: 10_000_000n as Amount }),
        }));
        await bankA.tranches.authorise({ dealId, depository: 'trust', cash, offerings });
        await expect(trust.deals.close({ id: dealId })).rejects.toMatchObject({ code: 'NOTES_NOT_ISSUED' });
        const classes = await placeNotes(stage.cast, dealId, { 'bank-b': 60n, fund: 40n });
        await settleIssue(stage.cast, dealId, add(...classes.map(({ original }) => original)), today);
        await trust.deals.close({ id: dealId });
    }

    function standing(given: Filed): StandingRecord {
        const categories = ['qualified-institutional', anchor];
        return { clearedUntil: '2099-12-31' as Day, categories, suspended: false, ...given };
    }

    const note = (className: string) => `note:${dealId}:${className}` as const;

    async function agree(from: MemberId, to: MemberId, given: Partial<Instruct> = {}) {
        const reference = `n-${randomBytes(6).toString('hex')}`;
        const common = { kind: 'transfer', asset: note('A-2'), quantity: piece, settlementDay: today } as const;
        const said = { expiryDay: today, ...common, ...given, reference };
        await stage.cast.desk(from).settlements.instruct({ ...said, side: 'deliver', counterparty: to });
        await stage.cast.desk(to).settlements.instruct({ ...said, side: 'receive', counterparty: from });
        return { reference, deliverer: from, receiver: to };
    }

    const settle = (...pairs: Awaited<ReturnType<typeof agree>>[]) => stage.cast.trust.settlements.settle({ pairs });

    async function held(id: MemberId, className: string): Promise<bigint> {
        const { holdings } = await stage.cast.regulator.holdings.book(id);
        const found = holdings.find(({ asset }) => asset === note(className));
        return (found?.free ?? 0n) + (found?.pledged ?? 0n);
    }

    async function books() {
        return Promise.all(holders.map(async id => (await stage.cast.regulator.holdings.book(id)).holdings));
    }

    async function expectConserved(): Promise<void> {
        const { holdings, tranches } = stage.cast.regulator;
        const all = (await books()).flat();
        for (const { asset, outstanding } of [...(await holdings.deposits()), ...(await tranches.list(dealId))]) {
            const sum = all
                .filter(each => each.asset === asset)
                .reduce((total, { free, pledged }) => total + free + pledged, 0n);
            expect([asset, sum]).toEqual([asset, outstanding]);
        }
    }

    it('are sold to one of two buyers who are settled at the same moment', async () => {
        const all = await held('fund', 'A-1');
        const given = { asset: note('A-1'), quantity: all as Amount };
        const trades = [await agree('fund', 'bank-a', given), await agree('fund', 'bank-b', given)];
        const outcomes = await Promise.allSettled(trades.map(trade => settle(trade)));
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
            reason: { code: 'HOLDING_SHORT' },
        });
        expect(await held('fund', 'A-1')).toBe(0n);
    });

    it('are delivered once, however many settle the same two instructions at the same moment', async () => {
        const before = await held('fund', 'A-2');
        const trade = await agree('bank-b', 'fund');
        const outcomes = await Promise.allSettled([settle(trade), settle(trade), settle(trade)]);
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await held('fund', 'A-2')).toBe(before + piece);
    });

    const dear = { means: 'deposit', asset: cash, amount: (10n ** 15n) as Amount } as const;
    const past = '2000-01-01' as Day;
    it.each<[string, RefusalCode, Hindered]>([
        [
            'a buyer whose identification is out of date',
            'INVESTOR_NOT_ELIGIBLE',
            { filed: { institution: 'fund', clearedUntil: past } },
        ],
        [
            'a buyer outside the categories of the class',
            'INVESTOR_NOT_ELIGIBLE',
            { className: 'B', filed: { institution: 'fund', categories: ['qualified-institutional'] } },
        ],
        ['a suspended seller', 'INSTITUTION_NOT_ACTIVE', { filed: { institution: 'bank-b', suspended: true } }],
        ['less than the smallest piece', 'DENOMINATION_BROKEN', { given: { quantity: 100_000n as Amount } }],
        ['notes that are locked up', 'NOTES_LOCKED', { className: 'C' }],
        ['a buyer short of cash', 'HOLDING_SHORT', { given: { payment: dear } }],
        ['a seller short of notes', 'HOLDING_SHORT', { given: { quantity: (10n ** 15n) as Amount } }],
        ['instructions that have expired', 'INSTRUCTION_EXPIRED', { given: { settlementDay: past, expiryDay: past } }],
    ])('do not move for %s', async (_, code, { className = 'A-2', given, filed }) => {
        const trade = await agree('bank-b', 'fund', { asset: note(className), ...given });
        if (filed) await stage.cast.trust.holdings.file(standing(filed));
        const before = await books();
        const refused: unknown = await settle(trade).catch((error: unknown) => error);
        expect(refused).toMatchObject({ code });
        expect(String(refused)).not.toContain(trade.reference);
        expect(await books()).toEqual(before);
    });

    it('are taken by a lender who was not paid back by the day stated, and not before', async () => {
        await issueCash(stage.cast, 'bank-b', piece, today);
        const due = addDays(today, 1);
        const loan = { means: 'deposit', asset: cash, amount: 900_000n as Amount } as const;
        const repo = await agree('fund', 'bank-b', { kind: 'pledge', payment: loan, enforceableFrom: due });
        await settle(repo);
        const before = await held('bank-b', 'A-2');
        const taking = {
            ...repo,
            deliverer: 'bank-b',
            receiver: 'bank-b',
            reference: `${repo.reference}-taken`,
        } as const;
        await stage.cast.bankB.settlements.instruct({
            ...{ reference: taking.reference, kind: 'enforce', side: 'deliver', counterparty: 'bank-b' },
            ...{ asset: note('A-2'), quantity: piece, settlementDay: today, expiryDay: due },
            ...{ lien: repo.reference, pledgor: 'fund' },
        });
        await expect(settle(taking)).rejects.toMatchObject({ code: 'LIEN_NOT_ENFORCEABLE' });
        today = await openDayOf(stage.cast, due);
        await settle(taking);
        expect(await held('bank-b', 'A-2')).toBe(before + piece);
        expect((await stage.cast.fund.holdings.book()).liens).toEqual([]);
    });

    it('pay a holder outside; what comes back is kept for it, and reaches it in the end', async () => {
        const { fund, regulator, trust } = stage.cast;
        await trust.holdings.file(standing({ institution: 'fund', paidOutside: true }));
        await reportMonth(stage.cast, { dealId, period: 1, months: months[0] ?? [] });
        await payMonth(stage.cast, dealId, 1, 0n as Amount);
        const which = { dealId, period: 1, holder: 'fund' };
        const notice = async () => (await collected(fund.holdings.notices())).find(each => each.dealId === dealId);
        expect(await notice()).toMatchObject({ status: 'due' });
        await trust.settlements.send({ ...which, paymentReference: 'WIRE-1' });
        await trust.settlements.takeBack({ ...which, reason: 'account closed' });
        const kept = (await regulator.holdings.book('trust')).holdings.find(each => each.account === 'held.fund');
        expect(kept?.free).toBeGreaterThanOrEqual((await notice())?.total ?? 0n);
        await trust.settlements.release(which);
        expect(await notice()).toMatchObject({ status: 'released', sendings: [{ paymentReference: 'WIRE-1' }] });
    });

    it('pay a party that is no institution outside, from what was set aside for it', async () => {
        const { bankA, regulator, trust } = stage.cast;
        const which = { dealId, period: 1, payee: 'auditor' };
        const payable = async () => (await collected(trust.holdings.payables())).find(each => each.dealId === dealId);
        const cashIn = async (account: string) =>
            (await regulator.holdings.book('trust')).holdings.find(
                each => each.asset === cash && each.account === account,
            )?.free ?? 0n;
        const [aside, own] = [await cashIn('payable.auditor'), await cashIn('own')];
        expect(await payable()).toMatchObject({ payee: 'auditor', amount: 1_250n, status: 'due' });
        expect(aside).toBeGreaterThanOrEqual(1_250n);
        await expect(trust.settlements.release(which)).rejects.toMatchObject({ code: 'PAYEE_OUTSIDE' });
        await expect(bankA.settlements.send({ ...which, paymentReference: 'WIRE-2' })).rejects.toMatchObject({
            code: 'ROLE_MISSING',
        });
        await trust.settlements.send({ ...which, paymentReference: 'WIRE-2' });
        await expect(trust.settlements.send({ ...which, paymentReference: 'WIRE-3' })).rejects.toMatchObject({
            code: 'PAYMENT_NOT_HELD',
        });
        expect([await cashIn('payable.auditor'), await cashIn('own')]).toEqual([aside - 1_250n, own + 1_250n]);
        await trust.settlements.takeBack({ ...which, reason: 'account closed' });
        await expect(trust.settlements.takeBack({ ...which, reason: 'account closed' })).rejects.toMatchObject({
            code: 'PAYMENT_NOT_SENT',
        });
        expect([await cashIn('payable.auditor'), await cashIn('own')]).toEqual([aside, own]);
        await trust.settlements.send({ ...which, paymentReference: 'WIRE-3' });
        expect(await payable()).toMatchObject({
            status: 'sent',
            sendings: [{ paymentReference: 'WIRE-2', reason: 'account closed' }, { paymentReference: 'WIRE-3' }],
        });
        const elsewhere = { ...which, period: 2, paymentReference: 'WIRE-4' };
        await expect(trust.settlements.send(elsewhere)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('are paid by the accelerated waterfall once the trustee has declared a default, a suspended servicer later', async () => {
        const reason = 'the servicer is insolvent';
        await stage.cast.trust.waterfalls.declare({ dealId, period: 2, status: 'accelerated', reason });
        await reportMonth(stage.cast, { dealId, period: 2, months: months[1] ?? [] });
        const early = { dealId, period: 2, extra: { purchasePrice: 1 } };
        await expect(stage.cast.trust.waterfalls.run(early)).rejects.toMatchObject({ code: 'CALL_NOT_ALLOWED' });
        const { run } = await payMonth(stage.cast, dealId, 2, 0n as Amount, () => suspend('bank-a'));
        expect([run.run?.status, run.run?.state.accounts['reserve']]).toEqual(['accelerated', 0n]);
        await expectPaidWhenActive();
    });

    const suspend = (institution: MemberId) =>
        stage.cast.trust.holdings.file(standing({ institution, suspended: true }));

    /** The fee of the servicer, which was suspended, was set aside: it is paid into its book when it is active again, once. */
    async function expectPaidWhenActive(): Promise<void> {
        const { bankA, bankB, regulator, trust } = stage.cast;
        const which = { dealId, period: 2, payee: 'servicer' };
        const payableIn = async (desk: Connection, book?: string) =>
            (await collected(desk.holdings.payables(book))).find(
                each => each.dealId === dealId && each.period === 2 && each.payee === 'servicer',
            );
        const own = async () =>
            (await bankA.holdings.book()).holdings.find(each => each.account === 'own' && each.asset === cash)?.free ??
            0n;
        const [payable, before] = [await payableIn(bankA), await own()];
        expect(payable).toMatchObject({ status: 'due' });
        const fee = payable?.amount ?? 0n;
        expect(fee).toBeGreaterThan(0n);
        await expect(trust.settlements.release(which)).rejects.toMatchObject({ code: 'INSTITUTION_NOT_ACTIVE' });
        await trust.holdings.file(standing({ institution: 'bank-a' }));
        await expect(bankA.settlements.release(which)).rejects.toMatchObject({ code: 'ROLE_MISSING' });
        const outcomes = await Promise.allSettled([trust.settlements.release(which), trust.settlements.release(which)]);
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(await own()).toBe(before + fee);
        for (const [desk, book] of [[bankA], [trust], [regulator, 'trust'], [regulator, 'bank-a']] as const)
            expect(await payableIn(desk, book)).toMatchObject({ status: 'released', amount: fee });
        await expect(collected(bankB.holdings.payables('bank-a'))).rejects.toMatchObject({ code: 'ROLE_MISSING' });
    }

    /** More was paid in than the terms have used: it is the residual holders', and when their class is gone the originator's. */
    async function payOutBeforeRetiring(): Promise<void> {
        const day = await openDayOf(stage.cast, today);
        const { bankA, bankB, fund, regulator, trust } = stage.cast;
        const cashOf = async (id: MemberId, account = 'own') =>
            (await regulator.holdings.book(id)).holdings.find(each => each.account === account && each.asset === cash)
                ?.free ?? 0n;
        const payIn = async (amount: bigint) => {
            await issueCash(stage.cast, 'bank-b', amount as Amount, day);
            await transfer(stage.cast, { from: 'bank-b', to: 'trust', amount: amount as Amount, day, account: dealId });
        };
        const left = await cashOf('trust', dealId);
        await payIn(1_001n);
        await expect(trust.tranches.retire({ dealId })).rejects.toMatchObject({ code: 'SURPLUS_NOT_PAID' });
        await expect(bankA.settlements.payOut({ dealId })).rejects.toMatchObject({ code: 'ROLE_MISSING' });
        const before = [await cashOf('bank-b'), await cashOf('fund')];
        const outcomes = await Promise.allSettled([
            trust.settlements.payOut({ dealId }),
            trust.settlements.payOut({ dealId }),
        ]);
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        const gained = [await cashOf('bank-b'), await cashOf('fund')].map((now, i) => now - (before[i] ?? 0n));
        // By the face of class R: 60 and 40 of 100.
        expect(gained).toEqual([((left + 1_001n) * 6n + 5n) / 10n, ((left + 1_001n) * 4n + 5n) / 10n]);
        for (const [desk, amount] of [
            [bankB, gained[0]],
            [fund, gained[1]],
        ] as const)
            expect((await collected(desk.holdings.notices())).filter(each => each.dealId === dealId)).toContainEqual(
                expect.objectContaining({ period: 4, status: 'paid', total: amount }),
            );
        await trust.tranches.retire({ dealId });
        await payIn(5n);
        const own = await cashOf('bank-a');
        await trust.settlements.payOut({ dealId });
        expect([await cashOf('bank-a'), await cashOf('trust', dealId)]).toEqual([own + 5n, 0n]);
    }

    it('are redeemed when the pool is bought back, and their deal ends and gives its assets free', async () => {
        const { bankA, trust } = stage.cast;
        await expect(trust.deals.end({ id: dealId, reason: 'called' })).rejects.toMatchObject({
            code: 'NOTES_NOT_REPAID',
        });
        const classes = await trust.tranches.list(dealId);
        const price = (add(...classes.map(({ balance }) => balance)) * 11n) / 10n;
        const day = await openDayOf(stage.cast, today);
        await issueCash(stage.cast, 'bank-b', price as Amount, day);
        await transfer(stage.cast, { from: 'bank-b', to: 'bank-a', amount: price as Amount, day });
        await reportMonth(stage.cast, { dealId, period: 3, months: months[2] ?? [] });
        for (const className of ['A-2', 'R']) {
            const pledge = { kind: 'pledge', asset: note(className), settlementDay: day, expiryDay: day } as const;
            await settle(await agree('fund', 'bank-b', pledge));
        }
        const pledged = async () => (await stage.cast.fund.holdings.book()).liens.map(({ asset }) => asset).sort();
        expect(await pledged()).toEqual([note('A-2'), note('R')]);
        await payMonth(stage.cast, dealId, 3, price as Amount);
        const states = async () =>
            (await trust.tranches.list(dealId)).map(each => [each.className, each.status, each.outstanding]);
        const redeemed = ['A-1', 'A-2', 'B', 'C'].map(className => [className, 'redeemed', 0n]);
        expect(await states()).toEqual([...redeemed, ['R', 'outstanding', 10_000_000n]]);
        expect(await pledged()).toEqual([note('R')]);
        await trust.deals.end({ id: dealId, reason: 'called' });
        await payOutBeforeRetiring();
        expect(await states()).toEqual([...redeemed, ['R', 'cancelled', 0n]]);
        expect(await pledged()).toEqual([]);
        expect([await held('fund', 'R'), await held('bank-b', 'R')]).toEqual([0n, 0n]);

        const again = { dealId: `again-${stage.tag}`, loans };
        await openDeal(stage.cast, { ...again, dates: await datesOn(stage) });
        await submitTape(stage.cast, again);
        await expect(sealTape(stage.cast, again.dealId)).rejects.toMatchObject({ code: 'ASSET_ALREADY_PLEDGED' });
        for (const number of (await bankA.tapes.read(dealId)).chunkRoots.keys())
            await trust.pledges.release({ dealId, number });
        await sealTape(stage.cast, again.dealId);
    });
});
