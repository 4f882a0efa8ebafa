import { allotmentReader, orderReader } from '../domain/allotment';
import { byCodePoint } from '../domain/canonical';
import { depositReader } from '../domain/holding';
import { distributionReader, mustBeUnpaid, scheduledDistributions } from '../domain/distribution';
import { issueReader, mustBeAsAuthorised, trancheReader } from '../domain/tranche';
import { Institutions } from './institution';
import { key } from './tape';
import { Refusal } from '../domain/refusal';
import {
    declarationsReader,
    mustBeScheduled,
    mustBeUndeclared,
    runReader,
    scheduledRuns,
    undeclared,
} from '../domain/run';
import { signatories } from './deal';

import type { Allotment, Order } from '../domain/allotment';
import type { Book } from './book';
import type { Context } from './context';
import type { Deal } from '../domain/deal';
import type { DistributionRecord } from '../domain/distribution';
import type { Holdings } from './holding';
import type { AuthoriseRequest, Issue, IssuePlanFacts, TrancheRecord } from '../domain/tranche';
import type { Declarations, RunRecord } from '../domain/run';
import type { ReinstateFacts } from '../domain/reinstatement';
import type { Terms } from '../domain/terms/terms';

/**
 * The public records of a deal's notes. All of them are laid down when the classes are authorised, by a majority: the classes, the issue
 * and the distributions for the depository's peer, which alone can endorse what it decides from the private books; the runs for
 * the servicer's and the trustee's together; declarations for the trustee's.
 */
export class Tranches {
    private readonly tranches: Book<TrancheRecord>;
    private readonly issues: Book<Issue>;
    private readonly runs: Book<RunRecord>;
    private readonly distributions: Book<DistributionRecord>;
    private readonly declared: Book<Declarations>;

    constructor(private readonly ctx: Context) {
        this.tranches = ctx.book('tranche', trancheReader);
        this.issues = ctx.book('issue', issueReader);
        this.runs = ctx.book('run', runReader);
        this.distributions = ctx.book('distribution', distributionReader);
        this.declared = ctx.book('declarations', declarationsReader);
    }

    /** @throws Refusal NOT_FOUND */
    load(dealId: string, className: string): Promise<TrancheRecord> {
        return this.tranches.load(dealId, className);
    }

    /** The classes of an issue, in the order of the terms. */
    async ofIssue({ dealId, classes }: Issue): Promise<TrancheRecord[]> {
        const tranches: TrancheRecord[] = [];
        for (const className of classes) tranches.push(await this.load(dealId, className));
        return tranches;
    }

    /** The classes of a deal; none before they are authorised. */
    async classesOf(dealId: string): Promise<TrancheRecord[]> {
        const issue = await this.findIssue(dealId);
        return issue === undefined ? [] : this.ofIssue(issue);
    }

    list(dealId: string): Promise<TrancheRecord[]> {
        return this.tranches.list([dealId]);
    }

    async save(tranches: readonly TrancheRecord[]): Promise<void> {
        for (const tranche of tranches) await this.tranches.save(tranche, tranche.dealId, tranche.className);
    }

    /** @throws Refusal NOT_FOUND */
    issue(dealId: string): Promise<Issue> {
        return this.issues.load(dealId);
    }

    findIssue(dealId: string): Promise<Issue | undefined> {
        return this.issues.find(dealId);
    }

    /** @throws Refusal NOT_FOUND where the depository has not joined */
    async planFacts(
        { dealId, depository, cash }: AuthoriseRequest,
        payees: readonly string[],
    ): Promise<IssuePlanFacts> {
        const institutions = new Institutions(this.ctx);
        return {
            before: await this.findIssue(dealId),
            deposit: await this.ctx.book('deposit', depositReader).find(cash),
            depository: await institutions.load(depository),
            members: await institutions.idsOf(payees),
        };
    }

    saveIssue(issue: Issue): Promise<void> {
        return this.issues.save(issue, issue.dealId);
    }

    /** @throws Refusal NOT_FOUND */
    run(dealId: string, period: number): Promise<RunRecord> {
        return this.runs.load(dealId, key(period));
    }

    findRun(dealId: string, period: number): Promise<RunRecord | undefined> {
        return this.runs.find(dealId, key(period));
    }

    runsOf(dealId: string): Promise<RunRecord[]> {
        return this.runs.list([dealId]);
    }

    saveRun(run: RunRecord): Promise<void> {
        return this.runs.save(run, run.dealId, key(run.period));
    }

    /** @throws Refusal NOT_FOUND */
    distribution(dealId: string, period: number): Promise<DistributionRecord> {
        return this.distributions.load(dealId, key(period));
    }

    /** The first period whose payment is owed, where there is one: it has been run, or principal was reinstated for it. */
    async unpaidPeriod(dealId: string): Promise<number | undefined> {
        let period = 1;
        for (; (await this.findRun(dealId, period))?.status === 'run'; period++)
            if ((await this.distribution(dealId, period)).status === 'scheduled') return period;
        const declarations = await this.findDeclarations(dealId);
        return declarations?.reinstated.some(each => each.period >= period) ? period : undefined;
    }

    /** The first period that was not paid: of a deal that has ended, the one of what is left. @throws Refusal NOT_FOUND */
    async firstUnpaid(dealId: string): Promise<number> {
        let period = 1;
        while ((await this.distribution(dealId, period)).status === 'paid') period++;
        return period;
    }

    /** The last period run before this one, where there is one. */
    async lastRun(dealId: string, before: number): Promise<RunRecord | undefined> {
        for (let period = before - 1; period > 0; period--) {
            const run = await this.findRun(dealId, period);
            if (run?.status === 'run') return run;
        }
        return undefined;
    }

    distributionsOf(dealId: string): Promise<DistributionRecord[]> {
        return this.distributions.list([dealId]);
    }

    saveDistribution(distribution: DistributionRecord): Promise<void> {
        return this.distributions.save(distribution, distribution.dealId, key(distribution.period));
    }

    /** @throws Refusal NOT_FOUND */
    declarations(dealId: string): Promise<Declarations> {
        return this.declared.load(dealId);
    }

    /** None where no notes are authorised. */
    findDeclarations(dealId: string): Promise<Declarations | undefined> {
        return this.declared.find(dealId);
    }

    saveDeclarations(declarations: Declarations): Promise<void> {
        return this.declared.save(declarations, declarations.dealId);
    }

    /** @throws Refusal NOT_FOUND */
    async reinstateFacts(dealId: string, period: number): Promise<ReinstateFacts> {
        return {
            before: await this.declarations(dealId),
            run: await this.run(dealId, period),
            previous: period === 1 ? undefined : await this.run(dealId, period - 1),
        };
    }

    /**
     * Everything that `layDown` has laid down is what it was then, but for the notes' being issued, and under its policy.
     * @throws Refusal RECORD_FORGED, NOT_FOUND
     */
    async mustBeGenuine(deal: Deal, terms: Terms, issue: Issue): Promise<void> {
        const { mspId } = await new Institutions(this.ctx).load(issue.depository);
        const dealId = deal.id;
        mustBeAsAuthorised(deal, terms, issue, await this.ofIssue(issue));
        await this.issues.mustBeSignedBy([mspId], dealId);
        for (const className of issue.classes) await this.tranches.mustBeSignedBy([mspId], dealId, className);
        mustBeUndeclared(await this.declarations(dealId));
        await this.declared.mustBeSignedBy([deal.trusteeMsp], dealId);
        for (const scheduled of scheduledRuns(dealId, terms)) {
            const { period } = scheduled;
            mustBeScheduled(scheduled, await this.run(dealId, period));
            await this.runs.mustBeSignedBy(signatories(deal), dealId, key(period));
        }
        for (const scheduled of scheduledDistributions(deal)) {
            const { period } = scheduled;
            mustBeUnpaid(scheduled, await this.distribution(dealId, period));
            await this.distributions.mustBeSignedBy([mspId], dealId, key(period));
        }
    }

    async layDown(
        deal: Deal,
        issue: Issue,
        tranches: readonly TrancheRecord[],
        runs: readonly RunRecord[],
    ): Promise<void> {
        const { mspId } = await new Institutions(this.ctx).load(issue.depository);
        await this.issues.layDown(issue, [mspId], issue.dealId);
        await this.declared.layDown(undeclared(deal.id), [deal.trusteeMsp], deal.id);
        for (const tranche of tranches)
            await this.tranches.layDown(tranche, [mspId], tranche.dealId, tranche.className);
        for (const run of runs) await this.runs.layDown(run, signatories(deal), run.dealId, key(run.period));
        for (const scheduled of scheduledDistributions(deal))
            await this.distributions.layDown(scheduled, [mspId], deal.id, key(scheduled.period));
    }
}

/** The order book of a deal, spread over the private books of those who ordered. */
export class Orders {
    constructor(
        private readonly holdings: Holdings,
        private readonly dealId: string,
    ) {}

    find(className: string, investor: string): Promise<Order | undefined> {
        return this.holdings.book(investor).find('order', orderReader, this.dealId, className);
    }

    async save(orders: readonly Order[]): Promise<void> {
        for (const order of orders)
            await this.holdings.book(order.investor).save('order', orderReader, order, this.dealId, order.className);
    }

    /** The orders named; one that is not there is left out. */
    async load(named: Allotment['orders']): Promise<Order[]> {
        const orders: Order[] = [];
        for (const { className, investor } of named) {
            const order = await this.find(className, investor);
            if (order !== undefined) orders.push(order);
        }
        return orders;
    }

    /** Every order of the deal in the books of these institutions. For queries. */
    async all(institutions: readonly string[]): Promise<Order[]> {
        const orders: Order[] = [];
        for (const institution of institutions)
            orders.push(...(await this.holdings.book(institution).list('order', orderReader)));
        return orders.filter(({ dealId }) => dealId === this.dealId).sort(byClassThenInvestor);
    }

    /** @throws Refusal NOT_FOUND */
    async mustFind(className: string, investor: string): Promise<Order> {
        const order = await this.find(className, investor);
        if (order === undefined) throw new Refusal('NOT_FOUND', { noun: 'order', id: className });
        return order;
    }

    /** The orders of the book that the depository has closed. @throws Refusal NOT_FOUND */
    async allotted(depository: string): Promise<Order[]> {
        const closed = await this.holdings.book(depository).find('allotment', allotmentReader, this.dealId);
        if (closed === undefined) throw new Refusal('NOT_FOUND', { noun: 'allotment', id: this.dealId });
        return this.load(closed.orders);
    }

    /** The orders of the book as it was closed before, if it was, less those named now. */
    async dropped(depository: string, named: Allotment['orders']): Promise<Order[]> {
        const closed = await this.holdings.book(depository).find('allotment', allotmentReader, this.dealId);
        const nameOf = ({ className, investor }: Allotment['orders'][number]) => `${className} ${investor}`;
        const again = new Set(named.map(nameOf));
        return this.load((closed?.orders ?? []).filter(order => !again.has(nameOf(order))));
    }

    /** Remembers in the depository's book which orders the closed book held. */
    async close(depository: string, orders: Allotment['orders']): Promise<void> {
        const allotment = { dealId: this.dealId, orders };
        await this.holdings.book(depository).save('allotment', allotmentReader, allotment, this.dealId);
    }
}

function byClassThenInvestor(a: Order, b: Order): number {
    return byCodePoint(a.className, b.className) || byCodePoint(a.investor, b.investor);
}
