import { readFileSync } from 'node:fs';
import { DocumentError, Place } from './document';
import { parseDuration } from './duration';

/** What an institution may do in the consortium. One institution may hold several roles. */
export type Role = 'depository' | 'investor' | 'originator' | 'regulator' | 'servicer' | 'trustee';

const roles: readonly Role[] = ['depository', 'investor', 'originator', 'regulator', 'servicer', 'trustee'];

/** Roles without which no deal can be made: nobody could endorse its tape, its books or its pledges. */
const indispensable: readonly Role[] = ['originator', 'servicer', 'trustee', 'depository', 'regulator'];

export interface Institution {
    /** Short name used in collection names, file names and commands: lower-case letters, digits, dashes. */
    readonly id: string;
    readonly mspId: string;
    readonly name: string;
    /** DNS domain of its peers: `peer0.<domain>`. */
    readonly domain: string;
    readonly roles: readonly Role[];
    readonly peers: number;
}

export interface Consortium {
    readonly name: string;
    readonly channel: string;
    readonly chaincode: {
        readonly name: string;
        readonly version: string;
        /** `majority` or `any` of the institutions, or a signature policy such as `AND('BankAMSP.peer','TrustMSP.peer')`. */
        readonly endorsement: string;
    };
    readonly batch: {
        readonly timeout: string;
        readonly maxMessages: number;
        readonly preferredBytes: number;
        readonly absoluteBytes: number;
    };
    readonly institutions: readonly Institution[];
    readonly orderers: {
        readonly mspId: string;
        readonly name: string;
        readonly domain: string;
        readonly count: number;
    };
}

/** One private data collection, in the field names of Fabric's collection configuration JSON. */
export interface Collection {
    readonly name: string;
    /** Signature policy of its members, such as `OR('BankAMSP.member','TrustMSP.member')`. */
    readonly policy: string;
    readonly requiredPeerCount: number;
    readonly maxPeerCount: number;
    /** 0 keeps the data for ever. */
    readonly blockToLive: number;
    readonly memberOnlyRead: boolean;
    readonly memberOnlyWrite: boolean;
    readonly endorsementPolicy?: { readonly signaturePolicy: string };
}

/** Read a consortium file. Throws a DocumentError that names the file and the place in it. */
export function readConsortium(file: string): Consortium {
    return namingFile(file, () => parseConsortium(JSON.parse(readFileSync(file, 'utf8'))));
}

/**
 * Check a consortium document. Throws a DocumentError that names the place.
 * Where no institution has a role the consortium is a plain Fabric network for any chaincode;
 * as soon as one has, every role that a deal needs must be held by somebody.
 */
export function parseConsortium(document: unknown): Consortium {
    const place = new Place(document, '');
    place.only('name', 'channel', 'chaincode', 'batch', 'institutions', 'orderers');
    const consortium: Consortium = {
        name: place.member('name').text(),
        channel: place.member('channel').text(/^[a-z][a-z0-9.-]{0,248}$/, 'a channel name (a-z, 0-9, dot, dash)'),
        chaincode: parseChaincode(place.member('chaincode')),
        batch: parseBatch(place.member('batch')),
        institutions: place.member('institutions').items().map(parseInstitution),
        orderers: parseOrderers(place.member('orderers')),
    };
    checkTogether(consortium, place);
    return consortium;
}

function parseChaincode(place: Place): Consortium['chaincode'] {
    place.only('name', 'version', 'endorsement');
    const endorsement = place.member('endorsement');
    return {
        name: place.member('name').text(/^[a-zA-Z0-9]+([-_][a-zA-Z0-9]+)*$/, 'a chaincode name'),
        version: place.member('version').text(/^[A-Za-z0-9_.+-]+$/, 'a chaincode version'),
        endorsement: endorsement.text(
            /^(majority|any|(AND|OR|OutOf)\s*\(.*\))$/,
            '"majority", "any" or a signature policy such as AND(\'BankAMSP.peer\',\'TrustMSP.peer\')',
        ),
    };
}

function parseBatch(place: Place): Consortium['batch'] {
    place.only('timeout', 'maxMessages', 'preferredBytes', 'absoluteBytes');
    const timeout = place.member('timeout');
    if (parseDuration(timeout.text()) === undefined) timeout.fail('expected a duration such as 200ms, 2s or 1m');
    const preferredBytes = place.member('preferredBytes').integer(1);
    return {
        timeout: timeout.text(),
        maxMessages: place.member('maxMessages').integer(1),
        preferredBytes,
        absoluteBytes: place.member('absoluteBytes').integer(preferredBytes),
    };
}

function parseInstitution(place: Place): Institution {
    place.only('id', 'mspId', 'name', 'domain', 'roles', 'peers');
    const held = place.member('roles').items();
    held.forEach((role, index) => {
        if (held.findIndex(other => other.value === role.value) < index) role.fail('this role stands twice');
    });
    return {
        id: place.member('id').text(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'an id (lower-case letters, digits, dashes)'),
        mspId: parseMspId(place.member('mspId')),
        name: place.member('name').text(),
        domain: parseDomain(place.member('domain')),
        roles: held.map(role => role.oneOf(roles, 'role')),
        peers: place.member('peers').integer(1, 100),
    };
}

function parseOrderers(place: Place): Consortium['orderers'] {
    place.only('mspId', 'name', 'domain', 'count');
    return {
        mspId: parseMspId(place.member('mspId')),
        name: place.member('name').text(),
        domain: parseDomain(place.member('domain')),
        count: place.member('count').integer(1, 100),
    };
}

function parseMspId(place: Place): string {
    return place.text(/^[a-zA-Z0-9.-]+$/, 'an MSP id (letters, digits, dot, dash)');
}

function parseDomain(place: Place): string {
    return place.text(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, 'a domain name');
}

function checkTogether(consortium: Consortium, place: Place): void {
    const institutions = place.member('institutions');
    if (consortium.institutions.length === 0) institutions.fail('at least one institution is needed');
    for (const field of ['id', 'mspId', 'domain'] as const) {
        const taken = new Map(field === 'id' ? [] : [[consortium.orderers[field], 'orderers']]);
        for (const item of institutions.items()) {
            const value = item.member(field).text();
            const holder = taken.get(value);
            if (holder !== undefined) item.member(field).fail(`"${value}" is already the ${field} of ${holder}`);
            taken.set(value, item.at);
        }
    }
    if (consortium.institutions.every(institution => institution.roles.length === 0)) return;
    for (const role of indispensable) {
        if (holdersOf(consortium, role).length === 0) institutions.fail(`no ${role}: no deal can be made without one`);
    }
}

/** Institutions that hold a role, in the order of the file. */
export function holdersOf(consortium: Consortium, role: Role): readonly Institution[] {
    return consortium.institutions.filter(institution => institution.roles.includes(role));
}

/** The institution of an id. Throws a DocumentError that lists the known ids. */
export function institutionOf(consortium: Consortium, id: string): Institution {
    const found = consortium.institutions.find(institution => institution.id === id);
    if (found !== undefined) return found;
    const known = consortium.institutions.map(institution => institution.id).join(', ');
    throw new DocumentError('', `unknown institution "${id}" (known: ${known})`);
}

/** Run a reader of a file; what goes wrong is told as a DocumentError that starts with the file's name. */
export function namingFile<T>(file: string, read: () => T): T {
    try {
        return read();
    } catch (error) {
        throw new DocumentError(file, (error as Error).message);
    }
}
