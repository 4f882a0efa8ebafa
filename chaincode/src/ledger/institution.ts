import { institutionReader } from '../domain/institution';

import type { Institution, JoinFacts, JoinRequest } from '../domain/institution';
import type { Context } from './context';

/** The institutions, by their id and by their MSP: a transaction looks its caller up in one read. */
export class Institutions {
    private readonly byId;
    private readonly byMsp;

    constructor(private readonly ctx: Context) {
        this.byId = ctx.book('institution', institutionReader);
        this.byMsp = ctx.book('member', institutionReader);
    }

    /** @throws Refusal NOT_FOUND */
    load(id: string): Promise<Institution> {
        return this.byId.load(id);
    }

    list(): Promise<Institution[]> {
        return this.byId.list();
    }

    /** Of the ids given, those of institutions that have joined. */
    async idsOf(ids: readonly string[]): Promise<string[]> {
        const joined: string[] = [];
        for (const id of new Set(ids)) if (await this.byId.exists(id)) joined.push(id);
        return joined;
    }

    async save(institution: Institution): Promise<void> {
        await this.byId.save(institution, institution.id);
        await this.byMsp.save(institution, institution.mspId);
    }

    /** Whether there is a regulator matters only to one that wants to be it: nobody else conflicts with every joining. */
    async joinFacts(asked: JoinRequest): Promise<JoinFacts> {
        const { mspId } = this.ctx.caller;
        const rivals = asked.roles.includes('regulator') ? await this.list() : [];
        return {
            mspId,
            sameId: await this.byId.find(asked.id),
            sameMsp: await this.byMsp.find(mspId),
            regulated: rivals.some(institution => institution.roles.includes('regulator')),
        };
    }
}
