import { formatAmount } from '@poolproof/chaincode/domain';

import { authorise, placeNotes, settleIssue } from '../setting/issuing';
import { openDayOf } from '../setting/month';
import { named, nameOf } from './story';

import type { Amount, BookContent, Day } from '@poolproof/chaincode/domain';
import type { Story } from './story';

/** Chapter 3: the notes are issued to two investors against payment. */
export async function tellIssue({ tell, cast, dealId }: Story): Promise<void> {
    await tell.step('The notes are issued to two investors against payment', async () => {
        const { endorsedBy } = await authorise(cast, dealId);
        tell.signed('classes authorised, as the terms have them', named(endorsedBy));
        const classes = await placeNotes(cast, dealId, { 'bank-b': 60n, fund: 40n });
        tell.say('Bank B orders 60 % of every class and the asset manager the rest, each in its own private book.');
        const size = classes.reduce((sum, { original }) => sum + original, 0n);
        const day = await openDayOf(cast, '2017-06-20' as Day);
        const issued = await settleIssue(cast, dealId, ((size * 2n) / 5n + 100_000_000n) as Amount, day);
        tell.signed('all notes delivered, all cash paid, in one transaction', named(issued.endorsedBy));
        const closed = await cast.trust.deals.close({ id: dealId });
        tell.signed(`${closed.answer.periods} periods to legal final maturity laid down`, named(closed.endorsedBy));
        const books = [await cast.bankB.holdings.book(), await cast.fund.holdings.book()];
        tell.table(
            [
                { heading: 'class' },
                ...books.map(({ institution }) => ({ heading: nameOf(institution), align: 'right' as const })),
                { heading: 'outstanding', align: 'right' },
            ],
            (await cast.regulator.tranches.list(dealId)).map(({ className, asset, outstanding }) => [
                className,
                ...books.map(book => formatAmount(heldIn(book, asset))),
                formatAmount(outstanding),
            ]),
        );
    });
}

function heldIn(book: BookContent, asset: string): Amount {
    const holding = book.holdings.find(each => each.asset === asset);
    return ((holding?.free ?? 0n) + (holding?.pledged ?? 0n)) as Amount;
}
