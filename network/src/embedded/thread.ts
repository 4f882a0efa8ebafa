import { parentPort, workerData } from 'node:worker_threads';
import { serveCalls } from './control';
import { Fabric } from './fabric';
import type { Cutting } from './orderer/ordering-service';
import type { FabricOptions, FabricOrganization } from './fabric';

/*
 * The thread of an embedded network: it keeps the network's work off the event loop of its clients.
 */

export type ThreadTask = Omit<FabricOptions, 'onLog'>;

/** What can be asked of the thread; every answer comes as a message. */
function callsOf(fabric: Fabric) {
    return {
        open: async (institutions: readonly FabricOrganization[], orderers: FabricOrganization) => {
            await fabric.open(institutions, orderers);
            return fabric.endpoints();
        },
        close: () => fabric.close(),
        status: () => fabric.status(),
        trace: (txId: string) => fabric.trace(txId),
        reload: (chaincode: string) => fabric.reload(chaincode),
        cutBlocks: (cutting: Cutting): Cutting => {
            const before = fabric.orderers.cutting;
            fabric.orderers.cutBlocks(cutting);
            return before;
        },
        cutBlock: async (): Promise<number | undefined> => {
            const block = fabric.orderers.cut();
            await fabric.settled();
            return block?.number;
        },
        stopPeer: (name: string) => {
            const { peer, server } = fabric.peer(name);
            server.close();
            peer.stop();
        },
        startPeer: (name: string) => fabric.startPeer(name),
        loseOrderers: (lost: boolean) => fabric.orderers.lose(lost),
        breakStream: (name: string, chaincode: string) => fabric.peer(name).peer.chaincodes.disconnect(chaincode),
        delayCommits: (name: string, milliseconds: number) => fabric.peer(name).peer.delayCommits(milliseconds),
        moveClock: (milliseconds: number) => fabric.clock.move(milliseconds),
        takeSnapshot: (name: string) => fabric.snapshots.take(name),
        revert: (name: string) => fabric.snapshots.revert(name),
        snapshots: () => fabric.snapshots.names,
        dump: (file: string) => fabric.snapshots.dump(file),
        load: (file: string) => fabric.snapshots.load(file),
        answerDifferently: (name: string, result: string | undefined) => fabric.peer(name).peer.answerWith(result),
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
