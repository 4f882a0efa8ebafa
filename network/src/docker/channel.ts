import { DockerProblem } from './problem';
import type { Plan, PlannedPeer } from './plan';
import { lastLine } from './run';
import { tryPeerCommand } from './tools';

/** Have every peer join the channel. Peers that did already are left alone. */
export async function joinPeers(plan: Plan): Promise<void> {
    await Promise.all(plan.peers.map(peer => join(plan, peer)));
}

async function join(plan: Plan, peer: PlannedPeer): Promise<void> {
    const joined = await tryPeerCommand(plan, peer, 'channel', 'join', '--blockpath', '/network/genesis.block');
    if (joined.code === 0 || joined.stderr.includes('already exists')) return;
    throw new DockerProblem('COMMAND_FAILED', {
        command: `peer channel join on ${peer.name}`,
        problem: lastLine(joined.stderr),
    });
}
