import { Info, Returns, Transaction } from 'fabric-contract-api';

import { businessDayReader, openDay, openDayRequest, openSystem } from '../domain/business-day';
import { cashOf, depositReader, openDeposit, openDepositRequest } from '../domain/holding';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { institutionReader } from '../domain/institution';
import { OwnBook } from '../ledger/own-book';
import { privateRequest } from '../domain/instruction';
import { noticeReader } from '../domain/distribution';
import { payableReader } from '../domain/payable';
import { readBookRequest, readPageRequest } from '../domain/own-book';
import { readJson } from '../domain/shape';
import { standingRecord } from '../domain/standing';

@Info({ title: 'Holdings', description: 'The books of holdings and cash that the depository keeps' })
export class HoldingContract extends Contract {
    constructor() {
        super('holding');
    }

    /** The depository opens its settlement system with a first business day. */
    @Transaction()
    @Returns('string')
    async openSystem(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, openDayRequest);
        ctx.caller.mustBe('depository');
        return ctx.once(asked, async () => {
            const days = ctx.book('business-day', businessDayReader);
            const opened = openSystem(ctx.caller.id, asked.day, await days.find(ctx.caller.id));
            await days.layDown(opened, [ctx.caller.mspId], ctx.caller.id);
            return ctx.reply({ type: 'SettlementSystemOpened', ...opened });
        });
    }

    /** The depository opens the next business day: everything it settles from now on belongs to that day. */
    @Transaction()
    @Returns('string')
    async openDay(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, openDayRequest);
        ctx.caller.mustBe('depository');
        const act = async () => {
            const days = ctx.book('business-day', businessDayReader);
            const opened = openDay(asked.day, await days.load(ctx.caller.id));
            await days.save(opened, ctx.caller.id);
            return ctx.reply({ type: 'BusinessDayOpened', ...opened });
        };
        return ctx.once(asked, act, new OwnBook(ctx, ctx.caller.id).collection);
    }

    /** The depository admits a bank whose deposits in a currency it settles in. */
    @Transaction()
    @Returns('string')
    async openDeposit(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, openDepositRequest);
        ctx.caller.mustBe('depository');
        return ctx.once(asked, async () => {
            await ctx.book('institution', institutionReader).load(asked.bank);
            const deposits = ctx.book('deposit', depositReader);
            const before = await deposits.find(cashOf(asked.currency, asked.bank));
            const deposit = openDeposit(asked, ctx.caller.id, before);
            await deposits.layDown(deposit, [ctx.caller.mspId], deposit.asset);
            return ctx.reply({ type: 'DepositOpened', asset: deposit.asset, depository: deposit.depository });
        });
    }

    /**
     * The depository files what it knows of a holder (transient field `standing`), and opens its book where it has none. Nothing
     * of the file is public.
     */
    @Transaction()
    @Returns('string')
    async file(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, privateRequest);
        ctx.caller.mustBe('depository');
        const standing = ctx.transient.json('standing', standingRecord);
        await ctx.book('institution', institutionReader).load(standing.institution);
        const book = new OwnBook(ctx, standing.institution);
        const act = async () => {
            await book.fileStanding(standing);
            return ctx.reply({ type: 'StandingFiled' });
        };
        return ctx.once(asked, act, book.collection);
    }

    /** A book as it stands: holdings, cash, open instructions, orders, liens. One's own; the depository and the regulator read all. */
    @Transaction(false)
    @Returns('string')
    async book(ctx: Context, request: string): Promise<string> {
        const { institution = ctx.caller.id } = readJson(request, readBookRequest);
        return ctx.answer(await new OwnBook(ctx, institution).read());
    }

    /** A page of a book's instructions that have settled, expired or been withdrawn. */
    @Transaction(false)
    @Returns('string')
    async closed(ctx: Context, request: string): Promise<string> {
        const { institution = ctx.caller.id, after } = readJson(request, readPageRequest);
        return ctx.answer(await new OwnBook(ctx, institution).closedInstructions(after));
    }

    /** A page of what a book's institution was told of its payments. */
    @Transaction(false)
    @Returns('string')
    async notices(ctx: Context, request: string): Promise<string> {
        const { institution = ctx.caller.id, after } = readJson(request, readPageRequest);
        return ctx.answer(await new OwnBook(ctx, institution).page('notice', noticeReader, after));
    }

    /** A page of what is set aside: in a trustee's book for the payees of its deals, in a payee's own for itself. */
    @Transaction(false)
    @Returns('string')
    async payables(ctx: Context, request: string): Promise<string> {
        const { institution = ctx.caller.id, after } = readJson(request, readPageRequest);
        return ctx.answer(await new OwnBook(ctx, institution).page('payable', payableReader, after));
    }

    /** The deposits settled in, each with the amount its bank owes all holders together. */
    @Transaction(false)
    @Returns('string')
    async deposits(ctx: Context): Promise<string> {
        return ctx.answer(await ctx.book('deposit', depositReader).list());
    }

    @Transaction(false)
    @Returns('string')
    async days(ctx: Context): Promise<string> {
        return ctx.answer(await ctx.book('business-day', businessDayReader).list());
    }
}
