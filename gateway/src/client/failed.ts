import { status as grpcStatus } from '@grpc/grpc-js';
import { GatewayError, StatusCode } from '@hyperledger/fabric-gateway';

import {
    AccessFailure,
    BusyFailure,
    ClosedFailure,
    EndorsementFailure,
    GatewayFailure,
    OrderingFailure,
    TimeoutFailure,
} from './failure';
import { findRefusal } from './refused';
import { symptomOf } from './symptom';

import type { Failure, Stage } from './failure';
import type { Refused } from './refused';
import type { Status } from '@hyperledger/fabric-gateway';

/** What an error of the Fabric client means to the caller: a contract's refusal, or a failure of one stage. */
export function failureOf(error: unknown, stage: Stage, transactionId: string): Refused | Failure | Error {
    if (!(error instanceof GatewayError)) return error instanceof Error ? error : new Error(String(error));
    const refused = findRefusal([...error.details, { address: '', mspId: '', message: error.message }], transactionId);
    return refused ?? newFailure(error, stage, transactionId);
}

function newFailure(error: GatewayError, stage: Stage, transactionId: string): Failure {
    const facts = { stage, transactionId, details: error.details, cause: error };
    const message = summaryOf(error);
    const collection = /tx creator does not have \w+ access permission .*collectionName: (\S+)/.exec(message)?.[1];
    if (collection !== undefined) return new AccessFailure(collection, facts);
    const symptom = symptomOf(error);
    if (symptom === 'closed') return new ClosedFailure('the connection was closed', facts);
    if (symptom === 'busy') return new BusyFailure(message, facts);
    if (symptom === 'silent') return new TimeoutFailure(message, facts);
    if (symptom === 'lost' || isTurnedAway(error.code, message)) return new GatewayFailure(message, facts);
    return stage === 'submit' ? new OrderingFailure(message, facts) : new EndorsementFailure(message, facts);
}

/** The peer refused the client itself: its certificate, its signature, its right to the channel. */
function isTurnedAway(code: number, message: string): boolean {
    const codes: readonly number[] = [grpcStatus.PERMISSION_DENIED, grpcStatus.UNAUTHENTICATED];
    return codes.includes(code) || message.includes('access denied: channel');
}

function summaryOf(error: GatewayError): string {
    const said = error.details.map(({ mspId, address, message }) => `${mspId} (${address}): ${message}`);
    return [error.message, ...said].join('; ');
}

/** Peers at different heights read different versions and sign different results. */
export function isMismatch(failure: Failure): boolean {
    return failure.message.includes('ProposalResponsePayloads do not match');
}

/** `MVCC_READ_CONFLICT` for 11. */
export function nameOfCode(status: Status): string {
    return Object.entries(StatusCode).find(([, code]) => code === status.code)?.[0] ?? `code ${status.code}`;
}
