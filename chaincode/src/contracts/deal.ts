import { Info, Returns, Transaction } from 'fabric-contract-api';

import {
    closeDeal,
    closeDealRequest,
    consentToTransfer,
    consentToTransferRequest,
    endDeal,
    endDealRequest,
    openDeal,
    openDealRequest,
    partyOf,
    periodsOf,
    tapeCollection,
} from '../domain/deal';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Deals, partyIn } from '../ledger/deal';
import { newTape } from '../domain/tape';
import { newWatch } from '../domain/observation';
import { object, id, readJson } from '../domain/shape';
import { parseTerms } from '../domain/terms/parse';
import { Reports } from '../ledger/report';
import { Tapes } from '../ledger/tape';
import { Tranches } from '../ledger/tranche';
import { Watches } from '../ledger/watch';

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
        ctx.caller.mustBeParty({ role: 'originator', institution: partyOf(terms, 'originator') });
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
        const deals = new Deals(ctx);
        const deal = await deals.loadAs('trustee', asked.id);
        return ctx.once(asked, async () => {
            const tranches = new Tranches(ctx);
            const issued = closeDeal(deal, await tranches.findIssue(deal.id));
            const terms = await deals.terms(deal.id);
            await tranches.mustBeGenuine(deal, terms, await tranches.issue(deal.id));
            await deals.save(issued);
            await new Reports(ctx).layDown(issued, periodsOf(terms));
            await new Watches(ctx).layDown(issued, newWatch(deal.id, terms));
            return ctx.reply({ type: 'DealIssued', dealId: deal.id, periods: deal.periods });
        });
    }

    /** The trustee ends a deal whose notes are repaid: its pledges can be released. */
    @Transaction()
    @Returns('string')
    async end(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, endDealRequest);
        const deals = new Deals(ctx);
        const deal = await deals.loadAs('trustee', asked.id);
        return ctx.once(
            asked,
            async () => {
                const tranches = new Tranches(ctx);
                const unpaid = await tranches.unpaidPeriod(deal.id);
                const [classes, terms] = [await tranches.classesOf(deal.id), await deals.terms(deal.id)];
                await deals.save(endDeal(deal, classes, unpaid, asked.reason, terms));
                return ctx.reply({ type: 'DealEnded', dealId: deal.id, reason: asked.reason });
            },
            tapeCollection(deal),
        );
    }

    /** The originator or the trustee consents that another deal takes assets over from this one. */
    @Transaction()
    @Returns('string')
    async consentToTransfer(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, consentToTransferRequest);
        ctx.caller.mustBe('originator', 'trustee');
        const deals = new Deals(ctx);
        const deal = await deals.load(asked.id);
        ctx.caller.mustBeAmong(partyIn(deal, 'originator'), partyIn(deal, 'trustee'));
        return ctx.once(
            asked,
            async () => {
                const consented = consentToTransfer(deal, asked.to, ctx.caller.id);
                await deals.save(consented);
                const { to, by } = consented.transfer ?? { to: asked.to, by: [] };
                return ctx.reply({ type: 'TransferConsented', dealId: deal.id, to, by });
            },
            tapeCollection(deal),
        );
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
