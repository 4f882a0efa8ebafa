import type { Consortium } from '../consortium';
import { findEngine, runningContainers } from './engine';
import { committedDefinition } from './lifecycle';
import { hasMaterial } from './material';
import type { Plan, PlannedPeer } from './plan';
import { planNetwork } from './plan';
import { DockerProblem } from './problem';
import type { Say } from './step';
import { peerCommand } from './tools';

/** Tell, for each container, whether it runs, where it listens, and how high each peer's ledger is. */
export async function status(consortium: Consortium, say: Say): Promise<void> {
    const plan = planNetwork(consortium);
    await findEngine();
    const running = await runningContainers(plan);
    if (!hasMaterial(plan) || running.size === 0) {
        throw new DockerProblem('NETWORK_DOWN', { consortium: consortium.name });
    }
    const state = (container: string): string => (running.has(container) ? 'up  ' : 'DOWN');
    for (const { name, container, port } of plan.orderers) say(`${state(container)} ${name} 127.0.0.1:${port}\n`);
    for (const peer of plan.peers) {
        const height = running.has(peer.container) ? await heightOf(plan, peer) : '';
        say(`${state(peer.container)} ${peer.name} 127.0.0.1:${peer.port} ${height}\n`);
    }
    for (const { name, container, port } of plan.authorities) say(`${state(container)} ${name} 127.0.0.1:${port}\n`);
    for (const { name, container } of plan.chaincodes) say(`${state(container)} ${name}\n`);
    const committed = await committedDefinition(plan);
    const { name } = consortium.chaincode;
    if (committed === undefined) say(`The chaincode ${name} is not committed yet.\n`);
    else say(`${name} ${committed.version}, sequence ${committed.sequence}, on channel ${consortium.channel}\n`);
}

async function heightOf(plan: Plan, peer: PlannedPeer): Promise<string> {
    const printed = await peerCommand(plan, peer, 'channel', 'getinfo', '--channelID', plan.consortium.channel);
    const { height } = JSON.parse(printed.slice(printed.indexOf('{'))) as { height: number };
    return `height ${height}`;
}
