import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerSnapshot } from './ledger';
import { readDump, writeDump } from './ledger';
import type { OrderingService } from './orderer/ordering-service';
import type { Peer } from './peer';

export interface SnapshotsOptions {
    readonly channel: string;
    readonly peers: readonly Peer[];
    readonly ordering: OrderingService;
    /** Where snapshots outlive the process, each as a dump; absent, they are in memory and cost next to nothing. */
    readonly folder?: string;
}

const suffix = '.dump';

/** Named states of a whole network, to which it can go back any number of times. */
export class Snapshots {
    private readonly taken = new Map<string, ReadonlyMap<string, LedgerSnapshot>>();

    constructor(private readonly options: SnapshotsOptions) {
        if (options.folder !== undefined) mkdirSync(options.folder, { recursive: true });
    }

    /** Those on disk come first. */
    get names(): readonly string[] {
        return [...new Set([...this.kept(), ...this.taken.keys()])];
    }

    /** Remember how every peer stands, after the blocks cut so far. A name used before now means this. */
    async take(name: string): Promise<void> {
        const current = await this.current();
        const file = this.fileOf(name);
        if (file !== undefined) {
            // Whole or not at all, whatever happens to the process.
            await writeDump(`${file}.part`, this.options.channel, current);
            renameSync(`${file}.part`, file);
        }
        this.taken.set(name, current);
    }

    /** Go back: what was committed since is forgotten, and so are transactions that wait for a block. */
    async revert(name: string): Promise<void> {
        if (!this.names.includes(name)) {
            throw new Error(`unknown snapshot "${name}" (known: ${this.names.join(', ') || 'none'})`);
        }
        const snapshot = this.taken.get(name) ?? (await this.read(this.fileOf(name)!));
        this.taken.set(name, snapshot);
        await this.goTo(snapshot);
    }

    /** Write the whole network's ledgers to a file. */
    async dump(file: string): Promise<void> {
        await writeDump(file, this.options.channel, await this.current());
    }

    /** Take up the ledgers of a dump in place of the present ones. It must come from a network of the same channel and peers. */
    async load(file: string): Promise<void> {
        await this.goTo(await this.read(file));
    }

    private async read(file: string): Promise<ReadonlyMap<string, LedgerSnapshot>> {
        const { channelId, peers } = await readDump(file);
        const missing = this.options.peers.filter(({ name }) => !peers.has(name)).map(({ name }) => name);
        if (channelId !== this.options.channel || missing.length > 0) {
            const problem = missing.length > 0 ? `it lacks ${missing.join(', ')}` : `it is of channel ${channelId}`;
            throw new Error(`${file} is not a dump of this network: ${problem}`);
        }
        return peers;
    }

    private fileOf(name: string): string | undefined {
        const { folder } = this.options;
        return folder === undefined ? undefined : join(folder, encodeURIComponent(name) + suffix);
    }

    private kept(): readonly string[] {
        const { folder } = this.options;
        if (folder === undefined) return [];
        const files = readdirSync(folder).filter(file => file.endsWith(suffix));
        return files.map(file => decodeURIComponent(file.slice(0, -suffix.length)));
    }

    private async current(): Promise<ReadonlyMap<string, LedgerSnapshot>> {
        const { peers } = this.options;
        await Promise.all(peers.map(peer => peer.settled()));
        return new Map(await Promise.all(peers.map(async peer => [peer.name, await peer.ledger.snapshot()] as const)));
    }

    private async goTo(snapshot: ReadonlyMap<string, LedgerSnapshot>): Promise<void> {
        const { peers, ordering } = this.options;
        await Promise.all(peers.map(peer => peer.settled()));
        await Promise.all(peers.map(peer => peer.ledger.revert(snapshot.get(peer.name)!)));
        const longest = [...snapshot.values()].reduce((most, each) =>
            each.blocks.length > most.blocks.length ? each : most,
        );
        ordering.goTo(longest.blocks.map(({ block }) => block));
    }
}
