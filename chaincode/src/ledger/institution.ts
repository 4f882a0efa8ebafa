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

    /** Whether there is a regulator beside this one. Nobody is looked for where it is none: that would conflict with every joining. */
    async regulatedBeside({ id, roles }: Pick<Institution, 'id' | 'roles'>): Promise<boolean> {
        if (!roles.includes('regulator')) return true;
        return (await this.list()).some(other => other.id !== id && other.roles.includes('regulator'));
    }

    async joinFacts(asked: JoinRequest): Promise<JoinFacts> {
        const { mspId } = this.ctx.caller;
        return {
            mspId,
            sameId: await this.byId.find(asked.id),
            sameMsp: await this.byMsp.find(mspId),
            regulated: await this.regulatedBeside(asked),
        };
    }
}
