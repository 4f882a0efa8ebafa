import { Refusal } from '../domain/refusal';

import type { ClientIdentity } from 'fabric-shim-api';
import type { Institution, Role } from '../domain/institution';

/** Certificate attribute that names the desk's roles, separated by commas: `originator,servicer`. */
export const roleAttribute = 'poolproof.role';

/** An institution that a record names in a role. */
export interface Party {
    readonly role: Role;
    readonly institution: string;
    /** Where the record says which MSP it is, under a policy of its own. */
    readonly mspId?: string;
}

/** Who sent the transaction: a client certificate, and the institution it belongs to. */
export class Caller {
    constructor(
        private readonly identity: ClientIdentity,
        /** Undefined until the institution has joined. */
        private readonly member: Institution | undefined,
    ) {}

    get mspId(): string {
        return this.identity.getMSPID();
    }

    /** @throws Refusal INSTITUTION_UNKNOWN */
    get institution(): Institution {
        if (this.member === undefined) throw new Refusal('INSTITUTION_UNKNOWN', { id: this.mspId });
        return this.member;
    }

    /** Short name of the caller's institution, as in collection names. */
    get id(): string {
        return this.institution.id;
    }

    /** The person or service, by its certificate's subject and issuer. */
    get desk(): string {
        return this.identity.getID();
    }

    /** Whether the institution holds the role and the certificate is of a desk that exercises it. */
    is(role: Role): boolean {
        return this.institution.roles.includes(role) && this.hasDesk(role);
    }

    /**
     * The caller's institution must hold one of the roles, and its certificate must name that role.
     * @throws Refusal INSTITUTION_UNKNOWN, ROLE_MISSING
     */
    mustBe(...roles: readonly Role[]): void {
        if (!roles.some(role => this.is(role)))
            throw new Refusal('ROLE_MISSING', { id: this.id, role: roles.join(' or ') });
    }

    /**
     * The caller must be a desk of this party in its role.
     * @throws Refusal INSTITUTION_UNKNOWN, ROLE_MISSING, PARTY_WRONG
     */
    mustBeParty(party: Party): void {
        this.mustBe(party.role);
        if (!this.isParty(party)) throw this.wrongParty(party);
    }

    /**
     * The caller must be a desk of one of these parties in its role.
     * @throws Refusal INSTITUTION_UNKNOWN, PARTY_WRONG
     */
    mustBeAmong(...parties: readonly Party[]): void {
        if (!parties.some(party => this.is(party.role) && this.isParty(party))) throw this.wrongParty(...parties);
    }

    /**
     * The certificate must be an administrator's: attribute `poolproof.role` names `admin`.
     * @throws Refusal ROLE_MISSING
     */
    mustBeAdmin(): void {
        if (!this.hasDesk('admin')) throw new Refusal('ROLE_MISSING', { id: this.mspId, role: 'admin' });
    }

    /** By its MSP, too, where that is known: of which institution an MSP is, any majority can put on record. */
    private isParty({ institution, mspId = this.mspId }: Party): boolean {
        return this.id === institution && this.mspId === mspId;
    }

    private wrongParty(...parties: readonly Party[]): Refusal {
        const role = parties.map(party => party.role).join(' or ');
        const ids = parties.map(({ institution }) => institution).join(' or ');
        const id = parties.some(({ institution }) => institution === this.id) ? this.mspId : this.id;
        return new Refusal('PARTY_WRONG', { id, role, party: ids });
    }

    private hasDesk(name: string): boolean {
        const desks = this.identity.getAttributeValue(roleAttribute) ?? '';
        return desks.split(',').some(desk => desk.trim() === name);
    }
}
