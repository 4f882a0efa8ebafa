import { heldAccount, noticeReader, statementReader } from '../domain/distribution';
import { payableAccount, payableReader } from '../domain/payable';
import { Deals } from './deal';
import { lastConfirmed } from '../domain/report';
import { mustHaveRun } from '../domain/run';
import { Reports } from './report';
import { Tranches } from './tranche';
import { post } from '../domain/holding';
import { Refusal } from '../domain/refusal';
import { surplusRun } from '../domain/surplus';
import { withSupply } from '../domain/tranche';

import type { Context } from './context';
import type { Day } from '../domain/day';
import type {
    Distributed,
    DistributeRequest,
    DistributionFacts,
    HolderNotice,
    Statement,
} from '../domain/distribution';
import type { Holdings } from './holding';
import type { Issue } from '../domain/tranche';
import type { Payable } from '../domain/payable';
import type { PaymentMoved, Release, Waiting } from '../domain/waiting';

/** A payment by the holder, or by the payee, whom it is for. */
type Named<Who extends 'holder' | 'payee'> = Extract<Release, Readonly<Record<Who, string>>>;

/** What a distribution is paid from, and where it is written. */
export class Distributions {
    private readonly tranches: Tranches;

    constructor(
        private readonly ctx: Context,
        private readonly holdings: Holdings,
    ) {
        this.tranches = new Tranches(ctx);
    }

    /** How the notes of a deal are paid. @throws Refusal NOT_FOUND */
    issue(dealId: string): Promise<Issue> {
        return this.tranches.issue(dealId);
    }

    /** @throws Refusal NOT_FOUND, RUN_MISSING */
    async facts({ dealId, period }: DistributeRequest, issue: Issue, today: Day): Promise<DistributionFacts> {
        const { run, version, report, recordDate } = mustHaveRun(await this.tranches.run(dealId, period));
        const later = await this.tranches.findRun(dealId, period + 1);
        const tranches = await this.tranches.ofIssue(issue);
        const all = await this.holdings.allOf(tranches);
        return {
            scheduled: await this.tranches.distribution(dealId, period),
            previous: period === 1 ? undefined : await this.tranches.distribution(dealId, period - 1),
            ...{ run, runVersion: version, report, recordDate, today, tranches, holdings: all },
            confirmed: lastConfirmed(await new Reports(this.ctx).load(dealId, period)),
            hasLater: later?.status === 'run',
            standings: await this.holdings.standings([...all, ...issue.payees].map(({ institution }) => institution)),
            ...{ cash: issue.cash, trustee: issue.trustee, depository: issue.depository },
            payees: Object.fromEntries(issue.payees.map(({ role, institution }) => [role, institution])),
        };
    }

    /** What is left of a deal that has ended, as the payment of the first period that was not paid. @throws Refusal NOT_FOUND */
    async surplusFacts(issue: Issue, today: Day): Promise<DistributionFacts> {
        const { dealId, trustee, depository, cash, payees } = issue;
        const deals = new Deals(this.ctx);
        const [deal, terms] = [await deals.load(dealId), await deals.terms(dealId)];
        const period = await this.tranches.firstUnpaid(dealId);
        const last = await this.tranches.lastRun(dealId, period);
        const tranches = await this.tranches.ofIssue(issue);
        const { free: left } = await this.holdings.find(trustee, dealId, cash);
        const holdings = await this.holdings.allOf(tranches);
        return {
            scheduled: await this.tranches.distribution(dealId, period),
            previous: undefined,
            run: surplusRun({ deal, terms, status: last?.run?.status, tranches, left, today }),
            ...{ runVersion: undefined, report: undefined, confirmed: undefined, hasLater: false },
            ...{ recordDate: today, today, tranches, holdings, cash, trustee, depository },
            standings: await this.holdings.standings([...holdings, ...payees].map(({ institution }) => institution)),
            payees: Object.fromEntries(payees.map(({ role, institution }) => [role, institution])),
        };
    }

    /** Moves the money, and writes every holder's notice and the public record. @throws Refusal HOLDING_SHORT */
    async pay(
        { record, notices, payables, tranches, movements, endedLiens }: Distributed,
        issue: Issue,
        today: Day,
    ): Promise<void> {
        const posted = post(await this.holdings.load(movements, today), movements);
        await this.holdings.save(posted);
        await this.holdings.endLiens(endedLiens);
        for (const notice of notices) await this.saveNotice(notice);
        const { dealId, period } = record;
        const statement = { dealId, period, notices };
        await this.holdings.book(issue.trustee).save('statement', statementReader, statement, dealId, String(period));
        for (const payable of payables) await this.savePayable(payable, issue);
        await this.tranches.save(tranches.map(tranche => withSupply(tranche, posted.supplies)));
        await this.tranches.saveDistribution(record);
    }

    /** What all holders were paid. For who may read the trustee's book. @throws Refusal NOT_FOUND, ROLE_MISSING */
    async statement(dealId: string, period: number): Promise<Statement> {
        const { trustee } = await this.tranches.issue(dealId);
        const id = [dealId, String(period)];
        const found = await this.holdings.book(trustee).look('statement', statementReader, ...id);
        if (found === undefined) throw new Refusal('NOT_FOUND', { noun: 'statement', id: id.join(' ') });
        return found;
    }

    /** A payment that waits, or has been sent. @throws Refusal NOT_FOUND */
    async waiting(payment: Release, issue: Issue): Promise<Waiting<HolderNotice | Payable>> {
        return 'holder' in payment ? this.waitingNotice(payment, issue) : this.waitingPayable(payment, issue);
    }

    /** Moves what waits, and writes its record. @throws Refusal HOLDING_SHORT */
    async move({ record, movements }: PaymentMoved<HolderNotice | Payable>, issue: Issue, today: Day): Promise<void> {
        await this.holdings.save(post(await this.holdings.load(movements, today), movements));
        if ('holder' in record) await this.saveNotice(record);
        else await this.savePayable(record, issue);
    }

    private async waitingNotice(payment: Named<'holder'>, { depository }: Issue): Promise<Waiting<HolderNotice>> {
        const { dealId, period, holder } = payment;
        const record = await this.holdings.book(holder).find('notice', noticeReader, dealId, String(period));
        if (record === undefined) throw new Refusal('NOT_FOUND', { noun: 'notice', id: `${dealId} ${period}` });
        const receiver = await this.holdings.standing(holder);
        return { record, amount: record.total, account: heldAccount(depository, holder), receiver, depository };
    }

    private async waitingPayable(payment: Named<'payee'>, issue: Issue): Promise<Waiting<Payable>> {
        const { dealId, period, payee } = payment;
        const { depository, trustee } = issue;
        const id = [dealId, String(period), payee];
        const record = await this.holdings.book(trustee).find('payable', payableReader, ...id);
        if (record === undefined) throw new Refusal('NOT_FOUND', { noun: 'payable', id: id.join(' ') });
        const institution = institutionOf(payee, issue);
        const receiver = institution === undefined ? undefined : await this.holdings.standing(institution);
        return { record, amount: record.amount, account: payableAccount(trustee, payee), receiver, depository };
    }

    /** In the book where the cash lies, and in that of the institution which it is for. */
    private async savePayable(payable: Payable, issue: Issue): Promise<void> {
        const { dealId, period, payee } = payable;
        for (const institution of new Set([issue.trustee, institutionOf(payee, issue) ?? issue.trustee])) {
            const book = this.holdings.book(institution);
            await book.save('payable', payableReader, payable, dealId, String(period), payee);
        }
    }

    private async saveNotice(notice: HolderNotice): Promise<void> {
        const { holder, dealId, period } = notice;
        await this.holdings.book(holder).save('notice', noticeReader, notice, dealId, String(period));
    }
}

/** The institution behind a payee of the terms, where it is one. */
function institutionOf(payee: string, { payees }: Issue): string | undefined {
    return payees.find(({ role }) => role === payee)?.institution;
}
