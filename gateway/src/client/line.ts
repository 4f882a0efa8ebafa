import { Metadata, status } from '@grpc/grpc-js';

import type { CallOptions, Client, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import type { Channel, UnderWay } from './channel';

type Serialize = (message: unknown) => Buffer;
type Deserialize = (bytes: Buffer) => unknown;
type Callback = (error: ServiceError | null, answer?: unknown) => void;
type Stream = Pick<ClientReadableStream<unknown>, 'cancel' | 'once'>;

/** What a call ends with whose connection was closed. */
export class Closed extends Error implements ServiceError {
    readonly code = status.CANCELLED;
    readonly details = 'the connection was closed';
    readonly metadata = new Metadata();

    constructor(
        /** Whether the call had been sent before. */
        readonly sent: boolean,
    ) {
        super('the connection was closed');
    }
}

/**
 * The calls of one connection to one peer. Others of the process share the channel: when the connection is closed, its own calls end and
 * theirs go on. Has as much of a gRPC client as the Fabric client uses.
 */
export class Line {
    private readonly underWay = new Set<UnderWay>();
    private closed = false;

    constructor(private readonly channel: Channel) {}

    /** As the Fabric client takes it. */
    get client(): Client {
        return this as unknown as Client;
    }

    makeUnaryRequest(
        path: string,
        serialize: Serialize,
        deserialize: Deserialize,
        request: unknown,
        options: CallOptions,
        callback: Callback,
    ): unknown {
        if (this.closed) return process.nextTick(callback, new Closed(false));
        const [client, begun] = [this.channel.current, Date.now()];
        const call = client.makeUnaryRequest(path, serialize, deserialize, request, options, (error, answer) => {
            const own = this.underWay.delete(call);
            if (!own) return callback(new Closed(true));
            this.channel.ended(client, begun, error);
            callback(error, answer);
        });
        this.underWay.add(call);
        return call;
    }

    makeServerStreamRequest(
        path: string,
        serialize: Serialize,
        deserialize: Deserialize,
        request: unknown,
        options: CallOptions,
    ): unknown {
        const heard = this.hearing(deserialize);
        return this.carried(this.channel.current.makeServerStreamRequest(path, serialize, heard, request, options));
    }

    makeBidiStreamRequest(path: string, serialize: Serialize, deserialize: Deserialize, options: CallOptions): unknown {
        return this.carried(
            this.channel.current.makeBidiStreamRequest(path, serialize, this.hearing(deserialize), options),
        );
    }

    /** Ends all its calls. */
    close(): void {
        this.closed = true;
        const calls = [...this.underWay];
        this.underWay.clear();
        calls.forEach(call => call.cancel());
    }

    private hearing(deserialize: Deserialize): Deserialize {
        return bytes => {
            this.channel.hear();
            return deserialize(bytes);
        };
    }

    private carried<S extends Stream>(stream: S): S {
        this.underWay.add(stream);
        this.channel.carry(stream);
        stream.once('status', () => {
            this.underWay.delete(stream);
            this.channel.drop(stream);
        });
        return stream;
    }
}
