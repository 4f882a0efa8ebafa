import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCertificates } from '../../certificate-folders';
import type { Organization } from '../../certificates';
import type { Consortium, Institution } from '../../consortium';
import type { FabricStatus } from '../fabric';
import { askNetwork } from './control-socket';

type Peers = FabricStatus['peers'];

/**
 * Write what a client needs to work as each institution on the network kept in a folder: an identity that may exercise all of the
 * institution's roles, in a wallet as the Fabric SDKs lay it out; a common connection profile; and `poolproof.json`, by which the
 * command line `poolproof --as <institution>` finds both. Returns the folder it wrote.
 */
export async function writeDesks(folder: string, consortium: Consortium): Promise<string> {
    const { peers } = await askNetwork<FabricStatus>(folder, 'status');
    const { institutions } = await readCertificates(consortium, join(folder, 'organizations'));
    const target = join(folder, 'desks');
    mkdirSync(join(target, 'wallet'), { recursive: true });
    const desks: Record<string, unknown> = {};
    for (const [index, institution] of consortium.institutions.entries()) {
        const organization = institutions[index]!;
        const profile = join(target, `${institution.id}.json`);
        write(profile, profileOf(institution, organization, peers));
        write(join(target, 'wallet', `${institution.id}.id`), await identityOf(institution, organization), 0o600);
        const { channel, chaincode } = consortium;
        const wallet = join(target, 'wallet');
        desks[institution.id] = { profile, wallet, identity: institution.id, channel, chaincode: chaincode.name };
    }
    write(join(target, 'poolproof.json'), desks);
    return target;
}

async function identityOf({ id, mspId, roles }: Institution, { authority }: Organization): Promise<unknown> {
    const attributes = { 'poolproof.role': [...roles, 'admin'].join(',') };
    const { certificatePem, privateKeyPem } = await authority.issueIdentity(`desk@${id}`, 'client', attributes);
    return {
        credentials: { certificate: certificatePem, privateKey: privateKeyPem },
        mspId,
        type: 'X.509',
        version: 1,
    };
}

function profileOf({ mspId }: Institution, { tlsAuthority }: Organization, peers: Peers): unknown {
    const own = peers.filter(peer => peer.mspId === mspId);
    const entryOf = ({ name, address }: Peers[number]) => ({
        url: `grpcs://${address}`,
        tlsCACerts: { pem: tlsAuthority.certificatePem },
        grpcOptions: { 'ssl-target-name-override': name, hostnameOverride: name },
    });
    return {
        version: '1.0.0',
        client: { organization: mspId },
        organizations: { [mspId]: { mspid: mspId, peers: own.map(({ name }) => name) } },
        peers: Object.fromEntries(own.map(peer => [peer.name, entryOf(peer)])),
    };
}

function write(path: string, document: unknown, mode?: number): void {
    writeFileSync(path, `${JSON.stringify(document, undefined, 2)}\n`, mode === undefined ? {} : { mode });
}
