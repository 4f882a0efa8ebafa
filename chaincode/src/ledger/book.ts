import { canonical } from '../domain/canonical';
import { compareBytes, hexOf, utf8 } from '../domain/bytes';
import { Refusal } from '../domain/refusal';
import { sha256 } from '../domain/hash';
import { endorsedByAll } from './endorsement';
import { privateStore, publicStore } from './store';

import type { ChaincodeStub, Iterators } from 'fabric-shim-api';
import type { Reader } from '../domain/shape';
import type { Store } from './store';

/** Sorts after whatever a composite key can hold, and right after a key. */
const [afterAll, afterKey] = ['\u{10FFFF}', '\u0000'];

/** Records of one kind under composite keys `name, ...id`, each in its canonical encoding. */
abstract class Records<T> {
    constructor(
        protected readonly stub: ChaincodeStub,
        /** The noun, as it stands in keys and in refusals. */
        readonly name: string,
        protected readonly read: Reader<T>,
        protected readonly store: Store,
    ) {}

    /** The record, or undefined where there is none. */
    async find(...id: string[]): Promise<T | undefined> {
        const bytes = await this.store.get(this.keyOf(id));
        return bytes.length === 0 ? undefined : this.decode(bytes);
    }

    /** @throws Refusal NOT_FOUND */
    async load(...id: string[]): Promise<T> {
        const record = await this.find(...id);
        if (record === undefined) throw new Refusal('NOT_FOUND', { noun: this.name, id: id.join(' ') });
        return record;
    }

    async exists(...id: string[]): Promise<boolean> {
        return (await this.store.get(this.keyOf(id))).length > 0;
    }

    async save(record: T, ...id: string[]): Promise<void> {
        const key = this.keyOf(id);
        await this.store.put(key, this.encode(record, key));
    }

    async remove(...id: string[]): Promise<void> {
        await this.store.remove(this.keyOf(id));
    }

    protected keyOf(id: readonly string[]): string {
        return this.stub.createCompositeKey(this.name, [...id]);
    }

    protected abstract encode(record: T, key: string): Uint8Array;
    protected abstract decode(bytes: Uint8Array): T;
}

/**
 * Most records read in one list. A peer cuts a range off at its own limit without a word (ledger.state.totalQueryLimit, 10,000 unless
 * stated), so that a list as long as this is refused rather than read in part.
 */
const longestList = 5_000;

/** Records read at a time where a list is read page by page. */
export const pageSize = 500;

/** Records that every institution holds. */
export class Book<T> extends Records<T> {
    constructor(stub: ChaincodeStub, name: string, read: Reader<T>) {
        super(stub, name, read, publicStore(stub));
    }

    /**
     * Creates a record whose later changes need a peer of each institution named, and no one else's. Only a transaction
     * endorsed by the chaincode's own policy can lay down a record.
     */
    async layDown(record: T, mspIds: readonly string[], ...id: string[]): Promise<void> {
        await this.save(record, ...id);
        await this.stub.setStateValidationParameter(this.keyOf(id), endorsedByAll(mspIds));
    }

    /**
     * Before somebody relies on what was laid down: any majority could have been first at the key, and have given it another policy.
     * @throws Refusal RECORD_FORGED unless the record lies under the policy that `layDown` gives it
     */
    async mustBeSignedBy(mspIds: readonly string[], ...id: string[]): Promise<void> {
        const policy = await this.stub.getStateValidationParameter(this.keyOf(id));
        if (policy?.length && compareBytes(policy, endorsedByAll(mspIds)) === 0) return;
        throw new Refusal('RECORD_FORGED', { noun: this.name, id: id.join(' ') });
    }

    /**
     * All records whose id begins so, in key order. For queries: a transaction that decides on a list conflicts with every change of
     * the list.
     * @throws Refusal LIST_TOO_LONG
     */
    async list(prefix: readonly string[] = []): Promise<T[]> {
        const records: T[] = [];
        for await (const row of this.stub.getStateByPartialCompositeKey(this.name, [...prefix])) {
            if (records.length === longestList)
                throw new Refusal('LIST_TOO_LONG', { noun: this.name, most: longestList });
            records.push(this.decode(row.value));
        }
        return records;
    }

    protected encode(record: T): Uint8Array {
        return utf8(canonical(record));
    }

    protected decode(bytes: Uint8Array): T {
        return this.read(JSON.parse(Buffer.from(bytes).toString()), this.name);
    }
}

/** A record of a one-part id. */
export interface Entry<T> {
    readonly id: string;
    readonly record: T;
}

/** Some records in key order, and where the next page begins, if there is one. */
export interface Page<T> {
    readonly records: readonly T[];
    /** Id of the last record read. */
    readonly next?: string;
}

/** The first page of these entries, which are in the order of their ids. */
export function pageOf<T>(entries: readonly Entry<T>[]): Page<T> {
    const first = entries.slice(0, pageSize);
    const records = first.map(({ record }) => record);
    const last = entries.length > pageSize ? first.at(-1) : undefined;
    return last === undefined ? { records } : { records, next: last.id };
}

/**
 * Records in one private collection. Peers of other institutions hold SHA-256 hashes of key and value, so ids must say nothing
 * (deal, period, chunk number) and every value carries a salt, drawn from the one the client sends in the transient map.
 */
export class PrivateBook<T> extends Records<T> {
    constructor(
        stub: ChaincodeStub,
        readonly collection: string,
        name: string,
        read: Reader<T>,
        private readonly salt: () => Uint8Array,
    ) {
        super(stub, name, read, privateStore(stub, collection));
    }

    /**
     * All records whose id begins so, in the order of their keys, however many. For queries: a transaction that writes cannot range over
     * private data.
     */
    async list(prefix: readonly string[] = []): Promise<T[]> {
        const [all, start] = [[] as T[], this.keyOf(prefix)];
        for (let from = start; ;) {
            const rows = await this.rows(from, start + afterAll, pageSize);
            all.push(...rows.map(row => this.decode(row.value)));
            const last = rows.at(-1);
            if (last === undefined || rows.length < pageSize) return all;
            from = last.key + afterKey;
        }
    }

    /** Some of all records of a one-part id, from the one after `after` on. For queries. */
    async page(after?: string): Promise<Page<T>> {
        return pageOf(await this.entries(pageSize + 1, after));
    }

    /** At most so many records of a one-part id with their ids, from the one after `after` on. For queries. */
    async entries(most: number, after?: string): Promise<Entry<T>[]> {
        const from = after === undefined ? this.keyOf([]) : this.keyOf([after]) + afterKey;
        const rows = await this.rows(from, this.keyOf([]) + afterAll, most);
        return rows.map(({ key, value }) => {
            const [id = ''] = this.stub.splitCompositeKey(key).attributes;
            return { id, record: this.decode(value) };
        });
    }

    /** At most so many rows of a range of keys. */
    private async rows(from: string, to: string, most: number): Promise<Iterators.KV[]> {
        const rows: Iterators.KV[] = [];
        for await (const row of this.stub.getPrivateDataByRange(this.collection, from, to)) {
            rows.push(row);
            if (rows.length === most) break;
        }
        return rows;
    }

    protected encode(record: T, key: string): Uint8Array {
        return utf8(canonical({ salt: hexOf(sha256(this.salt(), utf8(key)).subarray(0, 16)), value: record }));
    }

    protected decode(bytes: Uint8Array): T {
        const { value } = JSON.parse(Buffer.from(bytes).toString()) as { value: unknown };
        return this.read(value, this.name);
    }
}
