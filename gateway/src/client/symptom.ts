import { status } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';

import { Closed } from './line';

/** How a call failed, as far as sending it again is concerned. */
export type Symptom =
    /** Somebody answered; the same call would get the same answer. */
    | 'answered'
    /** A peer takes no more calls for now, and has not run this one. */
    | 'busy'
    /** The connection broke, or was never made. */
    | 'lost'
    /** No answer in time. */
    | 'silent'
    /** The caller has closed the connection. */
    | 'closed';

/** UNKNOWN is what gRPC makes of an HTTP/2 stream that is torn; what a peer does not know it says in details. */
const lostCodes: readonly number[] = [status.CANCELLED, status.INTERNAL, status.UNAVAILABLE, status.UNKNOWN];

/** Beyond the limiter: a peer that is still running the same proposal, whose answer was lost, does not run it a second time beside it. */
const busyWords = /exceeding concurrency limit|txid: \w+\(\S+\) exists/;

export function symptomOf(error: unknown): Symptom {
    if (!(error instanceof GatewayError)) return 'answered';
    if (error.cause instanceof Closed) return 'closed';
    if (isBusy(error)) return 'busy';
    if (error.code === (status.DEADLINE_EXCEEDED as number)) return 'silent';
    if (error.details.length > 0 || isOfThePeer(error)) return 'answered';
    return lostCodes.includes(error.code) ? 'lost' : 'answered';
}

/** Whether the call certainly never left this process. */
export function isUnsent(error: unknown): boolean {
    return (
        error instanceof GatewayError &&
        error.code === (status.UNAVAILABLE as number) &&
        /No connection established|Name resolution failed|Channel closed before|Stream refused/.test(error.message)
    );
}

/** Fabric's limiter has no code of its own (UNKNOWN); proxies and HTTP/2 say RESOURCE_EXHAUSTED, as does a message that is too large. */
function isBusy({ code, message, details }: GatewayError): boolean {
    if ([message, ...details.map(detail => detail.message)].some(said => busyWords.test(said))) return true;
    return code === (status.RESOURCE_EXHAUSTED as number) && !message.includes('larger than max');
}

/** UNAVAILABLE is also what a gateway answers that itself reaches nobody: no endorser, no orderer, no such channel. */
function isOfThePeer({ message }: GatewayError): boolean {
    return /endorsing peers|orderer|get config for channel/.test(message);
}
