import type { sendUnaryData, ServerUnaryCall, ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { gateway } from '@hyperledger/fabric-protos';
import { chaincodeEvents } from './chaincode-events';
import { commitStatus } from './commit-status';
import type { GatewayContext } from './context';
import { endorse } from './endorse';
import { evaluate } from './evaluate';
import { cancellation, toServiceError, write } from '../grpc';
import { submit } from './submit';

/** The five calls of gateway.Gateway, for one peer. */
export function gatewayService(context: GatewayContext): UntypedServiceImplementation {
    return {
        evaluate: unary<gateway.EvaluateRequest, gateway.EvaluateResponse>(request => evaluate(context, request)),
        endorse: unary<gateway.EndorseRequest, gateway.EndorseResponse>(request => endorse(context, request)),
        submit: unary<gateway.SubmitRequest, gateway.SubmitResponse>(request => submit(context, request)),
        commitStatus: unary<gateway.SignedCommitStatusRequest, gateway.CommitStatusResponse>((request, abandoned) =>
            commitStatus(context, request, abandoned),
        ),
        chaincodeEvents: (
            call: ServerWritableStream<gateway.SignedChaincodeEventsRequest, gateway.ChaincodeEventsResponse>,
        ) => {
            const send = (response: gateway.ChaincodeEventsResponse): Promise<void> => write(call, response);
            chaincodeEvents(context, call.request, send, cancellation(call)).then(
                () => call.end(),
                (error: unknown) => call.emit('error', toServiceError(error)),
            );
        },
    };
}

function unary<Request, Response>(
    answer: (request: Request, abandoned: Promise<void>) => Response | Promise<Response>,
) {
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
        void (async () => answer(call.request, cancellation(call)))().then(
            response => callback(null, response),
            (error: unknown) => callback(toServiceError(error)),
        );
    };
}
