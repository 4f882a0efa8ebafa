import { noticeReader, statementReader } from '../domain/distribution';
import { payableReader } from '../domain/payable';
import { lastConfirmed } from '../domain/report';
import { mustHaveRun } from '../domain/run';
import { Reports } from './report';
import { Tranches } from './tranche';
import { post } from '../domain/holding';
import { Refusal } from '../domain/refusal';
import { withSupply } from '../domain/tranche';

import type { Context } from './context';
import type { Day } from '../domain/day';
import type {
    Distributed,
    DistributeRequest,
    DistributionFacts,
    HolderNotice,
    PaymentMoved,
    Release,
    Statement,
    WaitingFacts,
} from '../domain/distribution';
import type { Holdings } from './holding';
import type { Payable, PayableFacts, PayableMoved } from '../domain/payable';

/** What a distribution is paid from, and where it is written. */
export class Distributions {
    private readonly tranches: Tranches;

    constructor(
        private readonly ctx: Context,
        private readonly holdings: Holdings,
    ) {
        this.tranches = new Tranches(ctx);
    }

    /** @throws Refusal NOT_FOUND, RUN_MISSING */
    async facts({ dealId, period }: DistributeRequest, today: Day): Promise<DistributionFacts> {
        const issue = await this.tranches.issue(dealId);
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

    /** Moves the money, and writes every holder's notice and the public record. @throws Refusal HOLDING_SHORT */
    async pay(
        { record, notices, payables, tranches, movements, endedLiens }: Distributed,
        trustee: string,
        today: Day,
    ): Promise<void> {
        const posted = post(await this.holdings.load(movements, today), movements);
        await this.holdings.save(posted);
        await this.holdings.endLiens(endedLiens);
        for (const notice of notices) await this.saveNotice(notice);
        const { dealId, period } = record;
        const statement = { dealId, period, notices };
        await this.holdings.book(trustee).save('statement', statementReader, statement, dealId, String(period));
        for (const payable of payables) await this.savePayable(trustee, payable);
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

    /** @throws Refusal NOT_FOUND */
    async notice({ dealId, period, holder }: Release): Promise<HolderNotice> {
        const found = await this.holdings.book(holder).find('notice', noticeReader, dealId, String(period));
        if (found === undefined) throw new Refusal('NOT_FOUND', { noun: 'notice', id: `${dealId} ${period}` });
        return found;
    }

    /** Of a payment that waits for a holder, or is to be put aside for it again. */
    async waitingFacts({ holder }: Release, today: Day): Promise<WaitingFacts> {
        return { standing: await this.holdings.standing(holder), depository: this.ctx.caller.id, today };
    }

    /** Moves what waits for a holder, and writes its notice. @throws Refusal HOLDING_SHORT */
    async move({ notice, movements }: PaymentMoved, today: Day): Promise<void> {
        await this.holdings.save(post(await this.holdings.load(movements, today), movements));
        await this.saveNotice(notice);
    }

    /** Of what is set aside for a payee. @throws Refusal NOT_FOUND */
    async payableFacts(dealId: string, today: Day): Promise<PayableFacts> {
        const { trustee, depository } = await this.tranches.issue(dealId);
        return { trustee, depository, today };
    }

    /** @throws Refusal NOT_FOUND */
    async payable(
        trustee: string,
        { dealId, period, payee }: Pick<Payable, 'dealId' | 'period' | 'payee'>,
    ): Promise<Payable> {
        const id = [dealId, String(period), payee];
        const found = await this.holdings.book(trustee).find('payable', payableReader, ...id);
        if (found === undefined) throw new Refusal('NOT_FOUND', { noun: 'payable', id: id.join(' ') });
        return found;
    }

    /** Moves what waits for a payee. @throws Refusal HOLDING_SHORT */
    async movePayable({ payable, movements }: PayableMoved, { trustee, today }: PayableFacts): Promise<void> {
        await this.holdings.save(post(await this.holdings.load(movements, today), movements));
        await this.savePayable(trustee, payable);
    }

    private async savePayable(trustee: string, payable: Payable): Promise<void> {
        const { dealId, period, payee } = payable;
        const book = this.holdings.book(trustee);
        await book.save('payable', payableReader, payable, dealId, String(period), payee);
    }

    private async saveNotice(notice: HolderNotice): Promise<void> {
        const { holder, dealId, period } = notice;
        await this.holdings.book(holder).save('notice', noticeReader, notice, dealId, String(period));
    }
}
