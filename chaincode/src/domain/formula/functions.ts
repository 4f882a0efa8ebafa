import { dayCounts, yearFraction } from '../calendar/day-count';
import { notionalDate } from '../calendar/schedule';
import { partsOf } from '../day';
import { commonUnit, converted } from './operators';
import { FormulaProblem } from './problem';
import { unknown } from './spelling';
import { addFractions, compareFractions, isFractional, roundFraction, unitNames } from './value';

import type { DayCount } from '../calendar/day-count';
import type { Day } from '../day';
import type { Rounding } from '../rate';
import type { Compiler } from './compile';
import type { Compiled, Frame, ScopeName } from './scope';
import type { Expression } from './syntax';
import type { Fraction, FormulaValue, ValueUnit } from './value';

type Call = Expression & { kind: 'call' };
type Builder = (compiler: Compiler, call: Call) => Compiled;

interface FunctionRow {
    readonly form: string;
    readonly meaning: string;
    readonly build: Builder;
}

const roundings: readonly string[] = ['down', 'up', 'half-up', 'half-even'] satisfies Rounding[];

/** Every function of the language: how it is written, and what it means. */
export const functions: Readonly<Record<string, FunctionRow>> = {
    abs: { form: 'abs(x)', meaning: 'x without its sign', build: abs },
    addMonths: { form: 'addMonths(date, n)', meaning: 'the same day n months later, or the last', build: addMonths },
    average: {
        form: 'average(v, n)',
        meaning: 'mean of this and the last n - 1 values of v',
        build: window('average'),
    },
    max: { form: 'max(x, y, ...)', meaning: 'the greatest', build: extreme(1) },
    min: { form: 'min(x, y, ...)', meaning: 'the least', build: extreme(-1) },
    month: { form: 'month(date)', meaning: '1 to 12', build: datePart('month') },
    prior: { form: 'prior(v, n)', meaning: 'the value of v n runs ago, zero before the first', build: prior },
    round: {
        form: 'round(x, how[, decimals])',
        meaning: 'money or rate x in whole minor units or decimals',
        build: round,
    },
    schedule: { form: 'schedule(s)', meaning: 'the row of table s in force on the due date', build: schedule },
    total: { form: 'total(v, n)', meaning: 'sum of this and the last n - 1 values of v', build: window('total') },
    year: { form: 'year(date)', meaning: 'calendar year', build: datePart('year') },
    yearFraction: {
        form: "yearFraction(a, b, 'ACT/360')",
        meaning: 'part of a year from a to b',
        build: fractionOfYear,
    },
};

/** @throws FormulaProblem */
export function compileCall(compiler: Compiler, call: Call): Compiled {
    const row = Object.hasOwn(functions, call.name) ? functions[call.name] : undefined;
    if (!row)
        throw new FormulaProblem(unknown(call.name, Object.keys(functions)).replace('name', 'function'), call.column);
    return row.build(compiler, call);
}

function abs(compiler: Compiler, call: Call): Compiled {
    const { unit, run } = compiler.compile(argument(call, 0, 1));
    if (unit === 'boolean' || unit === 'date') throw wrong(call, `abs of ${unitNames[unit]}`);
    if (!isFractional(unit)) return { unit, run: frame => magnitude(run(frame) as bigint) };
    return {
        unit,
        run: frame => {
            const { n, d } = run(frame) as Fraction;
            return { n: magnitude(n), d };
        },
    };
}

function extreme(sign: 1 | -1): Builder {
    return (compiler, call) => {
        if (call.args.length < 2) throw wrong(call, `${call.name} needs at least two values`);
        const args = call.args.map(arg => compiler.compile(arg));
        return args.reduce((a, b) => pick(sign, a, b, call.column));
    };
}

function pick(sign: 1 | -1, left: Compiled, right: Compiled, column: number): Compiled {
    const unit = commonUnit(left, right, column);
    if (unit === 'boolean') throw new FormulaProblem('conditions have no order', column);
    const [a, b] = [converted(left, unit), converted(right, unit)];
    const isGreater = isFractional(unit)
        ? (x: FormulaValue, y: FormulaValue) => compareFractions(x as Fraction, y as Fraction) > 0n
        : (x: FormulaValue, y: FormulaValue) => x > y;
    return {
        unit,
        run: frame => {
            const [x, y] = [a(frame), b(frame)];
            return isGreater(x, y) === (sign === 1) ? x : y;
        },
    };
}

function round(compiler: Compiler, call: Call): Compiled {
    if (call.args.length < 2 || call.args.length > 3) throw wrong(call, 'round needs a value and how to round it');
    const value = compiler.compile(argument(call, 0, call.args.length));
    const how = roundingOf(call);
    const decimals = call.args[2] === undefined ? undefined : wholeNumber(call.args[2], 0, 12);
    if (value.unit === 'unrounded' || value.unit === 'money')
        return { unit: 'money', run: rounded(converted(value, 'unrounded'), how) };
    if (value.unit !== 'rate') throw wrong(call, `round of ${unitNames[value.unit]}`);
    if (decimals === undefined) return { unit: 'count', run: rounded(value.run, how) };
    const scale = 10n ** BigInt(decimals);
    return {
        unit: 'rate',
        run: frame => {
            const { n, d } = value.run(frame) as Fraction;
            return { n: roundFraction({ n: n * scale, d }, how), d: scale };
        },
    };
}

function rounded(run: (frame: Frame) => FormulaValue, how: Rounding): (frame: Frame) => bigint {
    return frame => roundFraction(run(frame) as Fraction, how);
}

function roundingOf(call: Call): Rounding {
    const how = call.args[1];
    if (how?.kind !== 'name' || !roundings.includes(how.name))
        throw new FormulaProblem(`how to round: one of ${roundings.join(', ')}`, how?.column ?? call.column);
    return how.name as Rounding;
}

function datePart(part: 'year' | 'month'): Builder {
    return (compiler, call) => {
        const run = ofUnit(compiler, call, 0, 1, 'date');
        return { unit: 'count', run: frame => BigInt(partsOf(run(frame) as Day)[part]) };
    };
}

function addMonths(compiler: Compiler, call: Call): Compiled {
    const [date, count] = [ofUnit(compiler, call, 0, 2, 'date'), ofUnit(compiler, call, 1, 2, 'count')];
    return { unit: 'date', run: frame => notionalDate(date(frame) as Day, Number(count(frame)), false) };
}

function fractionOfYear(compiler: Compiler, call: Call): Compiled {
    const [from, to] = [ofUnit(compiler, call, 0, 3, 'date'), ofUnit(compiler, call, 1, 3, 'date')];
    const name = call.args[2];
    const dayCount = dayCounts.find(known => name?.kind === 'text' && name.text === `'${known}'`);
    if (!dayCount || dayCount === 'ACT/ACT ICMA' || dayCount === 'ACT/365L')
        throw new FormulaProblem(`a day count in quotes, such as 'ACT/360'`, name?.column ?? call.column);
    return { unit: 'rate', run: frame => between(dayCount, from(frame) as Day, to(frame) as Day) };
}

/** Zero when the days are in the wrong order: the language is total. */
function between(dayCount: DayCount, from: Day, to: Day): Fraction {
    return to <= from ? { n: 0n, d: 1n } : yearFraction(dayCount, from, to);
}

function schedule(compiler: Compiler, call: Call): Compiled {
    const name = nameOf(call, 0, 1);
    const { rows, date: dateOf, unit } = compiler.scope.schedule(name.name, name.column);
    const before = zeroOf(unit);
    return {
        unit,
        run: frame => {
            const date = dateOf(frame) as Day;
            let value = before;
            for (const row of rows) if (row.from <= date) value = row.value;
            return value;
        },
    };
}

function prior(compiler: Compiler, call: Call): Compiled {
    const { remembered, back } = rememberedOf(compiler, call, 0);
    const before = zeroOf(remembered.unit);
    return { unit: remembered.unit, run: frame => frame.memory[remembered.memory]?.[back - 1] ?? before };
}

/** Over fewer values while there are fewer: the first months of a deal have no longer history. */
function window(kind: 'average' | 'total'): Builder {
    return (compiler, call) => {
        const { remembered, back, name } = rememberedOf(compiler, call, 1);
        const { memory } = remembered;
        const { unit, read } = compiler.scope.name(name, call.column);
        compiler.use(name, { unit, read });
        if (unit === 'boolean' || unit === 'date') throw wrong(call, `${kind} of ${unitNames[unit]}`);
        const sum = (frame: Frame) => sumOf(unit, latest(frame, read, memory, back));
        if (kind === 'total') return { unit, run: sum };
        const mean = (frame: Frame): Fraction => {
            const total = sum(frame);
            const { n, d } = typeof total === 'bigint' ? { n: total, d: 1n } : total;
            return { n, d: d * BigInt(latest(frame, read, memory, back).length) };
        };
        return { unit: unit === 'money' ? 'unrounded' : 'rate', run: mean };
    };
}

function latest(frame: Frame, read: ScopeName['read'], memory: number, count: number): readonly FormulaValue[] {
    return [read(frame), ...(frame.memory[memory] ?? []).slice(0, count - 1)];
}

function sumOf(unit: 'money' | 'count' | 'rate', values: readonly FormulaValue[]): bigint | Fraction {
    if (unit === 'rate') return (values as readonly Fraction[]).reduce(addFractions);
    return (values as readonly bigint[]).reduce((sum, value) => sum + value, 0n);
}

/** `(v, n)`: the remembered value and how far back, checked against what is kept. */
function rememberedOf(compiler: Compiler, call: Call, present: 0 | 1) {
    const { name, column } = nameOf(call, 0, 2);
    const remembered = compiler.scope.remembered(name, column);
    const back = wholeNumber(argument(call, 1, 2), 1, remembered.depth + present);
    return { remembered, back, name };
}

function ofUnit(compiler: Compiler, call: Call, index: number, count: number, unit: ValueUnit) {
    const compiled = compiler.compile(argument(call, index, count));
    if (compiled.unit !== unit)
        throw new FormulaProblem(
            `${unitNames[compiled.unit]} where ${call.name} needs ${unitNames[unit]}`,
            call.args[index]?.column ?? call.column,
        );
    return compiled.run;
}

function nameOf(call: Call, index: number, count: number): Expression & { kind: 'name' } {
    const given = argument(call, index, count);
    if (given.kind !== 'name') throw new FormulaProblem(`${call.name} needs a name`, given.column);
    return given;
}

function wholeNumber(expression: Expression, least: number, most: number): number {
    const value = expression.kind === 'number' && /^\d{1,6}$/.test(expression.text) ? Number(expression.text) : -1;
    if (value < least || value > most)
        throw new FormulaProblem(`a whole number from ${least} to ${most}`, expression.column);
    return value;
}

function argument(call: Call, index: number, count: number): Expression {
    const given = call.args[index];
    if (call.args.length !== count || !given)
        throw wrong(call, `is written ${functions[call.name]?.form ?? call.name}`);
    return given;
}

function wrong(call: Call, problem: string): FormulaProblem {
    return new FormulaProblem(problem, call.column);
}

/** What a name stands for before it has a value. */
export function zeroOf(unit: ValueUnit): FormulaValue {
    if (unit === 'boolean') return false;
    if (unit === 'date') return constantDay;
    return isFractional(unit) ? { n: 0n, d: 1n } : 0n;
}

const constantDay = '0001-01-01' as Day;

function magnitude(value: bigint): bigint {
    return value < 0n ? -value : value;
}
