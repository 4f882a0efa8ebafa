import { formatCell } from '@poolproof/chaincode/domain';

import { InputError } from './input-error';

import type { AssetClass, Chunk, Currency, Field } from '@poolproof/chaincode/domain';
import type { Connection } from './connection';
import type { ReportId } from './report';

/** What of the records is wanted: all fields and all records unless stated. */
export interface Selection {
    /** Names of fields, in the order they are wanted in. */
    readonly fields?: readonly string[];
    /** Field by field, the value of the records wanted, as files show it. */
    readonly where?: Readonly<Record<string, string>>;
}

/**
 * The loans of a deal's pool, those of its tape and then those added since, from the caller's own peer, line by line as CSV, under the names of the standard (SEC Schedule AL for auto loans):
 * what `readLoans` reads. One chunk is in memory at a time. For originator, trustee and regulator; the regulator's reading leaves a
 * trail.
 * @throws Refused NOT_FOUND; AccessFailure where the caller's institution may not see the loans
 * @throws InputError for a field that there is not
 */
export async function* exportTape(
    { additions, deals, tapes }: Connection,
    dealId: string,
    selection: Selection = {},
): AsyncGenerator<string> {
    const [assetClass, { currency }, { chunkRoots }, added] = await Promise.all([
        deals.assetClass(dealId),
        deals.read(dealId),
        tapes.read(dealId),
        additions.list(dealId),
    ]);
    const chunks = added.reduce((sum, addition) => sum + addition.chunkRoots.length, chunkRoots.length);
    const sheet = new Sheet(assetClass, 'loan', currency, selection);
    yield sheet.header();
    for (let number = 0; number < chunks; number++) yield* sheet.lines(await tapes.loans(dealId, number));
}

/**
 * What the loans of a pool did in a period, as a version of its report has it, under the same terms as `exportTape`. The first column
 * is the period's month: what `readLoanMonths` reads.
 * @throws Refused NOT_FOUND, STATES_MISSING
 */
export async function* exportMonth(
    { deals, reports }: Connection,
    report: ReportId,
    selection: Selection = {},
): AsyncGenerator<string> {
    const { dealId, period, version } = report;
    const [assetClass, { currency }, { ends, versions }] = await Promise.all([
        deals.assetClass(dealId),
        deals.read(dealId),
        reports.read(dealId, period),
    ]);
    const month = ends.slice(0, 7);
    const sheet = new Sheet(assetClass, 'state', currency, selection);
    const chunks = versions.find(each => each.version === version)?.chunkRoots.length ?? 0;
    yield `period,${sheet.header()}`;
    for (let number = 0; number < chunks; number++)
        for (const line of sheet.lines(await reports.states(report, number))) yield `${month},${line}`;
}

/** Records as lines of CSV (RFC 4180). */
class Sheet {
    private readonly fields: readonly Field[];
    private readonly conditions: readonly (readonly [Field, string])[];

    constructor(
        private readonly assetClass: AssetClass,
        private readonly kind: 'loan' | 'state',
        private readonly currency: Currency,
        { fields, where = {} }: Selection,
    ) {
        this.fields = fields?.map(name => this.field(name)) ?? assetClass[kind].fields;
        this.conditions = Object.entries(where).map(([name, value]) => [this.field(name), value] as const);
    }

    header(): string {
        return this.fields.map(({ name }) => name).join(',');
    }

    *lines(chunk: Chunk): Generator<string> {
        const shown = (row: number, field: Field) => formatCell(field, chunk.cell(row, field.name), this.currency);
        for (let row = 0; row < chunk.rows; row++)
            if (this.conditions.every(([field, value]) => shown(row, field) === value))
                yield this.fields.map(field => quoted(shown(row, field))).join(',');
    }

    private field(name: string): Field {
        const found = this.assetClass[this.kind].fields.find(field => field.name === name);
        if (!found) throw new InputError(`${this.assetClass[this.kind].id} has no field ${name}`);
        return found;
    }
}

function quoted(text: string): string {
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
