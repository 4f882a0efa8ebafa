import { discovery, gateway, orderer, peer } from '@hyperledger/fabric-protos';
import type { Node } from '../certificates';
import { limited } from './concurrency-limit';
import { deliverService } from './deliver/deliver-service';
import { endorserService } from './endorser/endorser-service';
import type { GatewayContext } from './gateway/context';
import { gatewayService } from './gateway/gateway-service';
import { GrpcServer } from './grpc-server';
import { ordererService } from './orderer/orderer-service';
import type { OrdererOptions } from './orderer/orderer-service';
import { unsupportedService } from './unsupported';

/** The server of one peer with all services that clients use. */
export function peerServer(node: Node, tlsRootPem: string, context: GatewayContext): GrpcServer {
    const { channel, local, clock } = context;
    return new GrpcServer(node.tls, tlsRootPem, [
        limited(500, { definition: gateway.GatewayService, implementation: gatewayService(context) }),
        limited(2500, { definition: peer.EndorserService, implementation: endorserService(local) }),
        limited(2500, {
            definition: peer.DeliverService,
            implementation: deliverService({ channel, ledger: local.ledger, clock }),
        }),
        {
            definition: discovery.DiscoveryService,
            implementation: unsupportedService(
                discovery.DiscoveryService,
                'the gateway of every peer discovers endorsers by itself; submit through gateway.Gateway',
            ),
        },
        {
            definition: peer.SnapshotService,
            implementation: unsupportedService(
                peer.SnapshotService,
                'take snapshots with the command poolproof-network or the laboratory of the network',
            ),
        },
    ]);
}

/** The server of one orderer. */
export function ordererServer(node: Node, tlsRootPem: string, options: OrdererOptions): GrpcServer {
    return new GrpcServer(node.tls, tlsRootPem, [
        { definition: orderer.AtomicBroadcastService, implementation: ordererService(options) },
    ]);
}
