import { encodeRecord, identityOf, orderOf } from '@poolproof/chaincode/domain';

import { chunkSizes } from '../chunk';
import { Spool } from './spool';

import type { AssetClass, Cell } from '@poolproof/chaincode/domain';

/** A record of the spool: place in the tape's order, length of the loan's record, the record. */
const orderLength = 32;
const headLength = orderLength + 4;

/** Leading bits of the order that name a file of the spool: those of a bucket of the pledge registry. */
const files = 256;

/**
 * The loans of a tape of any size in the order the contract demands, without having more than a small part of them in memory. Gone
 * once closed.
 */
export class SortedLoans {
    private readonly spool = new Spool();
    private readonly head = Buffer.alloc(headLength);
    private readonly identityFields: readonly number[];
    /** Loans of each file. */
    private readonly counts = new Array<number>(files).fill(0);
    private longest = 1;

    constructor(private readonly assetClass: AssetClass) {
        const { identity, loan } = assetClass;
        this.identityFields = identity.fields.map(name => loan.fields.findIndex(field => field.name === name));
    }

    /**
     * Puts a loan in its place.
     * @returns the place: one asset has one, wherever it is offered
     * @throws Refusal FIELD_INVALID
     */
    add(cells: readonly Cell[]): Uint8Array {
        const values = this.identityFields.map(index => cells[index] ?? null);
        const order = orderOf(identityOf(this.assetClass, values));
        const loan = encodeRecord(this.assetClass.loan, cells);
        this.head.set(order);
        this.head.writeUInt32LE(loan.length, orderLength);
        const [file = 0] = order;
        this.spool.append(file, this.head, loan);
        this.counts[file] = (this.counts[file] ?? 0) + 1;
        this.longest = Math.max(this.longest, loan.length);
        return order;
    }

    /** How many loans each chunk has: see `chunkSizes`. */
    sizes(most: number): number[] {
        return chunkSizes(this.counts, most, this.longest);
    }

    /** The records of chunk after chunk of these sizes. */
    *chunks(sizes: readonly number[]): Generator<Uint8Array[]> {
        let waiting: Uint8Array[] = [];
        let file = 0;
        for (const size of sizes) {
            while (waiting.length < size) waiting = waiting.concat(this.part(file++));
            yield waiting.slice(0, size);
            waiting = waiting.slice(size);
        }
    }

    close(): void {
        this.spool.close();
    }

    /** The records of one file, in order. */
    private part(file: number): Uint8Array[] {
        const bytes = this.spool.read(file);
        const placed: { readonly place: number; readonly at: number; readonly record: Uint8Array }[] = [];
        for (let at = 0; at < bytes.length;) {
            const end = at + headLength + bytes.readUInt32LE(at + orderLength);
            placed.push({ place: bytes.readUIntBE(at, 6), at, record: bytes.subarray(at + headLength, end) });
            at = end;
        }
        const rest = (at: number) => bytes.subarray(at, at + orderLength);
        placed.sort((a, b) => a.place - b.place || Buffer.compare(rest(a.at), rest(b.at)));
        return placed.map(({ record }) => record);
    }
}
