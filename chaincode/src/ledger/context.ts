import { Context as FabricContext } from 'fabric-contract-api';

import { canonical } from '../domain/canonical';
import { utf8 } from '../domain/bytes';
import { institutionReader } from '../domain/institution';
import { Book, PrivateBook } from './book';
import { Caller } from './caller';
import { once } from './request';
import { privateStore } from './store';
import { Transient } from './transient';

import type { Reader } from '../domain/shape';
import type { Store } from './store';

/** What happened, in the past tense, with ids and commitments only: it is public. */
export interface LedgerEvent {
    /** `TapeSealed` */
    readonly type: string;
}

/** What a transaction has at hand: its caller, its private input, the ledger's books, and its one answer. */
export class Context extends FabricContext {
    private sender: Caller | undefined;

    get caller(): Caller {
        if (this.sender === undefined) throw new Error('the caller was not looked up');
        return this.sender;
    }

    get transient(): Transient {
        return new Transient(this.stub);
    }

    /** Looks up the institution of the client's certificate. Once a transaction, before anything else. */
    async identify(): Promise<void> {
        const member = await this.book('member', institutionReader).find(this.clientIdentity.getMSPID());
        this.sender = new Caller(this.clientIdentity, member);
    }

    /** Records that every institution holds. */
    book<T>(noun: string, reader: Reader<T>): Book<T> {
        return new Book(this.stub, noun, reader);
    }

    /** Records that only the collection's members hold, salted. */
    privateBook<T>(collection: string, noun: string, reader: Reader<T>): PrivateBook<T> {
        return new PrivateBook(this.stub, collection, noun, reader, () => this.transient.salt());
    }

    /** Bytes that only the collection's members hold, written as they are: for values that carry their own salt. */
    privateStore(collection: string): Store {
        return privateStore(this.stub, collection);
    }

    /**
     * Carries out a request once, by its id; see request.ts.
     * @param collection where the marker is kept: none for a transaction on public records alone
     * @throws Refusal REQUEST_REUSED
     */
    once(asked: { readonly requestId: string }, act: () => Promise<string>, collection?: string): Promise<string> {
        return once(this, asked.requestId, collection, act);
    }

    /** The answer of a transaction that writes: its event, which is told to everybody and returned. */
    reply<Event extends LedgerEvent>(event: Event): string {
        const told = canonical(event);
        this.stub.setEvent(event.type, utf8(told));
        return told;
    }

    /** The answer of a query. */
    answer(value: unknown): string {
        return canonical(value);
    }
}
