import { Info, Returns, Transaction } from 'fabric-contract-api';

import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Deals } from '../ledger/deal';
import { id, object, readJson } from '../domain/shape';
import { Observations } from '../ledger/observation';
import { observeDay, observeRequest, recordDay, recordDayRequest } from '../domain/observation';
import { Reports } from '../ledger/report';
import { tapeCollection } from '../domain/deal';
import { Watches } from '../ledger/watch';

@Info({ title: 'Observations', description: 'The pool from day to day, and the conditions that must last' })
export class ObservationContract extends Contract {
    constructor() {
        super('observation');
    }

    /** The servicer records the loans of a chunk whose balance changed on a day; its peer and the trustee's add the chunk up. */
    @Transaction()
    @Returns('string')
    async record(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, recordDayRequest);
        const deal = await new Deals(ctx).loadAs('servicer', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const observations = new Observations(ctx);
                const { dealId, day, number, period } = asked;
                const facts = await observations.dayFacts(deal, asked);
                await observations.saveDay(deal, number, recordDay(asked, facts, observations.given()));
                return ctx.reply({ type: 'DayRecorded', dealId, period, day, number });
            },
            tapeCollection(deal),
        );
    }

    /** The servicer has the day's pool balance put on the ledger; a condition that has lasted changes the deal at once. */
    @Transaction()
    @Returns('string')
    async observe(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, observeRequest);
        const deal = await new Deals(ctx).loadAs('servicer', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const observed = observeDay(asked, await new Observations(ctx).facts(deal, asked));
                await new Watches(ctx).save(observed.watch);
                await new Reports(ctx).save(observed.period);
                const { dealId, day } = asked;
                const { balance, trips } = observed;
                return ctx.reply({ type: observed.type, dealId, day, balance, trips });
            },
            tapeCollection(deal),
        );
    }

    /** Query. What the days have come to: the last of them, the conditions that hold, and what they have changed. */
    @Transaction(false)
    @Returns('string')
    async read(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, object({ dealId: id }));
        const terms = await new Deals(ctx).terms(asked.dealId);
        return ctx.answer((await new Watches(ctx).find(asked.dealId, terms)) ?? null);
    }
}
