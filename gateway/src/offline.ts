import { StatusCode } from '@hyperledger/fabric-gateway';

import { endorsersOf } from './client/endorser';
import { failureOf, nameOfCode } from './client/failed';
import { CommitFailure, OutcomeUnknown } from './client/failure';
import { Ledger } from './client/ledger';
import { commitRequest, outcomeOf } from './client/outcome';
import { withLowS } from './client/signer';
import { symptomOf } from './client/symptom';
import { Nouns } from './nouns';
import { request } from './observability/watched';
import { InputError } from './input-error';

import type { CallOptions } from '@grpc/grpc-js';
import type { Gateway, Status } from '@hyperledger/fabric-gateway';
import type { Call, Client, Deadlines } from './client/client';
import type { Draft, Passage, Question, Reader, Receipt } from './client/ledger';

/** What every step of a request signed elsewhere says. Plain data: write it as JSON, carry it, go on in another process. */
interface Step {
    /** `deal:close` */
    readonly transaction: string;
    readonly transactionId: string;
    /** What is sent, base64. */
    readonly bytes: string;
    /** What is to be signed: a SHA-256, hexadecimal. */
    readonly digest: string;
}

/** A step of a request that is to be written. */
interface RequestStep extends Step {
    readonly requestId: string;
}

/** A question to sign. Nothing comes of it but an answer. */
export interface UnsignedQuery extends Step {
    readonly stage: 'query';
}

/** The first thing to sign: what is asked of the contract. Its bytes hold the private input: keep them as you keep that. */
export interface UnsignedProposal extends RequestStep {
    readonly stage: 'proposal';
}

/** The second: the transaction as the peers have endorsed it. */
export interface UnsignedTransaction extends RequestStep {
    readonly stage: 'transaction';
}

/** The third: the question what became of it. */
export interface UnsignedCommit extends RequestStep {
    readonly stage: 'commit';
    /** What the contract answered, JSON. It holds once the transaction is committed. */
    readonly answer: string;
    readonly endorsedBy: readonly string[];
}

/** What a transaction told: its event, as JSON reads it; amounts are decimal strings. */
export type Told = Readonly<Record<string, unknown>>;

/**
 * Carries requests of somebody whose key is elsewhere and out of reach: on a machine without a network, behind an approval. Each of
 * proposal, transaction and commit is prepared here, signed there and sent from here, or from any connection of the same institution.
 * What a call must look up first is asked by the connection, with its own key.
 *
 * Nothing is lost or done twice by going back: until `submit` nothing was written, after a conflict the request is prepared again
 * with the same request id, and whatever happens, an id takes effect once.
 *
 * @example
 * const officer = clerk.offline({ mspId, certificatePem });
 * const proposal = await officer.prepare(desk => desk.deals.close({ requestId: 'close-auto-2026-1', id: 'auto-2026-1' }));
 * const transaction = await officer.endorse(proposal, await vault.sign(proposal.digest));
 * const commit = await officer.submit(transaction, await vault.sign(transaction.digest));
 * const { blockNumber } = await officer.complete(commit, await vault.sign(commit.digest));
 *
 * @example
 * const query = await officer.prepareQuery(desk => desk.holdings.book());
 * const book = await officer.evaluate(query, await vault.sign(query.digest));
 */
export class OfflineDesk {
    constructor(
        /** In whose name requests are made: has a certificate and no key. */
        private readonly signatory: Client,
        /** Has a key: asks what a call must look up. */
        private readonly online: Client,
    ) {}

    /**
     * Checks one typed call and makes it a proposal; nothing of it is sent yet.
     * @throws Refusal REQUEST_INVALID
     * @throws InputError where the call only asks: see `prepareQuery`
     */
    async prepare(call: (desk: Nouns) => Promise<unknown>): Promise<UnsignedProposal> {
        const { requestId, ...request } = await captured(this.online, call);
        const proposal = this.signatory.propose(request);
        return { stage: 'proposal', transaction: request.transaction, requestId, ...signable(proposal) };
    }

    /**
     * Makes the first question that a typed call asks a proposal; nothing of it is sent yet. A call that asks further questions, by what the
     * first has answered, is for a connection whose `signer` reaches the key.
     * @throws Refusal REQUEST_INVALID
     * @throws InputError where the call submits
     */
    async prepareQuery(call: (desk: Nouns) => Promise<unknown>): Promise<UnsignedQuery> {
        const question = await questionOf(this.online, call);
        return { stage: 'query', transaction: question.transaction, ...signable(this.signatory.propose(question)) };
    }

    /**
     * Asks the institution's own peer what was signed. May be repeated.
     * @param signature of the query's digest: ECDSA over P-256, DER
     * @returns the contract's answer, as JSON reads it; amounts are decimal strings
     * @throws Refused by a contract's rule, Failure for everything else
     */
    async evaluate(query: UnsignedQuery, signature: Uint8Array): Promise<unknown> {
        const signed = withLowS(signature);
        try {
            const answer = await this.ask('evaluate', query, (gateway, options) =>
                gateway.newSignedProposal(bytesOf(query), signed).evaluate(options),
            );
            return JSON.parse(Buffer.from(answer).toString('utf8')) as unknown;
        } catch (error) {
            throw failureOf(error, 'evaluate', query.transactionId);
        }
    }

    /**
     * Has the institutions' peers endorse the signed proposal. May be repeated: nothing is written.
     * @param signature of the proposal's digest: ECDSA over P-256, DER
     * @throws Refused by a contract's rule, Failure for everything else
     */
    async endorse(proposal: UnsignedProposal, signature: Uint8Array): Promise<UnsignedTransaction> {
        const { transaction, requestId, transactionId } = proposal;
        const signed = withLowS(signature);
        try {
            const endorsed = await this.ask('endorse', proposal, (gateway, options) =>
                gateway.newSignedProposal(bytesOf(proposal), signed).endorse(options),
            );
            return { stage: 'transaction', transaction, requestId, ...signable(endorsed) };
        } catch (error) {
            throw failureOf(error, 'endorse', transactionId);
        }
    }

    /**
     * Sends the signed transaction for ordering. Where the answer is lost it may have been ordered all the same: `complete` tells.
     * May be repeated: a transaction's id is committed once.
     * @throws OrderingFailure where the ordering service did not take it
     */
    async submit(transaction: UnsignedTransaction, signature: Uint8Array): Promise<UnsignedCommit> {
        const { requestId, transactionId } = transaction;
        const signed = withLowS(signature);
        try {
            await this.ask('submit', transaction, (gateway, options) =>
                gateway.newSignedTransaction(bytesOf(transaction), signed).submit(options),
            );
        } catch (error) {
            if (symptomOf(error) === 'answered') throw failureOf(error, 'submit', transactionId);
        }
        const { current } = this.signatory.peers;
        const prepared = current.newTransaction(bytesOf(transaction));
        return {
            stage: 'commit',
            transaction: transaction.transaction,
            requestId,
            ...signable(current.newCommit(commitRequest(this.signatory, transactionId))),
            answer: Buffer.from(prepared.getResult()).toString('utf8'),
            endorsedBy: endorsersOf(prepared.getBytes()),
        };
    }

    /**
     * Waits until the transaction is on the ledger.
     * @param signature of the commit's digest; without it the connection asks with its own key
     * @throws CommitFailure where the peers found it invalid: after a conflict, prepare the request again under the same id
     * @throws OutcomeUnknown while there is no word; may be repeated
     */
    async complete(commit: UnsignedCommit, signature?: Uint8Array): Promise<Receipt<Told>> {
        const { requestId, transactionId, endorsedBy } = commit;
        const status = await (signature === undefined
            ? outcomeOf(this.online, transactionId, this.online.options.deadlines.commit)
            : this.statusOf(commit, withLowS(signature)));
        if (!status.successful) throw new CommitFailure(nameOfCode(status), { stage: 'commit', transactionId });
        const answer = JSON.parse(commit.answer) as Told;
        return { requestId, transactionId, blockNumber: status.blockNumber, attempts: 1, endorsedBy, answer };
    }

    private async statusOf(commit: UnsignedCommit, signature: Uint8Array): Promise<Status> {
        const { transactionId } = commit;
        const ask = () =>
            this.ask('commit', commit, (gateway, options) =>
                gateway.newSignedCommit(bytesOf(commit), signature).getStatus(options),
            );
        try {
            const status = await ask();
            return status.code === StatusCode.DUPLICATE_TXID ? await ask() : status;
        } catch (cause) {
            throw new OutcomeUnknown('no word of the outcome', { stage: 'commit', transactionId, cause });
        }
    }

    private ask<T>(
        stage: keyof Deadlines,
        { transaction, ...step }: Step | RequestStep,
        call: (gateway: Gateway, options: CallOptions) => Promise<T>,
    ): Promise<T> {
        const { gate, mspId, options, peers } = this.signatory;
        const named = 'requestId' in step ? { transaction, requestId: step.requestId } : { transaction };
        return request(options.observer, { ...named, mspId }, () =>
            gate.through(() => peers.any(this.signatory.patience(stage), call)),
        );
    }
}

/** The request that a typed call would submit. */
async function captured(client: Client, call: (desk: Nouns) => Promise<unknown>): Promise<Captured> {
    return new Promise((resolve, reject) => {
        call(new Nouns(new Capturing(client, resolve))).then(
            () => reject(new InputError('the call submits nothing')),
            reject,
        );
    });
}

type Captured = Call & { readonly requestId: string };

/** Looks up what is looked up, and hands out what would be submitted. */
class Capturing extends Ledger {
    constructor(
        client: Client,
        private readonly capture: (request: Captured) => void,
    ) {
        super(client);
    }

    override submit<R extends { readonly requestId: string }, A>(
        transaction: string,
        [request]: readonly [Reader<R>, Reader<A>],
        draft: Draft<R>,
        passage: Passage = {},
    ): Promise<Receipt<A>> {
        const { requestId, text } = this.named(request, draft);
        this.capture({ transaction, requestId, args: [text], ...passage });
        // The call ends here: what would follow its receipt is not for this process to do.
        return new Promise(() => undefined);
    }
}

/** The first question that a typed call would ask. */
async function questionOf(client: Client, call: (desk: Nouns) => Promise<unknown>): Promise<Call> {
    return new Promise((resolve, reject) => {
        call(new Nouns(new Questioning(client, resolve))).then(
            () => reject(new InputError('the call asks nothing')),
            reject,
        );
    });
}

/** Hands out what would be asked. */
class Questioning extends Ledger {
    constructor(
        client: Client,
        private readonly capture: (question: Call) => void,
    ) {
        super(client);
    }

    override evaluate<A>(transaction: string, _answer: Reader<A>, ...questions: readonly Question[]): Promise<A> {
        this.capture({ transaction, args: questions.map(question => question()) });
        return new Promise(() => undefined);
    }

    override submit(): Promise<never> {
        return Promise.reject(new InputError('the call submits: see prepare'));
    }
}

interface Signable {
    getBytes(): Uint8Array;
    getDigest(): Uint8Array;
    getTransactionId(): string;
}

function signable(step: Signable): Pick<Step, 'bytes' | 'digest' | 'transactionId'> {
    return {
        transactionId: step.getTransactionId(),
        bytes: Buffer.from(step.getBytes()).toString('base64'),
        digest: Buffer.from(step.getDigest()).toString('hex'),
    };
}

function bytesOf({ bytes }: Step): Uint8Array {
    return Buffer.from(bytes, 'base64');
}
