import { Info, Returns, Transaction } from 'fabric-contract-api';

import {
    batchReader,
    cancel,
    cancelReader,
    confirmPayment,
    confirmPaymentReader,
    expire,
    expireReader,
    fileReader,
    instructionsReader,
    placeAll,
    privateRequest,
    readPendingRequest,
    waitingOf,
} from '../domain/instruction';
import { settle } from '../domain/settlement';
import { businessDay } from '../ledger/business-day';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { distribute, distributeRequest, readStatementRequest } from '../domain/distribution';
import { Distributions } from '../ledger/distribution';
import { Holdings } from '../ledger/holding';
import { Institutions } from '../ledger/institution';
import { dealRequest, readDealRequest } from '../domain/tranche';
import { readJson } from '../domain/shape';
import { Settlements } from '../ledger/settlement';
import { release, releaseReader, returnReader, send, sendReader, takeBack } from '../domain/waiting';
import { Tranches } from '../ledger/tranche';

/** Whose desks dispose of what stands in their institution's book: all but the regulator's, and those that only administer or read. */
const disposing = ['depository', 'investor', 'originator', 'servicer', 'trustee'] as const;

@Info({ title: 'Settlement', description: 'Instructions, delivery versus payment, pledges of notes, distributions' })
export class SettlementContract extends Contract {
    constructor() {
        super('settlement');
    }

    /** A party places its instructions (transient field `instructions`) in its own book: all of them, or none. */
    @Transaction()
    @Returns('string')
    async instruct(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe(...disposing);
        const instructions = ctx.transient.json('instructions', instructionsReader);
        const { settlements, collection } = ownSettlements(ctx);
        const act = async () => {
            const facts = await settlements.placeFacts(ctx.caller.id, instructions);
            const placed = placeAll(instructions, ctx.caller.id, facts, asked.requestId);
            await settlements.instructionsOf(ctx.caller.id).place(placed);
            return ctx.reply({ type: 'InstructionsPlaced' });
        };
        return ctx.once(asked, act, collection);
    }

    /** A party withdraws its instruction (transient field `instruction`) while it has not settled. */
    @Transaction()
    @Returns('string')
    async cancel(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe(...disposing);
        const { reference } = ctx.transient.json('instruction', cancelReader);
        const { settlements, collection } = ownSettlements(ctx);
        const act = async () => {
            await settlements.file([cancel(await settlements.load(ctx.caller.id, reference, 'the request'))]);
            return ctx.reply({ type: 'InstructionCancelled' });
        };
        return ctx.once(asked, act, collection);
    }

    /** The deliverer confirms that cash paid outside has arrived (transient field `instruction`). */
    @Transaction()
    @Returns('string')
    async confirmPayment(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe(...disposing);
        const { reference, paymentReference } = ctx.transient.json('instruction', confirmPaymentReader);
        const { settlements, collection } = ownSettlements(ctx);
        const act = async () => {
            const instruction = await settlements.load(ctx.caller.id, reference, 'the request');
            await settlements.instructionsOf(ctx.caller.id).save([confirmPayment(instruction, paymentReference)]);
            return ctx.reply({ type: 'PaymentConfirmed' });
        };
        return ctx.once(asked, act, collection);
    }

    /** The depository settles the pairs of the transient field `batch`: all of them, or none. */
    @Transaction()
    @Returns('string')
    async settle(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe('depository');
        const batch = ctx.transient.json('batch', batchReader);
        const { settlements, collection } = ownSettlements(ctx);
        const act = async () => {
            const today = await businessDay(ctx, ctx.caller.id);
            const pairs = await settlements.pairs(batch);
            await settlements.settle(settle(pairs, await settlements.facts(pairs, today)));
            return ctx.reply({ type: 'InstructionsSettled', day: today });
        };
        return ctx.once(asked, act, collection);
    }

    /** The depository closes the instructions of the transient field `expired`, whose last day is over. */
    @Transaction()
    @Returns('string')
    async expire(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe('depository');
        const named = ctx.transient.json('expired', expireReader);
        const { settlements, collection } = ownSettlements(ctx);
        const act = async () => {
            const today = await businessDay(ctx, ctx.caller.id);
            const loaded = await settlements.named(named);
            await settlements.file(loaded.map(({ at, instruction }) => expire(instruction, at, ctx.caller.id, today)));
            return ctx.reply({ type: 'InstructionsExpired', day: today });
        };
        return ctx.once(asked, act, collection);
    }

    /** The depository files away the instructions of the transient field `closed`, which can settle no more. */
    @Transaction()
    @Returns('string')
    async file(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe('depository');
        const named = ctx.transient.json('closed', fileReader);
        const { settlements, collection } = ownSettlements(ctx);
        const act = async () => {
            await settlements.file(await settlements.unfiled(named));
            return ctx.reply({ type: 'InstructionsFiled' });
        };
        return ctx.once(asked, act, collection);
    }

    /** The depository pays the run of a period to the holders of the record date and to the parties of the terms. */
    @Transaction()
    @Returns('string')
    async distribute(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, distributeRequest);
        ctx.caller.mustBe('depository');
        const { distributions, collection } = ownDistributions(ctx);
        const act = async () => {
            const issue = await distributions.issue(asked.dealId);
            ctx.caller.mustBeParty({ role: 'depository', institution: issue.depository });
            const facts = await distributions.facts(asked, issue, await businessDay(ctx, ctx.caller.id));
            await distributions.pay(distribute(facts), issue, facts.today);
            return ctx.reply({ type: 'DistributionPaid', dealId: asked.dealId, period: asked.period });
        };
        return ctx.once(asked, act, collection);
    }

    /**
     * The depository pays what is left in the account of a deal that its trustee has ended: to whom is still owed, and then to whom the
     * terms give all that is left.
     */
    @Transaction()
    @Returns('string')
    async payOut(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, dealRequest);
        ctx.caller.mustBe('depository');
        const { distributions, collection } = ownDistributions(ctx);
        const act = async () => {
            const issue = await distributions.issue(asked.dealId);
            ctx.caller.mustBeParty({ role: 'depository', institution: issue.depository });
            const facts = await distributions.surplusFacts(issue, await businessDay(ctx, ctx.caller.id));
            await distributions.pay(distribute(facts), issue, facts.today);
            return ctx.reply({ type: 'DistributionPaid', dealId: asked.dealId, period: facts.scheduled.period });
        };
        return ctx.once(asked, act, collection);
    }

    /** The depository pays a holder, or a payee of the terms, into its book what has waited for it (transient field `payment`). */
    @Transaction()
    @Returns('string')
    async release(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe('depository');
        const payment = ctx.transient.json('payment', releaseReader);
        const { distributions, collection } = ownDistributions(ctx);
        const act = async () => {
            const issue = await distributions.issue(payment.dealId);
            ctx.caller.mustBeParty({ role: 'depository', institution: issue.depository });
            const today = await businessDay(ctx, ctx.caller.id);
            await distributions.move(release(await distributions.waiting(payment, issue), today), issue, today);
            return ctx.reply({ type: 'HeldPaymentReleased' });
        };
        return ctx.once(asked, act, collection);
    }

    /** The depository has paid one of them outside the ledger (transient field `payment`), and takes what has waited for it here. */
    @Transaction()
    @Returns('string')
    async send(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe('depository');
        const payment = ctx.transient.json('payment', sendReader);
        const { distributions, collection } = ownDistributions(ctx);
        const act = async () => {
            const issue = await distributions.issue(payment.dealId);
            ctx.caller.mustBeParty({ role: 'depository', institution: issue.depository });
            const today = await businessDay(ctx, ctx.caller.id);
            const waiting = await distributions.waiting(payment, issue);
            await distributions.move(send(waiting, payment.paymentReference, today), issue, today);
            return ctx.reply({ type: 'PaymentSentOutside' });
        };
        return ctx.once(asked, act, collection);
    }

    /** A payment sent outside has come back to the depository (transient field `payment`), which keeps it for whom it is for. */
    @Transaction()
    @Returns('string')
    async takeBack(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe('depository');
        const payment = ctx.transient.json('payment', returnReader);
        const { distributions, collection } = ownDistributions(ctx);
        const act = async () => {
            const issue = await distributions.issue(payment.dealId);
            ctx.caller.mustBeParty({ role: 'depository', institution: issue.depository });
            const today = await businessDay(ctx, ctx.caller.id);
            const waiting = await distributions.waiting(payment, issue);
            await distributions.move(takeBack(waiting, payment.reason, today), issue, today);
            return ctx.reply({ type: 'PaymentReturned' });
        };
        return ctx.once(asked, act, collection);
    }

    /** The distributions of a deal: class totals, never holders. */
    @Transaction(false)
    @Returns('string')
    async distributions(ctx: Context, request: string): Promise<string> {
        const { dealId } = readJson(request, readDealRequest);
        return ctx.answer(await new Tranches(ctx).distributionsOf(dealId));
    }

    /** What every holder was paid on a payment date: for the deal's trustee, the depository and the regulator. */
    @Transaction(false)
    @Returns('string')
    async statement(ctx: Context, request: string): Promise<string> {
        const { dealId, period } = readJson(request, readStatementRequest);
        const distributions = new Distributions(ctx, new Holdings(ctx, ctx.caller.id));
        return ctx.answer(await distributions.statement(dealId, period));
    }

    /**
     * A page of what waits in all books for the depository's agent: what may settle today, what has expired, and what is closed and not
     * yet filed.
     */
    @Transaction(false)
    @Returns('string')
    async pending(ctx: Context, request: string): Promise<string> {
        const begun = readJson(request, readPendingRequest);
        ctx.caller.mustBe('depository');
        const members = await new Institutions(ctx).list();
        const { settlements } = ownSettlements(ctx);
        const ids = members.map(({ id }) => id);
        const { instructions, ...rest } = await settlements.notFiled(ids, begun);
        return ctx.answer({
            ...waitingOf(instructions, ctx.caller.id, await businessDay(ctx, ctx.caller.id)),
            ...rest,
        });
    }
}

/** The caller's instructions, and the collection of its book. */
function ownSettlements(ctx: Context): { settlements: Settlements; collection: string } {
    const holdings = new Holdings(ctx, ctx.caller.id);
    return { settlements: new Settlements(ctx, holdings), collection: holdings.book(ctx.caller.id).collection };
}

/** What the caller pays, and the collection of its book. */
function ownDistributions(ctx: Context): { distributions: Distributions; collection: string } {
    const holdings = new Holdings(ctx, ctx.caller.id);
    return { distributions: new Distributions(ctx, holdings), collection: holdings.book(ctx.caller.id).collection };
}
