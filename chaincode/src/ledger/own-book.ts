import { canonical } from '../domain/canonical';
import { digest, object } from '../domain/shape';
import { hexOf, utf8 } from '../domain/bytes';
import { holdingReader } from '../domain/holding';
import { Instructions } from './instruction';
import { lienReader } from '../domain/lien';
import { orderReader } from '../domain/allotment';
import { Refusal } from '../domain/refusal';
import { sha256 } from '../domain/hash';
import { standingRecord } from '../domain/standing';

import type { BookContent } from '../domain/own-book';
import type { Context } from './context';
import type { Entry, Page, PrivateBook } from './book';
import type { Instruction } from '../domain/instruction';
import type { Reader } from '../domain/shape';
import type { StandingRecord } from '../domain/standing';

/** What stands on the cover of a book: read whenever the book is opened, so that both are had at once. */
const coverReader = object({ secret: digest, standing: standingRecord });

type Cover = ReturnType<typeof coverReader>;

/**
 * The private book of one institution, kept by the depository. What is in it is nobody else's business, and neither is what it is
 * about: other institutions' peers hold the hash of every key, so ids are hidden behind a secret that lies in the book itself.
 */
export class OwnBook {
    readonly instructions = new Instructions(this);
    private known: Cover | undefined;
    private readonly hiddenIds = new Map<string, string>();

    constructor(
        private readonly ctx: Context,
        readonly institution: string,
    ) {}

    /** Its collection: members are the institution, the depositories and the regulators. */
    get collection(): string {
        return `book_${this.institution}`;
    }

    /** Files what the depository knows of the institution, and opens a book that is not: its secret is drawn from the client's salt. */
    async fileStanding(standing: StandingRecord): Promise<void> {
        const before = await this.covers.find();
        const secret = before?.secret ?? hexOf(sha256(this.ctx.transient.salt(), utf8('ids')));
        await this.covers.save({ secret, standing });
    }

    /** What the depository has on file of the institution. @throws Refusal BOOK_NOT_OPEN */
    async standing(): Promise<StandingRecord> {
        return (await this.cover()).standing;
    }

    /** @throws Refusal BOOK_NOT_OPEN when the depository has not opened the book */
    async find<T>(noun: string, reader: Reader<T>, ...id: string[]): Promise<T | undefined> {
        return this.records(noun, reader).find(await this.hidden(id));
    }

    /** @throws Refusal BOOK_NOT_OPEN */
    async save<T>(noun: string, reader: Reader<T>, record: T, ...id: string[]): Promise<void> {
        await this.records(noun, reader).save(record, await this.hidden(id));
    }

    async remove<T>(noun: string, reader: Reader<T>, ...id: string[]): Promise<void> {
        await this.records(noun, reader).remove(await this.hidden(id));
    }

    /**
     * All that stands in the book today. A query: a transaction that writes cannot range over private data.
     * @throws Refusal ROLE_MISSING when it is neither the caller's own nor the caller's to oversee
     */
    async read(): Promise<BookContent> {
        this.mustBeReadable();
        return {
            institution: this.institution,
            standing: (await this.covers.find())?.standing,
            holdings: await this.list('holding', holdingReader),
            orders: await this.list('order', orderReader),
            instructions: await this.instructions.open(),
            liens: await this.list('lien', lienReader),
        };
    }

    /**
     * A page of what the book remembers of a noun.
     * @param after where the page before ended
     * @throws Refusal ROLE_MISSING
     */
    async page<T>(noun: string, reader: Reader<T>, after: string | undefined): Promise<Page<T>> {
        this.mustBeReadable();
        return this.records(noun, reader).page(after);
    }

    /** One record, for somebody who asks for it. @throws Refusal ROLE_MISSING, BOOK_NOT_OPEN */
    async look<T>(noun: string, reader: Reader<T>, ...id: string[]): Promise<T | undefined> {
        this.mustBeReadable();
        return this.find(noun, reader, ...id);
    }

    /** A page of the instructions that can settle no more. @throws Refusal ROLE_MISSING */
    async closedInstructions(after: string | undefined): Promise<Page<Instruction>> {
        this.mustBeReadable();
        return this.instructions.closed(after);
    }

    /** At most so many records of a noun with their hidden ids, from the one after `after` on. For queries. */
    entries<T>(noun: string, reader: Reader<T>, most: number, after?: string): Promise<Entry<T>[]> {
        return this.records(noun, reader).entries(most, after);
    }

    /** Every record of a noun. For queries. */
    list<T>(noun: string, reader: Reader<T>): Promise<T[]> {
        return this.records(noun, reader).list();
    }

    private mustBeReadable(): void {
        const { caller } = this.ctx;
        if (caller.id !== this.institution) caller.mustBe('depository', 'regulator');
    }

    private async hidden(id: readonly string[]): Promise<string> {
        const { secret } = await this.cover();
        const plain = canonical(id);
        let hidden = this.hiddenIds.get(plain);
        if (hidden === undefined) this.hiddenIds.set(plain, (hidden = hexOf(sha256(utf8(secret), utf8(plain)))));
        return hidden;
    }

    private async cover(): Promise<Cover> {
        this.known ??= await this.covers.find();
        if (this.known === undefined) throw new Refusal('BOOK_NOT_OPEN', { institution: this.institution });
        return this.known;
    }

    private get covers(): PrivateBook<Cover> {
        return this.records('cover', coverReader);
    }

    private records<T>(noun: string, reader: Reader<T>): PrivateBook<T> {
        return this.ctx.privateBook(this.collection, noun, reader);
    }
}
