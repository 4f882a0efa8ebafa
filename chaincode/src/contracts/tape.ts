import { Info, Returns, Transaction } from 'fabric-contract-api';

import { assetClassOf } from '../domain/tape/asset-class';
import { Accesses } from '../ledger/audit';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Deals } from '../ledger/deal';
import { id, object, readJson } from '../domain/shape';
import { tapeCollection } from '../domain/deal';
import { poolTests } from '../domain/pool-rules';
import { Pledges } from '../ledger/pledge';
import {
    mustBeOpen,
    readChunkRequest,
    recordChunkRequest,
    rejectTape,
    rejectTapeRequest,
    sealTape,
    sealTapeRequest,
    submitTape,
    submitTapeRequest,
} from '../domain/tape';
import { summariseLoans } from '../domain/tape/summary';
import { Tapes } from '../ledger/tape';

@Info({ title: 'Loan tapes', description: 'Recording, submitting, sealing and reading the loans of a deal' })
export class TapeContract extends Contract {
    constructor() {
        super('tape');
    }

    /** The originator records a chunk of loans; both its peer and the trustee's recompute the summary. */
    @Transaction()
    @Returns('string')
    async record(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, recordChunkRequest);
        const deal = await new Deals(ctx).loadAs('originator', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const tapes = new Tapes(ctx);
                mustBeOpen(deal, await tapes.load(deal.id), asked.number);
                const assetClass = assetClassOf(deal.rules.assetClass);
                const summary = summariseLoans(
                    tapes.given(assetClass.loan),
                    assetClass,
                    poolTests(deal.rules, deal.currency),
                );
                await tapes.record(deal, asked.number, summary);
                return ctx.reply({ type: 'ChunkRecorded', dealId: deal.id, number: asked.number });
            },
            tapeCollection(deal),
        );
    }

    /** The originator declares the tape complete: its root becomes public, its chunks can no longer change. */
    @Transaction()
    @Returns('string')
    async submit(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, submitTapeRequest);
        const deals = new Deals(ctx);
        const deal = await deals.loadAs('originator', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const tapes = new Tapes(ctx);
                const summaries = await tapes.allSummaries(deal, asked.chunks);
                const submitted = submitTape(deal, await tapes.load(deal.id), summaries);
                await deals.save(submitted.deal);
                await tapes.save(submitted.tape);
                return ctx.reply({
                    type: 'TapeSubmitted',
                    dealId: deal.id,
                    chunks: asked.chunks,
                    root: submitted.tape.root,
                });
            },
            tapeCollection(deal),
        );
    }

    /** The trustee sends a submitted tape back. */
    @Transaction()
    @Returns('string')
    async reject(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, rejectTapeRequest);
        const deals = new Deals(ctx);
        const deal = await deals.loadAs('trustee', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const tapes = new Tapes(ctx);
                const tape = await tapes.load(deal.id);
                const accepted = await new Pledges(ctx).acceptances(deal.id, tape.chunkRoots);
                const rejected = rejectTape(deal, tape, accepted, asked.reason);
                await deals.save(rejected.deal);
                await tapes.save(rejected.tape);
                return ctx.reply({ type: 'TapeRejected', dealId: deal.id, reason: asked.reason });
            },
            tapeCollection(deal),
        );
    }

    /** The trustee seals the tape it has accepted: the pool's figures, recomputed from the chunks, become public. */
    @Transaction()
    @Returns('string')
    async seal(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, sealTapeRequest);
        const deals = new Deals(ctx);
        const deal = await deals.loadAs('trustee', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const tapes = new Tapes(ctx);
                await deals.mustBeGenuine(deal);
                await tapes.mustBeProtected(deal);
                const tape = await tapes.load(deal.id);
                const facts = {
                    deal,
                    tape,
                    assetClass: assetClassOf(deal.rules.assetClass),
                    summaries: await tapes.allSummaries(deal, tape.chunkRoots.length),
                    accepted: await new Pledges(ctx).acceptances(deal.id, tape.chunkRoots),
                    statedBalance: (await deals.terms(deal.id)).pool.balance,
                };
                const sealed = sealTape(facts, asked);
                await deals.save(sealed.deal);
                await tapes.save(sealed.tape);
                return ctx.reply({ type: 'TapeSealed', dealId: deal.id, root: sealed.tape.root });
            },
            tapeCollection(deal),
        );
    }

    /** The public record: status, roots, and after the seal the pool's figures. */
    @Transaction(false)
    @Returns('string')
    async read(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, object({ dealId: id }));
        return ctx.answer(await new Tapes(ctx).load(asked.dealId));
    }

    /** Query. A chunk as recorded (base64 of the deflated encoding), for the members of the deal's collection. */
    @Transaction(false)
    @Returns('string')
    async chunk(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, readChunkRequest);
        const deal = await new Deals(ctx).load(asked.dealId);
        await new Accesses(ctx).mustCover(deal, asked.access, { kind: 'tape' });
        const bytes = await new Tapes(ctx).stored(deal, asked.number);
        return ctx.answer({ number: asked.number, chunk: Buffer.from(bytes).toString('base64') });
    }

    /** Query. What is kept of a recorded chunk, or null: lets a client that was interrupted go on where it stopped. */
    @Transaction(false)
    @Returns('string')
    async summary(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, readChunkRequest);
        const deal = await new Deals(ctx).load(asked.dealId);
        await new Accesses(ctx).mustCover(deal, asked.access, { kind: 'tape' });
        return ctx.answer((await new Tapes(ctx).summary(deal, asked.number)) ?? null);
    }
}
