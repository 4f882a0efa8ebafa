import { resolve } from 'node:path';
import { readConsortium } from '@poolproof/network';
import { down } from '@poolproof/network/dist/docker/down';
import { findEngine, runningContainers } from '@poolproof/network/dist/docker/engine';
import { planNetwork } from '@poolproof/network/dist/docker/plan';
import { up } from '@poolproof/network/dist/docker/up';

const consortium = readConsortium(resolve('network/consortium.json'));
let standing = false;

/**
 * Before all tests on docker: brings up the network that the stories run on, with the chaincode as it is now. One that
 * is up already is used, and stays.
 */
export async function bringUp(): Promise<void> {
    await findEngine();
    standing = (await runningContainers(planNetwork(consortium))).size > 0;
    say('\n');
    await up(consortium, { folder: resolve('chaincode') }, say);
}

/** After all tests: takes away what bringUp has brought. */
export async function takeAway(): Promise<void> {
    if (!standing) await down(consortium, say);
}

function say(text: string): void {
    process.stdout.write(text);
}
