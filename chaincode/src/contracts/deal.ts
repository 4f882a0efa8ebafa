import { Info, Returns, Transaction } from 'fabric-contract-api';

import { closeDeal, closeDealRequest, openDeal, openDealRequest, partyOf, periodsOf } from '../domain/deal';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Deals } from '../ledger/deal';
import { newTape } from '../domain/tape';
import { object, id, readJson } from '../domain/shape';
import { parseTerms } from '../domain/terms/parse';
import { Reports } from '../ledger/report';
import { Tapes } from '../ledger/tape';

@Info({ title: 'Deals', description: 'Opening, closing and reading deals and their terms' })
export class DealContract extends Contract {
    constructor() {
        super('deal');
    }

    /** The originator opens a deal with its terms; the records that only it and the trustee may change are laid down. */
    @Transaction()
    @Returns('string')
    async open(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, openDealRequest);
        const terms = parseTerms(asked.terms);
        ctx.caller.mustBeParty('originator', partyOf(terms, 'originator'));
        return ctx.once(asked, async () => {
            const deals = new Deals(ctx);
            const deal = openDeal(asked, terms, await deals.openFacts(asked.id, terms));
            await deals.layDown(deal, asked.terms);
            await new Tapes(ctx).layDown(deal, newTape(deal.id));
            return ctx.reply({
                type: 'DealOpened',
                dealId: deal.id,
                originator: deal.originator,
                trustee: deal.trustee,
            });
        });
    }

    /** The trustee closes a sealed deal: all its periods are laid down, and reporting begins. */
    @Transaction()
    @Returns('string')
    async close(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, closeDealRequest);
        ctx.caller.mustBe('trustee');
        return ctx.once(asked, async () => {
            const deals = new Deals(ctx);
            const deal = await deals.load(asked.id);
            ctx.caller.mustBeParty('trustee', deal.trustee);
            const issued = closeDeal(deal);
            await deals.save(issued);
            await new Reports(ctx).layDown(issued, periodsOf(await deals.terms(deal.id)));
            return ctx.reply({ type: 'DealIssued', dealId: deal.id, periods: deal.periods });
        });
    }

    @Transaction(false)
    @Returns('string')
    async read(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, object({ id }));
        return ctx.answer(await new Deals(ctx).load(asked.id));
    }

    /** The terms as the originator gave them. */
    @Transaction(false)
    @Returns('string')
    async terms(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, object({ id }));
        return ctx.answer(await new Deals(ctx).document(asked.id));
    }

    @Transaction(false)
    @Returns('string')
    async list(ctx: Context): Promise<string> {
        return ctx.answer(await new Deals(ctx).list());
    }
}
