import { readCertificates } from '../certificate-folders';
import type { Consortium } from '../consortium';
import { institutionOf } from '../consortium';
import type { Identity, Network, PeerEndpoint } from '../network';
import { findEngine, runningContainers } from './engine';
import { hasMaterial, refuseOtherConsortium } from './material';
import type { Plan } from './plan';
import { certificatesFolder, planNetwork } from './plan';
import { DockerProblem } from './problem';

/**
 * Reach the docker network of a consortium that `network:up` has brought up. Closing it leaves it running.
 * Refuses with NETWORK_DOWN or CONSORTIUM_CHANGED.
 */
export async function openDockerNetwork(consortium: Consortium): Promise<Network> {
    const plan = planNetwork(consortium);
    await findEngine();
    if (!hasMaterial(plan) || (await runningContainers(plan)).size === 0) {
        throw new DockerProblem('NETWORK_DOWN', { consortium: consortium.name });
    }
    refuseOtherConsortium(plan);
    const { institutions } = await readCertificates(consortium, certificatesFolder(plan));
    const organizationOf = (institutionId: string) =>
        institutions[consortium.institutions.indexOf(institutionOf(consortium, institutionId))]!;
    return {
        kind: 'docker',
        consortium,
        peers: institutionId => endpoints(plan, institutionId, id => organizationOf(id).tlsAuthority.certificatePem),
        identity: async (institutionId, name, attributes): Promise<Identity> => {
            const { authority, mspId } = organizationOf(institutionId);
            return { mspId, name, ...(await authority.issueIdentity(name, 'client', attributes)) };
        },
        close: () => Promise.resolve(),
    };
}

function endpoints(
    plan: Plan,
    institutionId: string | undefined,
    tlsRootOf: (institutionId: string) => string,
): readonly PeerEndpoint[] {
    return plan.peers
        .filter(({ institution }) => institutionId === undefined || institution.id === institutionId)
        .map(({ name, port, institution }) => ({
            name,
            mspId: institution.mspId,
            address: `127.0.0.1:${port}`,
            tlsRootPem: tlsRootOf(institution.id),
            tlsHostName: name,
        }));
}
