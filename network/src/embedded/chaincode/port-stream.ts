import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';

/** How the messages of a gRPC method are read and written: part of its public definition. */
export interface Wire {
    requestDeserialize(bytes: Buffer): unknown;
    responseSerialize(message: unknown): Buffer;
}

/** The chaincode's end of a stream, as the shim uses it: `data`, `end`, `write`, `end()`. */
export class PortStream extends EventEmitter {
    constructor(
        private readonly port: MessagePort,
        private readonly wire: Wire,
    ) {
        super();
        port.on('message', (bytes: Uint8Array) => {
            this.emit('data', wire.requestDeserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
        });
        port.on('close', () => this.emit('end'));
    }

    write(message: unknown): void {
        // A copy of its own: with a view, the whole of what it is a view of would be posted.
        this.port.postMessage(new Uint8Array(this.wire.responseSerialize(message)));
    }

    end(): void {
        this.port.close();
    }
}
