import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KeyPair } from './authority';
import { Authority } from './authority';
import type { Certificates, Node, Organization } from './certificates';
import type { Consortium } from './consortium';

/**
 * Write certificates the way cryptogen lays them out, which is what peers, orderers, the peer command and most
 * connection profiles expect: peerOrganizations/<domain>/{ca,tlsca,msp,peers,users} and ordererOrganizations likewise.
 */
export function writeCertificates(certificates: Certificates, folder: string): void {
    for (const institution of certificates.institutions) {
        writeOrganization(institution, join(folder, 'peerOrganizations', institution.domain), 'peers');
    }
    const orderers = certificates.orderers;
    writeOrganization(orderers, join(folder, 'ordererOrganizations', orderers.domain), 'orderers');
}

/** Read back what writeCertificates wrote, to open the same network again and to issue further identities. */
export async function readCertificates(consortium: Consortium, folder: string): Promise<Certificates> {
    const [orderers, ...institutions] = await Promise.all([
        readOrganization(
            consortium.orderers,
            join(folder, 'ordererOrganizations', consortium.orderers.domain),
            'orderers',
        ),
        ...consortium.institutions.map(institution =>
            readOrganization(institution, join(folder, 'peerOrganizations', institution.domain), 'peers'),
        ),
    ]);
    return { institutions, orderers };
}

function writeOrganization(organization: Organization, folder: string, nodes: 'orderers' | 'peers'): void {
    const { domain, authority, tlsAuthority } = organization;
    writeAuthority(join(folder, 'ca'), `ca.${domain}`, authority);
    writeAuthority(join(folder, 'tlsca'), `tlsca.${domain}`, tlsAuthority);
    writeMsp(join(folder, 'msp'), organization);
    for (const node of organization.nodes) {
        writeMsp(join(folder, nodes, node.name, 'msp'), organization, node.name, node.identity);
        writeTls(join(folder, nodes, node.name, 'tls'), 'server', tlsAuthority, node.tls);
    }
    for (const [name, identity] of usersOf(organization)) {
        writeMsp(join(folder, 'users', name, 'msp'), organization, name, identity);
    }
}

function usersOf(organization: Organization): readonly (readonly [string, KeyPair])[] {
    const admin = [`Admin@${organization.domain}`, organization.admin] as const;
    return organization.client === undefined ? [admin] : [admin, [`User1@${organization.domain}`, organization.client]];
}

function writeAuthority(folder: string, name: string, authority: KeyPair): void {
    write(join(folder, `${name}-cert.pem`), authority.certificatePem);
    writeSecret(join(folder, 'priv_sk'), authority.privateKeyPem);
}

function writeMsp(folder: string, organization: Organization, name?: string, identity?: KeyPair): void {
    const { domain, authority, tlsAuthority } = organization;
    const authorityFile = `ca.${domain}-cert.pem`;
    write(join(folder, 'cacerts', authorityFile), authority.certificatePem);
    write(join(folder, 'tlscacerts', `tlsca.${domain}-cert.pem`), tlsAuthority.certificatePem);
    write(join(folder, 'config.yaml'), nodeOus(`cacerts/${authorityFile}`));
    if (name === undefined || identity === undefined) return;
    write(join(folder, 'signcerts', `${name}-cert.pem`), identity.certificatePem);
    writeSecret(join(folder, 'keystore', 'priv_sk'), identity.privateKeyPem);
}

function writeTls(folder: string, role: 'server', authority: KeyPair, pair: KeyPair): void {
    write(join(folder, 'ca.crt'), authority.certificatePem);
    write(join(folder, `${role}.crt`), pair.certificatePem);
    writeSecret(join(folder, `${role}.key`), pair.privateKeyPem);
}

/** The MSP's config.yaml: what an identity is, is told by its certificate's organisational unit. */
function nodeOus(certificate: string): string {
    const units = ['Client', 'Peer', 'Admin', 'Orderer'].map(
        unit =>
            `  ${unit}OUIdentifier:\n` +
            `    Certificate: ${certificate}\n` +
            `    OrganizationalUnitIdentifier: ${unit.toLowerCase()}\n`,
    );
    return `NodeOUs:\n  Enable: true\n${units.join('')}`;
}

async function readOrganization(
    organization: { readonly mspId: string; readonly name: string; readonly domain: string },
    folder: string,
    nodes: 'orderers' | 'peers',
): Promise<Organization> {
    const { mspId, name, domain } = organization;
    const [authority, tlsAuthority] = await Promise.all([
        Authority.load(readPair(join(folder, 'ca', `ca.${domain}-cert.pem`), join(folder, 'ca', 'priv_sk'))),
        Authority.load(readPair(join(folder, 'tlsca', `tlsca.${domain}-cert.pem`), join(folder, 'tlsca', 'priv_sk'))),
    ]);
    return {
        mspId,
        name,
        domain,
        authority,
        tlsAuthority,
        admin: readIdentity(join(folder, 'users'), `Admin@${domain}`),
        ...(nodes === 'peers' ? { client: readIdentity(join(folder, 'users'), `User1@${domain}`) } : {}),
        nodes: readdirSync(join(folder, nodes))
            .sort(byNumber)
            .map(nodeName => readNode(join(folder, nodes), nodeName)),
    };
}

/** peer10 comes after peer9. */
function byNumber(left: string, right: string): number {
    return left.length - right.length || (left < right ? -1 : 1);
}

function readNode(folder: string, name: string): Node {
    const tls = join(folder, name, 'tls');
    return {
        name,
        identity: readIdentity(folder, name),
        tls: readPair(join(tls, 'server.crt'), join(tls, 'server.key')),
    };
}

function readIdentity(folder: string, name: string): KeyPair {
    const msp = join(folder, name, 'msp');
    return readPair(join(msp, 'signcerts', `${name}-cert.pem`), join(msp, 'keystore', 'priv_sk'));
}

function readPair(certificateFile: string, keyFile: string): KeyPair {
    return { certificatePem: readFileSync(certificateFile, 'utf8'), privateKeyPem: readFileSync(keyFile, 'utf8') };
}

function write(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
}

function writeSecret(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
}
