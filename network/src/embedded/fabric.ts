import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gateway, peer } from '@hyperledger/fabric-protos';
import type { KeyPair } from '../authority';
import type { Node } from '../certificates';
import type { Consortium } from '../consortium';
import { parseDuration } from '../duration';
import { InstitutionHost } from './chaincode/institution-host';
import type { InstalledChaincode } from './chaincode/institution-host';
import type { ChaincodeLog } from './chaincode/launcher';
import { deliverService } from './deliver/deliver-service';
import { endorserService } from './endorser/endorser-service';
import { prepare } from './endorser/prepared-transaction';
import { unpackProposal } from './endorser/proposal';
import { propose } from './endorser/propose';
import { Discovery } from './gateway/discovery';
import { gatewayService } from './gateway/gateway-service';
import { GrpcServer } from './grpc-server';
import type { ChannelConfig, DefinitionTerms, MspConfig, OrderedBlock, WantedSet } from './ledger';
import { Channel, disseminate, genesisBlock, openPeerLedger } from './ledger';
import type { Cutting } from './orderer/ordering-service';
import { OrderingService } from './orderer/ordering-service';
import { Peer } from './peer';
import { Signer } from './signer';
import { lifecycle } from './system/lifecycle';
import { qscc } from './system/qscc';
import { TraceBook } from './trace';

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
    readonly chaincodes: readonly (DefinitionTerms & InstalledChaincode)[];
    readonly cutting: Cutting;
    readonly executeTimeout: number;
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
    private readonly runFolder = mkdtempSync(join(tmpdir(), `poolproof-${process.pid}-`));
    private readonly hosts: ReadonlyMap<string, InstitutionHost>;
    readonly trace = new TraceBook();
    private served: readonly ServedPeer[] = [];
    private ordering: OrderingService | undefined;

    /** Starts the chaincodes, which take longest; `open` does the rest. */
    constructor(private readonly options: FabricOptions) {
        const { consortium, chaincodes, onLog } = options;
        this.hosts = new Map(
            consortium.institutions.map(({ mspId }) => [
                mspId,
                new InstitutionHost(mspId, chaincodes, this.runFolder, onLog),
            ]),
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
        const genesis = genesisBlock(config);
        const peers = await this.openPeers(channel, institutions);
        const ordering = this.openOrdering(channel, orderers, genesis, peers);
        this.ordering = ordering;
        await Promise.all(peers.map(each => each.commit(genesis)));
        await this.define(channel, institutions, peers, ordering);
        this.served = await Promise.all(
            peers.map(async each => {
                const server = this.serverOf(channel, each, peers, ordering, institutions);
                await server.listen(0);
                each.endpoint = `${each.name}:${server.port}`;
                return { peer: each, server };
            }),
        );
        await Promise.all(
            peers.flatMap(each => this.options.chaincodes.map(({ name }) => each.chaincodes.connect(name))),
        );
    }

    /** Name and port of every peer, in the order of the consortium. */
    endpoints(): readonly { readonly name: string; readonly mspId: string; readonly port: number }[] {
        return this.served.map(({ peer: { name, mspId }, server: { port } }) => ({ name, mspId, port }));
    }

    get orderers(): OrderingService {
        if (this.ordering === undefined) throw new Error('the network is not open');
        return this.ordering;
    }

    /** A peer by name. Throws with the names there are. */
    peer(name: string): ServedPeer {
        const found = this.served.find(each => each.peer.name === name);
        if (found !== undefined) return found;
        throw new Error(`unknown peer "${name}" (known: ${this.served.map(each => each.peer.name).join(', ')})`);
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

    status(): FabricStatus {
        return {
            channel: this.options.consortium.channel,
            cutting: this.orderers.cutting,
            waiting: this.orderers.waiting,
            ordered: this.orderers.blocks.length,
            peers: this.served.map(({ peer: { name, mspId, isRunning, ledger }, server }) => ({
                name,
                mspId,
                address: `127.0.0.1:${server.port}`,
                running: isRunning,
                height: ledger.height,
            })),
        };
    }

    /** Resolves when every running peer has committed all blocks cut so far. */
    async settled(): Promise<void> {
        await Promise.all(this.served.map(each => each.peer.settled()));
    }

    /** End everything and remove what was laid down on disk. */
    async close(): Promise<void> {
        this.ordering?.close();
        for (const { server } of this.served) server.close();
        await Promise.all(this.served.map(each => each.peer.close()));
        await Promise.all([...this.hosts.values()].map(host => host.close()));
        rmSync(this.runFolder, { recursive: true, force: true });
    }

    private async openPeers(channel: Channel, institutions: readonly FabricOrganization[]): Promise<readonly Peer[]> {
        const agreed = new Map(this.options.chaincodes.map(terms => [terms.name, terms]));
        const systemChaincodes = new Map([
            ['_lifecycle', lifecycle(channel, agreed)],
            ['qscc', qscc(channel)],
        ]);
        const peers: Peer[] = [];
        for (const { mspId, nodes } of institutions) {
            for (const { name, identity } of nodes) {
                const ledger = await openPeerLedger({
                    channel,
                    mspId,
                    fetchPrivate: wanted => fetchPrivate(peers, name, wanted),
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
                        disseminate: (from, txId, privateSet) => {
                            const others = peers.filter(other => other !== from && other.isRunning);
                            disseminate(
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
        genesis: OrderedBlock,
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
            blocks: [genesis],
            deliver: async block => {
                await Promise.all(peers.map(each => each.commit(block)));
            },
        });
    }

    /** Define the chaincodes as institutions do: a transaction to `_lifecycle` that every one of them endorses. */
    private async define(
        channel: Channel,
        institutions: readonly FabricOrganization[],
        peers: readonly Peer[],
        ordering: OrderingService,
    ): Promise<void> {
        const [first] = institutions;
        if (first === undefined) return;
        const admin = new Signer(first.mspId, first.admin);
        for (const { name, sequence } of this.options.chaincodes) {
            const args = new peer.lifecycle.CommitChaincodeDefinitionArgs();
            args.setName(name);
            args.setSequence(sequence);
            const call = [Buffer.from('CommitChaincodeDefinition'), args.serializeBinary()];
            const proposal = unpackProposal(propose(admin, channel.name, '_lifecycle', call));
            const answers = await Promise.all(peers.map(each => each.processProposal(proposal.signed)));
            const refused = answers.find(({ response }) => response.getEndorsement() === undefined);
            if (refused !== undefined) {
                throw new Error(`chaincode ${name} cannot be defined: ${refused.response.getResponse()?.getMessage()}`);
            }
            const endorsements = answers.map(({ response }) => response.getEndorsement()!);
            const envelope = prepare(proposal, answers[0]!.response.getPayload_asU8(), endorsements);
            envelope.setSignature(admin.sign(envelope.getPayload_asU8()));
            ordering.broadcast(envelope);
            ordering.cut();
            await Promise.all(peers.map(each => each.settled()));
            if (peers.some(each => each.ledger.definition(name)?.sequence !== sequence)) {
                const code = peers[0]?.ledger.transaction(proposal.txId)?.code;
                throw new Error(`chaincode ${name} was not defined: validation code ${code}`);
            }
        }
    }

    private serverOf(
        channel: Channel,
        local: Peer,
        peers: readonly Peer[],
        orderers: OrderingService,
        institutions: readonly FabricOrganization[],
    ): GrpcServer {
        const node = institutions.flatMap(({ nodes }) => nodes).find(({ name }) => name === local.name)!;
        const context = {
            channel,
            local,
            orderers,
            discovery: new Discovery(local, channel, () => peers.filter(each => each.isRunning)),
            endorsementTimeout: this.options.executeTimeout === 0 ? 0 : endorsementTimeout,
            trace: this.trace,
        };
        return new GrpcServer(node.tls, [
            { definition: gateway.GatewayService, implementation: gatewayService(context) },
            { definition: peer.EndorserService, implementation: endorserService(local) },
            {
                definition: peer.DeliverService,
                implementation: deliverService({ channel, ledger: local.ledger, now: () => Date.now() }),
            },
        ]);
    }
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
