import {
    askRolesRequest,
    confirmInstitutionRequest,
    institutionReader,
    joinRequest,
    Refusal,
    shape,
} from '@poolproof/chaincode/domain';

import { privately, told } from './client/ledger';

import type {
    AskRolesRequest,
    ConfirmInstitutionRequest,
    Institution,
    JoinRequest,
    Role,
} from '@poolproof/chaincode/domain';
import type { Draft, Ledger, Passage, Receipt } from './client/ledger';

/**
 * Who takes part, and in which roles.
 *
 * @example
 * await bank.institutions.join({ id: 'bank-a', name: 'Bank A', roles: ['originator', 'servicer'] });
 * await regulator.institutions.confirm({ id: 'bank-a', roles: ['originator', 'servicer'] });
 */
export class Institutions {
    private depository: Promise<Institution> | undefined;

    constructor(private readonly ledger: Ledger) {}

    /**
     * The caller's institution asks for membership and for roles; its administrator signs.
     * @throws Refused INSTITUTION_EXISTS, ROLE_MISSING
     */
    join(request: Draft<JoinRequest>): Promise<Receipt<Institution>> {
        return this.ledger.submit('institution:join', [joinRequest, told(institutionReader)], request);
    }

    /**
     * The caller's institution, which has joined, asks for further roles, or for such as were taken away; its administrator signs. Those it
     * holds stay in force, and what it asked for before and now does not is asked for no more.
     * @throws Refused INSTITUTION_UNKNOWN, ROLE_MISSING
     *
     * @example
     * await bank.institutions.ask({ roles: ['investor'] });
     */
    ask(request: Draft<AskRolesRequest>): Promise<Receipt<Institution>> {
        return this.ledger.submit('institution:ask', [askRolesRequest, told(institutionReader)], request);
    }

    /**
     * The regulator grants roles, changes them or takes them away.
     * @throws Refused NOT_FOUND, REGULATOR_LAST, ROLE_MISSING, ROLE_NOT_REQUESTED
     */
    confirm(request: Draft<ConfirmInstitutionRequest>): Promise<Receipt<Institution>> {
        return this.ledger.submit('institution:confirm', [confirmInstitutionRequest, told(institutionReader)], request);
    }

    /** Every institution that has joined. */
    list(): Promise<readonly Institution[]> {
        return this.ledger.evaluate('institution:list', shape.list(institutionReader));
    }

    /**
     * The first institution with a role, in the order of their ids.
     * @throws Refusal NOT_FOUND
     */
    async anyWith(role: Role): Promise<Institution> {
        const found = (await this.list()).find(institution => institution.roles.includes(role));
        if (!found) throw new Refusal('NOT_FOUND', { noun: 'institution with the role', id: role });
        return found;
    }

    /**
     * Passage of private input into books: a depository's peer alone endorses what happens there. A depository's own does, where there are
     * several: no other can sign for the records it keeps in public.
     */
    async inBook(input?: Readonly<Record<string, Uint8Array>>): Promise<Passage> {
        this.depository ??= this.keeper();
        this.depository.catch(() => (this.depository = undefined));
        return privately([(await this.depository).mspId], input);
    }

    private async keeper(): Promise<Institution> {
        const own = (await this.list()).find(({ mspId }) => mspId === this.ledger.mspId);
        return own?.roles.includes('depository') ? own : this.anyWith('depository');
    }
}
