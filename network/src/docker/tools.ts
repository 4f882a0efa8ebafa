import { eventually } from './patience';
import { inside } from './plan';
import type { Plan, PlannedPeer } from './plan';
import type { Outcome } from './run';
import { lastLine, run } from './run';
import { DockerProblem } from './problem';

const leaderSeconds = 60;

/** Run the peer command in the tools container as the administrator of a peer's institution, against that peer. */
export async function peerCommand(plan: Plan, peer: PlannedPeer, ...words: readonly string[]): Promise<string> {
    return printedBy(await tryPeerCommand(plan, peer, ...words), peer, words);
}

/**
 * Like peerCommand, for what sends a transaction to an orderer. Orderers that have just joined a channel, or lost their
 * leader, refuse all until they have chosen one; what they refused so they have not ordered, and it is sent again.
 */
export async function ordererCommand(plan: Plan, peer: PlannedPeer, ...words: readonly string[]): Promise<string> {
    const outcome = await eventually(plan.orderers[0]!.name, leaderSeconds, async () => {
        const tried = await tryPeerCommand(plan, peer, ...words, ...ordererFlags(plan));
        if (tried.code !== 0 && tried.stderr.includes('no Raft leader')) throw new Error(lastLine(tried.stderr));
        return tried;
    });
    return printedBy(outcome, peer, words);
}

function printedBy({ code, stdout, stderr }: Outcome, peer: PlannedPeer, words: readonly string[]): string {
    if (code === 0) return stdout;
    throw new DockerProblem('COMMAND_FAILED', {
        command: `peer ${words.slice(0, 3).join(' ')} on ${peer.name}`,
        problem: lastLine(stderr).replace(/^Error: /, ''),
    });
}

/** Like peerCommand, for whoever wants to judge the outcome. */
export function tryPeerCommand(plan: Plan, peer: PlannedPeer, ...words: readonly string[]): Promise<Outcome> {
    const environment = Object.entries(administrator(peer)).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    return run('docker', ['exec', ...environment, plan.toolsContainer, 'peer', ...words]);
}

/** Run another of Fabric's tools in the tools container. */
export async function tool(plan: Plan, ...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run('docker', ['exec', plan.toolsContainer, ...words]);
    if (code === 0) return stdout;
    throw new DockerProblem('COMMAND_FAILED', { command: words.slice(0, 2).join(' '), problem: lastLine(stderr) });
}

/** A peer as another peer's discovery service knows it. */
export interface DiscoveredPeer {
    readonly endpoint: string;
    readonly height: number;
    readonly chaincodes: readonly string[];
}

/** The channel's peers that a peer knows of, itself among them. */
export async function discover(plan: Plan, peer: PlannedPeer): Promise<readonly DiscoveredPeer[]> {
    const { domain, mspId } = peer.institution;
    const msp = `/network/certificates/peerOrganizations/${domain}/users/Admin@${domain}/msp`;
    const printed = await tool(
        plan,
        ...['discover', '--peerTLSCA', tlsAuthority(peer), '--MSP', mspId],
        ...['--userKey', `${msp}/keystore/priv_sk`, '--userCert', `${msp}/signcerts/Admin@${domain}-cert.pem`],
        ...['peers', '--channel', plan.consortium.channel, '--server', `${peer.name}:${inside.peer}`],
    );
    type Printed = { readonly Endpoint: string; readonly LedgerHeight: number; readonly Chaincodes: readonly string[] };
    const peers = JSON.parse(printed) as readonly Printed[];
    return peers.map(({ Endpoint, LedgerHeight, Chaincodes }) => ({
        endpoint: Endpoint,
        height: LedgerHeight,
        chaincodes: Chaincodes,
    }));
}

/** How the peer command reaches an orderer. */
export function ordererFlags(plan: Plan): readonly string[] {
    const { domain } = plan.consortium.orderers;
    const authority = `/network/certificates/ordererOrganizations/${domain}/tlsca/tlsca.${domain}-cert.pem`;
    return ['--orderer', `${plan.orderers[0]!.name}:${inside.orderer}`, '--tls', '--cafile', authority];
}

/** How the peer command reaches further peers, for what several institutions must endorse. */
export function peerFlags(peers: readonly PlannedPeer[]): readonly string[] {
    return peers.flatMap(peer => [
        ...['--peerAddresses', `${peer.name}:${inside.peer}`],
        ...['--tlsRootCertFiles', tlsAuthority(peer)],
    ]);
}

function administrator(peer: PlannedPeer): Readonly<Record<string, string>> {
    const { domain, mspId } = peer.institution;
    return {
        CORE_PEER_TLS_ENABLED: 'true',
        CORE_PEER_ADDRESS: `${peer.name}:${inside.peer}`,
        CORE_PEER_LOCALMSPID: mspId,
        CORE_PEER_TLS_ROOTCERT_FILE: tlsAuthority(peer),
        CORE_PEER_MSPCONFIGPATH: `/network/certificates/peerOrganizations/${domain}/users/Admin@${domain}/msp`,
        FABRIC_LOGGING_SPEC: 'ERROR',
    };
}

function tlsAuthority(peer: PlannedPeer): string {
    const { domain } = peer.institution;
    return `/network/certificates/peerOrganizations/${domain}/tlsca/tlsca.${domain}-cert.pem`;
}
