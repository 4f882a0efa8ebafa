import { id, list, object, oneOf, text } from './shape';
import { Refusal } from './refusal';

import type { Reader } from './shape';

const roleReader = oneOf('depository', 'investor', 'originator', 'regulator', 'servicer', 'trustee');

/** What an institution may do. One institution may hold several roles. */
export type Role = ReturnType<typeof roleReader>;

/**
 * A member of the consortium. `roles` are those in force; `requested` those its administrator asked for and the
 * regulator has not yet answered.
 */
export interface Institution {
    /** Short name, as in collection names: `bank-a`. */
    readonly id: string;
    readonly mspId: string;
    readonly name: string;
    readonly roles: readonly Role[];
    readonly requested: readonly Role[];
}

/** An institution's administrator asks for membership: who it is and which roles it wants. */
export const joinRequest = object({
    requestId: id,
    id,
    name: text(100),
    roles: list(roleReader, { least: 1, most: 6 }),
});
export type JoinRequest = ReturnType<typeof joinRequest>;

/** The administrator of an institution that has joined asks for these roles, whatever it asked for before. */
export const askRolesRequest = object({ requestId: id, roles: list(roleReader, { least: 1, most: 6 }) });
export type AskRolesRequest = ReturnType<typeof askRolesRequest>;

/** The regulator's administrator grants roles, all or some of those asked for; none ends the membership's rights. */
export const confirmInstitutionRequest = object({ requestId: id, id, roles: list(roleReader, { most: 6 }) });
export type ConfirmInstitutionRequest = ReturnType<typeof confirmInstitutionRequest>;

export const institutionReader: Reader<Institution> = object({
    id,
    mspId: text(100),
    name: text(100),
    roles: list(roleReader),
    requested: list(roleReader),
});

export interface JoinFacts {
    readonly mspId: string;
    /** The institution that has this id, and the one of this MSP. */
    readonly sameId: Institution | undefined;
    readonly sameMsp: Institution | undefined;
    /** Whether the consortium has a regulator already. */
    readonly regulated: boolean;
}

/**
 * An institution joins with no roles until the regulator confirms them. The first that joins as regulator is the founder: there
 * is nobody yet who could confirm it, and a majority of the institutions' peers endorse its entry.
 * @throws Refusal INSTITUTION_EXISTS
 */
export function join(asked: JoinRequest, facts: JoinFacts): Institution {
    if (facts.sameId ?? facts.sameMsp) throw new Refusal('INSTITUTION_EXISTS', { id: asked.id, mspId: facts.mspId });
    const requested = sortedRoles(asked.roles);
    const founds = requested.includes('regulator') && !facts.regulated;
    const { id, name } = asked;
    return { id, mspId: facts.mspId, name, roles: founds ? requested : [], requested: founds ? [] : requested };
}

/** An institution asks for roles that it never had, or has lost; those it holds stay in force. */
export function askRoles(institution: Institution, asked: AskRolesRequest): Institution {
    return { ...institution, requested: sortedRoles(asked.roles.filter(role => !institution.roles.includes(role))) };
}

/**
 * The regulator's answer: exactly these roles are in force from now on.
 * @param regulated whether another institution is a regulator
 * @throws Refusal ROLE_NOT_REQUESTED for a role the institution neither holds nor asked for; REGULATOR_LAST where nobody would be left
 * who can confirm
 */
export function confirm(institution: Institution, asked: ConfirmInstitutionRequest, regulated: boolean): Institution {
    const stranger = asked.roles.find(
        role => !institution.roles.includes(role) && !institution.requested.includes(role),
    );
    if (stranger) throw new Refusal('ROLE_NOT_REQUESTED', { id: institution.id, role: stranger });
    const resigns = institution.roles.includes('regulator') && !asked.roles.includes('regulator');
    if (resigns && !regulated) throw new Refusal('REGULATOR_LAST', { id: institution.id });
    return { ...institution, roles: sortedRoles(asked.roles), requested: [] };
}

function sortedRoles(roles: readonly Role[]): readonly Role[] {
    return [...new Set(roles)].sort();
}
