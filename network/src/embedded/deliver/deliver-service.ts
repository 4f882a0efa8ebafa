import type { ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { common, orderer, peer } from '@hyperledger/fabric-protos';
import type { Clock } from '../clock';
import { checkSigned } from '../endorser/endorser';
import { cancellation, toServiceError, write } from '../grpc';
import type { Channel, ChannelIdentity, CommittedBlock, PeerLedger } from '../ledger';
import { filteredBlock } from './filtered-block';
import { followBlocks } from './follow';
import { privateDataMap } from './private-data';

type Call = ServerDuplexStream<common.Envelope, peer.DeliverResponse>;

const { Status } = common;

/** How far a request's time may be from the peer's, in milliseconds (peer.authentication.timewindow of core.yaml). */
const timeWindow = 15 * 60 * 1000;

export interface DeliverOptions {
    readonly channel: Channel;
    readonly ledger: PeerLedger;
    readonly clock: Clock;
}

interface SeekRequest {
    readonly start: orderer.SeekPosition;
    readonly stop: orderer.SeekPosition;
    readonly failIfNotReady: boolean;
    readonly signed: { readonly identity: Uint8Array; readonly data: Uint8Array; readonly signature: Uint8Array };
}

/** The service protos.Deliver of one peer: its blocks whole, filtered, or with the private data the client may see. */
export function deliverService(options: DeliverOptions): UntypedServiceImplementation {
    return {
        deliver: serve(options, wholeBlock),
        deliverFiltered: serve(options, block => {
            const response = new peer.DeliverResponse();
            response.setFilteredBlock(filteredBlock(block));
            return response;
        }),
        deliverWithPrivateData: serve(options, (block, client) => blockWithPrivateData(options, block, client)),
    };
}

type Render = (block: CommittedBlock, client: ChannelIdentity) => peer.DeliverResponse;

function wholeBlock(block: CommittedBlock): peer.DeliverResponse {
    const response = new peer.DeliverResponse();
    response.setBlock(block.message());
    return response;
}

function blockWithPrivateData(
    { ledger }: DeliverOptions,
    block: CommittedBlock,
    client: ChannelIdentity,
): peer.DeliverResponse {
    const message = new peer.BlockAndPrivateData();
    message.setBlock(block.message());
    const map = message.getPrivateDataMapMap();
    for (const [index, sets] of privateDataMap(ledger, block, client)) map.set(index, sets);
    const response = new peer.DeliverResponse();
    response.setBlockAndPrivateData(message);
    return response;
}

/** Requests of a stream one after another: after a request is served to its end, the client may seek again. */
function serve(options: DeliverOptions, render: Render): (call: Call) => void {
    return call => {
        const abandoned = cancellation(call);
        let queue = Promise.resolve(true);
        call.on('data', (envelope: common.Envelope) => {
            queue = queue.then(open => open && answer(options, render, call, envelope, abandoned));
        });
        call.on('end', () => void queue.then(() => call.end()));
        call.on('error', () => undefined);
    };
}

/** Serve one request; false once the stream is over. */
async function answer(
    options: DeliverOptions,
    render: Render,
    call: Call,
    envelope: common.Envelope,
    abandoned: Promise<void>,
): Promise<boolean> {
    let status: number;
    try {
        status = await deliver(options, render, call, envelope, abandoned);
    } catch (error) {
        call.emit('error', toServiceError(error));
        return false;
    }
    if (call.cancelled) return false;
    const response = new peer.DeliverResponse();
    response.setStatus(status as common.StatusMap[keyof common.StatusMap]);
    await write(call, response);
    if (status !== Status.SUCCESS) call.end();
    return status === Status.SUCCESS;
}

async function deliver(
    options: DeliverOptions,
    render: Render,
    call: Call,
    envelope: common.Envelope,
    abandoned: Promise<void>,
): Promise<number> {
    const { ledger } = options;
    const request = readRequest(options, envelope);
    if (typeof request === 'number') return request;
    if (!mayRead(options, request)) return Status.FORBIDDEN;
    const range = rangeOf(ledger, request);
    if (range === undefined) return Status.BAD_REQUEST;
    if (request.failIfNotReady && range.from >= ledger.height) return Status.NOT_FOUND;
    const client = options.channel.msps.identify(request.signed.identity);
    for await (const block of followBlocks(ledger, range.from, abandoned)) {
        if (!mayRead(options, request)) return Status.FORBIDDEN;
        await write(call, render(block, client));
        if (block.number === range.to) return Status.SUCCESS;
        if (request.failIfNotReady && block.number + 1 >= ledger.height) return Status.NOT_FOUND;
    }
    return Status.INTERNAL_SERVER_ERROR;
}

function readRequest(options: DeliverOptions, envelope: common.Envelope): SeekRequest | number {
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

function mayRead({ channel, clock }: DeliverOptions, { signed }: Pick<SeekRequest, 'signed'>): boolean {
    try {
        if (channel.msps.identify(signed.identity).expired(clock.now())) return false;
        checkSigned(channel, channel.name, '/Channel/Application/Readers', signed);
        return true;
    } catch {
        return false;
    }
}

/** First and last block to send; undefined where the last comes before the first. */
function rangeOf(ledger: PeerLedger, request: SeekRequest): { from: number; to: number } | undefined {
    const kinds = orderer.SeekPosition.TypeCase;
    const newest = ledger.height - 1;
    const positionOf = (position: orderer.SeekPosition): number => {
        if (position.getTypeCase() === kinds.OLDEST) return 0;
        if (position.getTypeCase() === kinds.NEWEST) return newest;
        if (position.getTypeCase() === kinds.NEXT_COMMIT) return ledger.height;
        return position.getSpecified()?.getNumber() ?? 0;
    };
    const from = positionOf(request.start);
    const stop = request.stop.getTypeCase();
    // As Fabric: "oldest" as the end means the block it starts with.
    const to = stop === kinds.OLDEST ? from : positionOf(request.stop);
    return stop === kinds.SPECIFIED && to < from ? undefined : { from, to };
}
