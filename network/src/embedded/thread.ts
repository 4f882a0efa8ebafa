import { parentPort, workerData } from 'node:worker_threads';
import { serveCalls } from './control';
import { Fabric } from './fabric';
import type { FabricOptions, FabricOrganization } from './fabric';

/*
 * The thread of an embedded network: it keeps the network's work off the event loop of its clients.
 */

/** What can be asked of the thread; every answer comes as a message. */
export type FabricCalls = ReturnType<typeof callsOf>;

export type ThreadTask = Omit<FabricOptions, 'onLog'>;

function callsOf(fabric: Fabric) {
    return {
        open: async (institutions: readonly FabricOrganization[], orderers: FabricOrganization) => {
            await fabric.open(institutions, orderers);
            return fabric.endpoints();
        },
        close: () => fabric.close(),
    };
}

if (parentPort !== null) {
    const port = parentPort;
    const fabric = new Fabric({
        ...(workerData as ThreadTask),
        onLog: line => port.postMessage({ kind: 'event', name: 'log', value: line }),
    });
    serveCalls(port, callsOf(fabric));
}
