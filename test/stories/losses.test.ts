import { randomBytes } from 'node:crypto';

import { add, addDays, assetClassOf } from '@poolproof/chaincode/domain';

import { balanceOf, loadLoans, loadMonths, sample } from '../setting/pool';
import { holders, openBooks } from '../setting/founding';
import { cashOf, openDayOf, reportMonth } from '../setting/month';
import { collected } from '../setting/collected';
import { datesOn, setStage, tagged } from '../setting/stage';
import { issueCash, transfer } from '../setting/transfer';
import { issueDeal } from '../setting/issuing';
import { sealTape, submitTape } from '../setting/sealing';
import { termsFor } from '../setting/terms';

import type { Amount, Cell, Day, Instruct } from '@poolproof/chaincode/domain';
import type { Loan, LoanMonth } from '@poolproof/gateway';
import type { MemberId } from '../setting/cast';
import type { Stage } from '../setting/stage';

const piece = 1_000_000n as Amount;
const investors = ['bank-b', 'fund'] as const;

/** What the pool loses, its lowest classes bear: month by month, until the deal is wound up and what is left of them is cancelled. */
describe('notes of a pool that loses loans', () => {
    let stage: Stage;
    let dealId: string;
    let loans: Loan[];
    let months: LoanMonth[][];
    /** Loans that will be lost, in this order, and how many were so far. */
    let lost: string[];
    let lostBefore = 0;

    beforeAll(async () => {
        stage = await setStage();
        loans = tagged(stage, (await loadLoans(sample)).slice(0, 60));
        lost = loans.slice(0, 6).map(({ cells }) => String(cells[0]));
        months = [...(await loadMonths(sample, '2017-09'))]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([, records]) => tagged(stage, records));
        dealId = `losing-${stage.tag}`;
        const dates = await datesOn(stage);
        await open(dates);
        await submitTape(stage.cast, { dealId, loans });
        await sealTape(stage.cast, dealId);
        await openDayOf(stage.cast, dates.closing as Day);
        await openBooks(stage.cast, dates.closing as Day);
        await issueDeal(stage.cast, dealId);
        await expectConserved();
    });
    afterAll(() => stage.close());

    /** What the pool has lost is written down from the lowest class up; the servicer may buy what is left of the pool. */
    async function open(dates: Awaited<ReturnType<typeof datesOn>>): Promise<void> {
        const terms = termsFor(dealId, balanceOf(loans), dates);
        const losses = { id: 'losses', label: 'losses of the period', do: 'write-down', amount: 'chargedOffPrincipal' };
        const step = { ...losses, tranches: ['C', 'B', 'A-2', 'A-1'] };
        const statuses = Object.entries(terms['waterfalls'] as Record<string, object[]>);
        const called = { unit: 'money', meaning: 'what the servicer pays to take the pool back' };
        const document = {
            ...terms,
            waterfalls: Object.fromEntries(statuses.map(([status, steps]) => [status, [...steps, step]])),
            deposits: [...(terms['deposits'] as object[]), { id: 'call', amount: 'purchasePrice' }],
            facts: { purchasePrice: called },
        };
        const rollForward = { exceptions: 'adjust', chargeOffAtZero: true } as const;
        await stage.cast.bankA.deals.open({
            id: dealId,
            terms: document,
            rules: { assetClass: 'auto-loan', rollForward },
        });
    }

    const note = (className: string) => `note:${dealId}:${className}` as const;
    const classes = () => stage.cast.trust.tranches.list(dealId);

    async function classOf(className: string) {
        const found = (await classes()).find(each => each.className === className);
        if (!found) throw new Error(`no class ${className}`);
        return found;
    }

    /** What has been done, once all books still hold what the public record says is outstanding. */
    async function kept<T>(act: Promise<T>): Promise<T> {
        const done = await act;
        await expectConserved();
        return done;
    }

    /** Of every class also the principal: repaid, written down or still owed, it is the original. */
    async function expectConserved(): Promise<void> {
        const { holdings, settlements } = stage.cast.regulator;
        const books = await Promise.all(holders.map(id => holdings.book(id)));
        const all = books.flatMap(book => book.holdings);
        const paid = (await settlements.distributions(dealId)).flatMap(each => each.classes);
        const tranches = await classes();
        for (const { asset, outstanding } of [...(await holdings.deposits()), ...tranches]) {
            const held = all.filter(each => each.asset === asset).map(({ free, pledged }) => add(free, pledged));
            expect([asset, add(...held)]).toEqual([asset, outstanding]);
        }
        for (const { className, original, balance, writtenDown } of tranches) {
            const repaid = paid.filter(each => each.className === className).map(({ principal }) => principal);
            expect([className, add(...repaid, balance, writtenDown)]).toEqual([className, original]);
        }
    }

    /** A month in which so many of the loans that will be lost are lost by now: they end at nothing, and nothing was paid. */
    function month(period: number, lostNow: number): LoanMonth[] {
        const numbers = new Set(loans.map(({ cells }) => cells[0]));
        const [before, gone] = [lost.slice(0, lostBefore), lost.slice(lostBefore, lostNow)];
        lostBefore = lostNow;
        return (months[period - 1] ?? [])
            .filter(({ cells }) => numbers.has(cells[0] ?? null) && !before.includes(String(cells[0])))
            .map(record =>
                gone.includes(String(record.cells[0])) ? { ...record, cells: unpaid(record.cells) } : record,
            );
    }
    /** Reported, run, handed over and paid, the books looked at after each. */
    async function pay(period: number, lostNow: number, purchasePrice = 0n) {
        const { bankA, trust } = stage.cast;
        await kept(reportMonth(stage.cast, { dealId, period, months: month(period, lostNow) }));
        await kept(trust.waterfalls.run({ dealId, period, extra: { purchasePrice: Number(purchasePrice) } }));
        const record = await trust.waterfalls.read(dealId, period);
        const day = await openDayOf(stage.cast, record.paymentDate);
        const { versions } = await bankA.reports.read(dealId, period);
        const amount = add(cashOf(versions.at(-1)?.facts), purchasePrice as Amount);
        await kept(transfer(stage.cast, { from: 'bank-a', to: 'trust', amount, day, account: dealId }));
        await kept(trust.settlements.distribute({ dealId, period }));
        return record.run?.distributions ?? {};
    }

    /** What the holders were told of a payment, which must sum to what their classes were paid. */
    async function told(period: number) {
        const [record] = (await stage.cast.fund.settlements.distributions(dealId)).filter(
            each => each.period === period,
        );
        const notices = await Promise.all(
            investors.map(async id => {
                const own = await collected(stage.cast.desk(id).holdings.notices());
                return own.find(each => each.dealId === dealId && each.period === period);
            }),
        );
        const lines = notices.flatMap(notice => notice?.classes ?? []);
        for (const { className, interest, principal } of record?.classes ?? []) {
            const own = lines.filter(line => line.className === className);
            expect([className, add(...own.map(line => line.interest))]).toEqual([className, interest]);
            expect([className, add(...own.map(line => line.principal))]).toEqual([className, principal]);
        }
        return lines;
    }

    async function agree(from: MemberId, to: MemberId, given: Partial<Instruct>) {
        const reference = `l-${randomBytes(6).toString('hex')}`;
        const [system] = await stage.cast.trust.holdings.days();
        const today = system?.day as Day;
        const common = {
            kind: 'transfer',
            quantity: piece,
            settlementDay: today,
            expiryDay: addDays(today, 90),
        } as const;
        const said = { asset: note('A-2'), ...common, ...given, reference };
        await stage.cast.desk(from).settlements.instruct({ ...said, side: 'deliver', counterparty: to });
        if (to !== from)
            await stage.cast.desk(to).settlements.instruct({ ...said, side: 'receive', counterparty: from });
        return { reference, deliverer: from, receiver: to };
    }

    const settle = (pair: Awaited<ReturnType<typeof agree>>) =>
        kept(stage.cast.trust.settlements.settle({ pairs: [pair] }));

    const faceOf = async (id: MemberId, className: string) => {
        const { holdings } = await stage.cast.regulator.holdings.book(id);
        const found = holdings.find(({ asset }) => asset === note(className));
        return add(found?.free ?? (0n as Amount), found?.pledged ?? (0n as Amount));
    };

    it('are written down from the lowest class up, and keep their face', async () => {
        const before = await classOf('C');
        const paid = await pay(1, 2);
        const after = await classOf('C');
        expect(after.writtenDown).toBeGreaterThan(0n);
        expect(after).toMatchObject({ status: 'outstanding', outstanding: before.original });
        expect(after.writtenDown).toBe(paid['C']?.writtenDown);
        expect((await told(1)).filter(({ className }) => className === 'C')).toHaveLength(2);
        expect((await classOf('B')).writtenDown).toBe(0n);
        expect(after.balance).toBeGreaterThan(0n);
    });

    it('bear more with every month, each class only once those below it are gone', async () => {
        const before = add(...(await classes()).map(({ writtenDown }) => writtenDown));
        await pay(2, 5);
        const [, , b, c] = await classes();
        expect(add(b?.writtenDown ?? (0n as Amount), c?.writtenDown ?? (0n as Amount))).toBeGreaterThan(before);
        expect([c?.balance, c?.factor, c?.status]).toEqual([0n, '0.0000000', 'outstanding']);
        expect(b?.writtenDown).toBeGreaterThan(0n);
        await told(2);
    });

    it('are owed again what the trustee reinstates, no more than was lost, and their holders are told', async () => {
        const { trust } = stage.cast;
        const { writtenDown, original } = await classOf('C');
        const asked = { dealId, period: 3, className: 'C', reason: 'the insurer of two loans has paid' };
        const tooMuch = (writtenDown + 1n) as Amount;
        await expect(trust.waterfalls.reinstate({ ...asked, amount: tooMuch })).rejects.toMatchObject({
            code: 'REINSTATEMENT_EXCEEDED',
        });
        await kept(trust.waterfalls.reinstate({ ...asked, amount: piece }));
        // It counts from the next run on: until then the record is as the last payment left it.
        expect((await classOf('C')).writtenDown).toBe(writtenDown);
        const paid = await pay(3, 5);
        expect(paid['C']).toMatchObject({ balanceBeginning: 0n, writtenDown: -piece });
        expect(await classOf('C')).toMatchObject({
            balance: piece,
            writtenDown: writtenDown - piece,
            outstanding: original,
        });
        const lines = (await told(3)).filter(({ className }) => className === 'C');
        for (const line of lines) expect(line).toMatchObject({ balanceEnding: piece });
        expect(lines).toHaveLength(2);
    });

    it('are taken by a lender after the event of default, which is paid what they pay from then on', async () => {
        const { bankB, trust } = stage.cast;
        const [system] = await trust.holdings.days();
        const due = addDays(system?.day as Day, 1);
        const repo = await agree('fund', 'bank-b', { kind: 'pledge', enforceableFrom: due });
        await settle(repo);
        await kept(agree('fund', 'bank-b', { kind: 'pledge', asset: note('B') }).then(settle));
        const reason = 'the losses are beyond what the terms allow';
        await kept(trust.waterfalls.declare({ dealId, period: 4, status: 'accelerated', reason }));
        await openDayOf(stage.cast, due);
        const [before, pledged] = [await faceOf('bank-b', 'A-2'), await faceOf('fund', 'A-2')];
        await settle(await agree('bank-b', 'bank-b', { kind: 'enforce', lien: repo.reference, pledgor: 'fund' }));
        expect([await faceOf('bank-b', 'A-2'), await faceOf('fund', 'A-2')]).toEqual([before + piece, pledged - piece]);

        await pay(4, 6);
        await told(4);
        const notices = await collected(bankB.holdings.notices());
        const notice = notices.find(each => each.dealId === dealId && each.period === 4);
        expect(notice?.classes.find(({ className }) => className === 'A-2')?.face).toBe(before + piece);
    });

    it('are repaid as far as the sold pool reaches; the rest is cancelled with the liens on it when the deal ends', async () => {
        const { trust, regulator } = stage.cast;
        const owed = add(...(await classes()).map(({ balance }) => balance));
        const price = ((owed * 11n) / 10n) as Amount;
        const [system] = await trust.holdings.days();
        const day = system?.day as Day;
        await kept(issueCash(stage.cast, 'bank-b', price, day));
        await kept(transfer(stage.cast, { from: 'bank-b', to: 'bank-a', amount: price, day }));
        await pay(5, 6, price);
        await told(5);
        const face = (await classOf('B')).original;
        expect((await classes()).map(({ status, balance }) => [status, balance])).toEqual([
            ...[1, 2].map(() => ['redeemed', 0n]),
            ...[3, 4].map(() => ['outstanding', 0n]),
        ]);
        expect(add(await faceOf('bank-b', 'B'), await faceOf('fund', 'B'))).toBe(face);
        expect((await regulator.holdings.book('fund')).liens.map(({ asset }) => asset)).toEqual([note('B')]);

        await kept(trust.deals.end({ id: dealId, reason: 'redeemed' }));
        const { answer } = await kept(trust.tranches.retire({ dealId }));
        expect(answer).toMatchObject({ classes: ['B', 'C'] });
        expect((await classes()).map(({ outstanding }) => outstanding)).toEqual([0n, 0n, 0n, 0n]);
        expect((await regulator.holdings.book('fund')).liens).toEqual([]);
        for (const number of (await trust.tapes.read(dealId)).chunkRoots.keys())
            await kept(trust.pledges.release({ dealId, number }));
    });
});

/** The same month of a loan that is charged off in it. */
function unpaid(cells: readonly Cell[]): Cell[] {
    const { state, stateRoles } = assetClassOf('auto-loan');
    const changed: Readonly<Record<string, Cell>> = {
        [stateRoles.endBalance]: 0,
        [stateRoles.principal ?? '']: 0,
        [stateRoles.paid ?? '']: 0,
    };
    return cells.map((cell, i) => changed[state.fields[i]?.name ?? ''] ?? cell);
}
