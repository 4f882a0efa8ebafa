import { resolve } from 'node:path';
import type { Caller } from './control';
import type { FabricStatus } from './fabric';
import type { Cutting } from './orderer/ordering-service';
import type { TransactionTrace } from './trace/transaction-trace';

/**
 * What only a network made for tests can do: decide when blocks are cut and what goes into them, break things and mend them,
 * go back to an earlier state, look into a transaction. Peers are named as in `Network.peers()`.
 */
export class Laboratory {
    constructor(private readonly caller: Caller) {}

    /** Change when blocks are cut; transactions that wait are cut at once unless the new way is manual. */
    cutBlocks(cutting: Cutting): Promise<void> {
        return this.caller.call('cutBlocks', cutting);
    }

    /** Make a block of all transactions that wait, and commit it on every running peer; its number, or undefined if none wait. */
    cutBlock(): Promise<number | undefined> {
        return this.caller.call('cutBlock');
    }

    /** Put everything that `submit` submits, without waiting for its commit, into one block. */
    async oneBlock<T>(submit: () => Promise<T>): Promise<T> {
        const before = await this.caller.call<Cutting>('cutBlocks', 'manual');
        try {
            return await submit();
        } finally {
            await this.cutBlock();
            await this.cutBlocks(before);
        }
    }

    /** Stop a peer: it endorses nothing, commits nothing and hangs up on its clients. */
    stopPeer(name: string): Promise<void> {
        return this.caller.call('stopPeer', name);
    }

    /** Start a stopped peer at its old address; resolves when it has committed what it missed. */
    startPeer(name: string): Promise<void> {
        return this.caller.call('startPeer', name);
    }

    /** Let no transaction reach an orderer, or let them again. */
    loseOrderers(lost = true): Promise<void> {
        return this.caller.call('loseOrderers', lost);
    }

    /** Cut the stream between a peer and a chaincode, in the middle of whatever runs; the next call opens a new one. */
    breakStream(peer: string, chaincode: string): Promise<void> {
        return this.caller.call('breakStream', peer, chaincode);
    }

    /** Let a peer wait so many milliseconds before each commit; 0 ends it. */
    delayCommits(peer: string, milliseconds: number): Promise<void> {
        return this.caller.call('delayCommits', peer, milliseconds);
    }

    /** Let a peer endorse every transaction with this result in place of the chaincode's; undefined ends it. */
    answerDifferently(peer: string, result: string | undefined): Promise<void> {
        return this.caller.call('answerDifferently', peer, result);
    }

    /** Move the network's clock by so many milliseconds, forwards or backwards: certificates expire. Transactions carry their client's time. */
    moveClock(milliseconds: number): Promise<void> {
        return this.caller.call('moveClock', milliseconds);
    }

    /** Run the code that a chaincode's folder holds now, for every institution. State stays. */
    reload(chaincode: string): Promise<void> {
        return this.caller.call('reload', chaincode);
    }

    /** Remember how the whole network stands under a name; in the network's folder, if it has one, so that it is known when opened again. */
    snapshot(name: string): Promise<void> {
        return this.caller.call('takeSnapshot', name);
    }

    /** Go back to a snapshot, as often as wanted. What was committed since is forgotten; clients that follow events are not told. */
    revert(name: string): Promise<void> {
        return this.caller.call('revert', name);
    }

    /** Names of the snapshots taken. */
    snapshots(): Promise<readonly string[]> {
        return this.caller.call('snapshots');
    }

    /** Write the ledgers of all peers to one file. */
    dump(file: string): Promise<void> {
        return this.caller.call('dump', resolve(file));
    }

    /** Take up the ledgers of a file that `dump` wrote on a network of the same channel and peers, certificates included. */
    load(file: string): Promise<void> {
        return this.caller.call('load', resolve(file));
    }

    /** Everything known of a transaction: messages, read and write sets, policies; messages of the last 500 only. */
    trace(txId: string): Promise<TransactionTrace> {
        return this.caller.call('trace', txId);
    }

    /** How every peer stands. */
    status(): Promise<FabricStatus> {
        return this.caller.call('status');
    }
}
