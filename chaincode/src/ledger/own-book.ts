import { canonical } from '../domain/canonical';
import { digest, object } from '../domain/shape';
import { hexOf, utf8 } from '../domain/bytes';
import { Refusal } from '../domain/refusal';
import { sha256 } from '../domain/hash';

import type { Context } from './context';
import type { PrivateBook } from './book';
import type { Reader } from '../domain/shape';

const secretReader = object({ secret: digest });

/**
 * The private book of one institution, kept by the depository. What is in it is nobody else's business, and neither is what it is
 * about: other institutions' peers hold the hash of every key, so ids are hidden behind a secret that lies in the book itself.
 */
export class OwnBook {
    private secret: string | undefined;

    constructor(
        private readonly ctx: Context,
        readonly institution: string,
    ) {}

    /** Its collection: members are the institution, the depositories and the regulators. */
    get collection(): string {
        return `book_${this.institution}`;
    }

    /** Draws the book's secret from the client's salt. @throws Refusal BOOK_EXISTS */
    async open(): Promise<void> {
        if (await this.secrets.exists('ids')) throw new Refusal('BOOK_EXISTS', { institution: this.institution });
        await this.secrets.save({ secret: hexOf(sha256(this.ctx.transient.salt(), utf8('ids'))) }, 'ids');
    }

    /** @throws Refusal BOOK_NOT_OPEN when the depository has not opened the book */
    async find<T>(noun: string, reader: Reader<T>, ...id: string[]): Promise<T | undefined> {
        return this.records(noun, reader).find(await this.hidden(id));
    }

    /** @throws Refusal BOOK_NOT_OPEN */
    async save<T>(noun: string, reader: Reader<T>, record: T, ...id: string[]): Promise<void> {
        await this.records(noun, reader).save(record, await this.hidden(id));
    }

    /** Every record of a noun. For queries: a transaction that writes cannot range over private data. */
    list<T>(noun: string, reader: Reader<T>): Promise<T[]> {
        return this.records(noun, reader).list();
    }

    private async hidden(id: readonly string[]): Promise<string> {
        this.secret ??= (await this.secrets.find('ids'))?.secret;
        if (this.secret === undefined) throw new Refusal('BOOK_NOT_OPEN', { institution: this.institution });
        return hexOf(sha256(utf8(this.secret), utf8(canonical(id))));
    }

    private get secrets(): PrivateBook<{ readonly secret: string }> {
        return this.records('secret', secretReader);
    }

    private records<T>(noun: string, reader: Reader<T>): PrivateBook<T> {
        return this.ctx.privateBook(this.collection, noun, reader);
    }
}
