import { Client, Server, ServerCredentials, credentials, status } from '@grpc/grpc-js';
import { GatewayService } from '@hyperledger/fabric-protos/lib/gateway/gateway_grpc_pb';

import type { PeerAddress } from '@poolproof/gateway';
import type { ClientUnaryCall, ServerUnaryCall, ServiceError, sendUnaryData } from '@grpc/grpc-js';

/** What goes wrong with one call on its way. */
export const faults = [
    'none',
    /** The request never reaches the peer. */
    'request-lost',
    /** The peer does its work, the connection breaks before its answer arrives. */
    'answer-lost',
    /** The peer does its work, and no answer ever comes. */
    'answer-withheld',
    /** The request reaches the peer twice. */
    'request-doubled',
    /** The answer takes its time. */
    'answer-late',
] as const;
export type Fault = (typeof faults)[number];

const methods = ['evaluate', 'endorse', 'submit', 'commitStatus'] as const;

/** Stands between a client and a peer's gateway service, and lets each call suffer what `next` says. */
export class FaultyProxy {
    private readonly server = new Server({ 'grpc.max_receive_message_length': -1 });
    private readonly upstream: Client;
    private readonly underWay = new Set<ClientUnaryCall>();
    private port = 0;

    constructor(
        peer: PeerAddress,
        private readonly next: (method: string) => Fault,
    ) {
        this.upstream = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRootPem ?? '')), {
            ...(peer.tlsHostName === undefined ? {} : { 'grpc.ssl_target_name_override': peer.tlsHostName }),
            'grpc.max_receive_message_length': -1,
        });
    }

    async start(): Promise<PeerAddress> {
        const asBytes = (name: (typeof methods)[number]) => ({ ...GatewayService[name], ...passing });
        const service = Object.fromEntries(methods.map(name => [name, asBytes(name)]));
        this.server.addService(service, Object.fromEntries(methods.map(name => [name, this.handler(name)])));
        this.port = await new Promise((resolve, reject) =>
            this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
                error ? reject(error) : resolve(port),
            ),
        );
        return { name: 'proxy', address: `127.0.0.1:${this.port}` };
    }

    stop(): void {
        this.server.forceShutdown();
        // A peer answers a question about a transaction that never came to it only when it comes.
        this.underWay.forEach(call => call.cancel());
        this.upstream.close();
    }

    private handler(name: (typeof methods)[number]) {
        return (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>): void => {
            void this.suffer(this.next(name), GatewayService[name].path, call.request, reply);
        };
    }

    private async suffer(fault: Fault, path: string, request: Buffer, reply: sendUnaryData<Buffer>): Promise<void> {
        const broken = { code: status.UNAVAILABLE, details: 'the connection broke' };
        if (fault === 'request-lost') return reply(broken);
        const forwarded = this.forward(path, request);
        if (fault === 'request-doubled') await this.forward(path, request);
        const { error, answer } = await forwarded;
        if (fault === 'answer-withheld') return;
        if (fault === 'answer-late') await new Promise(resolve => setTimeout(resolve, 100));
        if (fault === 'answer-lost') return reply(broken);
        reply(error, answer);
    }

    private forward(path: string, request: Buffer): Promise<{ error: ServiceError | null; answer?: Buffer }> {
        return new Promise(resolve => {
            const call = this.upstream.makeUnaryRequest(path, same, same, request, (error, answer) => {
                this.underWay.delete(call);
                resolve(answer === undefined ? { error } : { error, answer });
            });
            this.underWay.add(call);
        });
    }
}

const same = (bytes: Buffer) => bytes;
const passing = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
};
