import { substitutionsReader } from '../domain/substitution';
import { tapeCollection } from '../domain/deal';

import type { Context } from './context';
import type { Deal } from '../domain/deal';
import type { Substitutions as Exchanged } from '../domain/substitution';

/** The loans of a deal that have left its pool in exchange for others. */
export class Substitutions {
    constructor(private readonly ctx: Context) {}

    /** Nothing where nothing was exchanged yet. */
    async load(deal: Deal): Promise<Exchanged> {
        return (await this.book(deal).find(deal.id)) ?? { done: [], open: [] };
    }

    async save(deal: Deal, substitutions: Exchanged): Promise<void> {
        await this.book(deal).save(substitutions, deal.id);
    }

    private book(deal: Deal) {
        return this.ctx.privateBook(tapeCollection(deal), 'substitutions', substitutionsReader);
    }
}
