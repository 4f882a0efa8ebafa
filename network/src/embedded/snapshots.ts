import type { LedgerSnapshot } from './ledger';
import { readDump, writeDump } from './ledger';
import type { OrderingService } from './orderer/ordering-service';
import type { Peer } from './peer';

/** Named states of a whole network, to which it can go back any number of times. They cost next to nothing. */
export class Snapshots {
    private readonly taken = new Map<string, ReadonlyMap<string, LedgerSnapshot>>();

    constructor(
        private readonly channel: string,
        private readonly peers: readonly Peer[],
        private readonly ordering: OrderingService,
    ) {}

    get names(): readonly string[] {
        return [...this.taken.keys()];
    }

    /** Remember how every peer stands, after the blocks cut so far. A name used before now means this. */
    async take(name: string): Promise<void> {
        this.taken.set(name, await this.current());
    }

    /** Go back: what was committed since is forgotten, and so are transactions that wait for a block. */
    async revert(name: string): Promise<void> {
        const snapshot = this.taken.get(name);
        if (snapshot === undefined) {
            throw new Error(`unknown snapshot "${name}" (known: ${this.names.join(', ') || 'none'})`);
        }
        await this.goTo(snapshot);
    }

    /** Write the whole network's ledgers to a file. */
    async dump(file: string): Promise<void> {
        await writeDump(file, this.channel, await this.current());
    }

    /** Take up the ledgers of a dump in place of the present ones. It must come from a network of the same channel and peers. */
    async load(file: string): Promise<void> {
        const { channelId, peers } = await readDump(file);
        const missing = this.peers.filter(({ name }) => !peers.has(name)).map(({ name }) => name);
        if (channelId !== this.channel || missing.length > 0) {
            const problem = missing.length > 0 ? `it lacks ${missing.join(', ')}` : `it is of channel ${channelId}`;
            throw new Error(`${file} is not a dump of this network: ${problem}`);
        }
        await this.goTo(peers);
    }

    private async current(): Promise<ReadonlyMap<string, LedgerSnapshot>> {
        await Promise.all(this.peers.map(peer => peer.settled()));
        return new Map(
            await Promise.all(this.peers.map(async peer => [peer.name, await peer.ledger.snapshot()] as const)),
        );
    }

    private async goTo(snapshot: ReadonlyMap<string, LedgerSnapshot>): Promise<void> {
        await Promise.all(this.peers.map(peer => peer.settled()));
        await Promise.all(this.peers.map(peer => peer.ledger.revert(snapshot.get(peer.name)!)));
        const longest = [...snapshot.values()].reduce((most, each) =>
            each.blocks.length > most.blocks.length ? each : most,
        );
        this.ordering.goTo(longest.blocks.map(({ block }) => block));
    }
}
