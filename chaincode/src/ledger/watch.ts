import { signatories } from './deal';
import { newWatch, watchReader } from '../domain/observation';

import type { Context } from './context';
import type { Deal } from '../domain/deal';
import type { Terms } from '../domain/terms/terms';
import type { Watch } from '../domain/observation';

/** The watches over deals whose terms have conditions that must last a number of days. */
export class Watches {
    private readonly watches;

    constructor(ctx: Context) {
        this.watches = ctx.book('watch', watchReader);
    }

    /** Undefined where the terms watch nothing from day to day: what stands there then was not laid down at closing. */
    async find(dealId: string, terms: Terms): Promise<Watch | undefined> {
        return newWatch(dealId, terms) && (await this.watches.find(dealId));
    }

    save(watch: Watch): Promise<void> {
        return this.watches.save(watch, watch.dealId);
    }

    async layDown(deal: Deal, watch: Watch | undefined): Promise<void> {
        if (watch) await this.watches.layDown(watch, signatories(deal), deal.id);
    }
}
