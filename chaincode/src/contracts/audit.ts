import { Info, Returns, Transaction } from 'fabric-contract-api';

import { Accesses } from '../ledger/audit';
import { accessRequest } from '../domain/audit';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Deals } from '../ledger/deal';
import { id, object, readJson } from '../domain/shape';
import { tapeCollection } from '../domain/deal';

@Info({ title: 'Audit', description: 'The trail of who read the loans of a deal' })
export class AuditContract extends Contract {
    constructor() {
        super('audit');
    }

    /** The regulator leaves the trail of what it is going to read. */
    @Transaction()
    @Returns('string')
    async access(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, accessRequest);
        ctx.caller.mustBe('regulator');
        const deal = await new Deals(ctx).load(asked.dealId);
        return ctx.once(
            asked,
            async () => {
                await new Accesses(ctx).record(deal, asked);
                return ctx.reply({ type: 'LoansAccessed', dealId: deal.id, by: ctx.caller.id });
            },
            tapeCollection(deal),
        );
    }

    /** Query. Who read which loans of a deal, for its parties and the regulators. */
    @Transaction(false)
    @Returns('string')
    async trail(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, object({ dealId: id }));
        return ctx.answer(await new Accesses(ctx).list(await new Deals(ctx).load(asked.dealId)));
    }
}
