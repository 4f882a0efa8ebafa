import { Info, Returns, Transaction } from 'fabric-contract-api';

import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Deals, partyIn } from '../ledger/deal';
import { mustStand } from '../domain/deal';
import { readJson } from '../domain/shape';
import { readDealRequest } from '../domain/tranche';
import { reinstate, reinstateRequest } from '../domain/reinstatement';
import { declare, declareRequest, readRunRequest, runRequest, runWaterfall } from '../domain/run';
import { Tranches } from '../ledger/tranche';
import { Waterfalls } from '../ledger/waterfall';

@Info({ title: 'Waterfall', description: 'What the terms make of the report of a period' })
export class WaterfallContract extends Contract {
    constructor() {
        super('waterfall');
    }

    /** The servicer or the trustee runs a period on its confirmed report; both their peers compute and endorse it. */
    @Transaction()
    @Returns('string')
    async run(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, runRequest);
        ctx.caller.mustBe('servicer', 'trustee');
        return ctx.once(asked, async () => {
            const deal = await new Deals(ctx).load(asked.dealId);
            ctx.caller.mustBeAmong(partyIn(deal, 'servicer'), partyIn(deal, 'trustee'));
            mustStand(deal, 'issued');
            const run = runWaterfall(await new Waterfalls(ctx).facts(deal, asked));
            await new Tranches(ctx).saveRun(run);
            const { dealId, period, version, report } = run;
            return ctx.reply({ type: 'WaterfallRun', dealId, period, version, report });
        });
    }

    /** The trustee declares another status of the terms, such as an acceleration, from the run of a period on. */
    @Transaction()
    @Returns('string')
    async declare(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, declareRequest);
        ctx.caller.mustBe('trustee');
        return ctx.once(asked, async () => {
            const { dealId, period, status } = asked;
            const deals = new Deals(ctx);
            const deal = await deals.load(dealId);
            ctx.caller.mustBeParty(partyIn(deal, 'trustee'));
            mustStand(deal, 'issued');
            const tranches = new Tranches(ctx);
            const before = await tranches.declarations(dealId);
            const run = await tranches.run(dealId, period);
            await tranches.saveDeclarations(declare(asked, await deals.terms(dealId), before, run));
            return ctx.reply({ type: 'StatusDeclared', dealId, period, status });
        });
    }

    /** The trustee reinstates principal of a class that was written down, from the run of a period on. */
    @Transaction()
    @Returns('string')
    async reinstate(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, reinstateRequest);
        ctx.caller.mustBe('trustee');
        return ctx.once(asked, async () => {
            const { dealId, period, className, amount } = asked;
            const deal = await new Deals(ctx).load(dealId);
            ctx.caller.mustBeParty(partyIn(deal, 'trustee'));
            mustStand(deal, 'issued');
            const tranches = new Tranches(ctx);
            await tranches.saveDeclarations(reinstate(asked, await tranches.reinstateFacts(dealId, period)));
            return ctx.reply({ type: 'PrincipalReinstated', dealId, period, className, amount });
        });
    }

    /** What the trustee has declared of a deal, and why. */
    @Transaction(false)
    @Returns('string')
    async declarations(ctx: Context, request: string): Promise<string> {
        const { dealId } = readJson(request, readDealRequest);
        return ctx.answer(await new Tranches(ctx).declarations(dealId));
    }

    /** One run with all its steps. */
    @Transaction(false)
    @Returns('string')
    async read(ctx: Context, request: string): Promise<string> {
        const { dealId, period } = readJson(request, readRunRequest);
        return ctx.answer(await new Tranches(ctx).run(dealId, period));
    }

    /** All periods of a deal, those not yet run included. */
    @Transaction(false)
    @Returns('string')
    async list(ctx: Context, request: string): Promise<string> {
        const { dealId } = readJson(request, readDealRequest);
        return ctx.answer(await new Tranches(ctx).runsOf(dealId));
    }
}
