import { byCodePoint, canonical } from '../domain/canonical';
import { digest, object } from '../domain/shape';
import { hexOf, utf8 } from '../domain/bytes';
import { holdingReader } from '../domain/holding';
import { instructionReader, isOpen } from '../domain/instruction';
import { lienReader } from '../domain/lien';
import { orderReader } from '../domain/allotment';
import { pageOf, pageSize } from './book';
import { Refusal } from '../domain/refusal';
import { sha256 } from '../domain/hash';
import { standingRecord } from '../domain/standing';

import type { BookContent } from '../domain/own-book';
import type { Context } from './context';
import type { Entry, Page, PrivateBook } from './book';
import type { Instruction } from '../domain/instruction';
import type { Reader } from '../domain/shape';

const secretReader = object({ secret: digest });

/**
 * The private book of one institution, kept by the depository. What is in it is nobody else's business, and neither is what it is
 * about: other institutions' peers hold the hash of every key, so ids are hidden behind a secret that lies in the book itself.
 */
export class OwnBook {
    private secret: string | undefined;
    private readonly hiddenIds = new Map<string, string>();

    constructor(
        private readonly ctx: Context,
        readonly institution: string,
    ) {}

    /** Its collection: members are the institution, the depositories and the regulators. */
    get collection(): string {
        return `book_${this.institution}`;
    }

    /** Draws the secret of a book that has none from the client's salt. */
    async openOnce(): Promise<void> {
        this.secret = (await this.secrets.find('ids'))?.secret;
        if (this.secret !== undefined) return;
        this.secret = hexOf(sha256(this.ctx.transient.salt(), utf8('ids')));
        await this.secrets.save({ secret: this.secret }, 'ids');
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
        const [standing] = await this.list('standing', standingRecord);
        return {
            institution: this.institution,
            standing,
            holdings: await this.list('holding', holdingReader),
            orders: await this.list('order', orderReader),
            instructions: (await this.list('instruction', instructionReader)).filter(isOpen),
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

    /**
     * A page of the instructions that can settle no more: those that are filed and those that are not yet. Both lie in the order of the
     * same ids, so one that is filed between two pages is neither missed nor read twice.
     * @throws Refusal ROLE_MISSING
     */
    async closedInstructions(after: string | undefined): Promise<Page<Instruction>> {
        this.mustBeReadable();
        const filed = await this.entries('closed', instructionReader, pageSize + 1, after);
        const unfiled = await this.entries('instruction', instructionReader, pageSize + 1, after);
        // Of an instruction that was withdrawn and placed again, the later word counts once it is closed, too.
        const known = new Set(filed.map(({ id }) => id));
        const fresh = unfiled.filter(({ id, record }) => !known.has(id) || !isOpen(record));
        const byId = new Map([...filed, ...fresh].map(entry => [entry.id, entry]));
        const { records, ...rest } = pageOf([...byId.values()].sort((a, b) => byCodePoint(a.id, b.id)));
        return { records: records.filter(record => !isOpen(record)), ...rest };
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
        this.secret ??= (await this.secrets.find('ids'))?.secret;
        if (this.secret === undefined) throw new Refusal('BOOK_NOT_OPEN', { institution: this.institution });
        const plain = canonical(id);
        let hidden = this.hiddenIds.get(plain);
        if (hidden === undefined) this.hiddenIds.set(plain, (hidden = hexOf(sha256(utf8(this.secret), utf8(plain)))));
        return hidden;
    }

    private get secrets(): PrivateBook<{ readonly secret: string }> {
        return this.records('secret', secretReader);
    }

    private records<T>(noun: string, reader: Reader<T>): PrivateBook<T> {
        return this.ctx.privateBook(this.collection, noun, reader);
    }
}
