import { assetClassOf } from '../domain/tape/asset-class';
import { endBalances } from '../domain/report/roll-forward';
import { poolChunks } from '../domain/tape';
import { Refusal } from '../domain/refusal';
import { reportOf } from '../domain/report';
import { Reports } from './report';
import { Tapes } from './tape';

import type { Context } from './context';
import type { Chunk } from '../domain/tape/chunk';
import type { Day } from '../domain/day';
import type { Deal } from '../domain/deal';
import type { GroupBalance } from '../domain/tape/concentration';
import type { Period, ReportVersion } from '../domain/report';
import type { Tape } from '../domain/tape';

/** The pool of a live deal as last reported: every chunk by its last month, and what was bought since by its tape. */
export class CurrentPool {
    private readonly report: ReportVersion | undefined;

    private constructor(
        private readonly ctx: Context,
        private readonly deal: Deal,
        readonly tape: Tape,
        /** The period last reported. */
        readonly reported: Period | undefined,
    ) {
        this.report = reported && reportOf(reported);
    }

    /** @param period the one that is open: what counts is reported before it */
    static async of(ctx: Context, deal: Deal, period: number): Promise<CurrentPool> {
        const tape = await new Tapes(ctx).load(deal.id);
        return new CurrentPool(ctx, deal, tape, await new Reports(ctx).lastReported(deal.id, period - 1));
    }

    /** Balance of a chunk, and the groups of every limit of concentration. @throws Refusal CHUNK_MISSING */
    async part(number: number): Promise<{ balance: bigint; groups: readonly (readonly GroupBalance[])[] }> {
        const id = this.statesOf(number);
        if (id === undefined) return this.bought(number);
        const summary = await new Reports(this.ctx).summary(this.deal, id);
        if (summary === undefined) throw new Refusal('STATES_MISSING', { period: id.period, number });
        return { balance: summary.figures.poolBalanceEnding, groups: summary.groups };
    }

    /** Of every chunk of the pool, in order. */
    async parts() {
        const parts: Awaited<ReturnType<CurrentPool['part']>>[] = [];
        for (let number = 0; number < poolChunks(this.tape); number++) parts.push(await this.part(number));
        return parts;
    }

    /** Balances of a chunk, row by row. @throws Refusal CHUNK_MISSING, STATES_MISSING */
    async balances(number: number): Promise<Float64Array> {
        const { loanRoles, state, stateRoles } = assetClassOf(this.deal.rules.assetClass);
        const id = this.statesOf(number);
        if (id === undefined) return (await this.loans(number)).numbers(loanRoles.balance);
        return endBalances(await new Reports(this.ctx).states(this.deal, id, state), stateRoles);
    }

    /** The loans of a chunk as recorded when they joined the pool. @throws Refusal CHUNK_MISSING */
    loans(number: number): Promise<Chunk> {
        if (number >= poolChunks(this.tape)) throw new Refusal('CHUNK_MISSING', { number });
        return new Tapes(this.ctx).chunk(this.deal, number, assetClassOf(this.deal.rules.assetClass).loan);
    }

    /** Last day of the last report on a chunk; undefined for one that was bought since. */
    until(number: number): Day | undefined {
        return this.statesOf(number) && this.reported?.ends;
    }

    private async bought(number: number) {
        const summary = await new Tapes(this.ctx).summary(this.deal, number);
        if (summary === undefined) throw new Refusal('CHUNK_MISSING', { number });
        return { balance: summary.balance, groups: summary.groups };
    }

    private statesOf(number: number) {
        if (this.report === undefined || number >= this.report.chunkRoots.length) return undefined;
        return { period: this.reported?.number ?? 0, version: this.report.version, number };
    }
}
