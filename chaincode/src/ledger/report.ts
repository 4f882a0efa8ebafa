import { Chunk } from '../domain/tape/chunk';
import { chunkField, inflate, key, Tapes } from './tape';
import { newPeriod, periodReader, reportOf } from '../domain/report';
import { poolTests } from '../domain/pool-rules';
import { Refusal } from '../domain/refusal';
import { replacedRows } from '../domain/substitution';
import { Deals, signatories } from './deal';
import { namesIn } from '../domain/report/disclosure';
import { Substitutions } from './substitution';
import { monthBefore, stateSummaryReader, tapeBefore } from '../domain/report/state-summary';
import { tapeCollection } from '../domain/deal';

import type { Context } from './context';
import type { Deal, DealPeriod } from '../domain/deal';
import type { Layout } from '../domain/tape/asset-class';
import type { Period } from '../domain/report';
import type { AssetClass } from '../domain/tape/asset-class';
import type { Basis, FileFacts } from '../domain/report';
import type { Before, Company, StateSummary } from '../domain/report/state-summary';

/** Which loan states: of one chunk, in one version of one period's report. */
export interface StatesId {
    readonly period: number;
    readonly version: number;
    readonly number: number;
}

/** The periods of a deal: their public records, and the loan states they rest on. */
export class Reports {
    private readonly periods;

    constructor(private readonly ctx: Context) {
        this.periods = ctx.book('period', periodReader);
    }

    /** @throws Refusal NOT_FOUND */
    load(dealId: string, number: number): Promise<Period> {
        return this.periods.load(dealId, key(number));
    }

    /** The period before; undefined for the first. */
    async preceding(period: Period): Promise<Period | undefined> {
        return period.number === 1 ? undefined : this.load(period.dealId, period.number - 1);
    }

    /** The last period that has been reported, from one downwards. */
    async lastReported(dealId: string, from: number): Promise<Period | undefined> {
        for (let number = from; number >= 1; number--) {
            const period = await this.load(dealId, number);
            if (reportOf(period)) return period;
        }
        return undefined;
    }

    /** The periods after one that have been reported. */
    async reportedAfter(deal: Deal, period: Period): Promise<Period[]> {
        const later: Period[] = [];
        for (let number = period.number + 1; number <= deal.periods; number++) {
            const next = await this.load(deal.id, number);
            if (reportOf(next) === undefined) break;
            later.push(next);
        }
        return later;
    }

    list(dealId: string): Promise<Period[]> {
        return this.periods.list([dealId]);
    }

    save(period: Period): Promise<void> {
        return this.periods.save(period, period.dealId, key(period.number));
    }

    /** Lays down every period of a deal, each to be changed only by its servicer and its trustee together. */
    async layDown(deal: Deal, periods: readonly DealPeriod[]): Promise<void> {
        for (const period of periods)
            await this.periods.layDown(newPeriod(deal.id, period), signatories(deal), deal.id, key(period.number));
    }

    /** The loan states of the transient map, inflated. @throws Refusal TRANSIENT_MISSING, CHUNK_INVALID, FIELD_INVALID */
    given(layout: Layout): Chunk {
        return Chunk.open(inflate(this.ctx.transient.bytes(chunkField)), layout);
    }

    /** Records the loan states of the transient map as they came, and their summary. */
    async record(deal: Deal, states: StatesId, summary: StateSummary): Promise<void> {
        await this.store(deal).put(this.statesKey(deal, states), this.ctx.transient.bytes(chunkField));
        await this.summaries(deal).save(summary, deal.id, ...keysOf(states));
    }

    /** @throws Refusal STATES_MISSING */
    async states(deal: Deal, states: StatesId, layout: Layout): Promise<Chunk> {
        return Chunk.reopen(inflate(await this.stored(deal, states)), layout);
    }

    /** The loan states as recorded, compressed. @throws Refusal STATES_MISSING */
    async stored(deal: Deal, states: StatesId): Promise<Uint8Array> {
        const bytes = await this.store(deal).get(this.statesKey(deal, states));
        if (bytes.length === 0) throw new Refusal('STATES_MISSING', { period: states.period, number: states.number });
        return bytes;
    }

    summary(deal: Deal, states: StatesId): Promise<StateSummary | undefined> {
        return this.summaries(deal).find(deal.id, ...keysOf(states));
    }

    async allSummaries(
        deal: Deal,
        period: number,
        version: number,
        count: number,
    ): Promise<(StateSummary | undefined)[]> {
        const summaries: (StateSummary | undefined)[] = [];
        for (let number = 0; number < count; number++)
            summaries.push(await this.summary(deal, { period, version, number }));
        return summaries;
    }

    /**
     * The chunk that a month's loan states are rolled forward from.
     * @throws Refusal CHUNK_MISSING
     */
    async before(deal: Deal, basis: Basis, number: number, assetClass: AssetClass): Promise<Before> {
        const root = basis.chunkRoots[number];
        if (root === undefined) throw new Refusal('CHUNK_MISSING', { number });
        if (basis.states === undefined || number >= basis.carried)
            return tapeBefore(await new Tapes(this.ctx).chunk(deal, number, assetClass.loan), assetClass, root);
        const states = await this.states(deal, { ...basis.states, number }, assetClass.state);
        return monthBefore(states, assetClass, root);
    }

    /** What a version of a period's report is composed of. */
    async fileFacts(deal: Deal, period: Period, basis: Basis, version: number): Promise<FileFacts> {
        return {
            deal,
            tape: await new Tapes(this.ctx).load(deal.id),
            period,
            basis,
            summaries: await this.allSummaries(deal, period.number, version, basis.chunkRoots.length),
            used: namesIn(await new Deals(this.ctx).document(deal.id)),
        };
    }

    /** What else a month of a chunk is judged with. */
    async company(deal: Deal, period: Period, number: number, assetClass: AssetClass): Promise<Company> {
        const report = reportOf(period);
        const last = report && { period: period.number, version: report.version, number };
        const replaced = deal.grows ? await new Substitutions(this.ctx).load(deal) : undefined;
        return {
            replaced: replaced ? replacedRows(replaced, number, period.number) : new Set(),
            superseded: last && (await this.states(deal, last, assetClass.state)),
            groups: deal.grows ? await this.groups(deal, number, assetClass) : undefined,
        };
    }

    private async groups(deal: Deal, number: number, assetClass: AssetClass): Promise<Company['groups']> {
        if (!deal.rules.concentrations?.length) return undefined;
        const loans = await new Tapes(this.ctx).chunk(deal, number, assetClass.loan);
        const { concentrations } = poolTests(deal.rules, deal.currency);
        return balances => concentrations(loans, balances);
    }

    private store(deal: Deal) {
        return this.ctx.privateStore(tapeCollection(deal));
    }

    private summaries(deal: Deal) {
        return this.ctx.privateBook(tapeCollection(deal), 'state-summary', stateSummaryReader);
    }

    private statesKey(deal: Deal, states: StatesId): string {
        return this.ctx.stub.createCompositeKey('states', [deal.id, ...keysOf(states)]);
    }
}

function keysOf({ period, version, number }: StatesId): string[] {
    return [key(period), key(version), key(number)];
}
