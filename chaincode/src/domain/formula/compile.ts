import { parseDay } from '../day';
import { parseAmount } from '../money';
import { parseRate } from '../rate';
import { compileBinary, compileIf, compileNegate, compileNot } from './operators';
import { compileCall } from './functions';
import { FormulaProblem } from './problem';
import { parseFormula } from './syntax';
import { unitNames } from './value';

import type { Unit } from '../terms/facts';
import type { Compiled, Frame, Scope, ScopeName } from './scope';
import type { Expression } from './syntax';
import type { FormulaValue } from './value';

/** A formula ready to run: its names resolved, its units checked. */
export interface Program<T extends FormulaValue = FormulaValue> {
    readonly run: (frame: Frame) => T;
    readonly unit: Unit;
    /** The names it uses, in the order they first appear; the values recorded with a step are theirs. */
    readonly names: readonly (ScopeName & { readonly name: string })[];
    /** It could not be compiled and stands for zero, so that the rest of the terms can still be checked. */
    readonly isBroken?: boolean;
}

interface ProgramOf {
    money: Program<bigint>;
    count: Program<bigint>;
    rate: Program<{ readonly n: bigint; readonly d: bigint }>;
    date: Program;
    boolean: Program<boolean>;
}

/**
 * Compiles a formula once, to closures.
 * @param expected the unit the formula must yield; a count will do for a rate, and the number `0` for money
 * @throws FormulaProblem with the column of what is wrong
 */
export function compileFormula<U extends Unit>(formula: string, scope: Scope, expected: U): ProgramOf[U];
export function compileFormula(formula: string, scope: Scope, expected?: Unit): Program;
export function compileFormula(formula: string, scope: Scope, expected?: Unit): Program {
    const compiler = new Compiler(scope);
    const compiled = compiler.compile(parseFormula(formula));
    return { ...compiler.used(), ...yielding(compiled, expected) };
}

function yielding(compiled: Compiled, expected: Unit | undefined): Pick<Program, 'run' | 'unit'> {
    const { unit, run } = compiled;
    if (unit === 'unrounded') throw new FormulaProblem(`yields ${unitNames.unrounded}`, 1);
    if (expected === undefined || unit === expected) return { unit, run };
    if (expected === 'money' && compiled.isNought) return { unit: expected, run };
    if (expected === 'rate' && unit === 'count')
        return { unit: expected, run: frame => ({ n: run(frame) as bigint, d: 1n }) };
    throw new FormulaProblem(`yields ${unitNames[unit]} where ${unitNames[expected]} is needed`, 1);
}

/** Turns a tree into closures, finding the unit of every part, and notes the names it uses. */
export class Compiler {
    private readonly names = new Map<string, ScopeName>();

    constructor(readonly scope: Scope) {}

    compile(expression: Expression): Compiled {
        switch (expression.kind) {
            case 'number':
                return this.number(expression);
            case 'percent':
                return constant('rate', parseRate(expression.text));
            case 'date':
                return this.date(expression.text, expression.column);
            case 'boolean':
                return constant('boolean', expression.value);
            case 'text':
                throw new FormulaProblem('text stands only as the name of a day count', expression.column);
            case 'name':
                return this.name(expression);
            case 'call':
                return compileCall(this, expression);
            case 'negate':
                return compileNegate(this.compile(expression.operand), expression.column);
            case 'not':
                return compileNot(this.compile(expression.operand), expression.column);
            case 'binary':
                return compileBinary(
                    expression.operator,
                    this.compile(expression.left),
                    this.compile(expression.right),
                    expression.column,
                );
            case 'if':
                return compileIf(
                    this.compile(expression.when),
                    this.compile(expression.then),
                    this.compile(expression.otherwise),
                    expression.column,
                );
        }
    }

    /** Records that a formula uses a name. */
    use(name: string, found: ScopeName): void {
        this.names.set(name, found);
    }

    used(): Pick<Program, 'names'> {
        return {
            names: Array.from(this.names, ([name, { unit, read }]) => ({ name, unit, read })),
        };
    }

    private number({ text, currency, column }: Expression & { kind: 'number' }): Compiled {
        if (currency !== undefined) return this.money(text, currency, column);
        if (text.includes('.')) return constant('rate', parseRate(text));
        const count = BigInt(text);
        return { ...constant('count', count), isNought: count === 0n };
    }

    private money(text: string, currency: string, column: number): Compiled {
        if (currency !== this.scope.currency)
            throw new FormulaProblem(`${currency} in a deal in ${this.scope.currency}`, column);
        try {
            return constant('money', parseAmount(text, this.scope.currency));
        } catch {
            throw new FormulaProblem(`${text} has more decimals than ${currency}`, column);
        }
    }

    private date(text: string, column: number): Compiled {
        try {
            return constant('date', parseDay(text));
        } catch {
            throw new FormulaProblem(`${text} is no day of the calendar`, column);
        }
    }

    private name({ name, column }: Expression & { kind: 'name' }): Compiled {
        const found = this.scope.name(name, column);
        this.use(name, found);
        return { unit: found.unit, run: found.read };
    }
}

/** An expression that always yields the same. */
export function constant(unit: Compiled['unit'], value: FormulaValue): Compiled {
    return { unit, run: () => value };
}
