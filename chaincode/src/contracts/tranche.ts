import { Info, Returns, Transaction } from 'fabric-contract-api';

import {
    allot,
    allotReader,
    issue,
    issueMovements,
    order,
    placeOrderReader,
    withdraw,
    withdrawOrderReader,
} from '../domain/allotment';
import {
    authorise,
    authoriseRequest,
    dealRequest,
    mustAwaitIssue,
    planIssue,
    rateClass,
    rateRequest,
    readDealRequest,
    withSupply,
} from '../domain/tranche';
import { businessDay } from '../ledger/business-day';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Deals, partyIn } from '../ledger/deal';
import { Holdings } from '../ledger/holding';
import { Institutions } from '../ledger/institution';
import { Orders, Tranches } from '../ledger/tranche';
import { post } from '../domain/holding';
import { privateRequest } from '../domain/instruction';
import { readJson } from '../domain/shape';
import { retire } from '../domain/retirement';
import { scheduledRuns } from '../domain/run';

@Info({ title: 'Tranches', description: 'Classes of notes: authorised, ordered, allotted, issued' })
export class TrancheContract extends Contract {
    constructor() {
        super('tranche');
    }

    /** The originator lays down the classes of its sealed deal, and the record of every payment to legal final maturity. */
    @Transaction()
    @Returns('string')
    async authorise(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, authoriseRequest);
        const { dealId, depository, offerings } = asked;
        ctx.caller.mustBe('originator');
        return ctx.once(asked, async () => {
            const deals = new Deals(ctx);
            const deal = await deals.load(dealId);
            ctx.caller.mustBeParty(partyIn(deal, 'originator'));
            const terms = await deals.terms(dealId);
            const tranches = new Tranches(ctx);
            const facts = await tranches.planFacts(asked, Object.values(terms.parties));
            const issue = planIssue(asked, deal, terms, facts);
            const classes = authorise(dealId, depository, terms, offerings);
            await tranches.layDown(deal, issue, classes, scheduledRuns(dealId, terms));
            return ctx.reply({ type: 'TranchesAuthorised', dealId, classes: issue.classes });
        });
    }

    /** An investor's order (transient field `order`), in its own book; a later one in the same class replaces it. */
    @Transaction()
    @Returns('string')
    async order(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe('investor');
        const placed = ctx.transient.json('order', placeOrderReader);
        const holdings = new Holdings(ctx, ctx.caller.id);
        const act = async () => {
            const orders = new Orders(holdings, placed.dealId);
            const tranche = await new Tranches(ctx).load(placed.dealId, placed.className);
            const before = await orders.find(placed.className, ctx.caller.id);
            await orders.save([order(placed, ctx.caller.id, tranche, before)]);
            return ctx.reply({ type: 'OrderPlaced' });
        };
        return ctx.once(asked, act, holdings.book(ctx.caller.id).collection);
    }

    /** An investor withdraws its order (transient field `order`), as long as no notes are allotted to it. */
    @Transaction()
    @Returns('string')
    async withdraw(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe('investor');
        const { dealId, className } = ctx.transient.json('order', withdrawOrderReader);
        const holdings = new Holdings(ctx, ctx.caller.id);
        const act = async () => {
            const orders = new Orders(holdings, dealId);
            await orders.save([withdraw(await orders.mustFind(className, ctx.caller.id))]);
            return ctx.reply({ type: 'OrderWithdrawn' });
        };
        return ctx.once(asked, act, holdings.book(ctx.caller.id).collection);
    }

    /**
     * The depository closes the book at the prices of the transient field `allotment`, which also names the orders. Until the issue it
     * may do so again, for whoever cannot pay.
     */
    @Transaction()
    @Returns('string')
    async allot(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe('depository');
        const given = ctx.transient.json('allotment', allotReader);
        const holdings = new Holdings(ctx, ctx.caller.id);
        const act = async () => {
            const tranches = new Tranches(ctx);
            const planned = await tranches.issue(given.dealId);
            ctx.caller.mustBeParty({ role: 'depository', institution: planned.depository });
            const orders = new Orders(holdings, given.dealId);
            const classes = await tranches.ofIssue(planned);
            const facts = {
                orders: await orders.load(given.orders),
                dropped: await orders.dropped(ctx.caller.id, given.orders),
            };
            const allotted = allot({ tranches: classes, ...facts, prices: given.prices });
            await orders.save(allotted.orders);
            await tranches.save(allotted.tranches);
            await orders.close(ctx.caller.id, given.orders);
            return ctx.reply({ type: 'NotesAllotted', dealId: given.dealId });
        };
        return ctx.once(asked, act, holdings.book(ctx.caller.id).collection);
    }

    /** The depository settles the issue: all notes of the deal against payment, or none. */
    @Transaction()
    @Returns('string')
    async issue(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, dealRequest);
        ctx.caller.mustBe('depository');
        const holdings = new Holdings(ctx, ctx.caller.id);
        const act = async () => {
            const tranches = new Tranches(ctx);
            const planned = await tranches.issue(asked.dealId);
            ctx.caller.mustBeParty({ role: 'depository', institution: planned.depository });
            mustAwaitIssue(planned);
            const deals = new Deals(ctx);
            const deal = await deals.load(asked.dealId);
            await deals.mustBeProtected(deal);
            const terms = await deals.terms(deal.id);
            await tranches.mustBeGenuine(deal, terms, planned);
            const classes = await tranches.ofIssue(planned);
            const orders = new Orders(holdings, asked.dealId);
            const placed = await orders.allotted(ctx.caller.id);
            const closing = { ...planned, account: planned.dealId, day: terms.dates.closing };
            const today = await businessDay(ctx, ctx.caller.id);
            const books = await holdings.load(issueMovements(classes, placed, closing), today);
            const parties = [planned.trustee, planned.originator];
            const standings = await holdings.standings([...placed.map(({ investor }) => investor), ...parties]);
            const issued = issue({ tranches: classes, orders: placed, standings, books, closing });
            await holdings.save(issued);
            await orders.save(issued.orders);
            await tranches.save(issued.tranches);
            await tranches.saveIssue({ ...planned, status: 'issued' });
            return ctx.reply({ type: 'NotesIssued', dealId: asked.dealId, classes: planned.classes });
        };
        return ctx.once(asked, act, holdings.book(ctx.caller.id).collection);
    }

    /** The depository puts a rating agency's action on record. */
    @Transaction()
    @Returns('string')
    async rate(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, rateRequest);
        ctx.caller.mustBe('depository');
        const holdings = new Holdings(ctx, ctx.caller.id);
        const act = async () => {
            const { dealId, className, rating } = asked;
            const tranches = new Tranches(ctx);
            const tranche = await tranches.load(dealId, className);
            ctx.caller.mustBeParty({ role: 'depository', institution: tranche.depository });
            await tranches.save([rateClass(tranche, rating)]);
            return ctx.reply({ type: 'ClassRated', dealId, className, ...rating });
        };
        return ctx.once(asked, act, holdings.book(ctx.caller.id).collection);
    }

    /** The depository cancels what is left of the notes of a deal that has ended: residual certificates, and what was written off. */
    @Transaction()
    @Returns('string')
    async retire(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, dealRequest);
        ctx.caller.mustBe('depository');
        const holdings = new Holdings(ctx, ctx.caller.id);
        const act = async () => {
            const { dealId } = asked;
            const tranches = new Tranches(ctx);
            const issued = await tranches.issue(dealId);
            ctx.caller.mustBeParty({ role: 'depository', institution: issued.depository });
            const classes = await tranches.ofIssue(issued);
            const deal = await new Deals(ctx).load(dealId);
            const today = await businessDay(ctx, ctx.caller.id);
            const { free: left } = await holdings.find(issued.trustee, dealId, issued.cash);
            const retired = retire(deal, classes, await holdings.allOf(classes), left, today);
            const posted = post(await holdings.load(retired.movements, today), retired.movements);
            await holdings.save(posted);
            await holdings.endLiens(retired.endedLiens);
            await tranches.save(retired.tranches.map(tranche => withSupply(tranche, posted.supplies)));
            return ctx.reply({ type: 'NotesRetired', dealId, classes: retired.tranches.map(each => each.className) });
        };
        return ctx.once(asked, act, holdings.book(ctx.caller.id).collection);
    }

    /** Every order for the notes of a deal, from all books: what the depository allots. It and the regulator read them. */
    @Transaction(false)
    @Returns('string')
    async orders(ctx: Context, request: string): Promise<string> {
        const { dealId } = readJson(request, readDealRequest);
        ctx.caller.mustBe('depository', 'regulator');
        const members = await new Institutions(ctx).list();
        const holdings = new Holdings(ctx, ctx.caller.id);
        return ctx.answer(await new Orders(holdings, dealId).all(members.map(({ id }) => id)));
    }

    /** The classes of a deal. */
    @Transaction(false)
    @Returns('string')
    async list(ctx: Context, request: string): Promise<string> {
        const { dealId } = readJson(request, readDealRequest);
        return ctx.answer(await new Tranches(ctx).list(dealId));
    }
}
