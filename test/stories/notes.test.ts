import { cash, holders } from '../setting/founding';
import { authorise, placeNotes, settleIssue } from '../setting/issuing';
import { openDayOf, payMonth, reportMonth } from '../setting/month';
import { loadLoans, loadMonths, sample } from '../setting/pool';
import { openDeal, sealTape, submitTape } from '../setting/sealing';
import { datesOn, setStage, tagged } from '../setting/stage';
import { collected } from '../setting/collected';
import { transfer } from '../setting/transfer';

import type { Amount, BookContent, Day } from '@poolproof/chaincode/domain';
import type { LoanMonth } from '@poolproof/gateway';
import type { Stage } from '../setting/stage';

describe('notes of a deal', () => {
    let stage: Stage;
    let dealId: string;
    let today: Day;
    let months: LoanMonth[][];

    beforeAll(async () => {
        stage = await setStage();
        const loans = tagged(stage, await loadLoans(sample));
        months = [...(await loadMonths(sample, '2017-08'))]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([, records]) => tagged(stage, records));
        dealId = `notes-${stage.tag}`;
        const dates = await datesOn(stage);
        await openDeal(stage.cast, { dealId, loans, dates });
        await submitTape(stage.cast, { dealId, loans });
        await sealTape(stage.cast, dealId);
        today = await openDayOf(stage.cast, dates.closing as Day);
    });
    afterAll(() => stage.close());

    const books = (): Promise<BookContent[]> => Promise.all(holders.map(id => stage.cast.regulator.holdings.book(id)));

    /** What all books together hold of every asset, and what the public records say is outstanding. */
    async function balance() {
        const held: Record<string, bigint> = {};
        for (const { asset, free, pledged } of (await books()).flatMap(({ holdings }) => holdings))
            held[asset] = (held[asset] ?? 0n) + free + pledged;
        const { holdings, tranches } = stage.cast.regulator;
        const stated: Record<string, bigint> = {};
        for (const { asset, outstanding } of await holdings.deposits()) stated[asset] = outstanding;
        for (const { asset, outstanding } of await tranches.list(dealId)) stated[asset] = outstanding;
        return { held, stated };
    }

    /** Conserved: nothing is held that is not owed, nothing owed that is not held, and nobody holds less than nothing. */
    async function expectConserved() {
        const { held, stated } = await balance();
        for (const [asset, outstanding] of Object.entries(stated))
            expect([asset, held[asset] ?? 0n]).toEqual([asset, outstanding]);
        for (const { free, pledged } of (await books()).flatMap(({ holdings }) => holdings)) {
            expect(free).toBeGreaterThanOrEqual(0n);
            expect(pledged).toBeGreaterThanOrEqual(0n);
        }
    }

    const cashOf = async (id: (typeof holders)[number], account = 'own'): Promise<bigint> => {
        const { holdings } = await stage.cast.regulator.holdings.book(id);
        return holdings.find(each => each.asset === cash && each.account === account)?.free ?? 0n;
    };

    it('cannot be issued before anybody has ordered them', async () => {
        await authorise(stage.cast, dealId);
        await expect(stage.cast.trust.tranches.issue({ dealId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
        await expectConserved();
    });

    it('are not issued while an investor cannot pay, and nothing has moved', async () => {
        await placeNotes(stage.cast, dealId, { 'bank-b': 60n, fund: 40n });
        // Other stories may have left it rich.
        const amount = (await cashOf('fund')) as Amount;
        if (amount > 0n) await transfer(stage.cast, { from: 'fund', to: 'bank-a', amount, day: today });
        const before = await balance();
        await expect(stage.cast.trust.tranches.issue({ dealId })).rejects.toMatchObject({ code: 'HOLDING_SHORT' });
        expect(await balance()).toEqual(before);
    });

    it('are issued against payment, all of them in one transaction', async () => {
        const classes = await stage.cast.trust.tranches.list(dealId);
        const size = classes.reduce((sum, { original }) => sum + original, 0n);
        const seller = await cashOf('bank-a');
        const { endorsedBy } = await settleIssue(stage.cast, dealId, size as Amount, today);
        await expectConserved();
        expect(endorsedBy).toEqual(['TrustMSP']);
        const { accounts } = await stage.cast.fund.deals.terms(dealId);
        const retained = accounts.reduce((sum, { opening }) => sum + (opening ?? 0n), 0n);
        expect((await cashOf('bank-a')) - seller).toBe(size - retained);
        expect(await cashOf('trust', dealId)).toBe(retained);
        await stage.cast.trust.deals.close({ id: dealId });
    });

    it('are paid month by month to the cent of what was collected', async () => {
        for (const [i, records] of months.entries()) {
            await reportMonth(stage.cast, { dealId, period: i + 1, months: records });
            const account = await cashOf('trust', dealId);
            const { handedOver, distribution } = await payMonth(stage.cast, dealId, i + 1);
            await expectConserved();
            expect((await cashOf('trust', dealId)) - account).toBe(handedOver - (distribution.total ?? 0n));
        }
    });

    it('pay each holder by its part, and the parts sum to the class', async () => {
        const [first] = await stage.cast.fund.settlements.distributions(dealId);
        const all = await Promise.all(holders.map(id => collected(stage.cast.regulator.holdings.notices(id))));
        const notices = all.flat().filter(each => each.dealId === dealId && each.period === 1);
        for (const { className, interest, principal } of first?.classes ?? []) {
            const paid = notices.flatMap(each => each.classes).filter(each => each.className === className);
            expect(paid.reduce((sum, each) => sum + each.interest, 0n)).toBe(interest);
            expect(paid.reduce((sum, each) => sum + each.principal, 0n)).toBe(principal);
        }
        expect(notices.map(({ holder }) => holder).sort()).toEqual(['bank-b', 'fund']);
    });

    it('are not paid twice for one month', async () => {
        const before = await balance();
        await expect(stage.cast.trust.settlements.distribute({ dealId, period: 1 })).rejects.toMatchObject({
            code: 'DISTRIBUTION_ALREADY_PAID',
        });
        expect(await balance()).toEqual(before);
    });

    it('change hands against cash, or not at all', async () => {
        const [tranche] = await stage.cast.fund.tranches.list(dealId);
        const [system] = await stage.cast.trust.holdings.days();
        if (!tranche || !system) throw new Error('there are notes, and a business day');
        const { day } = system;
        const trade = (reference: string, price: bigint) => ({
            ...({ reference, kind: 'transfer', asset: tranche.asset, quantity: tranche.minimum } as const),
            payment: { means: 'deposit', asset: cash, amount: price as Amount } as const,
            ...{ settlementDay: day, expiryDay: day },
        });
        const good = trade(`good-${stage.tag}`, 900_000n);
        await stage.cast.fund.settlements.instruct({ ...good, side: 'deliver', counterparty: 'bank-b' });
        await stage.cast.bankB.settlements.instruct({ ...good, side: 'receive', counterparty: 'fund' });
        const waiting = await stage.cast.trust.settlements.pending();
        expect(waiting.pairs).toEqual([{ reference: good.reference, deliverer: 'fund', receiver: 'bank-b' }]);
        const before = await cashOf('fund');
        await stage.cast.trust.settlements.settle({ pairs: waiting.pairs });
        await expectConserved();
        expect((await cashOf('fund')) - before).toBe(900_000n);

        const bad = trade(`bad-${stage.tag}`, 900_000n);
        await stage.cast.fund.settlements.instruct({ ...bad, side: 'deliver', counterparty: 'bank-b' });
        const other = { ...bad, payment: { ...bad.payment, amount: 800_000n as Amount } };
        await stage.cast.bankB.settlements.instruct({ ...other, side: 'receive', counterparty: 'fund' });
        const unmoved = await balance();
        await expect(
            stage.cast.trust.settlements.settle({
                pairs: [{ reference: bad.reference, deliverer: 'fund', receiver: 'bank-b' }],
            }),
        ).rejects.toMatchObject({ code: 'INSTRUCTION_NOT_MATCHED' });
        expect(await balance()).toEqual(unmoved);
    });

    it('cannot be paid for with cash that is not there', async () => {
        const amount = ((await cashOf('fund')) + 1n) as Amount;
        const before = await balance();
        const [system] = await stage.cast.trust.holdings.days();
        const sent = transfer(stage.cast, { from: 'fund', to: 'bank-a', amount, day: system?.day ?? today });
        await expect(sent).rejects.toMatchObject({ code: 'HOLDING_SHORT' });
        expect(await balance()).toEqual(before);
    });

    it('... and no holder can read the book of another', async () => {
        expect((await stage.cast.fund.holdings.book()).institution).toBe('fund');
        for (const [reader, owner] of [
            ['fund', 'bank-b'],
            ['bank-b', 'fund'],
            ['bank-a', 'fund'],
        ] as const)
            await expect(stage.cast.desk(reader).holdings.book(owner)).rejects.toMatchObject({ code: 'ROLE_MISSING' });
    });
});
