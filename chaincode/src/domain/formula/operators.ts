import { addDays, daysBetween } from '../day';
import { FormulaProblem } from './problem';
import {
    addFractions,
    compareFractions,
    divideFractions,
    isFractional,
    multiplyFractions,
    multiplyWhole,
    subtractFractions,
    unitNames,
} from './value';

import type { Day } from '../day';
import type { Compiled, Frame } from './scope';
import type { Operator } from './syntax';
import type { Fraction, FormulaValue, ValueUnit } from './value';

type Run<T extends FormulaValue> = (frame: Frame) => T;

/** @throws FormulaProblem when the units on the two sides do not go together */
export function compileBinary(operator: Operator, left: Compiled, right: Compiled, column: number): Compiled {
    switch (operator) {
        case '+':
            return left.unit === 'date' ? shiftDate(left, right, 1, column) : compileSum(1, left, right, column);
        case '-':
            return left.unit === 'date' ? beforeDate(left, right, column) : compileSum(-1, left, right, column);
        case '*':
            return compileProduct(left, right, column);
        case '/':
            return compileQuotient(left, right, column);
        case 'and':
        case 'or':
            return compileLogic(operator, left, right, column);
        default:
            return compileComparison(operator, left, right, column);
    }
}

/** @throws FormulaProblem unless the operand is a number or money */
export function compileNegate(operand: Compiled, column: number): Compiled {
    const { unit, run } = operand;
    if (unit === 'boolean' || unit === 'date') throw new FormulaProblem(`minus before ${unitNames[unit]}`, column);
    if (!isFractional(unit)) return { unit, run: frame => -(run as Run<bigint>)(frame) };
    return {
        unit,
        run: frame => {
            const value = (run as Run<Fraction>)(frame);
            return { n: -value.n, d: value.d };
        },
    };
}

/** @throws FormulaProblem unless the operand is a condition */
export function compileNot(operand: Compiled, column: number): Compiled {
    if (operand.unit !== 'boolean') throw new FormulaProblem(`not before ${unitNames[operand.unit]}`, column);
    return { unit: 'boolean', run: frame => !operand.run(frame) };
}

/** Both branches must have a unit in common. @throws FormulaProblem */
export function compileIf(when: Compiled, then: Compiled, otherwise: Compiled, column: number): Compiled {
    if (when.unit !== 'boolean') throw new FormulaProblem(`if on ${unitNames[when.unit]}`, column);
    const unit = commonUnit(then, otherwise, column);
    const [yes, no] = [converted(then, unit), converted(otherwise, unit)];
    return { unit, run: frame => (when.run(frame) ? yes(frame) : no(frame)) };
}

/** The unit in which two values can be added, compared or chosen between. */
export function commonUnit(a: Compiled, b: Compiled, column: number): ValueUnit {
    if (a.unit === b.unit) return a.unit;
    if (isMoney(a.unit) && isMoney(b.unit)) return 'unrounded';
    if (isNumber(a.unit) && isNumber(b.unit)) return 'rate';
    if (a.isNought && isMoney(b.unit)) return b.unit;
    if (b.isNought && isMoney(a.unit)) return a.unit;
    throw new FormulaProblem(`${unitNames[a.unit]} beside ${unitNames[b.unit]}`, column);
}

/** The value in a unit it fits by `commonUnit`. */
export function converted(compiled: Compiled, unit: ValueUnit): Run<FormulaValue> {
    const { run } = compiled;
    if (!isFractional(unit) || isFractional(compiled.unit)) return run;
    return frame => ({ n: run(frame) as bigint, d: 1n });
}

function compileSum(sign: 1 | -1, left: Compiled, right: Compiled, column: number): Compiled {
    const unit = commonUnit(left, right, column);
    if (unit === 'boolean' || unit === 'date') throw new FormulaProblem(`a sum of ${unitNames[unit]}`, column);
    const [a, b] = [converted(left, unit), converted(right, unit)];
    if (isFractional(unit)) {
        const operation = sign === 1 ? addFractions : subtractFractions;
        return { unit, run: frame => operation(a(frame) as Fraction, b(frame) as Fraction) };
    }
    if (sign === 1) return { unit, run: frame => (a(frame) as bigint) + (b(frame) as bigint) };
    return { unit, run: frame => (a(frame) as bigint) - (b(frame) as bigint) };
}

function compileProduct(left: Compiled, right: Compiled, column: number): Compiled {
    const unit = productUnit(left.unit, right.unit);
    if (!unit) throw new FormulaProblem(`${unitNames[left.unit]} times ${unitNames[right.unit]}`, column);
    const [a, b] = [left.run, right.run];
    if (!isFractional(unit)) return { unit, run: frame => multiplyWhole(a(frame) as bigint, b(frame) as bigint) };
    if (!isFractional(left.unit)) return { unit, run: scaled(b as Run<Fraction>, a as Run<bigint>) };
    if (!isFractional(right.unit)) return { unit, run: scaled(a as Run<Fraction>, b as Run<bigint>) };
    return { unit, run: frame => multiplyFractions(a(frame) as Fraction, b(frame) as Fraction) };
}

function productUnit(left: ValueUnit, right: ValueUnit): ValueUnit | undefined {
    if (isNumber(left) && isNumber(right)) return left === 'count' && right === 'count' ? 'count' : 'rate';
    const [money, factor] = isMoney(left) ? [left, right] : [right, left];
    if (!isMoney(money) || !isNumber(factor)) return undefined;
    return money === 'money' && factor === 'count' ? 'money' : 'unrounded';
}

function scaled(fraction: Run<Fraction>, whole: Run<bigint>): Run<Fraction> {
    return frame => {
        const { n, d } = fraction(frame);
        return { n: multiplyWhole(n, whole(frame)), d };
    };
}

function compileQuotient(left: Compiled, right: Compiled, column: number): Compiled {
    const unit = quotientUnit(left.unit, right.unit);
    if (!unit) throw new FormulaProblem(`${unitNames[left.unit]} over ${unitNames[right.unit]}`, column);
    const [a, b] = [converted(left, 'rate'), converted(right, 'rate')];
    return { unit, run: frame => divideFractions(a(frame) as Fraction, b(frame) as Fraction) };
}

function quotientUnit(left: ValueUnit, right: ValueUnit): ValueUnit | undefined {
    if (isMoney(left)) return isMoney(right) ? 'rate' : isNumber(right) ? 'unrounded' : undefined;
    return isNumber(left) && isNumber(right) ? 'rate' : undefined;
}

function compileLogic(operator: 'and' | 'or', left: Compiled, right: Compiled, column: number): Compiled {
    for (const side of [left, right])
        if (side.unit !== 'boolean') throw new FormulaProblem(`${operator} beside ${unitNames[side.unit]}`, column);
    const [a, b] = [left.run, right.run];
    if (operator === 'and') return { unit: 'boolean', run: frame => a(frame) === true && b(frame) === true };
    return { unit: 'boolean', run: frame => a(frame) === true || b(frame) === true };
}

type Comparison = Exclude<Operator, '+' | '-' | '*' | '/' | 'and' | 'or'>;

const accepts: Readonly<Record<Comparison, (order: number) => boolean>> = {
    '<': order => order < 0,
    '<=': order => order <= 0,
    '=': order => order === 0,
    '!=': order => order !== 0,
    '>=': order => order >= 0,
    '>': order => order > 0,
};

function compileComparison(operator: Comparison, left: Compiled, right: Compiled, column: number): Compiled {
    const unit = commonUnit(left, right, column);
    if (unit === 'boolean' && operator !== '=' && operator !== '!=')
        throw new FormulaProblem(`conditions have no order`, column);
    const [a, b] = [converted(left, unit), converted(right, unit)];
    const accept = accepts[operator];
    if (isFractional(unit))
        return {
            unit: 'boolean',
            run: frame => accept(signOf(compareFractions(a(frame) as Fraction, b(frame) as Fraction))),
        };
    return {
        unit: 'boolean',
        run: frame => {
            const [x, y] = [a(frame), b(frame)];
            return accept(x === y ? 0 : x < y ? -1 : 1);
        },
    };
}

function shiftDate(left: Compiled, right: Compiled, sign: 1 | -1, column: number): Compiled {
    if (right.unit !== 'count') throw new FormulaProblem(`a date and ${unitNames[right.unit]}`, column);
    return {
        unit: 'date',
        run: frame => addDays(left.run(frame) as Day, sign * Number(right.run(frame))),
    };
}

function beforeDate(left: Compiled, right: Compiled, column: number): Compiled {
    if (right.unit !== 'date') return shiftDate(left, right, -1, column);
    return {
        unit: 'count',
        run: frame => BigInt(daysBetween(right.run(frame) as Day, left.run(frame) as Day)),
    };
}

function signOf(value: bigint): number {
    return value < 0n ? -1 : value > 0n ? 1 : 0;
}

function isMoney(unit: ValueUnit): unit is 'money' | 'unrounded' {
    return unit === 'money' || unit === 'unrounded';
}

function isNumber(unit: ValueUnit): unit is 'count' | 'rate' {
    return unit === 'count' || unit === 'rate';
}
