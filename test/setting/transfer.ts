import { randomBytes } from 'node:crypto';

import { cash } from './founding';

import type { Amount, Day } from '@poolproof/chaincode/domain';
import type { Cast, MemberId } from './cast';

/** Cash from one institution to another: each places its instruction, the depository settles the two. */
export interface Transfer {
    readonly from: MemberId;
    readonly to: MemberId;
    readonly amount: Amount;
    readonly day: Day;
    /** Account of the receiver that is credited: its own unless stated, or a deal's. */
    readonly account?: string;
}

export async function transfer(cast: Cast, { from, to, amount, day, account }: Transfer) {
    const reference = `cash-${randomBytes(6).toString('hex')}`;
    const common = {
        reference,
        kind: 'transfer',
        asset: cash,
        quantity: amount,
        settlementDay: day,
        expiryDay: day,
    } as const;
    await cast.desk(from).settlements.instruct({ ...common, side: 'deliver', counterparty: to });
    const own = account === undefined ? {} : { account };
    await cast.desk(to).settlements.instruct({ ...common, side: 'receive', counterparty: from, ...own });
    return cast.trust.settlements.settle({ pairs: [{ reference, deliverer: from, receiver: to }] });
}

/** Takes back what earlier trades left open in the books of these institutions: any agent's round could settle it. */
export async function withdrawAll(cast: Cast, institutions: readonly MemberId[]): Promise<void> {
    for (const id of institutions)
        for (const { reference } of (await cast.regulator.holdings.book(id)).instructions)
            await cast.desk(id).settlements.cancel({ reference });
}

/** The settlement bank issues deposits into its own account, for its own payments and for those it provides with cash. */
export async function issueCash(cast: Cast, bank: MemberId, amount: Amount, day: Day, asset = cash) {
    const reference = `issue-${randomBytes(6).toString('hex')}`;
    await cast.desk(bank).settlements.instruct({
        reference,
        kind: 'issue',
        side: 'deliver',
        counterparty: bank,
        asset,
        quantity: amount,
        settlementDay: day,
        expiryDay: day,
    });
    return cast.trust.settlements.settle({ pairs: [{ reference, deliverer: bank, receiver: bank }] });
}
