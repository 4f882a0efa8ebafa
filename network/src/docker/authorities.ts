import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates, Organization } from '../certificates';
import { askListener } from './listener';
import { eventually } from './patience';
import type { Plan, PlannedAuthority } from './plan';
import { authoritiesName, inside } from './plan';

const configurationName = 'fabric-ca-server-config.yaml';
const secretName = 'registrar.secret';

/** What one institution's authority is started with: its configuration, TLS material and registrar's secret. */
export function authorityFolder(plan: Plan, authority: PlannedAuthority): string {
    return join(plan.folder, authoritiesName, authority.institution.id);
}

/** Lay down what the planned authorities need. Those that have it already keep it, and with it their registrar's secret. */
export async function makeAuthorities(plan: Plan, certificates: Certificates): Promise<void> {
    for (const authority of plan.authorities) {
        const organization = certificates.institutions[plan.consortium.institutions.indexOf(authority.institution)]!;
        if (!existsSync(configurationPath(plan, authority))) await makeAuthority(plan, authority, organization);
    }
}

/** The configuration of an authority, which it looks for in its home. */
export function configurationPath(plan: Plan, authority: PlannedAuthority): string {
    return join(authorityFolder(plan, authority), configurationName);
}

/** The secret with which the registrar enrols. */
export function registrarSecret(plan: Plan, authority: PlannedAuthority): string {
    return readFileSync(join(authorityFolder(plan, authority), secretName), 'utf8');
}

/** Wait until every authority answers. Refuses with NODE_SILENT. */
export async function waitForAuthorities(plan: Plan, certificates: Certificates): Promise<void> {
    await Promise.all(
        plan.authorities.map(({ name, port, institution }) => {
            const { tlsAuthority } = certificates.institutions[plan.consortium.institutions.indexOf(institution)]!;
            const question = { port, host: name, path: '/cainfo', tlsRootPem: tlsAuthority.certificatePem };
            return eventually(name, 60, async () => {
                const { status, text } = await askListener(question);
                if (status !== 200) throw new Error(text);
            });
        }),
    );
}

async function makeAuthority(plan: Plan, authority: PlannedAuthority, organization: Organization): Promise<void> {
    const folder = authorityFolder(plan, authority);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const tls = await organization.tlsAuthority.issueTls(authority.name, [authority.name, 'localhost', '127.0.0.1']);
    const secret = randomBytes(18).toString('base64url');
    writeFileSync(join(folder, 'tls.crt'), tls.certificatePem);
    writeFileSync(join(folder, 'tls.key'), tls.privateKeyPem, { mode: 0o600 });
    writeFileSync(join(folder, secretName), secret, { mode: 0o600 });
    // Last: it says that the rest is there.
    const text = JSON.stringify(configuration(authority, secret), undefined, 2);
    writeFileSync(configurationPath(plan, authority), text, { mode: 0o600 });
}

/** Fabric CA's configuration: it issues under the institution's own root, so that the channel knows whom it enrols. */
function configuration({ name, institution }: PlannedAuthority, secret: string): unknown {
    const registrar = {
        name: 'registrar',
        pass: secret,
        type: 'client',
        affiliation: '',
        attrs: {
            'hf.Registrar.Roles': 'client',
            'hf.Registrar.Attributes': 'poolproof.role',
            'hf.Revoker': true,
            'hf.GenCRL': true,
        },
    };
    return {
        port: inside.authority,
        tls: { enabled: true, certfile: '/authority/tls.crt', keyfile: '/authority/tls.key' },
        ca: { name, certfile: `/root-certificate/${name}-cert.pem`, keyfile: '/root-certificate/priv_sk' },
        // The channel's configuration holds the list until the next one is put there.
        crl: { expiry: '8760h' },
        registry: { maxenrollments: -1, identities: [registrar] },
        affiliations: {},
        db: { type: 'sqlite3', datasource: 'fabric-ca-server.db' },
        signing: { default: { usage: ['digital signature'], expiry: '8760h' } },
        csr: { cn: name, names: [{ O: institution.name }] },
    };
}
