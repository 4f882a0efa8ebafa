import { Info, Returns, Transaction } from 'fabric-contract-api';

import {
    affect,
    answerReport,
    basisOf,
    confirmReportRequest,
    disputeReportRequest,
    fileReport,
    fileReportRequest,
    mustBeNext,
    readPeriodRequest,
    readStatesRequest,
    readWholeRequest,
    recordStatesRequest,
} from '../domain/report';
import { assetClassOf } from '../domain/tape/asset-class';
import { composeWhole } from '../domain/report/compose';
import { Accesses } from '../ledger/audit';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Deals } from '../ledger/deal';
import { id, object, readJson } from '../domain/shape';
import { Reports } from '../ledger/report';
import { summariseStates } from '../domain/report/state-summary';
import { tapeCollection } from '../domain/deal';
import { Tapes } from '../ledger/tape';

import type { Deal } from '../domain/deal';
import type { Basis, Period } from '../domain/report';

@Info({ title: 'Reports', description: 'Monthly loan states and the reports computed from them' })
export class ReportContract extends Contract {
    constructor() {
        super('report');
    }

    /** The servicer records a month of one chunk; its peer and the trustee's roll every loan forward. */
    @Transaction()
    @Returns('string')
    async recordStates(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, recordStatesRequest);
        const deal = await new Deals(ctx).loadAs('servicer', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const reports = new Reports(ctx);
                const { basis, period } = await basisFor(ctx, deal, asked);
                const assetClass = assetClassOf(deal.rules.assetClass);
                const company = await reports.company(deal, period, asked.number, assetClass);
                const before = await reports.before(deal, basis, asked.number, assetClass);
                const states = reports.given(assetClass.state);
                const summary = summariseStates(states, assetClass, before, deal.rules, company);
                await reports.record(deal, asked, summary);
                const { dealId, version, number } = asked;
                return ctx.reply({ type: 'StatesRecorded', dealId, period: asked.period, version, number });
            },
            tapeCollection(deal),
        );
    }

    /** The servicer files the report of a period, or restates it: the figures are those the contract recomputed. */
    @Transaction()
    @Returns('string')
    async file(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, fileReportRequest);
        const deal = await new Deals(ctx).loadAs('servicer', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const reports = new Reports(ctx);
                const { period, basis } = await basisFor(ctx, deal, asked);
                const facts = await reports.fileFacts(deal, period, basis, asked.version);
                await reports.save(fileReport(asked, facts));
                const affected = await reports.reportedAfter(deal, period);
                for (const later of affected) await reports.save(affect(later, asked.period));
                return ctx.reply({
                    type: asked.version === 1 ? 'ReportFiled' : 'ReportRestated',
                    dealId: deal.id,
                    period: asked.period,
                    version: asked.version,
                    affected: affected.map(later => later.number),
                });
            },
            tapeCollection(deal),
        );
    }

    /** The trustee confirms a report: a distribution may rest on it. */
    @Transaction()
    @Returns('string')
    async confirm(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, confirmReportRequest);
        return this.answer(ctx, asked, 'ReportConfirmed');
    }

    /** The trustee disputes a report: the servicer is to restate it. */
    @Transaction()
    @Returns('string')
    async dispute(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, disputeReportRequest);
        return this.answer(ctx, asked, 'ReportDisputed', asked.reason);
    }

    /** Query. A period and all reports on it. */
    @Transaction(false)
    @Returns('string')
    async read(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, readPeriodRequest);
        return ctx.answer(await new Reports(ctx).load(asked.dealId, asked.period));
    }

    /** Query. All periods of a deal. */
    @Transaction(false)
    @Returns('string')
    async list(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, object({ dealId: id }));
        return ctx.answer(await new Reports(ctx).list(asked.dealId));
    }

    /** Query. Loan states as recorded (base64 of the deflated encoding), for the members of the deal's collection. */
    @Transaction(false)
    @Returns('string')
    async states(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, readStatesRequest);
        const deal = await new Deals(ctx).load(asked.dealId);
        await new Accesses(ctx).mustCover(deal, asked.access, { kind: 'states', period: asked.period });
        const bytes = await new Reports(ctx).stored(deal, asked);
        return ctx.answer({ number: asked.number, chunk: Buffer.from(bytes).toString('base64') });
    }

    /** Query. What is kept of recorded loan states, with the loans that do not roll forward, or null. */
    @Transaction(false)
    @Returns('string')
    async summary(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, readStatesRequest);
        const deal = await new Deals(ctx).load(asked.dealId);
        await new Accesses(ctx).mustCover(deal, asked.access, { kind: 'states', period: asked.period });
        return ctx.answer((await new Reports(ctx).summary(deal, asked)) ?? null);
    }

    /** Query. Everything that the loans of a period add up to, what is not published included: for those who may see the loans. */
    @Transaction(false)
    @Returns('string')
    async whole(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, readWholeRequest);
        const deal = await new Deals(ctx).load(asked.dealId);
        await new Accesses(ctx).mustCover(deal, asked.access, { kind: 'states', period: asked.period });
        const reports = new Reports(ctx);
        const period = await reports.load(deal.id, asked.period);
        const basis = basisOf(await new Tapes(ctx).load(deal.id), period, await reports.preceding(period));
        return ctx.answer(composeWhole(await reports.fileFacts(deal, period, basis, asked.version)));
    }

    private async answer(ctx: Context, asked: AnsweredReport, type: string, dispute?: string): Promise<string> {
        const deal = await new Deals(ctx).loadAs('trustee', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const reports = new Reports(ctx);
                const period = await reports.load(deal.id, asked.period);
                await reports.save(answerReport(period, asked.version, dispute));
                return ctx.reply({ type, dealId: deal.id, period: asked.period, version: asked.version });
            },
            tapeCollection(deal),
        );
    }
}

interface AnsweredReport {
    readonly requestId: string;
    readonly dealId: string;
    readonly period: number;
    readonly version: number;
}

/** The period to be reported, and what its next report rests on. */
async function basisFor(
    ctx: Context,
    deal: Deal,
    asked: { readonly period: number; readonly version: number },
): Promise<{ period: Period; basis: Basis }> {
    const reports = new Reports(ctx);
    const period = await reports.load(deal.id, asked.period);
    mustBeNext(deal, period, asked.version);
    const tape = await new Tapes(ctx).load(deal.id);
    return { period, basis: basisOf(tape, period, await reports.preceding(period)) };
}
