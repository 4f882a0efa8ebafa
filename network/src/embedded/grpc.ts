import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { gateway, google } from '@hyperledger/fabric-protos';
import { Any } from 'google-protobuf/google/protobuf/any_pb';

/** What one peer or orderer had to say about a failed request. */
export interface ErrorDetail {
    readonly address: string;
    readonly mspId: string;
    readonly message: string;
}

/** An error as Fabric's gateway returns it: gRPC code, message, and one detail a peer. */
export class RpcError extends Error {
    override readonly name = 'RpcError';

    constructor(
        readonly code: status,
        message: string,
        readonly details: readonly ErrorDetail[] = [],
    ) {
        super(message);
    }
}

/** The form grpc-js sends. Anything but an RpcError is a fault of the embedded network itself and says so. */
export function toServiceError(error: unknown): Partial<ServiceError> {
    if (!(error instanceof RpcError)) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        return { code: status.INTERNAL, details: `embedded network: ${text}` };
    }
    const metadata = new Metadata();
    if (error.details.length > 0) metadata.set('grpc-status-details-bin', encodeStatus(error));
    return { code: error.code, details: error.message, metadata };
}

function encodeStatus(error: RpcError): Buffer {
    const message = new google.rpc.Status();
    message.setCode(error.code);
    message.setMessage(error.message);
    message.setDetailsList(
        error.details.map(({ address, mspId, message }) => {
            const detail = new gateway.ErrorDetail();
            detail.setAddress(address);
            detail.setMspId(mspId);
            detail.setMessage(message);
            const any = new Any();
            any.pack(detail.serializeBinary(), 'gateway.ErrorDetail');
            return any;
        }),
    );
    return Buffer.from(message.serializeBinary());
}

/** Resolves when the client cancels, its deadline passes or its connection breaks. */
export function cancellation(call: { once(event: 'cancelled', listener: () => void): unknown }): Promise<void> {
    return new Promise(resolve => call.once('cancelled', resolve));
}

/** Write to a stream at the pace of its reader. */
export function write<T>(
    call: {
        write(message: T): boolean;
        once(event: 'cancelled' | 'drain', listener: () => void): unknown;
        off(event: 'cancelled' | 'drain', listener: () => void): unknown;
        readonly cancelled: boolean;
    },
    message: T,
): Promise<void> {
    return new Promise(resolve => {
        if (call.write(message) || call.cancelled) return resolve();
        // A stream may wait for its reader thousands of times, and be cancelled once at most.
        const go = () => {
            call.off('drain', go);
            call.off('cancelled', go);
            resolve();
        };
        call.once('drain', go);
        call.once('cancelled', go);
    });
}
