import type { ServerDuplexStream } from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import type { Clock } from '../clock';
import { checkSigned } from '../endorser/endorser';
import { cancellation, toServiceError, write } from '../grpc';
import type { Channel, ChannelIdentity } from '../ledger';
import { followBlocks } from './follow';
import type { BlockSource } from './follow';

type Call<Response> = ServerDuplexStream<common.Envelope, Response>;
type StatusCode = common.StatusMap[keyof common.StatusMap];

const { Status } = common;

/** How far a request's time may be from the server's, in milliseconds (peer.authentication.timewindow of core.yaml). */
const timeWindow = 15 * 60 * 1000;

/** Who serves blocks, to whom and how. */
export interface SeekOptions<Block, Response> {
    readonly channel: Channel;
    readonly clock: Clock;
    /** Path of the policy that clients must satisfy. */
    readonly readers: string;
    readonly blocks: BlockSource<Block>;
    /** The message that carries a block to a client. */
    readonly render: (block: Block, client: ChannelIdentity) => Response;
    /** The message that ends the answer to a request. */
    readonly end: (status: StatusCode) => Response;
}

interface SeekRequest {
    readonly start: orderer.SeekPosition;
    readonly stop: orderer.SeekPosition;
    readonly failIfNotReady: boolean;
    readonly signed: { readonly identity: Uint8Array; readonly data: Uint8Array; readonly signature: Uint8Array };
}

/** Answers seeks as peers and orderers do, one after another: after one is served to its end, the client may seek again. */
export function serveSeeks<Block extends { readonly number: number }, Response>(
    options: SeekOptions<Block, Response>,
): (call: Call<Response>) => void {
    return call => {
        const abandoned = cancellation(call);
        let queue = Promise.resolve(true);
        call.on('data', (envelope: common.Envelope) => {
            queue = queue.then(open => open && answer(options, call, envelope, abandoned));
        });
        call.on('end', () => void queue.then(() => call.end()));
        call.on('error', () => undefined);
    };
}

/** Serve one request; false once the stream is over. */
async function answer<Block extends { readonly number: number }, Response>(
    options: SeekOptions<Block, Response>,
    call: Call<Response>,
    envelope: common.Envelope,
    abandoned: Promise<void>,
): Promise<boolean> {
    let status: StatusCode;
    try {
        status = await deliver(options, call, envelope, abandoned);
    } catch (error) {
        call.emit('error', toServiceError(error));
        return false;
    }
    if (call.cancelled) return false;
    await write(call, options.end(status));
    if (status !== Status.SUCCESS) call.end();
    return status === Status.SUCCESS;
}

async function deliver<Block extends { readonly number: number }, Response>(
    options: SeekOptions<Block, Response>,
    call: Call<Response>,
    envelope: common.Envelope,
    abandoned: Promise<void>,
): Promise<StatusCode> {
    const { blocks, render } = options;
    const request = readRequest(options, envelope);
    if (typeof request === 'number') return request;
    if (!mayRead(options, request)) return Status.FORBIDDEN;
    const range = rangeOf(blocks.height, request);
    if (range === undefined) return Status.BAD_REQUEST;
    if (request.failIfNotReady && range.from >= blocks.height) return Status.NOT_FOUND;
    const client = options.channel.msps.identify(request.signed.identity);
    for await (const block of followBlocks(blocks, range.from, abandoned)) {
        if (!mayRead(options, request)) return Status.FORBIDDEN;
        await write(call, render(block, client));
        if (block.number === range.to) return Status.SUCCESS;
        if (request.failIfNotReady && block.number + 1 >= blocks.height) return Status.NOT_FOUND;
    }
    return Status.INTERNAL_SERVER_ERROR;
}

type Terms = Pick<SeekOptions<never, never>, 'channel' | 'clock' | 'readers'>;

function readRequest(options: Terms, envelope: common.Envelope): SeekRequest | StatusCode {
    try {
        const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
        const header = payload.getHeader();
        if (header === undefined) return Status.BAD_REQUEST;
        const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
        const creator = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8()).getCreator_asU8();
        const timestamp = channelHeader.getTimestamp();
        if (timestamp === undefined) return Status.BAD_REQUEST;
        if (Math.abs(timestamp.toDate().getTime() - options.clock.now().getTime()) > timeWindow)
            return Status.BAD_REQUEST;
        if (channelHeader.getChannelId() !== options.channel.name) return Status.NOT_FOUND;
        const seek = orderer.SeekInfo.deserializeBinary(payload.getData_asU8());
        const signature = envelope.getSignature_asU8();
        const signed = { identity: creator, data: envelope.getPayload_asU8(), signature };
        const [start, stop] = [seek.getStart(), seek.getStop()];
        // Fabric looks at the signature before it misses the positions.
        if (!mayRead(options, { signed })) return Status.FORBIDDEN;
        if (start === undefined || stop === undefined) return Status.BAD_REQUEST;
        const failIfNotReady = seek.getBehavior() === orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY;
        return { start, stop, failIfNotReady, signed };
    } catch {
        return Status.BAD_REQUEST;
    }
}

function mayRead({ channel, clock, readers }: Terms, { signed }: Pick<SeekRequest, 'signed'>): boolean {
    try {
        if (channel.msps.identify(signed.identity).expired(clock.now())) return false;
        checkSigned(channel, channel.name, readers, signed);
        return true;
    } catch {
        return false;
    }
}

/** First and last block to send; undefined where the last comes before the first. */
function rangeOf(height: number, request: SeekRequest): { from: number; to: number } | undefined {
    const kinds = orderer.SeekPosition.TypeCase;
    const newest = height - 1;
    const positionOf = (position: orderer.SeekPosition): number => {
        if (position.getTypeCase() === kinds.OLDEST) return 0;
        if (position.getTypeCase() === kinds.NEWEST) return newest;
        if (position.getTypeCase() === kinds.NEXT_COMMIT) return height;
        return position.getSpecified()?.getNumber() ?? 0;
    };
    const from = positionOf(request.start);
    const stop = request.stop.getTypeCase();
    // As Fabric: "oldest" as the end means the block it starts with.
    const to = stop === kinds.OLDEST ? from : positionOf(request.stop);
    return stop === kinds.SPECIFIED && to < from ? undefined : { from, to };
}
