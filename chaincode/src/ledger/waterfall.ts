import { Deals } from './deal';
import { Reports } from './report';
import { reportFacts } from '../domain/run';
import { statusNow } from '../domain/deal-status';
import { Tranches } from './tranche';
import { Watches } from './watch';

import type { Context } from './context';
import type { Deal } from '../domain/deal';
import type { ReportFacts, RunFacts, RunRecord, RunRequest } from '../domain/run';
import type { Status, Terms } from '../domain/terms/terms';

/** What a run of the waterfall rests on: terms, the state left by the period before, and the reports in force. */
export class Waterfalls {
    private readonly reports: Reports;
    private readonly tranches: Tranches;

    constructor(private readonly ctx: Context) {
        this.reports = new Reports(ctx);
        this.tranches = new Tranches(ctx);
    }

    /** @throws Refusal NOT_FOUND, REPORT_MISSING, REPORT_NOT_CONFIRMED, PERIOD_AFFECTED */
    async facts(deal: Deal, { period, fixings, extra }: RunRequest): Promise<RunFacts> {
        const dealId = deal.id;
        const distribution = await this.tranches.distribution(dealId, period);
        const later = await this.tranches.findRun(dealId, period + 1);
        const own = await this.report(dealId, period);
        const terms = await new Deals(this.ctx).terms(dealId);
        return {
            terms,
            scheduled: await this.tranches.run(dealId, period),
            previous: period === 1 ? undefined : await this.tranches.run(dealId, period - 1),
            report: { ...own, facts: { ...own.facts, ...(fixings && { fixings }), ...(extra && { extra }) } },
            by: this.ctx.caller.id === deal.trustee ? 'trustee' : 'servicer',
            earlier: await this.earlier(dealId, period),
            declarations: await this.tranches.declarations(dealId),
            watch: await new Watches(this.ctx).find(dealId, terms),
            hasLater: later?.status === 'run',
            isPaid: distribution.status === 'paid',
        };
    }

    /** What decides where a deal stands, at or before the run of a period. Nothing where no notes are authorised. */
    async standing(dealId: string, terms: Terms, period: number) {
        let last: RunRecord | undefined;
        for (let number = period; number >= 1 && last?.status !== 'run'; number--)
            last = await this.tranches.findRun(dealId, number);
        return {
            last: last?.status === 'run' ? last : undefined,
            declarations: await this.tranches.findDeclarations(dealId),
            watch: await new Watches(this.ctx).find(dealId, terms),
        };
    }

    /** The status of the terms in which a deal stands. */
    async status(dealId: string, period: number): Promise<Status> {
        const terms = await new Deals(this.ctx).terms(dealId);
        const { last, declarations, watch } = await this.standing(dealId, terms, period);
        return statusNow(terms, last, declarations, watch);
    }

    private async earlier(dealId: string, period: number): Promise<ReportFacts[]> {
        const earlier: ReportFacts[] = [];
        for (let number = 1; number < period; number++) earlier.push(await this.report(dealId, number));
        return earlier;
    }

    private async report(dealId: string, period: number): Promise<ReportFacts> {
        return reportFacts(await this.reports.load(dealId, period));
    }
}
