import { Info, Returns, Transaction } from 'fabric-contract-api';

import {
    askRoles,
    askRolesRequest,
    confirm,
    confirmInstitutionRequest,
    join,
    joinRequest,
} from '../domain/institution';
import { readJson } from '../domain/shape';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Institutions } from '../ledger/institution';

@Info({ title: 'Institutions', description: 'Who takes part, and in which roles' })
export class InstitutionContract extends Contract {
    constructor() {
        super('institution');
    }

    /** An institution's administrator joins it to the consortium. */
    @Transaction()
    @Returns('string')
    async join(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, joinRequest);
        ctx.caller.mustBeAdmin();
        return ctx.once(asked, async () => {
            const institutions = new Institutions(ctx);
            const institution = join(asked, await institutions.joinFacts(asked));
            await institutions.save(institution);
            return ctx.reply({ type: 'InstitutionJoined', ...institution });
        });
    }

    /** An institution's administrator asks for roles after it has joined: further ones, or such as were taken away. */
    @Transaction()
    @Returns('string')
    async ask(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, askRolesRequest);
        ctx.caller.mustBeAdmin();
        return ctx.once(asked, async () => {
            const institution = askRoles(ctx.caller.institution, asked);
            await new Institutions(ctx).save(institution);
            return ctx.reply({ type: 'RolesAsked', ...institution });
        });
    }

    /** The regulator's administrator confirms an institution's roles, changes them or takes them away. */
    @Transaction()
    @Returns('string')
    async confirm(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, confirmInstitutionRequest);
        ctx.caller.mustBe('regulator');
        return ctx.once(asked, async () => {
            const institutions = new Institutions(ctx);
            const current = await institutions.load(asked.id);
            const institution = confirm(current, asked, await institutions.regulatedBeside(current));
            await institutions.save(institution);
            return ctx.reply({ type: 'InstitutionConfirmed', ...institution });
        });
    }

    @Transaction(false)
    @Returns('string')
    async list(ctx: Context): Promise<string> {
        return ctx.answer(await new Institutions(ctx).list());
    }
}
