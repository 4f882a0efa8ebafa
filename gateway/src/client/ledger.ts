import { randomBytes, randomUUID } from 'node:crypto';

import { canonical, shape } from '@poolproof/chaincode/domain';

import { evaluate } from './evaluate';
import { request } from '../observability/watched';
import { submit } from './submit';

import type { Step } from '../observability/observer';
import type { Call, Client } from './client';
import type { Committed } from './submit';

/** Reads a request or an answer; `at` is the place named when it refuses. The domain's readers have this form. */
export type Reader<T> = (value: unknown, at: string) => T;

/** A request as the caller writes it: its id may be left to the library. Give one to be able to send the request again. */
export type Draft<T extends { readonly requestId: string }> = Omit<T, 'requestId'> & { readonly requestId?: string };

/** Id of a request all of whose content is private: state it to be able to send the request again. */
export interface Resendable {
    readonly requestId?: string;
}

/** What became of a submitted request, which is on the ledger for good. */
export interface Receipt<T> extends Omit<Committed, 'answer'> {
    readonly requestId: string;
    readonly answer: T;
}

/** How a request travels beyond its public text. */
export type Passage = Pick<Call, 'transient' | 'endorsers'>;

/** Typed passage of requests to the contracts and of their answers back. The nouns are built on it. */
export class Ledger {
    constructor(private readonly client: Client) {}

    /** Of the institution whose desk this is. */
    get mspId(): string {
        return this.client.mspId;
    }

    /**
     * Checks the request here, sends it, and waits until it is committed.
     * @throws Refusal REQUEST_INVALID before anything is sent
     * @throws Refused by a contract's rule, Failure for everything else
     */
    async submit<R extends { readonly requestId: string }, A>(
        transaction: string,
        [request, answer]: readonly [Reader<R>, Reader<A>],
        draft: Draft<R>,
        passage: Passage = {},
    ): Promise<Receipt<A>> {
        const { requestId, text } = this.named(request, draft);
        const committed = await this.observed({ transaction, requestId }, () =>
            submit(this.client, { transaction, args: [text], requestId, ...passage }),
        );
        const { transactionId, blockNumber, attempts } = committed;
        return {
            requestId,
            answer: decode(committed.answer, answer),
            transactionId,
            blockNumber,
            attempts,
            // Read from the transaction only where somebody wants to know.
            get endorsedBy() {
                return committed.endorsedBy;
            },
        };
    }

    /** Asks; nothing is written. @throws Refusal REQUEST_INVALID before anything is sent */
    async evaluate<A>(transaction: string, answer: Reader<A>, ...questions: readonly Question[]): Promise<A> {
        const args = questions.map(question => question());
        return decode(await this.observed({ transaction }, () => evaluate(this.client, { transaction, args })), answer);
    }

    /** A request under its id, as the text that is sent. @throws Refusal REQUEST_INVALID */
    protected named<R extends { readonly requestId: string }>(
        reader: Reader<R>,
        draft: Draft<R>,
    ): { readonly requestId: string; readonly text: string } {
        const { newRequestId = randomUUID } = this.client.options;
        const requestId = draft.requestId ?? newRequestId();
        return { requestId, text: checked(reader, { ...draft, requestId }) };
    }

    /** In its turn, and under the eyes of whoever watches the connection. */
    private observed<T>(named: Pick<Step, 'requestId' | 'transaction'>, act: () => Promise<T>): Promise<T> {
        const { gate, mspId, options } = this.client;
        return request(options.observer, { ...named, mspId }, () => gate.through(act));
    }
}

/** The text of a query's argument, checked when it is asked. */
export type Question = () => string;

/** What queries ask by. Each field has one meaning in all of them. */
const questionFields = shape.object({
    access: shape.optional(shape.id),
    after: shape.optional(shape.digest),
    dealId: shape.optional(shape.id),
    drawer: shape.optional(shape.oneOf('instruction', 'sheet')),
    id: shape.optional(shape.id),
    institution: shape.optional(shape.id),
    number: shape.optional(shape.integer(0)),
    period: shape.optional(shape.integer(1)),
    version: shape.optional(shape.integer(1)),
});

/** A query's argument. */
export function asked(query: { readonly [F in keyof ReturnType<typeof questionFields>]?: unknown }): Question {
    return () => canonical(questionFields(query, 'request'));
}

/**
 * Passage of private input: to the peers of these institutions alone, with the random salt from which the contract hides what it
 * stores.
 */
export function privately(endorsers: readonly string[], input: Readonly<Record<string, Uint8Array>> = {}): Passage {
    return { endorsers, transient: { ...input, salt: randomBytes(32) } };
}

/**
 * One field of private input, checked by the contract's own reader.
 * @throws Refusal REQUEST_INVALID before anything is sent
 */
export function privateField<T>(name: string, content: T, reader: Reader<T>): Readonly<Record<string, Uint8Array>> {
    const text = canonical(content);
    reader(JSON.parse(text), name);
    return { [name]: Buffer.from(text) };
}

/** Reads what a transaction told: the event's content, without the name of its type. */
export function told<A>(reader: Reader<A>): Reader<A> {
    return (value, at) => {
        const { type: _type, ...content } = value as Readonly<Record<string, unknown>>;
        return reader(content, at);
    };
}

/** The text of a request that the contract's own reader accepts. */
function checked<R>(reader: Reader<R>, request: unknown): string {
    const text = canonical(request);
    reader(JSON.parse(text), 'request');
    return text;
}

function decode<A>(bytes: Uint8Array, reader: Reader<A>): A {
    return reader(JSON.parse(Buffer.from(bytes).toString('utf8')), 'answer');
}
