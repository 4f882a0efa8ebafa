import { createHash } from 'node:crypto';

import { ImportError } from './import-error';
import { Spool } from './spool';

import type { AssetClass, Cell } from '@poolproof/chaincode/domain';
import type { LoanMonth } from './loan-month';
import type { Place } from './import-error';

/** Where a loan stands in the tape, or what a month says of it. */
type Part =
    | { readonly number: string; readonly chunk: number; readonly row: number }
    | { readonly number: string; readonly cells: readonly Cell[]; readonly place: Place };

interface Aligned {
    readonly row: number;
    readonly cells: readonly Cell[];
}

const files = 64;

/**
 * A month of a pool of any size laid out as its tape is, chunk by chunk and loan by loan, joined on disk: neither the tape nor the
 * month is ever in memory. A loan of which the month says nothing has an empty record. Gone once closed.
 */
export class AlignedMonths {
    private readonly parts = new Spool<Part>();
    private readonly aligned = new Spool<Aligned>();
    private readonly numberField: number;

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
            for await (const numbers of tape) {
                numbers.forEach((number, row) => {
                    aligned.put({ number, chunk, row });
                });
                chunk++;
            }
            for await (const { cells, place } of months)
                aligned.put({ number: String(cells[aligned.numberField]), cells, place });
            for (let file = 0; file < files; file++) aligned.join(file);
        } catch (error) {
            aligned.close();
            throw error;
        } finally {
            aligned.parts.close();
        }
        return aligned;
    }

    /** The month's rows of a chunk. */
    chunk(number: number): (readonly Cell[])[] {
        return this.aligned
            .read(number)
            .sort((a, b) => a.row - b.row)
            .map(({ cells }) => cells);
    }

    close(): void {
        this.aligned.close();
    }

    private put(part: Part): void {
        const [first = 0] = createHash('sha256').update(part.number).digest();
        this.parts.append(first % files, part);
    }

    private join(file: number): void {
        const said = new Map<string, Extract<Part, { readonly cells: unknown }>>();
        const parts = this.parts.read(file);
        for (const part of parts) {
            if (!('cells' in part)) continue;
            if (said.has(part.number)) throw this.wrong(part.place, 'the loan stands twice in the month');
            said.set(part.number, part);
        }
        for (const part of parts) {
            if ('cells' in part) continue;
            const { number, chunk, row } = part;
            const empty = this.assetClass.state.fields.map((_, i) => (i === this.numberField ? number : null));
            this.aligned.append(chunk, { row, cells: said.get(number)?.cells ?? empty });
            said.delete(number);
        }
        const [stranger] = said.values();
        if (stranger) throw this.wrong(stranger.place, 'no such loan in the tape of the deal');
    }

    private wrong(place: Place, problem: string): ImportError {
        return new ImportError({ ...place, field: this.assetClass.stateRoles.number }, problem);
    }
}
