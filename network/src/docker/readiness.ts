import type { Certificates } from '../certificates';
import { askListener } from './listener';
import { eventually } from './patience';
import type { Plan, PlannedPeer } from './plan';
import { firstPeers } from './plan';
import { lastLine } from './run';
import { discover, tryPeerCommand } from './tools';

const patienceSeconds = 60;

/** Wait until every peer calls itself healthy. Refuses with NODE_SILENT. */
export async function waitForPeers(plan: Plan, certificates: Certificates): Promise<void> {
    await Promise.all(
        plan.peers.map(peer => {
            const { tlsAuthority } = certificates.institutions[plan.consortium.institutions.indexOf(peer.institution)]!;
            const health = { port: peer.operationsPort, host: peer.name, path: '/healthz' };
            return eventually(peer.name, patienceSeconds, async () => {
                const { status, text } = await askListener({ ...health, tlsRootPem: tlsAuthority.certificatePem });
                if (status !== 200) throw new Error(text);
            });
        }),
    );
}

/** Wait until the chaincode answers on a peer of every institution. Refuses with NODE_SILENT. */
export async function waitForChaincode(plan: Plan): Promise<void> {
    await Promise.all(
        firstPeers(plan).map(peer => {
            const { name } = plan.chaincodes.find(({ institution }) => institution.id === peer.institution.id)!;
            return eventually(name, patienceSeconds, () => askChaincode(plan, peer));
        }),
    );
}

/**
 * Wait until every institution's first peer knows of every peer's chaincode: before that, a gateway finds no endorsers.
 * Refuses with NODE_SILENT.
 */
export async function waitForDiscovery(plan: Plan): Promise<void> {
    await Promise.all(
        firstPeers(plan).map(peer =>
            eventually(peer.name, patienceSeconds, async () => {
                const known = (await discover(plan, peer)).filter(({ chaincodes }) =>
                    chaincodes.includes(plan.consortium.chaincode.name),
                );
                if (known.length < plan.peers.length) {
                    throw new Error(`it knows of the chaincode on ${known.length} of ${plan.peers.length} peers`);
                }
            }),
        ),
    );
}

async function askChaincode(plan: Plan, peer: PlannedPeer): Promise<void> {
    const { channel, chaincode } = plan.consortium;
    const query = JSON.stringify({ Args: ['org.hyperledger.fabric:GetMetadata'] });
    const words = ['chaincode', 'query', '--channelID', channel, '--name', chaincode.name, '--ctor', query];
    const asked = await tryPeerCommand(plan, peer, ...words);
    // A refusal of the chaincode's own is an answer; "error in simulation" is the peer's, which did not reach it.
    if (asked.code !== 0 && !/status:500(?!.*error in simulation)/.test(asked.stderr)) {
        throw new Error(lastLine(asked.stderr));
    }
}
