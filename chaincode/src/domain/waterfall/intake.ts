import { parseDay } from '../day';
import { parseRate } from '../rate';
import { Refusal } from '../refusal';
import { standardFacts } from '../terms/facts';
import { put } from './frame';

import type { FormulaValue } from '../formula/value';
import type { Frame } from '../formula/scope';
import type { FactValue, PeriodFacts, StandardFact, Unit } from '../terms/facts';
import type { Terms } from '../terms/terms';
import type { Slot, Vocabulary } from './vocabulary';

/** Gives every fact its name, and returns what fills them in at the start of a run. */
export function compileIntake(vocabulary: Vocabulary, terms: Terms): (frame: Frame, facts: PeriodFacts) => void {
    const standard = (Object.keys(standardFacts) as StandardFact[]).map(name => ({
        name,
        slot: vocabulary.slot(name, standardFacts[name].unit, 'facts'),
    }));
    const extra = Object.entries(terms.facts ?? {}).map(([name, { unit }]) => ({
        name,
        slot: vocabulary.slot(name, unit, `facts.${name}`),
    }));
    const indices = (terms.indices ?? []).map((name, i) => ({
        name,
        slot: vocabulary.slot(name, 'rate', `indices[${i}]`),
    }));
    return (frame, facts) => {
        for (const { name, slot } of standard) put(frame, slot, wholeNumber(facts[name], name));
        for (const { name, slot } of extra) fill(frame, slot, name, facts.extra?.[name]);
        for (const { name, slot } of indices) fill(frame, slot, `fixings.${name}`, facts.fixings?.[name]);
    };
}

function fill(frame: Frame, slot: Slot, name: string, value: FactValue | undefined): void {
    put(frame, slot, factOf(slot.unit, name, value));
}

/** A stated fact in the form formulas compute with. @throws Refusal FACTS_INVALID */
export function factOf(unit: Unit, at: string, value: FactValue | undefined): FormulaValue {
    switch (unit) {
        case 'money':
        case 'count':
            return wholeNumber(value, at);
        case 'boolean':
            if (typeof value === 'boolean') return value;
            throw invalid(at, 'not true or false');
        case 'rate':
            return read(at, value, text => parseRate(text));
        case 'date':
            return read(at, value, text => parseDay(text));
    }
}

function wholeNumber(value: FactValue | undefined, at: string): bigint {
    if (typeof value === 'bigint') return value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
    throw invalid(at, value === undefined ? 'not stated' : 'not a whole number');
}

function read<T>(at: string, value: FactValue | undefined, parse: (text: string) => T): T {
    if (typeof value !== 'string') throw invalid(at, value === undefined ? 'not stated' : 'not text');
    try {
        return parse(value);
    } catch {
        throw invalid(at, 'not readable in its unit');
    }
}

function invalid(at: string, problem: string): Refusal {
    return new Refusal('FACTS_INVALID', { at, problem });
}
