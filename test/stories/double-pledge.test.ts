import { loadLoans, sample } from '../setting/pool';
import { openDeal, sealTape, submitTape } from '../setting/sealing';
import { datesOn, setStage, tagged } from '../setting/stage';

import type { Loan } from '@poolproof/gateway';
import type { Stage } from '../setting/stage';

describe('two banks offer the same loans', () => {
    let stage: Stage;
    let loans: readonly Loan[];

    beforeAll(async () => {
        stage = await setStage();
        loans = tagged(stage, await loadLoans(sample)).slice(0, 40);
    });
    afterAll(() => stage.close());

    /** A deal whose tape is submitted and waits for its trustee. */
    async function offered(name: string, originator: 'bank-a' | 'bank-b', offer: readonly Loan[]): Promise<string> {
        const structure = { dealId: `${name}-${stage.tag}`, originator, loans: offer, dates: await datesOn(stage) };
        await openDeal(stage.cast, structure);
        await submitTape(stage.cast, structure);
        return structure.dealId;
    }

    it('at the same moment: exactly one of them pledges', async () => {
        const deals = [await offered('race-a', 'bank-a', loans), await offered('race-b', 'bank-b', loans)];
        const { pledges } = stage.cast.trust;
        const outcomes = await Promise.allSettled(deals.map(dealId => pledges.pledge({ dealId, number: 0 })));
        const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
        expect(refused).toHaveLength(1);
        expect(refused[0]?.reason).toMatchObject({ code: 'ASSET_ALREADY_PLEDGED' });
    });

    it('passes them from a warehouse to a term deal by the consent of both its parties', async () => {
        const own = loans.map(({ cells, ...loan }) => ({
            ...loan,
            cells: cells.map((cell, i) => (i === 0 ? `${String(cell)}.w` : cell)),
        }));
        const warehouse = await offered('warehouse', 'bank-a', own);
        await sealTape(stage.cast, warehouse);
        const term = await offered('term', 'bank-b', own.slice(0, 10));
        const { bankA, trust } = stage.cast;
        const pledge = () => trust.pledges.pledge({ dealId: term, number: 0 });
        await expect(pledge()).rejects.toMatchObject({ code: 'ASSET_ALREADY_PLEDGED' });
        await bankA.deals.consentToTransfer({ id: warehouse, to: term });
        await expect(pledge()).rejects.toMatchObject({ code: 'ASSET_ALREADY_PLEDGED' });
        await trust.deals.consentToTransfer({ id: warehouse, to: term });
        await pledge();
        expect(await trust.pledges.conflicts(term, 0)).toHaveLength(10);
        expect((await trust.pledges.conflicts(term, 0))[0]?.dealId).toBe(term);
    });
});
