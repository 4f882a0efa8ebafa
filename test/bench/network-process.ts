import { fork } from 'node:child_process';
import { join, resolve } from 'node:path';

import { openNetwork, readConsortium } from '@poolproof/network';

import type { Identity, PeerEndpoint } from '@poolproof/network';

/** What a client needs of a network in another process, whose work must not be counted as the client's. */
export interface Access {
    readonly identity: Identity;
    readonly peer: PeerEndpoint;
    close(): void;
}

/** An embedded network in a process of its own, and a desk of the regulator. */
export async function startNetwork(): Promise<Access> {
    const network = fork(__filename, { execArgv: [] });
    const access = await new Promise<Omit<Access, 'close'>>((ready, failed) => {
        network.once('message', message => ready(message as Access));
        network.once('exit', code => failed(new Error(`the network ended with ${code}`)));
    });
    return { ...access, close: () => void network.kill() };
}

async function serve(): Promise<void> {
    const consortium = readConsortium(join(resolve(__dirname, '../../..'), 'network/consortium.json'));
    const network = await openNetwork('embedded', consortium);
    const identity = await network.identity('regulator', 'bench', { 'poolproof.role': 'regulator,admin' });
    const [peer] = network.peers('regulator');
    process.send?.({ identity, peer });
    process.once('disconnect', () => process.exit());
    process.once('SIGTERM', () => void network.close().then(() => process.exit()));
}

if (require.main === module) void serve();
