import { Info, Returns, Transaction } from 'fabric-contract-api';

import { assetClassOf } from '../domain/tape/asset-class';
import {
    conflictsOf,
    layRegistryKeyRequest,
    pledge,
    pledgeRequest,
    release,
    releaseRepaidRequest,
    releaseRequest,
    releaseRows,
} from '../domain/pledge';
import { confirmedReport } from '../domain/report';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Deals } from '../ledger/deal';
import { Pledges, pledgesCollection } from '../ledger/pledge';
import { isOffered, readChunkRequest, submittedRoot } from '../domain/tape';
import { readJson } from '../domain/shape';
import { repaidRows } from '../domain/report/roll-forward';
import { replacedRows } from '../domain/substitution';
import { Reports } from '../ledger/report';
import { Substitutions } from '../ledger/substitution';
import { Tapes } from '../ledger/tape';

import type { Deal } from '../domain/deal';
import type { PledgeFacts } from '../domain/pledge';

/**
 * Transactions on the registry run on a trustee's peer alone: no originator's peer may see the registry. So they write nothing outside it;
 * the seal of the tape checks by hash that every chunk was accepted.
 */
@Info({ title: 'Pledges', description: 'The registry that keeps one asset from backing two live deals' })
export class PledgeContract extends Contract {
    constructor() {
        super('pledge');
    }

    /** The regulator lays down the registry's key. */
    @Transaction()
    @Returns('string')
    async layKey(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, layRegistryKeyRequest);
        ctx.caller.mustBe('regulator');
        return ctx.once(
            asked,
            async () => {
                await new Pledges(ctx).layKey();
                return ctx.reply({ type: 'RegistryKeyLaid' });
            },
            pledgesCollection,
        );
    }

    /** The trustee accepts a chunk of a submitted tape: all its assets are pledged to the deal, or none. */
    @Transaction()
    @Returns('string')
    async pledge(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, pledgeRequest);
        const deal = await new Deals(ctx).loadAs('trustee', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const pledges = new Pledges(ctx);
                await new Deals(ctx).mustBeProtected(deal);
                await new Tapes(ctx).mustBeProtected(deal);
                const facts = await load(ctx, deal, asked.number);
                await pledges.save(pledge(facts, await pledges.isAccepted(deal.id, asked.number, facts.root)));
                await pledges.accept(deal.id, asked.number, facts.root);
                return ctx.reply({ type: 'ChunkPledged', dealId: deal.id, number: asked.number });
            },
            pledgesCollection,
        );
    }

    /** The trustee gives the assets of a chunk free: of a tape it is sending back, or of a deal that is over. */
    @Transaction()
    @Returns('string')
    async release(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, releaseRequest);
        const deal = await new Deals(ctx).loadAs('trustee', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const pledges = new Pledges(ctx);
                const facts = await load(ctx, deal, asked.number);
                await pledges.save(release(facts, await pledges.isAccepted(deal.id, asked.number, facts.root)));
                await pledges.withdraw(deal.id, asked.number);
                return ctx.reply({ type: 'ChunkReleased', dealId: deal.id, number: asked.number });
            },
            pledgesCollection,
        );
    }

    /** The trustee gives free what was repaid or bought back in a month. */
    @Transaction()
    @Returns('string')
    async releaseRepaid(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, releaseRepaidRequest);
        const deal = await new Deals(ctx).loadAs('trustee', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const { dealId, number, period } = asked;
                const reports = new Reports(ctx);
                const { version } = confirmedReport(await reports.load(dealId, period));
                const { state, stateRoles } = assetClassOf(deal.rules.assetClass);
                const states = await reports.states(deal, { period, version, number }, state);
                const pledges = new Pledges(ctx);
                const facts = await load(ctx, deal, number);
                const before = await pledges.released(deal.id, number);
                await pledges.release(dealId, number, releaseRows(facts, repaidRows(states, stateRoles), before));
                return ctx.reply({ type: 'RepaidReleased', dealId, number, period });
            },
            pledgesCollection,
        );
    }

    /** The trustee gives free what has left a chunk in exchange for other loans. */
    @Transaction()
    @Returns('string')
    async releaseReplaced(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, releaseRequest);
        const deal = await new Deals(ctx).loadAs('trustee', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const { dealId, number } = asked;
                const rows = replacedRows(await new Substitutions(ctx).load(deal), number);
                const pledges = new Pledges(ctx);
                const facts = await load(ctx, deal, number);
                const before = await pledges.released(deal.id, number);
                await pledges.release(dealId, number, releaseRows(facts, rows, before));
                return ctx.reply({ type: 'ReplacedReleased', dealId, number });
            },
            pledgesCollection,
        );
    }

    /** Query. Which assets of a recorded chunk back a deal already, and which: for trustees and regulators. */
    @Transaction(false)
    @Returns('string')
    async conflicts(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, readChunkRequest);
        ctx.caller.mustBe('trustee', 'regulator');
        const facts = await load(ctx, await new Deals(ctx).load(asked.dealId), asked.number);
        return ctx.answer(conflictsOf(facts.fingerprints, facts.buckets));
    }
}

async function load(ctx: Context, deal: Deal, number: number): Promise<PledgeFacts> {
    const assetClass = assetClassOf(deal.rules.assetClass);
    const tapes = new Tapes(ctx);
    const chunk = await tapes.chunk(deal, number, assetClass.loan);
    const tape = await tapes.load(deal.id);
    const pledges = new Pledges(ctx);
    const fingerprints = await pledges.fingerprints(chunk, assetClass);
    const buckets = await pledges.buckets(fingerprints);
    return {
        deal,
        number,
        fingerprints,
        buckets,
        givers: await pledges.givers(deal, fingerprints, buckets),
        root: (await tapes.summary(deal, number))?.root ?? '',
        submittedRoot: submittedRoot(tape, number),
        isOffered: isOffered(tape, number),
    };
}
