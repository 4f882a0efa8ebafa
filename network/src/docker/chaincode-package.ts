import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Organization } from '../certificates';
import { archive } from './archive';
import type { Plan, PlannedChaincode } from './plan';
import { inside } from './plan';

/** A chaincode-as-a-service package: it carries no code, only where and how the institution's peers reach it. */
export interface ChaincodePackage {
    /** `<label>:<hash>`, which the service must present when a peer dials it. */
    readonly id: string;
    readonly file: string;
}

/**
 * Lay down one institution's TLS material between its peers and its chaincode, and the package its peers install.
 * Both sides authenticate: the service's certificate and the peers' client certificate come from the institution's
 * own TLS authority, and the client key leaves the institution in no other package.
 */
export async function makePackage(plan: Plan, chaincode: PlannedChaincode, organization: Organization): Promise<void> {
    const { tlsAuthority } = organization;
    const [server, client] = await Promise.all([
        tlsAuthority.issueTls(chaincode.name, [chaincode.name]),
        tlsAuthority.issueTls(`peers.${organization.domain}`, [`peers.${organization.domain}`]),
    ]);
    const folder = chaincodeFolder(plan, chaincode);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'ca.crt'), tlsAuthority.certificatePem);
    writeFileSync(join(folder, 'server.crt'), server.certificatePem);
    writeFileSync(join(folder, 'server.key'), server.privateKeyPem, { mode: 0o600 });
    const connection = {
        address: `${chaincode.name}:${inside.chaincode}`,
        dial_timeout: '10s',
        tls_required: true,
        client_auth_required: true,
        client_key: client.privateKeyPem,
        client_cert: client.certificatePem,
        root_cert: tlsAuthority.certificatePem,
    };
    const bytes = archive({
        'metadata.json': JSON.stringify({ type: 'ccaas', label: label(plan) }),
        'code.tar.gz': archive({ 'connection.json': JSON.stringify(connection) }),
    });
    writeFileSync(packageFile(plan, chaincode), bytes, { mode: 0o600 });
}

/** The package laid down for an institution. */
export function packageOf(plan: Plan, chaincode: PlannedChaincode): ChaincodePackage {
    const file = packageFile(plan, chaincode);
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
    return { id: `${label(plan)}:${hash}`, file };
}

/** TLS material of an institution's chaincode service. */
export function chaincodeFolder(plan: Plan, chaincode: PlannedChaincode): string {
    return join(plan.folder, 'chaincode', chaincode.institution.id);
}

/** The label says which chaincode, not which version: a new version is a new image behind the same package. */
function label(plan: Plan): string {
    return plan.consortium.chaincode.name;
}

function packageFile(plan: Plan, chaincode: PlannedChaincode): string {
    return join(chaincodeFolder(plan, chaincode), 'package.tar.gz');
}
