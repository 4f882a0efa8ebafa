import { noticeReader } from '../domain/distribution';
import { mustHaveRun } from '../domain/run';
import { Tranches } from './tranche';
import { post } from '../domain/holding';
import { withSupply } from '../domain/tranche';

import type { Context } from './context';
import type { Day } from '../domain/day';
import type { Distributed, DistributeRequest, DistributionFacts } from '../domain/distribution';
import type { Holding } from '../domain/holding';
import type { Holdings } from './holding';

/** What a distribution is paid from, and where it is written. */
export class Distributions {
    private readonly tranches: Tranches;

    constructor(
        ctx: Context,
        private readonly holdings: Holdings,
    ) {
        this.tranches = new Tranches(ctx);
    }

    /** @throws Refusal NOT_FOUND, RUN_MISSING */
    async facts({ dealId, period }: DistributeRequest, today: Day): Promise<DistributionFacts> {
        const issue = await this.tranches.issue(dealId);
        const { run, version, recordDate } = mustHaveRun(await this.tranches.run(dealId, period));
        const tranches = await this.tranches.ofIssue(issue);
        const all: Holding[] = [];
        for (const { asset } of tranches) all.push(...(await this.holdings.allOf(asset)));
        return {
            scheduled: await this.tranches.distribution(dealId, period),
            previous: period === 1 ? undefined : await this.tranches.distribution(dealId, period - 1),
            ...{ run, runVersion: version, recordDate, today, tranches, holdings: all },
            standings: await this.holdings.standings(all.map(({ institution }) => institution)),
            ...{ cash: issue.cash, trustee: issue.trustee, depository: issue.depository },
            payees: Object.fromEntries(issue.payees.map(({ role, institution }) => [role, institution])),
        };
    }

    /** Moves the money, and writes every holder's notice and the public record. @throws Refusal HOLDING_SHORT */
    async pay({ record, notices, tranches, movements }: Distributed, today: Day): Promise<void> {
        const posted = post(await this.holdings.load(movements, today), movements);
        await this.holdings.save(posted);
        for (const notice of notices)
            await this.holdings
                .book(notice.holder)
                .save('notice', noticeReader, notice, notice.dealId, String(notice.period));
        await this.tranches.save(tranches.map(tranche => withSupply(tranche, posted.supplies)));
        await this.tranches.saveDistribution(record);
    }
}
