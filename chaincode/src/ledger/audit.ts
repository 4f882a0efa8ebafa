import { accessReader, mustCover } from '../domain/audit';
import { tapeCollection } from '../domain/deal';

import type { AccessRequest, Subject } from '../domain/audit';
import type { Context } from './context';
import type { Deal } from '../domain/deal';

/** No request has this id. */
const noAccess = '-';

/** The trail of those who read the loans of a deal without being its originator or its trustee. */
export class Accesses {
    constructor(private readonly ctx: Context) {}

    async record(deal: Deal, { requestId, kind, period, purpose }: AccessRequest): Promise<void> {
        const { caller } = this.ctx;
        const access = { by: caller.id, desk: caller.desk, kind, period, purpose };
        await this.book(deal).save(access, deal.id, caller.mspId, requestId);
    }

    /**
     * Lets the deal's parties pass, and others where they left their trail first. Whoever is no member of the collection is refused by
     * Fabric at the first look into it.
     * @throws Refusal ACCESS_NOT_RECORDED
     */
    async mustCover(deal: Deal, access: string | undefined, subject: Subject): Promise<void> {
        const { caller } = this.ctx;
        if (caller.id === deal.originator || caller.id === deal.trustee) return;
        mustCover(await this.book(deal).find(deal.id, caller.mspId, access ?? noAccess), deal.id, subject);
    }

    /** The whole trail of a deal. */
    list(deal: Deal) {
        return this.book(deal).list([deal.id]);
    }

    private book(deal: Deal) {
        return this.ctx.privateBook(tapeCollection(deal), 'access', accessReader);
    }
}
