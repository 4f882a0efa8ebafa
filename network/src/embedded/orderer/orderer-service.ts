import type { ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { common } from '@hyperledger/fabric-protos';
import { orderer } from '@hyperledger/fabric-protos';
import { unsupportedService } from '../unsupported';
import type { OrderingService } from './ordering-service';

type Call = ServerDuplexStream<common.Envelope, orderer.BroadcastResponse>;

/** The service orderer.AtomicBroadcast, for clients that submit to an orderer themselves. Blocks are to be had from peers. */
export function ordererService(ordering: OrderingService): UntypedServiceImplementation {
    const sentence = 'an orderer here takes transactions and delivers no blocks; ask a peer for them';
    return {
        ...unsupportedService(orderer.AtomicBroadcastService, sentence),
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
    };
}
