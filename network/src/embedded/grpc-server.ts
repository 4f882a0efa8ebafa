import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { KeyPair } from '../authority';

/** A gRPC service and what answers it. */
export interface Service {
    readonly definition: ServiceDefinition;
    readonly implementation: UntypedServiceImplementation;
}

/** A TLS server on a loopback port, with no limit to the size of messages. */
export class GrpcServer {
    private server: Server | undefined;
    private boundPort = 0;

    constructor(
        private readonly tls: KeyPair,
        private readonly tlsRootPem: string,
        private readonly services: readonly Service[],
    ) {}

    get port(): number {
        return this.boundPort;
    }

    /** Listen on the port given, on a free one if it is 0. Throws if it is taken. */
    async listen(port: number): Promise<void> {
        const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
        for (const { definition, implementation } of this.services) server.addService(definition, implementation);
        // Without a root of its own, every server would load the hundred roots of the public web.
        const root = Buffer.from(this.tlsRootPem);
        const credentials = ServerCredentials.createSsl(root, [
            { private_key: Buffer.from(this.tls.privateKeyPem), cert_chain: Buffer.from(this.tls.certificatePem) },
        ]);
        this.server = server;
        this.boundPort = await new Promise<number>((resolve, reject) => {
            server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
                error ? reject(error) : resolve(bound),
            );
        });
    }

    /** End all connections at once. */
    close(): void {
        this.server?.forceShutdown();
        this.server = undefined;
    }
}
