import { identityOf, orderOf } from '@poolproof/chaincode/domain';

import { ImportError } from './import-error';
import { Spool } from './spool';

import type { AssetClass, Cell } from '@poolproof/chaincode/domain';
import type { Loan } from './loan';
import type { Place } from './import-error';

interface Placed {
    /** Place in the tape's order, hexadecimal. */
    readonly order: string;
    readonly cells: readonly Cell[];
    readonly place: Place;
}

/** Leading bits of the order that name a file of the spool. */
const files = 256;

/**
 * The loans of a tape of any size in the order the contract demands, without having more than a small part of them in memory. Gone
 * once closed.
 */
export class SortedLoans {
    private readonly spool = new Spool<Placed>();
    private rows = 0;

    private constructor(private readonly assetClass: AssetClass) {}

    /** Reads all loans, once. @throws ImportError of the source */
    static async of(loans: AsyncIterable<Loan>, assetClass: AssetClass): Promise<SortedLoans> {
        const sorted = new SortedLoans(assetClass);
        try {
            for await (const loan of loans) sorted.add(loan);
        } catch (error) {
            sorted.close();
            throw error;
        }
        return sorted;
    }

    get count(): number {
        return this.rows;
    }

    /**
     * The rows of chunk after chunk.
     * @throws ImportError for an asset that stands twice in the tape
     */
    *chunks(size: number): Generator<(readonly Cell[])[]> {
        let rows: (readonly Cell[])[] = [];
        for (let file = 0; file < files; file++)
            for (const cells of this.part(file)) {
                rows.push(cells);
                if (rows.length < size) continue;
                yield rows;
                rows = [];
            }
        if (rows.length > 0) yield rows;
    }

    /** That no asset stands twice: before anything is sent. @throws ImportError */
    mustBeSingle(): void {
        for (let file = 0; file < files; file++) this.part(file);
    }

    close(): void {
        this.spool.close();
    }

    private add({ cells, place }: Loan): void {
        const { identity, loan } = this.assetClass;
        const values = identity.fields.map(name => cells[loan.fields.findIndex(field => field.name === name)] ?? null);
        const order = Buffer.from(orderOf(identityOf(this.assetClass, values)));
        this.spool.append(order[0] ?? 0, { order: order.toString('hex'), cells, place });
        this.rows++;
    }

    private part(file: number): (readonly Cell[])[] {
        const placed = this.spool.read(file).sort((a, b) => (a.order < b.order ? -1 : 1));
        placed.forEach(({ order, place }, i) => {
            if (placed[i - 1]?.order === order) throw new ImportError(place, 'the asset stands twice in the tape');
        });
        return placed.map(({ cells }) => cells);
    }
}
