import { add } from '@poolproof/chaincode/domain';

import { cash } from './founding';
import { issueCash, transfer } from './transfer';
import { openDayOf } from './month';

import type { Amount, Day, TrancheRecord } from '@poolproof/chaincode/domain';
import type { Cast, MemberId } from './cast';

/** An investor's part of the classes it orders, in hundredths. */
export type Appetite = Readonly<Partial<Record<MemberId, bigint>>>;

/** The originator lays down the classes of its sealed deal; notes come in thousands of dollars, ten thousand at least. */
export async function authorise(cast: Cast, dealId: string, originator: MemberId = 'bank-a') {
    const { tranches } = await cast.desk(originator).deals.terms(dealId);
    const offerings = tranches.map(({ id }) => ({
        className: id,
        minimum: 1_000_000n as Amount,
        increment: 100_000n as Amount,
        categories: ['qualified-institutional'],
    }));
    return cast.desk(originator).tranches.authorise({ dealId, depository: 'trust', cash, offerings });
}

/** Every investor orders its part of every class, the last of them what is left; the depository closes the book at par. */
export async function placeNotes(cast: Cast, dealId: string, appetite: Appetite): Promise<readonly TrancheRecord[]> {
    const classes = await cast.trust.tranches.list(dealId);
    const investors = Object.entries(appetite) as [MemberId, bigint][];
    const orders: { className: string; investor: MemberId }[] = [];
    for (const { className, original } of classes) {
        let left: bigint = original;
        for (const [i, [investor, hundredths]] of investors.entries()) {
            const part = ((original * hundredths) / 100n / 100_000n) * 100_000n;
            const face = i === investors.length - 1 ? left : part;
            left -= face;
            await cast.desk(investor).tranches.order({ dealId, className, face: face as Amount });
            orders.push({ className, investor });
        }
    }
    const prices = classes.map(({ className }) => ({ className, price: '100%' }));
    await cast.trust.tranches.allot({ dealId, prices, orders });
    return classes;
}

/** All notes of a sealed deal are issued to two investors, and the deal is closed: its months can be reported. */
export async function issueDeal(cast: Cast, dealId: string) {
    const { dates } = await cast.trust.deals.terms(dealId);
    const today = await openDayOf(cast, dates.closing);
    await authorise(cast, dealId);
    const classes = await placeNotes(cast, dealId, { 'bank-b': 60n, fund: 40n });
    await settleIssue(cast, dealId, add(...classes.map(({ original }) => original)), today);
    return cast.trust.deals.close({ id: dealId });
}

/** The fund is put in cash by its bank, and the issue is settled: all notes against payment. */
export async function settleIssue(cast: Cast, dealId: string, fundCash: Amount, day: Day) {
    const classes = await cast.trust.tranches.list(dealId);
    await issueCash(cast, 'bank-b', add(...classes.map(({ original }) => original), fundCash), day);
    await transfer(cast, { from: 'bank-b', to: 'fund', amount: fundCash, day });
    return cast.trust.tranches.issue({ dealId });
}
