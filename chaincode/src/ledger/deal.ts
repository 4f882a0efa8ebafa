import { dealReader, mustBeAsOpened, partyOf } from '../domain/deal';
import { institutionReader } from '../domain/institution';
import { parseTerms } from '../domain/terms/parse';

import type { Book } from './book';
import type { Context } from './context';
import type { Deal, OpenDealFacts } from '../domain/deal';
import type { Party } from './caller';
import type { Role } from '../domain/institution';
import type { Terms } from '../domain/terms/terms';

type DealRole = 'originator' | 'servicer' | 'trustee';

/** Deals and their terms. Both lie under the policy of their originator and trustee from the start. */
export class Deals {
    private readonly deals: Book<Deal>;
    private readonly documents: Book<unknown>;

    constructor(private readonly ctx: Context) {
        this.deals = ctx.book('deal', dealReader);
        this.documents = ctx.book('terms', (document: unknown) => document);
    }

    /** @throws Refusal NOT_FOUND */
    load(id: string): Promise<Deal> {
        return this.deals.load(id);
    }

    /**
     * The deal, for the institution that plays this role in it.
     * @throws Refusal ROLE_MISSING, NOT_FOUND, PARTY_WRONG
     */
    async loadAs(role: DealRole, id: string): Promise<Deal> {
        this.ctx.caller.mustBe(role);
        const deal = await this.load(id);
        this.ctx.caller.mustBeParty(partyIn(deal, role));
        return deal;
    }

    /** @throws Refusal NOT_FOUND */
    async terms(id: string): Promise<Terms> {
        return parseTerms(await this.documents.load(id));
    }

    /** The terms as the originator gave them. @throws Refusal NOT_FOUND */
    document(id: string): Promise<unknown> {
        return this.documents.load(id);
    }

    list(): Promise<Deal[]> {
        return this.deals.list();
    }

    save(deal: Deal): Promise<void> {
        return this.deals.save(deal, deal.id);
    }

    async layDown(deal: Deal, document: unknown): Promise<void> {
        await this.deals.layDown(deal, signatories(deal), deal.id);
        await this.documents.layDown(document, signatories(deal), deal.id);
    }

    /**
     * Deal and terms lie under their signatories' policy: from here on nobody else can have changed them.
     * @throws Refusal RECORD_FORGED
     */
    async mustBeProtected(deal: Deal): Promise<void> {
        await this.deals.mustBeSignedBy(signatories(deal), deal.id);
        await this.documents.mustBeSignedBy(signatories(deal), deal.id);
    }

    /** ... and are what `open` makes of them, judged again. @throws Refusal as `openDeal` does, RECORD_FORGED */
    async mustBeGenuine(deal: Deal): Promise<void> {
        await this.mustBeProtected(deal);
        const [document, terms] = [await this.document(deal.id), await this.terms(deal.id)];
        mustBeAsOpened(deal, document, terms, await this.openFacts(deal.id, terms));
    }

    async openFacts(id: string, terms: Terms): Promise<OpenDealFacts> {
        const institutions = this.ctx.book('institution', institutionReader);
        const parties: Partial<Record<Role, Awaited<ReturnType<typeof institutions.find>>>> = {};
        for (const role of ['originator', 'servicer', 'trustee'] as const)
            parties[role] = await institutions.find(partyOf(terms, role));
        return { exists: await this.deals.exists(id), parties };
    }
}

/** An institution as a deal's record names it: by the MSP that signs for the deal, too. */
export function partyIn(deal: Deal, role: DealRole): Party {
    return { role, institution: deal[role], mspId: role === 'trustee' ? deal.trusteeMsp : deal.originatorMsp };
}

/** MSP ids of those who endorse every change of the deal. */
export function signatories(deal: Deal): readonly string[] {
    return [deal.originatorMsp, deal.trusteeMsp];
}
