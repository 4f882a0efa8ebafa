import type { ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import type { Clock } from '../clock';
import { serveSeeks } from '../deliver/seek';
import type { Channel, OrderedBlock } from '../ledger';
import type { OrderingService } from './ordering-service';

type Call = ServerDuplexStream<common.Envelope, orderer.BroadcastResponse>;

export interface OrdererOptions {
    readonly channel: Channel;
    readonly ordering: OrderingService;
    readonly clock: Clock;
}

/** The service orderer.AtomicBroadcast, for clients that submit to an orderer or fetch blocks from it themselves. */
export function ordererService({ channel, ordering, clock }: OrdererOptions): UntypedServiceImplementation {
    return {
        broadcast: (call: Call) => {
            call.on('data', (envelope: common.Envelope) => {
                const { status, info } = ordering.broadcast(envelope);
                const response = new orderer.BroadcastResponse();
                response.setStatus(status as common.StatusMap[keyof common.StatusMap]);
                response.setInfo(info);
                call.write(response);
                if (status !== 200) call.end();
            });
            call.on('end', () => call.end());
            call.on('error', () => undefined);
        },
        deliver: serveSeeks({
            channel,
            clock,
            readers: '/Channel/Readers',
            blocks: {
                get height() {
                    return ordering.blocks.length;
                },
                block: number => ordering.blocks[number],
                onCommit: listener => ordering.onBlock(listener),
            },
            render: blockAsOrdered,
            end: status => {
                const response = new orderer.DeliverResponse();
                response.setStatus(status);
                return response;
            },
        }),
    };
}

/** Without verdicts: those are the peers'. */
function blockAsOrdered(block: OrderedBlock): orderer.DeliverResponse {
    const metadata = new common.BlockMetadata();
    metadata.setMetadataList([block.signatures, ...Array<Uint8Array>(4).fill(new Uint8Array())]);
    const message = block.message();
    message.setMetadata(metadata);
    const response = new orderer.DeliverResponse();
    response.setBlock(message);
    return response;
}
