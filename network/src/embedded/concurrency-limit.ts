import { status } from '@grpc/grpc-js';
import type {
    sendUnaryData,
    ServerUnaryCall,
    ServerWritableStream,
    ServiceError,
    UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Service } from './grpc-server';

type Unary = (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => void;
type Streaming = (call: ServerWritableStream<unknown, unknown>) => void;

/** The service as a peer limits it: no more than so many calls at a time, streams included (peer.limits.concurrency of core.yaml). */
export function limited(limit: number, { definition, implementation }: Service): Service {
    let serving = 0;
    const guarded: UntypedServiceImplementation = {};
    for (const [name, { path, requestStream, responseStream }] of Object.entries(definition)) {
        const refusal: Partial<ServiceError> = {
            code: status.UNKNOWN,
            details: `too many requests for ${path.slice(0, path.lastIndexOf('/'))}, exceeding concurrency limit (${limit})`,
        };
        const unary: Unary = (call, callback) => {
            if (serving >= limit) return callback(refusal);
            serving += 1;
            (implementation[name] as Unary)(call, (...answer) => {
                serving -= 1;
                callback(...answer);
            });
        };
        const streaming: Streaming = call => {
            if (serving >= limit) return void call.emit('error', refusal);
            serving += 1;
            let isOpen = true;
            const ended = (): void => {
                if (isOpen) serving -= 1;
                isOpen = false;
            };
            for (const event of ['cancelled', 'error', 'finish']) call.once(event, ended);
            (implementation[name] as Streaming)(call);
        };
        guarded[name] = requestStream || responseStream ? streaming : unary;
    }
    return { definition, implementation: guarded };
}
