import { assetClassOf } from '@poolproof/chaincode/domain';

import { openDeal, sealTape, submitTape } from '../setting/sealing';
import { nameOf } from './story';
import { reasonOf } from './privacy';

import type { Cell } from '@poolproof/chaincode/domain';
import type { Loan } from '@poolproof/gateway';
import type { Story } from './story';

/** Chapter 6: Bank B offers a pool with one loan in it that backs Bank A's deal already. */
export async function tellDoublePledge({ tell, cast, loans }: Story): Promise<void> {
    await tell.step('Bank B offers a loan that backs the first deal already', async () => {
        const dealId = 'second-pool-1';
        const offered = [
            ...loans.slice(0, 99).map(asBankB),
            ...loans.slice(99, 100).map(({ place, cells }) => ({ place, cells })),
        ];
        const structure = { dealId, originator: 'bank-b', loans: offered } as const;
        await openDeal(cast, structure);
        await submitTape(cast, structure);
        tell.say(`A second deal of ${nameOf('bank-b')}: ${offered.length} loans, one of them a loan of Bank A's pool.`);
        tell.refused('The trust company is to pledge them', await reasonOf(() => sealTape(cast, dealId)));
        const conflicts = await cast.trust.pledges.conflicts(dealId, 0);
        tell.say(
            `Only trustee and regulator learn which: row ${conflicts.map(({ row, dealId: holder }) => `${row}, backs ${holder}`).join('; ')}.`,
        );
        const { status } = await cast.bankB.deals.read(dealId);
        const reason = await reasonOf(() => cast.bankB.pledges.conflicts(dealId, 0));
        tell.refused('Bank B asks the registry itself', reason);
        tell.say(`Nothing was pledged; the second deal stays "${status}".`);
    });
}

/** The loan as one of Bank B's own: another lender, another number. */
function asBankB({ place, cells }: Loan): Loan {
    const { loan } = assetClassOf('auto-loan');
    const own: Record<string, Cell> = { originatorName: 'Bank B', assetNumber: `B-${String(cells[0])}` };
    return { place, cells: cells.map((cell, i) => own[loan.fields[i]?.name ?? ''] ?? cell) };
}
