import { cash } from '../setting/founding';
import { loadLoans, sample } from '../setting/pool';
import { openDeal } from '../setting/sealing';
import { datesOn, setStage, tagged } from '../setting/stage';
import { orderLoans, packChunk } from '@poolproof/gateway';
import { assetClassOf } from '@poolproof/chaincode/domain';
import { issueCash } from '../setting/transfer';
import { termsFor } from '../setting/terms';

import type { Amount, Day } from '@poolproof/chaincode/domain';
import type { Loan } from '@poolproof/gateway';
import type { Stage } from '../setting/stage';

const rules = { assetClass: 'auto-loan', rollForward: { exceptions: 'refuse', chargeOffAtZero: true } } as const;

describe('the same request sent twice', () => {
    let stage: Stage;
    let loans: Loan[];
    let today: Day;

    beforeAll(async () => {
        stage = await setStage();
        loans = tagged(stage, await loadLoans(sample)).slice(0, 10);
        today = (await stage.cast.trust.holdings.days())[0]?.day as Day;
    });
    afterAll(() => stage.close());

    it('gets the first answer, and opens one deal', async () => {
        const id = `once-${stage.tag}`;
        const request = {
            requestId: `${id}-open`,
            id,
            terms: termsFor(id, 1_000_000_00n, await datesOn(stage)),
            rules,
        };
        const first = await stage.cast.bankA.deals.open(request);
        const second = await stage.cast.bankA.deals.open(request);
        expect(second.answer).toEqual(first.answer);
        expect(second.transactionId).not.toBe(first.transactionId);
        expect((await stage.cast.bankA.deals.list()).filter(deal => deal.id === id)).toHaveLength(1);
    });

    it('opens one deal also where both are under way at once', async () => {
        const id = `race-${stage.tag}`;
        const terms = termsFor(id, 1_000_000_00n, await datesOn(stage));
        const request = { requestId: `${id}-open`, id, terms, rules };
        const { deals } = stage.cast.bankA;
        // Whoever comes second finds the deal's keys under the policy of its parties, which its own signatories do not satisfy.
        const receipts = await Promise.all([1, 2, 3].map(() => deals.open(request)));
        expect(new Set(receipts.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
        expect(Math.max(...receipts.map(({ attempts }) => attempts))).toBeGreaterThan(1);
        expect((await deals.list()).filter(deal => deal.id === id)).toHaveLength(1);
    });

    it('opens one deal where two requests for it are under way at once, and tells the other that there is one', async () => {
        const id = `rivals-${stage.tag}`;
        const terms = termsFor(id, 1_000_000_00n, await datesOn(stage));
        const { deals } = stage.cast.bankA;
        const rivals = await Promise.allSettled([1, 2].map(() => deals.open({ id, terms, rules })));
        const lost = rivals.filter(each => each.status === 'rejected');
        expect(lost).toHaveLength(1);
        expect(lost[0]?.reason).toMatchObject({ code: 'DEAL_EXISTS' });
    });

    it('is refused where its content has changed', async () => {
        const id = `changed-${stage.tag}`;
        const dates = await datesOn(stage);
        const request = { requestId: `${id}-open`, id, terms: termsFor(id, 1_000_000_00n, dates), rules };
        await stage.cast.bankA.deals.open(request);
        const changed = { ...request, terms: termsFor(id, 2_000_000_00n, dates) };
        await expect(stage.cast.bankA.deals.open(changed)).rejects.toMatchObject({ code: 'REQUEST_REUSED' });
        expect((await stage.cast.bankA.deals.terms(id)).pool.balance).toBe(1_000_000_00n);
    });

    it('records one chunk, and another chunk under its id is refused', async () => {
        const dealId = `chunk-${stage.tag}`;
        await openDeal(stage.cast, { dealId, loans, dates: await datesOn(stage) });
        const assetClass = assetClassOf('auto-loan');
        const packed = packChunk(assetClass.loan, orderLoans(loans, assetClass));
        const request = { requestId: `${dealId}-0`, dealId, number: 0 };
        const { tapes } = stage.cast.bankA;
        await tapes.record(request, packed);
        const before = await tapes.summary(dealId, 0);
        await tapes.record(request, packed);
        expect(await tapes.summary(dealId, 0)).toEqual(before);
        const other = packChunk(assetClass.loan, orderLoans(loans.slice(1), assetClass));
        await expect(tapes.record(request, other)).rejects.toMatchObject({ code: 'REQUEST_REUSED' });
        expect(await tapes.summary(dealId, 0)).toEqual(before);
    });

    it('records one chunk also where several are under way at once', async () => {
        const dealId = `chunks-${stage.tag}`;
        await openDeal(stage.cast, { dealId, loans, dates: await datesOn(stage) });
        const assetClass = assetClassOf('auto-loan');
        const packed = packChunk(assetClass.loan, orderLoans(loans, assetClass));
        const request = { requestId: `${dealId}-0`, dealId, number: 0 };
        const receipts = await Promise.all([1, 2, 3].map(() => stage.cast.bankA.tapes.record(request, packed)));
        expect(new Set(receipts.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
        expect(Math.max(...receipts.map(({ attempts }) => attempts))).toBeGreaterThan(1);
    });

    it('moves money once', async () => {
        const { trust, bankB, fund } = stage.cast;
        const reference = `money-${stage.tag}`;
        const amount = 5_000_00n as Amount;
        await issueCash(stage.cast, 'bank-b', 20_000_00n as Amount, today);
        const common = {
            reference,
            kind: 'transfer',
            asset: cash,
            quantity: amount,
            settlementDay: today,
            expiryDay: today,
        } as const;
        const deliver = { ...common, side: 'deliver', counterparty: 'fund' } as const;
        await bankB.settlements.instruct(deliver, { requestId: `${reference}-d` });
        await bankB.settlements.instruct(deliver, { requestId: `${reference}-d` });
        await fund.settlements.instruct({ ...common, side: 'receive', counterparty: 'bank-b' });
        const held = async () => {
            const { holdings } = await trust.holdings.book('fund');
            return holdings.filter(({ asset }) => asset === cash).reduce((sum, { free }) => sum + free, 0n);
        };
        const before = await held();
        const batch = { pairs: [{ reference, deliverer: 'bank-b', receiver: 'fund' }] };
        await trust.settlements.settle(batch, { requestId: `${reference}-s` });
        await trust.settlements.settle(batch, { requestId: `${reference}-s` });
        expect((await held()) - before).toBe(amount);
        await expect(trust.settlements.settle(batch)).rejects.toMatchObject({ code: 'INSTRUCTION_NOT_OPEN' });
        expect((await held()) - before).toBe(amount);
    });
});
