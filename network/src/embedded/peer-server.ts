import { gateway, peer } from '@hyperledger/fabric-protos';
import type { Node } from '../certificates';
import { deliverService } from './deliver/deliver-service';
import { endorserService } from './endorser/endorser-service';
import type { GatewayContext } from './gateway/context';
import { gatewayService } from './gateway/gateway-service';
import { GrpcServer } from './grpc-server';

/** The server of one peer with all services that clients use. */
export function peerServer(node: Node, tlsRootPem: string, context: GatewayContext): GrpcServer {
    const { channel, local } = context;
    return new GrpcServer(node.tls, tlsRootPem, [
        { definition: gateway.GatewayService, implementation: gatewayService(context) },
        { definition: peer.EndorserService, implementation: endorserService(local) },
        {
            definition: peer.DeliverService,
            implementation: deliverService({ channel, ledger: local.ledger, now: () => Date.now() }),
        },
    ]);
}
