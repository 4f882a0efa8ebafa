import { common } from '@hyperledger/fabric-protos';
import type { Clock } from '../clock';
import { checkSigned } from '../endorser/endorser';
import type { ErrorDetail } from '../grpc';
import type { Channel } from '../ledger';
import { OrderedBlock } from '../ledger';
import { BlockCutter } from './block-cutter';

/**
 * When blocks are cut: `instant` as soon as the network is idle, `interval` as Fabric's batch timeout and size say,
 * `manual` only when told to.
 */
export type Cutting = 'instant' | 'interval' | 'manual';

export interface OrderingOptions {
    readonly channel: Channel;
    /** Names and addresses of the orderers, for error details. */
    readonly orderers: readonly { readonly mspId: string; readonly address: string }[];
    readonly cutting: Cutting;
    /** Milliseconds that a message waits for company in interval mode. */
    readonly batchTimeout: number;
    readonly maxMessages: number;
    readonly preferredBytes: number;
    readonly absoluteBytes: number;
    readonly clock: Clock;
    /** Blocks that exist already, the first one at least. */
    readonly blocks: readonly OrderedBlock[];
    /** Commits a block on the peers; the next block in instant mode is cut when it resolves. */
    readonly deliver: (block: OrderedBlock) => Promise<void>;
}

export interface BroadcastAnswer {
    readonly status: number;
    readonly info: string;
}

/** Puts transactions in order and into blocks. Looks at their size and signature, never at what they do. */
export class OrderingService {
    private readonly cutter: BlockCutter;
    private chain: OrderedBlock[];
    private delivering = 0;
    private cutIsDue = false;
    private timer: NodeJS.Timeout | undefined;
    private lost = false;
    private mode: Cutting;
    private readonly listeners = new Set<() => void>();

    constructor(private readonly options: OrderingOptions) {
        this.cutter = new BlockCutter(options);
        this.chain = [...options.blocks];
        this.mode = options.cutting;
    }

    get blocks(): readonly OrderedBlock[] {
        return this.chain;
    }

    /** Called for every block from now on; the answer ends it. */
    onBlock(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    /** Transactions that wait for a block. */
    get waiting(): number {
        return this.cutter.size;
    }

    /** What the gateway is told of every orderer while the ordering service is lost; empty if it is not. */
    unreachable(): readonly ErrorDetail[] {
        if (!this.lost) return [];
        return this.options.orderers.map(({ mspId, address }) => ({
            mspId,
            address,
            message:
                'rpc error: code = Unavailable desc = connection error: desc = "transport: error while dialing: connection refused"',
        }));
    }

    /** Fault: no orderer can be reached until they are found again. */
    lose(lost: boolean): void {
        this.lost = lost;
    }

    get cutting(): Cutting {
        return this.mode;
    }

    /** Change when blocks are cut; what waits is cut at once unless the new way is manual. */
    cutBlocks(cutting: Cutting): void {
        this.mode = cutting;
        if (cutting !== 'manual') this.cut();
    }

    /** Take a transaction, or say why not. */
    broadcast(envelope: common.Envelope): BroadcastAnswer {
        const refused = this.check(envelope);
        if (refused !== undefined) return refused;
        for (const batch of this.cutter.add(envelope.serializeBinary())) this.seal(batch);
        if (!this.cutter.isEmpty) this.scheduleCut();
        return { status: common.Status.SUCCESS, info: '' };
    }

    /** Make a block of everything that waits; undefined if nothing does. */
    cut(): OrderedBlock | undefined {
        clearTimeout(this.timer);
        this.timer = undefined;
        return this.cutter.isEmpty ? undefined : this.seal(this.cutter.cut());
    }

    /** Continue after these blocks; what waits is dropped. */
    goTo(blocks: readonly OrderedBlock[]): void {
        this.cutter.cut();
        this.chain = [...blocks];
    }

    close(): void {
        clearTimeout(this.timer);
        this.lost = true;
    }

    private check(envelope: common.Envelope): BroadcastAnswer | undefined {
        const { channel, absoluteBytes } = this.options;
        const refuse = (status: number, info: string): BroadcastAnswer => ({ status, info });
        const payload = envelope.getPayload_asU8();
        if (payload.length === 0) return refuse(common.Status.BAD_REQUEST, 'Message was empty');
        let channelId: string;
        let creator: Uint8Array;
        try {
            const header = common.Payload.deserializeBinary(payload).getHeader();
            if (header === undefined)
                return refuse(common.Status.BAD_REQUEST, 'could not determine channel ID: header not set');
            channelId = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()).getChannelId();
            creator = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8()).getCreator_asU8();
        } catch (error) {
            return refuse(common.Status.BAD_REQUEST, `could not determine channel ID: ${(error as Error).message}`);
        }
        if (channelId !== channel.name) return refuse(common.Status.NOT_FOUND, 'channel does not exist');
        const size = payload.length + envelope.getSignature_asU8().length;
        if (size > absoluteBytes) {
            return refuse(
                common.Status.BAD_REQUEST,
                `message payload is ${size} bytes and exceeds maximum allowed ${absoluteBytes} bytes`,
            );
        }
        return this.refuseSigner(creator, envelope);
    }

    private refuseSigner(creator: Uint8Array, envelope: common.Envelope): BroadcastAnswer | undefined {
        const { channel, clock } = this.options;
        const [data, signature] = [envelope.getPayload_asU8(), envelope.getSignature_asU8()];
        try {
            checkSigned(channel, channel.name, '/Channel/Writers', { identity: creator, data, signature });
        } catch (error) {
            return { status: common.Status.FORBIDDEN, info: `${(error as Error).message}: permission denied` };
        }
        if (!channel.msps.identify(creator).expired(clock.now())) return undefined;
        return { status: common.Status.BAD_REQUEST, info: 'broadcast client identity expired' };
    }

    private scheduleCut(): void {
        if (this.mode === 'interval') {
            this.timer ??= setTimeout(() => this.cut(), this.options.batchTimeout);
        } else if (this.mode === 'instant' && !this.cutIsDue && this.delivering === 0) {
            // Whatever has already arrived in this turn of the event loop shares the block.
            this.cutIsDue = true;
            setImmediate(() => {
                this.cutIsDue = false;
                if (this.mode === 'instant') this.cut();
            });
        }
    }

    private seal(batch: readonly Uint8Array[]): OrderedBlock {
        const previous = this.chain[this.chain.length - 1];
        const block = new OrderedBlock(this.chain.length, previous?.hash ?? new Uint8Array(), batch);
        this.chain.push(block);
        for (const listener of this.listeners) listener();
        this.delivering += 1;
        void this.options.deliver(block).finally(() => {
            this.delivering -= 1;
            if (!this.cutter.isEmpty) this.scheduleCut();
        });
        return block;
    }
}
