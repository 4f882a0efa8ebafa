import type { Plan, PlannedPeer } from '@poolproof/network/dist/docker/plan';
import { eventually } from '@poolproof/network/dist/docker/patience';
import { must } from '@poolproof/network/dist/docker/run';
import { peerCommand } from '@poolproof/network/dist/docker/tools';

/** Fabric's hash of all that a peer must hold like every other: public state, hashes of private data, transaction ids, collections. */
export async function snapshotHash(plan: Plan, peer: PlannedPeer): Promise<string> {
    const { channel } = plan.consortium;
    const address = `${peer.name}:7051`;
    const authority = `/network/certificates/peerOrganizations/${peer.institution.domain}/tlsca/tlsca.${peer.institution.domain}-cert.pem`;
    const flags = ['--channelID', channel, '--peerAddress', address, '--tlsRootCertFile', authority];
    await peerCommand(plan, peer, 'snapshot', 'submitrequest', ...flags, '--blockNumber', '0');
    const completed = `/var/hyperledger/production/snapshots/completed/${channel}`;
    return eventually(peer.name, 60, async () => {
        const command = `cat ${completed}/*/_snapshot_additional_metadata.json`;
        const told = await must('docker', ['exec', peer.container, 'sh', '-c', command]);
        return (JSON.parse(told) as { snapshot_hash: string }).snapshot_hash;
    });
}
