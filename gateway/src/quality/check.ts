import { identityOf } from '@poolproof/chaincode/domain';

import { ImportError } from '../importer/import-error';
import { judge } from './rule';
import { qualityRulesOf } from './rules';
import { readField } from '../importer/loan';
import { readMapped } from '../importer/mapping';

import type { AssetClass, Cell, Currency, Layout } from '@poolproof/chaincode/domain';
import type { Mapping } from '../importer/mapping';
import type { QualityRule, Tier } from './rule';
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
 * Judges a file to its end, whatever is wrong with its values: a loan tape, or with `state` the months of a pool.
 * @throws ImportError for a file that is no CSV or exhibit, is cut off, or lacks a column
 */
export async function checkQuality(
    path: string,
    assetClass: AssetClass,
    currency: Currency,
    { mapping, kind = 'loan' }: { readonly mapping?: Mapping; readonly kind?: 'loan' | 'state' } = {},
): Promise<QualityReport> {
    const layout = assetClass[kind];
    const rules = qualityRulesOf(assetClass)[kind].map(rule => ({ rule, fails: judge(rule, layout) }));
    const needed = layout.fields.filter(({ required }) => required).map(({ name }) => name);
    const tally = new Tally();
    const isKnown = kind === 'loan' ? knownAssets(assetClass) : knownMonths(assetClass);
    for await (const row of readMapped(path, needed, mapping)) {
        const cells = readCells(row, layout, currency, tally);
        const period = row.values['period'];
        for (const { rule, fails } of rules)
            if (fails({ cells, ...(period === undefined ? {} : { period }) })) tally.add(rule, row);
        if (isKnown(cells, period ?? ''))
            tally.add({ id: 'twice', tier: 'refuse', field: layout.fields[0]?.name ?? '' }, row);
        tally.record(row);
    }
    return tally.report(rules.filter(({ rule }) => rule.tier === 'score').length);
}

/** The cells of a row; one that cannot be read is a finding, and as if it were not there. */
function readCells(row: Row, layout: Layout, currency: Currency, tally: Tally): Cell[] {
    return layout.fields.map(field => {
        try {
            return readField(field, row, currency);
        } catch (error) {
            if (!(error instanceof ImportError)) throw error;
            tally.add({ id: `unreadable: ${error.problem}`, tier: 'refuse', field: field.name }, row);
            return null;
        }
    });
}

function knownAssets(assetClass: AssetClass): (cells: readonly Cell[], period: string) => boolean {
    const { identity, loan } = assetClass;
    const indices = identity.fields.map(name => loan.fields.findIndex(field => field.name === name));
    return known(cells =>
        Buffer.from(
            identityOf(
                assetClass,
                indices.map(index => cells[index] ?? null),
            ),
        ).toString('latin1'),
    );
}

function knownMonths({ state, stateRoles }: AssetClass): (cells: readonly Cell[], period: string) => boolean {
    const number = state.fields.findIndex(({ name }) => name === stateRoles.number);
    return known((cells, period) => `${period} ${String(cells[number])}`);
}

function known(keyOf: (cells: readonly Cell[], period: string) => string) {
    const keys = new Set<string>();
    return (cells: readonly Cell[], period: string) => {
        const before = keys.size;
        return keys.add(keyOf(cells, period)).size === before;
    };
}

/** Counts what is found. */
class Tally {
    private readonly findings = new Map<string, Finding>();
    private records = 0;
    private file = '';

    add({ id, tier, field }: Pick<QualityRule, 'field' | 'id' | 'tier'>, { line }: Row): void {
        const key = `${tier} ${id} ${field}`;
        const { count, examples } = this.findings.get(key) ?? { count: 0, examples: [] };
        const shown = examples.length < mostExamples ? [...examples, line] : examples;
        this.findings.set(key, { rule: id, tier, field, count: count + 1, examples: shown });
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
            refused: findings.some(({ tier }) => tier === 'refuse'),
        };
    }
}
