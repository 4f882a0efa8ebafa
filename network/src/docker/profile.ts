import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates, Organization } from '../certificates';
import type { Institution } from '../consortium';
import type { Plan } from './plan';

/** Write a common connection profile for each institution: its own peers, for clients other than ours. */
export function writeProfiles(plan: Plan, certificates: Certificates): void {
    const folder = join(plan.folder, 'profiles');
    mkdirSync(folder, { recursive: true });
    plan.consortium.institutions.forEach((institution, index) => {
        const document = profileOf(plan, institution, certificates.institutions[index]!);
        writeFileSync(join(folder, `${institution.id}.json`), `${JSON.stringify(document, undefined, 2)}\n`);
    });
}

function profileOf(plan: Plan, institution: Institution, organization: Organization): unknown {
    const peers = plan.peers.filter(peer => peer.institution.id === institution.id);
    const authorities = plan.authorities.filter(authority => authority.institution.id === institution.id);
    const tlsCACerts = { pem: organization.tlsAuthority.certificatePem };
    return {
        name: `${plan.consortium.name}-${institution.id}`,
        version: '1.0.0',
        client: { organization: institution.mspId },
        organizations: {
            [institution.mspId]: {
                mspid: institution.mspId,
                peers: peers.map(({ name }) => name),
                certificateAuthorities: authorities.map(({ name }) => name),
            },
        },
        peers: Object.fromEntries(
            peers.map(({ name, port }) => [
                name,
                {
                    url: `grpcs://127.0.0.1:${port}`,
                    tlsCACerts,
                    grpcOptions: { 'ssl-target-name-override': name, hostnameOverride: name },
                },
            ]),
        ),
        certificateAuthorities: Object.fromEntries(
            authorities.map(({ name, port }) => [name, { url: `https://127.0.0.1:${port}`, caName: name, tlsCACerts }]),
        ),
    };
}
