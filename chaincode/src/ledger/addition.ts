import { assetClassOf } from '../domain/tape/asset-class';
import { CurrentPool } from './pool';
import { mustOffer } from '../domain/addition';
import { outgoingOf, placesReader } from '../domain/substitution';
import { Pledges } from './pledge';
import { poolChunks } from '../domain/tape';
import { Reports } from './report';
import { Substitutions } from './substitution';
import { Tapes } from './tape';
import { Waterfalls } from './waterfall';

import type { AcceptFacts, OfferAdditionRequest, OfferFacts } from '../domain/addition';
import type { Context } from './context';
import type { Deal } from '../domain/deal';
import type { Departing, Outgoing } from '../domain/substitution';

/** Transient field that names the loans which leave in exchange. */
export const outgoingField = 'outgoing';

/** Loans that join the pool of a live deal, and those that leave in exchange. */
export class Additions {
    constructor(private readonly ctx: Context) {}

    async offerFacts(deal: Deal, asked: OfferAdditionRequest): Promise<OfferFacts> {
        const pool = await CurrentPool.of(this.ctx, deal, asked.period);
        const parts = await pool.parts();
        return {
            deal,
            tape: pool.tape,
            period: await new Reports(this.ctx).load(deal.id, asked.period),
            status: await new Waterfalls(this.ctx).status(deal.id, asked.period),
            summaries: await new Tapes(this.ctx).allSummaries(deal, asked.chunks, poolChunks(pool.tape)),
            pool: {
                balance: parts.reduce((sum, { balance }) => sum + balance, 0n),
                groups: parts.map(({ groups }) => groups),
            },
            outgoing: await this.outgoing(deal, pool, asked.substitution ?? false),
            substitutions: await new Substitutions(this.ctx).load(deal),
        };
    }

    /** @throws Refusal OFFER_MISSING */
    async answerFacts(deal: Deal): Promise<AcceptFacts> {
        const tapes = new Tapes(this.ctx);
        const tape = mustOffer(await tapes.load(deal.id));
        const { chunkRoots, first, period } = tape.offer;
        const summaries = await tapes.allSummaries(deal, chunkRoots.length, first);
        return {
            deal,
            tape,
            period: await new Reports(this.ctx).load(deal.id, period),
            roots: summaries.map(summary => summary?.root),
            accepted: await new Pledges(this.ctx).acceptances(deal.id, chunkRoots, first),
            substitutions: await new Substitutions(this.ctx).load(deal),
        };
    }

    /** @throws Refusal TRANSIENT_MISSING, CHUNK_MISSING, ROW_UNKNOWN */
    private async outgoing(deal: Deal, pool: CurrentPool, isSubstitution: boolean): Promise<Outgoing> {
        const places = isSubstitution ? this.ctx.transient.json(outgoingField, placesReader) : [];
        const departing: Departing[] = [];
        for (const chunk of new Set(places.map(place => place.chunk)))
            departing.push({
                chunk,
                rows: places.filter(place => place.chunk === chunk).map(({ row }) => row),
                loans: await pool.loans(chunk),
                balances: await pool.balances(chunk),
            });
        return outgoingOf(departing, assetClassOf(deal.rules.assetClass).averages);
    }
}
