import type { ErrorDetail } from '@hyperledger/fabric-gateway';

/** Where a call ended: the stages of a Fabric transaction, or the following of events and blocks. */
export type Stage = 'evaluate' | 'endorse' | 'submit' | 'commit' | 'events';

export interface FailureFacts {
    readonly stage: Stage;
    readonly transactionId?: string;
    /** What each peer or orderer said. */
    readonly details?: readonly ErrorDetail[];
    readonly cause?: unknown;
}

/** A call that ended for a reason of the network, not of a contract's rule (that is a `Refused`). */
export abstract class Failure extends Error {
    readonly stage: Stage;
    readonly transactionId: string | undefined;
    readonly details: readonly ErrorDetail[];
    /** What the caller can do about it. */
    abstract readonly remedy: string;

    constructor(message: string, facts: FailureFacts) {
        super(message, facts.cause === undefined ? {} : { cause: facts.cause });
        this.name = new.target.name;
        this.stage = facts.stage;
        this.transactionId = facts.transactionId;
        this.details = facts.details ?? [];
    }
}

/** No peer of the institution answered, or the peer refused the client itself. Nothing was written. */
export class GatewayFailure extends Failure {
    readonly remedy = 'Check the addresses, certificates and identity of the connection; then send the request again.';
}

/** The peers take no more calls for now, and went on saying so until the time was over. Nothing was written. */
export class BusyFailure extends Failure {
    readonly remedy =
        'Send the request again later, with fewer calls at a time (concurrency); or let the peers take more at once.';
}

/** The caller closed the connection, and what was under way on it ended. Nothing was written. */
export class ClosedFailure extends Failure {
    readonly remedy = 'Send the request again over a connection that is open.';
}

/** A peer could not run the transaction, or the signatures needed could not be gathered. Nothing was written. */
export class EndorsementFailure extends Failure {
    readonly remedy = 'See what each peer said (details): a peer may be down, or the request not be theirs to sign.';
}

/** The caller's institution is no member of the private collection it asked for: Fabric itself refuses. Nothing was written. */
export class AccessFailure extends Failure {
    readonly remedy =
        'Ask as an institution that the collection belongs to: loans and books are seen by their parties only.';

    constructor(
        /** `tape_bank-a_trust` */
        readonly collection: string,
        facts: FailureFacts,
    ) {
        super(`the caller's institution is no member of the private collection ${collection}`, facts);
    }
}

/** The ordering service did not take the transaction. Nothing was written. */
export class OrderingFailure extends Failure {
    readonly remedy = 'Send the request again with the same request id, once the ordering service answers.';
}

/** The transaction was ordered and then found invalid by every peer. Nothing was written. */
export class CommitFailure extends Failure {
    readonly remedy =
        'See the validation code: after a conflict send the request again, otherwise the network refused it.';

    constructor(
        /** Fabric's validation code, such as `ENDORSEMENT_POLICY_FAILURE`. */
        readonly validationCode: string,
        facts: FailureFacts,
    ) {
        super(`the transaction was found invalid: ${validationCode}`, facts);
    }
}

/** No answer in time, at a stage where nothing can have been written. */
export class TimeoutFailure extends Failure {
    readonly remedy = 'Send the request again, or allow the stage a longer time (deadlines).';
}

/** Sent for ordering, and then no word. Whether it was written is not known yet. */
export class OutcomeUnknown extends Failure {
    readonly remedy =
        'Ask outcome(transactionId), or send the same request with the same request id: it takes effect once.';
}
