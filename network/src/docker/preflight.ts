import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engine';
import { hasContainers, runningContainers } from './engine';
import { images } from './images';
import type { Plan } from './plan';
import { DockerProblem } from './problem';
import { lastLine, run } from './run';

/** Megabytes one container takes under the load of the stories, measured; see docker/README.md. */
const needs = { orderer: 50, peer: 150, chaincode: 60, authority: 30 } as const;

const settleSeconds = 10;

/** See that a network can start here. Refuses with MEMORY_SHORT, IMAGE_MISSING or PORT_TAKEN. */
export async function preflight(engine: Engine, plan: Plan): Promise<void> {
    const need =
        plan.orderers.length * needs.orderer +
        plan.peers.length * needs.peer +
        plan.chaincodes.length * needs.chaincode +
        plan.authorities.length * needs.authority;
    if (engine.memoryMegabytes < need) {
        throw new DockerProblem('MEMORY_SHORT', { have: engine.memoryMegabytes, need });
    }
    const { authority, ...always } = images;
    const wanted = [...Object.values(always), ...(plan.authorities.length > 0 ? [authority] : [])];
    await Promise.all(wanted.map(ensureImage));
    await refuseTakenPorts(plan);
}

/** Images of the official names that are here are used as they are; others are pulled. */
async function ensureImage(image: string): Promise<void> {
    if ((await run('docker', ['image', 'inspect', image])).code === 0) return;
    const pulled = await run('docker', ['pull', '--quiet', image]);
    if (pulled.code !== 0) throw new DockerProblem('IMAGE_MISSING', { image, problem: lastLine(pulled.stderr) });
}

/**
 * Ports of our own running containers are no obstacle. A start that was cut short may still be binding some: then, and
 * only then, it is worth looking again for a while.
 */
async function refuseTakenPorts(plan: Plan): Promise<void> {
    const deadline = Date.now() + ((await hasContainers(plan)) ? settleSeconds * 1000 : 0);
    for (;;) {
        const taken = await takenPort(plan);
        if (taken === undefined) return;
        if (Date.now() >= deadline) throw new DockerProblem('PORT_TAKEN', taken);
        await sleep(500);
    }
}

async function takenPort(plan: Plan): Promise<{ readonly port: number; readonly node: string } | undefined> {
    const running = await runningContainers(plan);
    const wanted = [
        ...plan.orderers.map(orderer => ({
            node: orderer,
            ports: [orderer.port, orderer.adminPort, orderer.operationsPort],
        })),
        ...plan.peers.map(peer => ({ node: peer, ports: [peer.port, peer.operationsPort] })),
        ...plan.authorities.map(authority => ({ node: authority, ports: [authority.port] })),
    ].filter(({ node }) => !running.has(node.container));
    for (const { node, ports } of wanted) {
        for (const port of ports) if (await isTaken(port)) return { port, node: node.name };
    }
    return undefined;
}

function isTaken(port: number): Promise<boolean> {
    return new Promise(resolve => {
        const server = createServer();
        server.once('error', () => resolve(true));
        server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
    });
}
