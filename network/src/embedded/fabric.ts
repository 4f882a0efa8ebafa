import { mkdirSync } from 'node:fs';
import type { KeyPair } from '../authority';
import type { Node } from '../certificates';
import type { Consortium } from '../consortium';
import { parseDuration } from '../duration';
import { Clock } from './clock';
import { InstitutionHost } from './chaincode/institution-host';
import type { InstalledChaincode } from './chaincode/institution-host';
import type { ChaincodeLog } from './chaincode/launcher';
import { PackageWatcher } from './chaincode/package-watcher';
import { defineChaincode, nextDefinition } from './define-chaincode';
import type { WantedDefinition } from './define-chaincode';
import { Discovery } from './gateway/discovery';
import type { GrpcServer } from './grpc-server';
import type { ChannelConfig, DefinitionTerms, MspConfig, OrderedBlock, WantedSet } from './ledger';
import { Channel, disseminate, genesisBlock, LevelFolder, openPeerLedger } from './ledger';
import type { Cutting } from './orderer/ordering-service';
import { OrderingService } from './orderer/ordering-service';
import { Peer } from './peer';
import { ordererServer, peerServer } from './node-servers';
import { Signer } from './signer';
import { Snapshots } from './snapshots';
import { cscc } from './system/cscc';
import { lifecycle } from './system/lifecycle';
import { lscc } from './system/lscc';
import { qscc } from './system/qscc';
import { TraceBook } from './trace/trace-book';
import type { TransactionTrace } from './trace/transaction-trace';
import { traceTransaction } from './trace/transaction-trace';

/** The certificates of one organisation that its nodes need. */
export interface FabricOrganization {
    readonly mspId: string;
    readonly rootPem: string;
    readonly tlsRootPem: string;
    readonly admin: KeyPair;
    readonly nodes: readonly Node[];
}

export interface FabricOptions {
    readonly consortium: Consortium;
    readonly chaincodes: readonly (WantedDefinition & InstalledChaincode)[];
    readonly cutting: Cutting;
    readonly executeTimeout: number;
    /** Folder in which the ledgers are kept; in memory if absent. */
    readonly ledgerFolder?: string;
    /** Folder in which snapshots are kept; in memory if absent. */
    readonly snapshotFolder?: string;
    /** Ports that peers should listen on, by name. */
    readonly ports: Readonly<Record<string, number>>;
    /** Whether it is an error that such a port is taken; else another one is used. */
    readonly portsAreFixed: boolean;
    /** Whether changed chaincode is run without being told to. */
    readonly watch: boolean;
    readonly onLog: (line: ChaincodeLog) => void;
}

/** A peer and the server through which clients reach it. */
export interface ServedPeer {
    readonly peer: Peer;
    readonly server: GrpcServer;
}

/** How the network stands. */
export interface FabricStatus {
    readonly channel: string;
    readonly cutting: Cutting;
    /** Transactions that wait for a block. */
    readonly waiting: number;
    /** Number of blocks ordered. */
    readonly ordered: number;
    /** Addresses of the orderers, for clients that submit to them directly. */
    readonly orderers: readonly string[];
    readonly peers: readonly {
        readonly name: string;
        readonly mspId: string;
        readonly address: string;
        readonly running: boolean;
        /** Number of blocks committed. */
        readonly height: number;
    }[];
}

/** Milliseconds the gateway waits for one endorser (core.yaml). */
const endorsementTimeout = 30_000;

/** All peers, orderers and chaincodes of one consortium, in one thread and its workers. */
export class Fabric {
    private readonly hosts: ReadonlyMap<string, InstitutionHost>;
    readonly clock = new Clock();
    private readonly book = new TraceBook();
    private channel: Channel | undefined;
    private readonly agreed = new Map<string, DefinitionTerms>();
    private served: readonly ServedPeer[] = [];
    private ordererServers: readonly GrpcServer[] = [];
    private ordering: OrderingService | undefined;
    private taken: Snapshots | undefined;
    private folder: LevelFolder | undefined;
    private watchers: readonly PackageWatcher[] = [];
    private reloading: Promise<unknown> = Promise.resolve();

    /** Starts the chaincodes, which take longest; `open` does the rest. */
    constructor(private readonly options: FabricOptions) {
        const { consortium, chaincodes, onLog } = options;
        this.hosts = new Map(
            consortium.institutions.map(({ mspId }) => [mspId, new InstitutionHost(mspId, chaincodes, onLog)]),
        );
        for (const host of this.hosts.values()) host.startAll();
    }

    /** Bring up the channel; resolves when every peer serves clients and its chaincodes are ready. */
    async open(institutions: readonly FabricOrganization[], orderers: FabricOrganization): Promise<void> {
        const config: ChannelConfig = {
            channel: this.options.consortium.channel,
            institutions: institutions.map(mspConfig),
            orderers: [mspConfig(orderers)],
        };
        const channel = new Channel(config);
        this.channel = channel;
        const peers = await this.openPeers(channel, institutions);
        const ordering = this.openOrdering(channel, orderers, blocksOf(peers, config), peers);
        this.ordering = ordering;
        this.taken = new Snapshots({
            channel: channel.name,
            peers,
            ordering,
            ...(this.options.snapshotFolder === undefined ? {} : { folder: this.options.snapshotFolder }),
        });
        await Promise.all(peers.map(each => each.start(ordering.blocks.slice(each.ledger.height))));
        await Promise.all(peers.map(each => each.ledger.fetchMissing()));
        await this.define(channel, institutions, peers, ordering);
        this.served = await Promise.all(peers.map(each => this.serve(channel, each, peers, ordering, institutions)));
        this.ordererServers = await Promise.all(
            orderers.nodes.map(node => this.serveOrderer(node, orderers, channel, ordering)),
        );
        await Promise.all(
            peers.flatMap(each => this.options.chaincodes.map(({ name }) => each.chaincodes.connect(name))),
        );
        if (this.options.watch) this.watchers = this.options.chaincodes.flatMap(each => this.watch(each));
    }

    /** Name and port of every peer, in the order of the consortium. */
    endpoints(): readonly { readonly name: string; readonly mspId: string; readonly port: number }[] {
        return this.served.map(({ peer: { name, mspId }, server: { port } }) => ({ name, mspId, port }));
    }

    get orderers(): OrderingService {
        if (this.ordering === undefined) throw new Error('the network is not open');
        return this.ordering;
    }

    get snapshots(): Snapshots {
        if (this.taken === undefined) throw new Error('the network is not open');
        return this.taken;
    }

    /** A peer by name. Throws with the names there are. */
    peer(name: string): ServedPeer {
        const found = this.served.find(each => each.peer.name === name);
        if (found !== undefined) return found;
        throw new Error(`unknown peer "${name}" (known: ${this.served.map(each => each.peer.name).join(', ')})`);
    }

    /** Everything known of a transaction; committed parts as the first peer that has it sees them. */
    trace(txId: string): TransactionTrace {
        const [witness] = this.served
            .map(each => each.peer)
            .sort((left, right) => right.ledger.height - left.ledger.height);
        if (this.channel === undefined || witness === undefined) throw new Error('the network is not open');
        return traceTransaction(this.channel, this.book, witness, txId);
    }

    /** Run what a chaincode's folder holds now, at every institution. */
    async reload(chaincode: string): Promise<void> {
        if (!this.options.chaincodes.some(({ name }) => name === chaincode)) {
            throw new Error(`unknown chaincode "${chaincode}"`);
        }
        await Promise.all([...this.hosts.values()].map(host => host.stop(chaincode)));
        const running = this.served.map(each => each.peer).filter(({ isRunning }) => isRunning);
        await Promise.all(running.map(each => each.chaincodes.connect(chaincode)));
    }

    /** Reload a chaincode whenever its code changes. Code that does not start says so in the log; the next change tries again. */
    private watch({ name, folder, altered }: InstalledChaincode): readonly PackageWatcher[] {
        const reload = (): void => {
            this.reloading = this.reloading.then(() => this.reload(name)).catch(() => undefined);
        };
        return [...new Set([folder, ...Object.values(altered)])].map(each => new PackageWatcher(each, reload));
    }

    status(): FabricStatus {
        return {
            channel: this.options.consortium.channel,
            cutting: this.orderers.cutting,
            waiting: this.orderers.waiting,
            ordered: this.orderers.blocks.length,
            orderers: this.ordererServers.map(({ port }) => `127.0.0.1:${port}`),
            peers: this.served.map(({ peer: { name, mspId, isRunning, ledger }, server }) => ({
                name,
                mspId,
                address: `127.0.0.1:${server.port}`,
                running: isRunning,
                height: ledger.height,
            })),
        };
    }

    /** Start a stopped peer; whoever missed private data that only it had can have it now. */
    async startPeer(name: string): Promise<void> {
        const { peer, server } = this.peer(name);
        if (peer.isRunning) return;
        await peer.start(this.orderers.blocks.slice(peer.ledger.height));
        await server.listen(server.port);
        const running = this.served.map(each => each.peer).filter(({ isRunning }) => isRunning);
        await Promise.all(running.map(each => each.ledger.fetchMissing()));
    }

    /** Resolves when every running peer has committed all blocks cut so far. */
    async settled(): Promise<void> {
        await Promise.all(this.served.map(each => each.peer.settled()));
    }

    /** End everything and remove what was laid down on disk. */
    async close(): Promise<void> {
        for (const watcher of this.watchers) watcher.close();
        await this.reloading;
        this.ordering?.close();
        for (const server of [...this.served.map(each => each.server), ...this.ordererServers]) server.close();
        await Promise.all(this.served.map(each => each.peer.close()));
        await Promise.all([...this.hosts.values()].map(host => host.close()));
        await this.folder?.close();
    }

    private async openPeers(channel: Channel, institutions: readonly FabricOrganization[]): Promise<readonly Peer[]> {
        const { ledgerFolder } = this.options;
        if (ledgerFolder !== undefined) {
            mkdirSync(ledgerFolder, { recursive: true });
            this.folder = await LevelFolder.open(ledgerFolder, channel.name);
        }
        const systemChaincodes = new Map([
            ['_lifecycle', lifecycle(channel, this.agreed)],
            ['cscc', cscc(channel)],
            ['lscc', lscc],
            ['qscc', qscc(channel)],
        ]);
        const peers: Peer[] = [];
        for (const { mspId, nodes } of institutions) {
            for (const { name, identity } of nodes) {
                const ledger = await openPeerLedger({
                    channel,
                    mspId,
                    fetchPrivate: wanted => fetchPrivate(peers, name, wanted),
                    ...(this.folder === undefined ? {} : { store: this.folder.store(name) }),
                });
                peers.push(
                    new Peer({
                        name,
                        mspId,
                        signer: new Signer(mspId, identity),
                        channel,
                        ledger,
                        host: this.hosts.get(mspId)!,
                        systemChaincodes,
                        executeTimeout: this.options.executeTimeout,
                        clock: this.clock,
                        note: (txId, what, detail) => this.book.note(txId, what, name, detail),
                        disseminate: (from, txId, privateSet) => {
                            const others = peers.filter(other => other !== from && other.isRunning);
                            return disseminate(
                                from.ledger,
                                others.map(other => other.ledger),
                                txId,
                                privateSet,
                            );
                        },
                    }),
                );
            }
        }
        return peers;
    }

    private openOrdering(
        channel: Channel,
        orderers: FabricOrganization,
        blocks: readonly OrderedBlock[],
        peers: readonly Peer[],
    ): OrderingService {
        const { batch } = this.options.consortium;
        return new OrderingService({
            channel,
            orderers: orderers.nodes.map(({ name }) => ({ mspId: orderers.mspId, address: name })),
            cutting: this.options.cutting,
            batchTimeout: parseDuration(batch.timeout) ?? 0,
            maxMessages: batch.maxMessages,
            preferredBytes: batch.preferredBytes,
            absoluteBytes: batch.absoluteBytes,
            clock: this.clock,
            blocks,
            deliver: async block => {
                await Promise.all(peers.map(each => each.commit(block)));
            },
        });
    }

    /** Define what is not yet defined as wanted. */
    private async define(
        channel: Channel,
        institutions: readonly FabricOrganization[],
        peers: readonly Peer[],
        ordering: OrderingService,
    ): Promise<void> {
        const [[institution], [first]] = [institutions, peers];
        if (institution === undefined || first === undefined) return;
        const admin = new Signer(institution.mspId, institution.admin);
        for (const wanted of this.options.chaincodes) {
            const terms = nextDefinition(first.ledger, wanted);
            this.agreed.set(wanted.name, terms ?? { ...wanted, sequence: 0 });
            if (terms !== undefined) await defineChaincode(channel, admin, peers, ordering, terms);
        }
    }

    private async serve(
        channel: Channel,
        local: Peer,
        peers: readonly Peer[],
        orderers: OrderingService,
        institutions: readonly FabricOrganization[],
    ): Promise<ServedPeer> {
        const owner = institutions.find(({ mspId }) => mspId === local.mspId)!;
        const server = peerServer(
            owner.nodes.find(({ name }) => name === local.name)!,
            owner.tlsRootPem,
            {
                channel,
                local,
                orderers,
                discovery: new Discovery(local, channel, () => peers.filter(each => each.isRunning)),
                endorsementTimeout: this.options.executeTimeout === 0 ? 0 : endorsementTimeout,
                trace: this.book,
                clock: this.clock,
            },
        );
        await this.listen(server, local.name);
        local.endpoint = `${local.name}:${server.port}`;
        return { peer: local, server };
    }

    private async serveOrderer(
        node: Node,
        owner: FabricOrganization,
        channel: Channel,
        ordering: OrderingService,
    ): Promise<GrpcServer> {
        const server = ordererServer(node, owner.tlsRootPem, { channel, ordering, clock: this.clock });
        await this.listen(server, node.name);
        return server;
    }

    private async listen(server: GrpcServer, name: string): Promise<void> {
        const { ports, portsAreFixed } = this.options;
        const listening = server.listen(ports[name] ?? 0);
        await (portsAreFixed ? listening : listening.catch(() => server.listen(0)));
    }
}

/** The chain that all peers share: the longest that one of them has kept, or a new one. */
function blocksOf(peers: readonly Peer[], config: ChannelConfig): readonly OrderedBlock[] {
    const [first, ...others] = peers.map(({ ledger }) => ledger);
    const longest = others.reduce(
        (most, each) => (most === undefined || each.height > most.height ? each : most),
        first,
    );
    if (longest === undefined || longest.height === 0) return [genesisBlock(config)];
    return Array.from({ length: longest.height }, (_, number) => longest.block(number)!.block);
}

/** A private set that some other running peer has. */
function fetchPrivate(peers: readonly Peer[], asking: string, wanted: WantedSet): Uint8Array | undefined {
    for (const other of peers) {
        const found = other.name !== asking && other.isRunning ? other.ledger.privateSet(wanted) : undefined;
        if (found !== undefined) return found;
    }
    return undefined;
}

function mspConfig({ mspId, rootPem, tlsRootPem }: FabricOrganization): MspConfig {
    return { mspId, rootCertificatesPem: [rootPem], tlsRootCertificatesPem: [tlsRootPem] };
}
