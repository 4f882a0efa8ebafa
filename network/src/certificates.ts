import type { KeyPair } from './authority';
import { Authority } from './authority';
import type { Consortium } from './consortium';

/** A peer or orderer: the identity it signs with and its TLS server certificate. */
export interface Node {
    /** `peer0.bank-a.example.com` */
    readonly name: string;
    readonly identity: KeyPair;
    readonly tls: KeyPair;
}

/** The certificates of one organisation, an institution or the ordering service. */
export interface Organization {
    readonly mspId: string;
    readonly name: string;
    readonly domain: string;
    readonly authority: Authority;
    readonly tlsAuthority: Authority;
    readonly admin: KeyPair;
    /** A plain client, `User1@<domain>`. The ordering service has none. */
    readonly client?: KeyPair;
    /** Peers of an institution, orderers of the ordering service. */
    readonly nodes: readonly Node[];
}

export interface Certificates {
    /** In the order of the consortium's institutions. */
    readonly institutions: readonly Organization[];
    readonly orderers: Organization;
}

/** Make the authorities and the first identities of every organisation of a consortium. */
export async function issueCertificates(consortium: Consortium): Promise<Certificates> {
    const [orderers, ...institutions] = await Promise.all([
        issueOrganization(consortium.orderers, 'orderer', consortium.orderers.count),
        ...consortium.institutions.map(institution => issueOrganization(institution, 'peer', institution.peers)),
    ]);
    return { institutions, orderers };
}

/** Names under which a peer or orderer may be reached; loopback serves development on one machine. */
function hostNames(nodeName: string): readonly string[] {
    return [nodeName, 'localhost', '127.0.0.1'];
}

async function issueOrganization(
    organization: { readonly mspId: string; readonly name: string; readonly domain: string },
    kind: 'orderer' | 'peer',
    count: number,
): Promise<Organization> {
    const { mspId, name, domain } = organization;
    const [authority, tlsAuthority] = await Promise.all([
        Authority.create(`ca.${domain}`, name),
        Authority.create(`tlsca.${domain}`, name),
    ]);
    const names = Array.from({ length: count }, (_, index) => `${kind}${index}.${domain}`);
    const [admin, nodes, client] = await Promise.all([
        authority.issueIdentity(`Admin@${domain}`, 'admin'),
        Promise.all(names.map(nodeName => issueNode(authority, tlsAuthority, nodeName, kind))),
        kind === 'peer' ? authority.issueIdentity(`User1@${domain}`, 'client') : undefined,
    ]);
    return { mspId, name, domain, authority, tlsAuthority, admin, nodes, ...(client === undefined ? {} : { client }) };
}

async function issueNode(
    authority: Authority,
    tlsAuthority: Authority,
    name: string,
    kind: 'orderer' | 'peer',
): Promise<Node> {
    const [identity, tls] = await Promise.all([
        authority.issueIdentity(name, kind),
        tlsAuthority.issueTls(name, hostNames(name)),
    ]);
    return { name, identity, tls };
}
