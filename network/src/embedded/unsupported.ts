import { status } from '@grpc/grpc-js';
import type { sendUnaryData, ServiceDefinition, ServiceError, UntypedServiceImplementation } from '@grpc/grpc-js';

/** Answers every call of a service with UNIMPLEMENTED and a sentence, so that a client learns why and not only that. */
export function unsupportedService(definition: ServiceDefinition, sentence: string): UntypedServiceImplementation {
    const refusal: Partial<ServiceError> = {
        code: status.UNIMPLEMENTED,
        details: `The embedded network does not support this: ${sentence}`,
    };
    const refuse = (
        call: { emit(event: 'error', error: Partial<ServiceError>): unknown },
        callback?: sendUnaryData<unknown>,
    ): void => {
        if (callback === undefined) call.emit('error', refusal);
        else callback(refusal);
    };
    return Object.fromEntries(Object.keys(definition).map(method => [method, refuse]));
}
