import { identityOf, sha256, utf8 } from '@poolproof/chaincode/domain';

import { Distinct } from '../importer/distinct';
import { ImportError } from '../importer/import-error';
import { judge } from './rule';
import { qualityRulesOf } from './rules';
import { monthColumns, periodOf } from '../importer/loan-month';
import { readField } from '../importer/loan';

import type { AssetClass, Cell, Currency, Layout, Month } from '@poolproof/chaincode/domain';
import type { Judged, QualityRule, Tier } from './rule';
import type { Mapping } from '../importer/mapping';
import type { Row } from '../importer/row';

/** How often a rule fails in a field, and where: never what stands there. */
export interface Finding {
    readonly rule: string;
    readonly tier: Tier;
    readonly field: string;
    readonly count: number;
    /** Lines of the first ones. */
    readonly examples: readonly number[];
}

/** What a file is worth. */
export interface QualityReport {
    readonly file: string;
    readonly records: number;
    /** Worst first. */
    readonly findings: readonly Finding[];
    /** Of all that the rules of the tier `score` ask, the part that is there: 0 to 100. */
    readonly score: number;
    /** Whether a rule of the tier `refuse` fails: nothing may be recorded. */
    readonly refused: boolean;
}

const mostExamples = 3;
const tiers: readonly Tier[] = ['refuse', 'warn', 'score'];

/**
 * Reads the rows of a file of any size and judges each, in memory that does not grow with it: of duplicates hashes and lines are kept,
 * on disk. To be closed.
 */
export class Inspection {
    /** Columns that the file must have. */
    readonly columns: readonly string[];
    private readonly layout: Layout;
    private readonly rules: readonly { readonly rule: QualityRule; readonly fails: (record: Judged) => boolean }[];
    private readonly keys: readonly Key[];
    private readonly tally = new Tally();

    constructor(
        assetClass: AssetClass,
        private readonly currency: Currency,
        private readonly kind: 'loan' | 'state',
        mapping?: Mapping,
    ) {
        this.layout = assetClass[kind];
        const required = this.layout.fields.filter(field => field.required).map(({ name }) => name);
        this.columns = kind === 'loan' ? required : monthColumns(assetClass, mapping);
        this.rules = qualityRulesOf(assetClass)[kind].map(rule => ({ rule, fails: judge(rule, this.layout) }));
        this.keys = kind === 'loan' ? loanKeys(assetClass) : monthKeys(assetClass);
    }

    /** Whether a rule of the tier `refuse` has failed so far; of duplicates only the report knows. */
    get refused(): boolean {
        return this.tally.refused;
    }

    /** The month that a row is of; nothing for a loan of a tape, and a finding where it cannot be read. */
    period(row: Row): Month | undefined {
        return this.kind === 'loan' ? undefined : this.orFound(() => periodOf(row), row);
    }

    /**
     * Judges a row and gives its cells; one that cannot be read is a finding, and as if it were not there.
     * @param period as `period` has given it
     */
    read(row: Row, period?: Month): Cell[] {
        const cells = this.layout.fields.map(
            field => this.orFound(() => readField(field, row, this.currency), row) ?? null,
        );
        const judged = period === undefined ? { cells } : { cells, period };
        for (const { rule, fails } of this.rules) if (fails(judged)) this.tally.add(rule, row.line);
        for (const { distinct, of } of this.keys) distinct.add(sha256(of(cells, period)), row.line);
        this.tally.record(row);
        return cells;
    }

    report(): QualityReport {
        const told = new Set<number>();
        for (const { distinct, field, id } of this.keys)
            for (const line of distinct.repeated())
                if (told.size !== told.add(line).size) this.tally.add([id, 'refuse', field], line);
        return this.tally.report(this.rules.filter(({ rule: [, tier] }) => tier === 'score').length);
    }

    close(): void {
        for (const { distinct } of this.keys) distinct.close();
    }

    private orFound<T>(read: () => T, { line }: Row): T | undefined {
        try {
            return read();
        } catch (error) {
            if (!(error instanceof ImportError)) throw error;
            this.tally.add([`unreadable: ${error.problem}`, 'refuse', error.place.field ?? ''], line);
            return undefined;
        }
    }
}

/** What may stand in a file once: `id` is the rule that says so. */
interface Key {
    readonly id: string;
    readonly field: string;
    readonly distinct: Distinct;
    readonly of: (cells: readonly Cell[], period: string | undefined) => Uint8Array;
}

/** The loan's number, which later months name it by, and the asset. */
function loanKeys(assetClass: AssetClass): Key[] {
    const { identity, loan, loanRoles } = assetClass;
    const indices = identity.fields.map(name => indexOf(loan, name));
    const number = indexOf(loan, loanRoles.number);
    const values = (cells: readonly Cell[]) => indices.map(index => cells[index] ?? null);
    return [
        { id: 'twice', field: loanRoles.number, distinct: new Distinct(), of: cells => utf8(String(cells[number])) },
        {
            id: 'asset-twice',
            field: identity.fields[0] ?? '',
            distinct: new Distinct(),
            of: cells => identityOf(assetClass, values(cells)),
        },
    ];
}

function monthKeys({ state, stateRoles }: AssetClass): Key[] {
    const number = indexOf(state, stateRoles.number);
    const of = (cells: readonly Cell[], period = '') => utf8(`${period} ${String(cells[number])}`);
    return [{ id: 'twice', field: stateRoles.number, distinct: new Distinct(), of }];
}

function indexOf(layout: Layout, name: string): number {
    return layout.fields.findIndex(field => field.name === name);
}

/** Counts what is found. */
class Tally {
    refused = false;
    private readonly findings = new Map<string, Finding>();
    private records = 0;
    private file = '';

    add([id, tier, field]: readonly [id: string, tier: Tier, field: string, ...unknown[]], line: number): void {
        const key = `${tier} ${id} ${field}`;
        const { count, examples } = this.findings.get(key) ?? { count: 0, examples: [] };
        const shown = examples.length < mostExamples ? [...examples, line] : examples;
        this.findings.set(key, { rule: id, tier, field, count: count + 1, examples: shown });
        this.refused ||= tier === 'refuse';
    }

    record({ file }: Row): void {
        this.file = file;
        this.records++;
    }

    report(scored: number): QualityReport {
        const findings = [...this.findings.values()].sort(
            (a, b) => tiers.indexOf(a.tier) - tiers.indexOf(b.tier) || b.count - a.count,
        );
        const lost = findings.filter(({ tier }) => tier === 'score').reduce((sum, { count }) => sum + count, 0);
        const asked = scored * this.records;
        return {
            file: this.file,
            records: this.records,
            findings,
            score: asked === 0 ? 100 : Math.floor((100 * (asked - lost)) / asked),
            refused: this.refused,
        };
    }
}
