import { readFileSync } from 'node:fs';
import type { Collection, Consortium, Institution } from './consortium';
import { holdersOf, namingFile } from './consortium';
import { Place } from './document';

/** Collection of the loan tapes an originator entrusts to a trustee. */
export function tapeCollection(originatorId: string, trusteeId: string): string {
    return `tape_${originatorId}_${trusteeId}`;
}

/** Collection of what one institution holds, owes and orders. */
export function bookCollection(institutionId: string): string {
    return `book_${institutionId}`;
}

/** Collection of the double-pledge registry. */
export const pledgesCollection = 'pledges';

/**
 * The private data collections of a consortium, from the roles of its institutions:
 * one of tapes for each pair of originator and trustee, one book for each institution, one registry of pledges.
 * A consortium without roles has none.
 */
export function collectionsOf(consortium: Consortium): readonly Collection[] {
    const trustees = holdersOf(consortium, 'trustee');
    if (trustees.length === 0) return [];
    const depositories = holdersOf(consortium, 'depository');
    const regulators = holdersOf(consortium, 'regulator');
    const tapes = holdersOf(consortium, 'originator').flatMap(originator =>
        trustees
            .filter(trustee => trustee.id !== originator.id)
            .map(trustee =>
                collection(
                    tapeCollection(originator.id, trustee.id),
                    [originator, trustee, ...regulators],
                    `AND(${peersOf([originator, trustee])})`,
                ),
            ),
    );
    const books = consortium.institutions.map(owner =>
        collection(bookCollection(owner.id), [owner, ...depositories, ...regulators], `OR(${peersOf(depositories)})`),
    );
    const pledges = collection(pledgesCollection, [...trustees, ...regulators], `OR(${peersOf(trustees)})`);
    return [...tapes, ...books, pledges];
}

function collection(name: string, memberList: readonly Institution[], signaturePolicy: string): Collection {
    const members = [...new Set(memberList)];
    return {
        name,
        policy: `OR(${members.map(member => `'${member.mspId}.member'`).join(',')})`,
        // With two members, one that is down would stop the other from recording anything.
        requiredPeerCount: members.length >= 3 ? 1 : 0,
        maxPeerCount: members.reduce((total, member) => total + member.peers, 0),
        blockToLive: 0,
        memberOnlyRead: true,
        memberOnlyWrite: true,
        endorsementPolicy: { signaturePolicy },
    };
}

function peersOf(institutions: readonly Institution[]): string {
    return institutions.map(institution => `'${institution.mspId}.peer'`).join(',');
}

/** Read a collection file as the peer command takes it. Throws a DocumentError that names the file and the place. */
export function readCollections(file: string): readonly Collection[] {
    return namingFile(file, () => new Place(JSON.parse(readFileSync(file, 'utf8')), '').items().map(parseCollection));
}

function parseCollection(place: Place): Collection {
    const flag = (name: string): boolean => {
        const member = place.member(name);
        return member.value === undefined ? false : member.flag();
    };
    const count = (name: string): number => {
        const member = place.member(name);
        return member.value === undefined ? 0 : member.integer(0);
    };
    const endorsement = place.member('endorsementPolicy');
    const requiredPeerCount = count('requiredPeerCount');
    const maxPeerCount = place.member('maxPeerCount').integer(requiredPeerCount);
    return {
        name: place.member('name').text(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'a collection name'),
        policy: place.member('policy').text(),
        requiredPeerCount,
        maxPeerCount,
        blockToLive: count('blockToLive'),
        memberOnlyRead: flag('memberOnlyRead'),
        memberOnlyWrite: flag('memberOnlyWrite'),
        ...(endorsement.value === undefined
            ? {}
            : { endorsementPolicy: { signaturePolicy: endorsement.member('signaturePolicy').text() } }),
    };
}
