import { Refusal } from '../refusal';
import { parseDay } from '../day';
import { parseAmount } from '../money';
import { parseRate } from '../rate';
import { zeroOf } from '../formula/functions';
import { compileAccount, deposit } from './account';
import { Dates } from './dates';
import { Entities, nameGroups, nameLedger, unlessUnresolved } from './entities';
import { compileFee } from './fee';
import { amountIn, dayIn, put } from './frame';
import { compileHedge } from './hedge';
import { compileIntake } from './intake';
import { compileTranche } from './interest';
import { compileSteps, recorded } from './step';
import { compileTrigger, nameTrigger, testTrigger, untripped } from './trigger';
import { Vocabulary } from './vocabulary';

import type { Program } from '../formula/compile';
import type { Frame, ScopeName } from '../formula/scope';
import type { FormulaValue } from '../formula/value';
import type { Amount } from '../money';
import type { PeriodFacts, Unit } from '../terms/facts';
import type { CertificateLine, Schedule, Step, Terms, Value } from '../terms/terms';
import type { AccountProgram } from './account';
import type { EntityLists } from './entities';
import type { Run } from './frame';
import type { NamedInput, Results, StepContext, StepProgram } from './step';
import type { TriggerProgram } from './trigger';
import type { Problem, Slot } from './vocabulary';

/** Terms made ready to run: every formula compiled once, every name resolved to its place. */
export interface DealProgram extends EntityLists {
    readonly terms: Terms;
    readonly problems: readonly Problem[];
    readonly dates: Dates;
    readonly blank: () => FormulaValue[];
    readonly takeFacts: (frame: Frame, facts: PeriodFacts) => void;
    /** Interest, fees, hedges and values, in order of dependence. */
    readonly opening: readonly ((frame: Frame) => void)[];
    readonly deposits: readonly DepositProgram[];
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

export interface DepositProgram {
    readonly id: string;
    readonly into: AccountProgram;
    readonly amount: (frame: Frame) => Amount;
}

export interface ResultProgram extends ScopeName {
    readonly id: string;
}

export interface RememberedProgram extends ResultProgram {
    readonly depth: number;
}

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

function compileDeal(terms: Terms): DealProgram {
    const vocabulary = new Vocabulary(terms.currency);
    const opening: ((frame: Frame) => void)[] = [];
    const dates = new Dates(vocabulary, terms);
    const takeFacts = compileIntake(vocabulary, terms);
    nameStatuses(vocabulary, terms);
    nameSchedules(vocabulary, terms, dates);
    const triggerSlots = (terms.triggers ?? []).map((trigger, i) => nameTrigger(vocabulary, trigger, `triggers[${i}]`));
    nameValues(vocabulary, opening, terms);
    const results = nameResults(vocabulary, terms);
    nameGroups(vocabulary, terms);
    const lists = compileEntities(vocabulary, dates, opening, terms);
    const entities = new Entities(vocabulary, terms, lists);
    const deposits = compileDeposits(vocabulary, entities, opening, terms);
    const triggers = (terms.triggers ?? []).map((trigger, i) =>
        compileTrigger(vocabulary, trigger, triggerSlots[i] as Slot, `triggers[${i}]`),
    );
    const inputs = new Map<Step, readonly NamedInput[]>();
    const context: StepContext = { vocabulary, entities, results, inputs, test: testStep(triggers) };
    const waterfalls = new Map(
        Object.entries(terms.waterfalls).map(([status, steps]) => [
            status,
            compileSteps(context, steps, `waterfalls.${status}`),
        ]),
    );
    vocabulary.makeAll();
    const certificate = (terms.certificate ?? []).map((line, i) => ({
        terms: line,
        columns: line.columns.map((formula, j) =>
            vocabulary.compile(formula, undefined, `certificate[${i}].columns[${j}]`),
        ),
    }));
    const values = terms.values ?? [];
    const remembered = namedResults(
        vocabulary,
        values.flatMap(({ id, remember }) => (remember === undefined ? [] : [id])),
    ).map((result, i) => ({
        ...result,
        depth: values.filter(({ remember }) => remember !== undefined)[i]?.remember ?? 0,
    }));
    return {
        ...lists,
        terms,
        problems: vocabulary.problems,
        dates,
        blank: () => vocabulary.blank(),
        takeFacts,
        opening,
        deposits,
        triggers,
        remembered,
        results: namedResults(vocabulary, [...values.map(({ id }) => id), ...results.sets.keys()]),
        waterfalls,
        certificate,
        inputs,
    };
}

function compileEntities(
    vocabulary: Vocabulary,
    dates: Dates,
    opening: ((frame: Frame) => void)[],
    terms: Terms,
): EntityLists {
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

function nameSchedules(vocabulary: Vocabulary, terms: Terms, dates: Dates): void {
    (terms.schedules ?? []).forEach((schedule, i) => {
        const rows = schedule.rows.map((row, j) => ({
            from: row.from,
            value: scheduled(vocabulary, schedule, row.value, `schedules[${i}].rows[${j}].value`),
        }));
        const { dueDate } = dates;
        vocabulary.table(schedule.id, { unit: schedule.unit, rows, date: frame => dayIn(frame, dueDate) });
    });
}

function scheduled(vocabulary: Vocabulary, { unit }: Schedule, text: string, at: string): FormulaValue {
    try {
        if (unit === 'money') return parseAmount(text, vocabulary.currency);
        return unit === 'rate' ? parseRate(text) : BigInt(text);
    } catch {
        vocabulary.report('schedule', at, `not readable as ${unit}`);
        return zeroOf(unit);
    }
}

function nameValues(vocabulary: Vocabulary, opening: ((frame: Frame) => void)[], terms: Terms): void {
    (terms.values ?? []).forEach((value, i) => {
        const slot = value.unit === undefined ? undefined : vocabulary.hiddenSlot(value.unit);
        if (value.remember !== undefined)
            vocabulary.remember(value.id, value.remember, slot && { unit: slot.unit, read: reader(slot) });
        vocabulary.defer(
            value.id,
            () => makeValue(vocabulary, opening, value, slot, `values[${i}]`),
            `values[${i}].id`,
        );
    });
}

function makeValue(
    vocabulary: Vocabulary,
    opening: ((frame: Frame) => void)[],
    { formula }: Value,
    declared: Slot | undefined,
    at: string,
): ScopeName | undefined {
    const program = vocabulary.compile(formula, declared?.unit, `${at}.formula`);
    if (program.isBroken) return undefined;
    const slot = declared ?? vocabulary.hiddenSlot(program.unit);
    opening.push(frame => put(frame, slot, program.run(frame)));
    return { unit: slot.unit, read: reader(slot) };
}

function reader({ index }: Slot): ScopeName['read'] {
    return frame => frame.values[index] as FormulaValue;
}

/** Names as a run states them, once every name has been made. */
function namedResults(vocabulary: Vocabulary, ids: readonly string[]): ResultProgram[] {
    return ids.map(id => {
        const { unit, run } = vocabulary.compile(id, undefined, id);
        return { id, unit, read: run };
    });
}

/** Steps of the same id in several waterfalls or branches share their figures. */
function nameResults(vocabulary: Vocabulary, terms: Terms): Results & { readonly sets: ReadonlyMap<string, Slot> } {
    const amounts = new Map<string, { readonly due: Slot; readonly paid: Slot }>();
    const sets = new Map<string, Slot>();
    const setsNamed = new Set<string>();
    for (const { step, at } of allSteps(terms)) {
        if (step.do === 'set' && !setsNamed.has(step.id)) {
            setsNamed.add(step.id);
            nameSet(vocabulary, sets, step.id, step.formula, at);
        } else if (movesMoney(step) && !amounts.has(step.id))
            amounts.set(step.id, nameAmounts(vocabulary, step.id, at));
    }
    const nowhere = vocabulary.hiddenSlot('money');
    return {
        amounts: id => amounts.get(id) ?? { due: nowhere, paid: nowhere },
        value: id => {
            vocabulary.compile(id, undefined, id);
            return sets.get(id);
        },
        sets,
    };
}

function nameAmounts(vocabulary: Vocabulary, id: string, at: string): { readonly due: Slot; readonly paid: Slot } {
    const [due, paid] = (['due', 'paid'] as const).map(name =>
        vocabulary.slot(`${id}.${name}`, 'money', `${at}.id`),
    ) as [Slot, Slot];
    vocabulary.derive(
        `${id}.short`,
        { unit: 'money', read: frame => amountIn(frame, due) - amountIn(frame, paid) },
        `${at}.id`,
    );
    return { due, paid };
}

function nameSet(vocabulary: Vocabulary, sets: Map<string, Slot>, id: string, formula: string, at: string): void {
    vocabulary.defer(
        id,
        () => {
            const program = vocabulary.compile(formula, undefined, `${at}.formula`);
            if (program.isBroken) return undefined;
            const slot = vocabulary.hiddenSlot(program.unit);
            sets.set(id, slot);
            return { unit: program.unit, read: frame => frame.values[slot.index] as FormulaValue };
        },
        `${at}.id`,
    );
}

export function movesMoney(step: Step): boolean {
    return !['set', 'if', 'test', 'change-status'].includes(step.do);
}

/** Every step of every waterfall, those in branches included, with its path. */
export function* allSteps(terms: Terms): Iterable<{ readonly step: Step; readonly at: string }> {
    for (const [status, steps] of Object.entries(terms.waterfalls)) yield* stepsIn(steps, `waterfalls.${status}`);
}

function* stepsIn(steps: readonly Step[], at: string): Iterable<{ readonly step: Step; readonly at: string }> {
    for (const [i, step] of steps.entries()) {
        yield { step, at: `${at}[${i}]` };
        if (step.do !== 'if') continue;
        yield* stepsIn(step.then, `${at}[${i}].then`);
        yield* stepsIn(step.else ?? [], `${at}[${i}].else`);
    }
}

function compileDeposits(
    vocabulary: Vocabulary,
    entities: Entities,
    opening: ((frame: Frame) => void)[],
    terms: Terms,
): DepositProgram[] {
    return terms.deposits.flatMap((given, i) => {
        const at = `deposits[${i}]`;
        const slot = vocabulary.hiddenSlot('money');
        vocabulary.defer(
            given.id,
            () => {
                const program = vocabulary.compile(given.amount, 'money', `${at}.amount`);
                if (program.isBroken) return undefined;
                opening.push(frame => put(frame, slot, program.run(frame)));
                return { unit: 'money', read: frame => amountIn(frame, slot) };
            },
            `${at}.id`,
        );
        const into = unlessUnresolved(() => entities.account(given.into, `${at}.into`));
        return into ? [{ id: given.id, into, amount: (frame: Frame) => amountIn(frame, slot) }] : [];
    });
}

function testStep(triggers: readonly TriggerProgram[]): (run: Run, id: string) => boolean {
    const byId = new Map(triggers.map(trigger => [trigger.id, trigger]));
    return (run, id) => {
        const trigger = byId.get(id);
        if (!trigger) return false;
        const next = testTrigger(run, trigger, run.triggers[id] ?? untripped, run.day, true);
        run.triggers[id] = next;
        return next.tripped;
    };
}

/** Puts the deposits into their accounts. @throws Refusal FACTS_INVALID when one would leave an account below zero */
export function takeDeposits(run: Run, deposits: readonly DepositProgram[]): void {
    for (const { id, into, amount } of deposits) {
        const given = amount(run.frame);
        deposit(run.frame, into, given);
        if (amountIn(run.frame, into.balance) < 0n)
            throw new Refusal('FACTS_INVALID', { at: id, problem: `leaves the account ${into.id} below zero` });
    }
}

/** What a remembered value looks like in the state; a rate is in lowest terms. */
export function encodeValue(unit: Unit, value: FormulaValue): string {
    return String(recorded(unit, value));
}

export function decodeValue(unit: Unit, text: string): FormulaValue {
    switch (unit) {
        case 'money':
        case 'count':
            return BigInt(text);
        case 'rate': {
            const [n = '0', d = '1'] = text.split('/');
            return { n: BigInt(n), d: BigInt(d) };
        }
        case 'date':
            return parseDay(text);
        case 'boolean':
            return text === 'true';
    }
}
