import { Refusal } from '../refusal';
import { compileAccount } from './account';
import { Dates } from './dates';
import { compileCall } from './call';
import { compileDeposits } from './deposit';
import { Entities, nameGroups, nameLedger } from './entities';
import { compileFee } from './fee';
import { compileHedge } from './hedge';
import { compileIntake } from './intake';
import { compileTranche } from './tranche';
import { nameSchedules } from './schedule';
import { compileSteps } from './step';
import { nameResults } from './step-results';
import { compileTriggers, nameTriggers, testStep } from './trigger';
import { namedResults, nameValues, rememberedValues } from './value';
import { Vocabulary } from './vocabulary';

import type { Program } from '../formula/compile';
import type { Frame } from '../formula/scope';
import type { FormulaValue } from '../formula/value';
import type { PeriodFacts } from '../terms/facts';
import type { CertificateLine, Step, Terms } from '../terms/terms';
import type { CallProgram } from './call';
import type { DepositProgram } from './deposit';
import type { EntityLists } from './entities';
import type { OpeningTask } from './opening-task';
import type { NamedInput, StepContext, StepProgram } from './step-context';
import type { TriggerProgram } from './trigger';
import type { RememberedProgram, ResultProgram } from './value';
import type { Problem } from './vocabulary';

/** Terms made ready to run: every formula compiled once, every name resolved to its place. */
export interface DealProgram extends EntityLists {
    readonly terms: Terms;
    readonly problems: readonly Problem[];
    readonly dates: Dates;
    readonly blank: () => FormulaValue[];
    readonly takeFacts: (frame: Frame, facts: PeriodFacts) => void;
    /** Interest, fees, hedges and values, in order of dependence. */
    readonly opening: readonly OpeningTask[];
    readonly deposits: readonly DepositProgram[];
    readonly call: CallProgram | undefined;
    readonly triggers: readonly TriggerProgram[];
    /** Remembered values, in the order of the frame's memory. */
    readonly remembered: readonly RememberedProgram[];
    /** What a run states by name: values and `set` steps. */
    readonly results: readonly ResultProgram[];
    readonly waterfalls: ReadonlyMap<string, StepProgram>;
    readonly certificate: readonly LineProgram[];
    /** The names a step's record has the values of, in order. */
    readonly inputs: ReadonlyMap<Step, readonly NamedInput[]>;
}

/** A line of the certificate ready to print. */
export interface LineProgram {
    readonly terms: CertificateLine;
    readonly columns: readonly Program[];
}

const programs = new WeakMap<Terms, DealProgram>();

/**
 * The program of terms, compiled at first use.
 * @throws Refusal TERMS_INVALID for the first problem found; `checkTerms` lists them all
 */
export function dealProgram(terms: Terms): DealProgram {
    const program = inspectDeal(terms);
    const first = program.problems[0];
    if (first) throw new Refusal('TERMS_INVALID', { at: first.at, problem: first.problem });
    return program;
}

/** Like `dealProgram`, but never refuses: its problems say what is wrong. */
export function inspectDeal(terms: Terms): DealProgram {
    const known = programs.get(terms);
    if (known) return known;
    const program = compileDeal(terms);
    programs.set(terms, program);
    return program;
}

/** Names first, so that formulas find them in whatever order the document has them; then everything that has formulas. */
function compileDeal(terms: Terms): DealProgram {
    const vocabulary = new Vocabulary(terms.currency);
    const opening: OpeningTask[] = [];
    const dates = new Dates(vocabulary, terms);
    const takeFacts = compileIntake(vocabulary, terms);
    nameStatuses(vocabulary, terms);
    nameSchedules(vocabulary, terms, dates);
    const tripped = nameTriggers(vocabulary, terms);
    nameValues(vocabulary, opening, terms);
    const results = nameResults(vocabulary, terms);
    nameGroups(vocabulary, terms);
    const lists = compileEntities(vocabulary, dates, opening, terms);
    const entities = new Entities(vocabulary, terms, lists);
    const deposits = compileDeposits(vocabulary, entities, opening, terms);
    const triggers = compileTriggers(vocabulary, terms, tripped);
    const call = compileCall(vocabulary, terms);
    const inputs = new Map<Step, readonly NamedInput[]>();
    const test = testStep(triggers);
    const context: StepContext = { vocabulary, entities, results, inputs, compile: compileSteps, test };
    const waterfalls = compileWaterfalls(context, terms);
    vocabulary.makeAll();
    return {
        ...lists,
        terms,
        problems: vocabulary.problems,
        dates,
        blank: () => vocabulary.blank(),
        takeFacts,
        opening,
        deposits,
        call,
        triggers,
        remembered: rememberedValues(vocabulary, terms),
        results: namedResults(vocabulary, [...(terms.values ?? []).map(({ id }) => id), ...results.sets.keys()]),
        waterfalls,
        certificate: compileCertificate(vocabulary, terms),
        inputs,
    };
}

function compileWaterfalls(context: StepContext, terms: Terms): ReadonlyMap<string, StepProgram> {
    return new Map(
        Object.entries(terms.waterfalls).map(([status, steps]) => [
            status,
            compileSteps(context, steps, `waterfalls.${status}`),
        ]),
    );
}

function compileCertificate(vocabulary: Vocabulary, terms: Terms): LineProgram[] {
    return (terms.certificate ?? []).map((line, i) => ({
        terms: line,
        columns: line.columns.map((formula, j) =>
            vocabulary.compile(formula, undefined, `certificate[${i}].columns[${j}]`),
        ),
    }));
}

function compileEntities(vocabulary: Vocabulary, dates: Dates, opening: OpeningTask[], terms: Terms): EntityLists {
    return {
        accounts: terms.accounts.map((account, i) => compileAccount(vocabulary, account, `accounts[${i}]`)),
        ledgers: (terms.ledgers ?? []).map(({ id }, i) => nameLedger(vocabulary, id, `ledgers[${i}]`)),
        tranches: terms.tranches.map((tranche, i) =>
            compileTranche(vocabulary, dates, opening, tranche, `tranches[${i}]`),
        ),
        fees: (terms.fees ?? []).map((fee, i) => compileFee(vocabulary, dates, opening, fee, `fees[${i}]`)),
        hedges: (terms.hedges ?? []).map((hedge, i) => compileHedge(vocabulary, dates, opening, hedge, `hedges[${i}]`)),
    };
}

function nameStatuses(vocabulary: Vocabulary, terms: Terms): void {
    terms.statuses.forEach(({ id }, i) =>
        vocabulary.derive(`status.${id}`, { unit: 'boolean', read: frame => frame.status === id }, `statuses[${i}].id`),
    );
}
