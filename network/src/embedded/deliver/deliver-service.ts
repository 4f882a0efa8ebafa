import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import type { common } from '@hyperledger/fabric-protos';
import type { Clock } from '../clock';
import type { Channel, ChannelIdentity, CommittedBlock, PeerLedger } from '../ledger';
import { filteredBlock } from './filtered-block';
import { privateDataMap } from './private-data';
import { serveSeeks } from './seek';

export interface DeliverOptions {
    readonly channel: Channel;
    readonly ledger: PeerLedger;
    readonly clock: Clock;
}

type Render = (block: CommittedBlock, client: ChannelIdentity) => peer.DeliverResponse;

/** The service protos.Deliver of one peer: its blocks whole, filtered, or with the private data the client may see. */
export function deliverService({ channel, ledger, clock }: DeliverOptions): UntypedServiceImplementation {
    const readers = '/Channel/Application/Readers';
    const serve = (render: Render) => serveSeeks({ channel, clock, readers, blocks: ledger, render, end });
    return {
        deliver: serve(wholeBlock),
        deliverFiltered: serve(block => {
            const response = new peer.DeliverResponse();
            response.setFilteredBlock(filteredBlock(block));
            return response;
        }),
        deliverWithPrivateData: serve((block, client) => blockWithPrivateData(ledger, block, client)),
    };
}

function wholeBlock(block: CommittedBlock): peer.DeliverResponse {
    const response = new peer.DeliverResponse();
    response.setBlock(block.message());
    return response;
}

function blockWithPrivateData(
    ledger: PeerLedger,
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

function end(status: common.StatusMap[keyof common.StatusMap]): peer.DeliverResponse {
    const response = new peer.DeliverResponse();
    response.setStatus(status);
    return response;
}
