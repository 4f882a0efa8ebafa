import { encodeRecord, sha256, utf8 } from '@poolproof/chaincode/domain';

import { ImportError } from './import-error';
import { Spool } from './spool';

import type { AssetClass } from '@poolproof/chaincode/domain';
import type { LoanMonth } from './loan-month';

/**
 * Records of the first spool begin with the loan's number after its length, and the length of what follows: where the loan stands
 * (chunk, row), or the line of the file and what the month says. Records of the second: the row, the line (0 where the file says
 * nothing of the loan), and what the month says after its length.
 */
const [lengthBytes, placeBytes, headBytes] = [4, 8, 12];

const files = 256;

/**
 * A month of a pool of any size laid out as its tape is, chunk by chunk and loan by loan, joined on disk: neither the tape nor the
 * month is ever in memory. A loan of which the month says nothing has an empty record. Gone once closed.
 */
export class AlignedMonths {
    private readonly tape = new Spool();
    private readonly months = new Spool();
    private readonly aligned = new Spool();
    private readonly numberField: number;
    private file = '';

    private constructor(private readonly assetClass: AssetClass) {
        const { state, stateRoles } = assetClass;
        this.numberField = state.fields.findIndex(field => field.name === stateRoles.number);
    }

    /**
     * @param tape numbers of the loans of each chunk in turn
     * @throws ImportError for a loan that is not in the tape, or stands twice in the month
     */
    static async of(
        tape: AsyncIterable<readonly string[]>,
        months: AsyncIterable<LoanMonth> | Iterable<LoanMonth>,
        assetClass: AssetClass,
    ): Promise<AlignedMonths> {
        const aligned = new AlignedMonths(assetClass);
        try {
            let chunk = 0;
            for await (const numbers of tape) aligned.addChunk(chunk++, numbers);
            for await (const month of months) aligned.addMonth(month);
            for (let file = 0; file < files; file++) aligned.join(file);
        } catch (error) {
            aligned.aligned.close();
            throw error;
        } finally {
            aligned.tape.close();
            aligned.months.close();
        }
        return aligned;
    }

    /** The month's records of a chunk. */
    chunk(number: number): Uint8Array[] {
        const records: Uint8Array[] = [];
        for (const { row, record } of this.rows(number)) records[row] = record;
        return records;
    }

    /** Where in the file the month's records of a chunk stand; 0 where the file says nothing of the loan. */
    lines(number: number): number[] {
        const lines: number[] = [];
        for (const { row, line } of this.rows(number)) lines[row] = line;
        return lines;
    }

    close(): void {
        this.aligned.close();
    }

    private *rows(number: number): Generator<{ row: number; line: number; record: Uint8Array }> {
        const bytes = this.aligned.read(number);
        for (let at = 0; at < bytes.length;) {
            const [row, line] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + lengthBytes)];
            const start = at + headBytes;
            const end = start + bytes.readUInt32LE(at + placeBytes);
            yield { row, line, record: bytes.subarray(start, end) };
            at = end;
        }
    }

    private addChunk(chunk: number, numbers: readonly string[]): void {
        numbers.forEach((number, row) => {
            const place = Buffer.allocUnsafe(placeBytes);
            place.writeUInt32LE(chunk, 0);
            place.writeUInt32LE(row, lengthBytes);
            put(this.tape, number, place);
        });
    }

    private addMonth({ cells, place }: LoanMonth): void {
        const record = encodeRecord(this.assetClass.state, cells);
        const said = Buffer.allocUnsafe(lengthBytes + record.length);
        said.writeUInt32LE(place.line, 0);
        said.set(record, lengthBytes);
        put(this.months, String(cells[this.numberField]), said);
        this.file = place.file;
    }

    private join(file: number): void {
        const said = new Map<string, Buffer>();
        for (const [number, month] of entries(this.months.read(file))) {
            if (said.has(number)) throw this.wrong(month, 'the loan stands twice in the month');
            said.set(number, month);
        }
        for (const [number, place] of entries(this.tape.read(file))) {
            const month = said.get(number);
            const record = month?.subarray(lengthBytes) ?? this.empty(number);
            said.delete(number);
            const head = Buffer.allocUnsafe(headBytes);
            place.copy(head, 0, lengthBytes);
            head.writeUInt32LE(month?.readUInt32LE(0) ?? 0, lengthBytes);
            head.writeUInt32LE(record.length, placeBytes);
            this.aligned.append(place.readUInt32LE(0), head, record);
        }
        const [stranger] = said.values();
        if (stranger) throw this.wrong(stranger, 'no such loan in the tape of the deal');
    }

    /** What the month says of a loan of which it says nothing. @param number as bytes, one a character */
    private empty(number: string): Uint8Array {
        const { state } = this.assetClass;
        const text = Buffer.from(number, 'latin1').toString();
        return encodeRecord(
            state,
            state.fields.map((_, i) => (i === this.numberField ? text : null)),
        );
    }

    private wrong(month: Buffer, problem: string): ImportError {
        const field = this.assetClass.stateRoles.number;
        return new ImportError({ file: this.file, line: month.readUInt32LE(0), field }, problem);
    }
}

/** Puts something aside under a loan's number, in the file that a hash of the number names. */
function put(spool: Spool, number: string, content: Uint8Array): void {
    const name = utf8(number);
    const [file = 0] = sha256(name);
    const head = Buffer.allocUnsafe(2 * lengthBytes);
    head.writeUInt32LE(name.length, 0);
    head.writeUInt32LE(content.length, lengthBytes);
    spool.append(file, head, name, content);
}

/** Numbers, as bytes one a character, and what was put aside under each. */
function* entries(bytes: Buffer): Generator<[string, Buffer]> {
    for (let at = 0; at < bytes.length;) {
        const name = at + 2 * lengthBytes;
        const content = name + bytes.readUInt32LE(at);
        const end = content + bytes.readUInt32LE(at + lengthBytes);
        yield [bytes.toString('latin1', name, content), bytes.subarray(content, end)];
        at = end;
    }
}
