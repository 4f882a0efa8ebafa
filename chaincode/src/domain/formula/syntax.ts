import { FormulaProblem } from './problem';
import { tokensOf } from './token';

import type { Token } from './token';

/** Operators between two operands, as written. */
export type Operator = '+' | '-' | '*' | '/' | '<' | '<=' | '=' | '!=' | '>=' | '>' | 'and' | 'or';

interface At {
    readonly column: number;
}

/** A formula as a tree. A number keeps its text: its unit depends on how it is written (`12`, `0.5`, `2%`, `5.00 USD`). */
export type Expression = At &
    (
        | { readonly kind: 'number'; readonly text: string; readonly currency?: string }
        | { readonly kind: 'percent'; readonly text: string }
        | { readonly kind: 'date'; readonly text: string }
        | { readonly kind: 'text'; readonly text: string }
        | { readonly kind: 'boolean'; readonly value: boolean }
        | { readonly kind: 'name'; readonly name: string }
        | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
        | { readonly kind: 'negate' | 'not'; readonly operand: Expression }
        | {
              readonly kind: 'binary';
              readonly operator: Operator;
              readonly left: Expression;
              readonly right: Expression;
          }
        | {
              readonly kind: 'if';
              readonly when: Expression;
              readonly then: Expression;
              readonly otherwise: Expression;
          }
    );

const keywords = new Set(['if', 'then', 'else', 'and', 'or', 'not', 'true', 'false']);
const comparisons = ['<', '<=', '=', '!=', '>=', '>'] as const;

/** Deep enough for any formula a person would write, shallow enough for every peer's stack. */
const deepest = 64;

/** @throws FormulaProblem */
export function parseFormula(formula: string): Expression {
    return new Parser(tokensOf(formula)).whole();
}

class Parser {
    private next = 0;
    private depth = 0;

    constructor(private readonly tokens: readonly Token[]) {}

    whole(): Expression {
        const expression = this.expression();
        if (this.token.kind !== 'end') throw this.unexpected('an operator or the end');
        return expression;
    }

    private expression(): Expression {
        if (++this.depth > deepest) throw new FormulaProblem('nested too deeply', this.token.column);
        const expression = this.token.text === 'if' ? this.conditional() : this.or();
        this.depth--;
        return expression;
    }

    private conditional(): Expression {
        const { column } = this.take('if');
        const when = this.expression();
        this.take('then');
        const then = this.expression();
        this.take('else');
        return { kind: 'if', when, then, otherwise: this.expression(), column };
    }

    private or(): Expression {
        return this.leftToRight(['or'], () => this.and());
    }

    private and(): Expression {
        return this.leftToRight(['and'], () => this.not());
    }

    private not(): Expression {
        if (this.token.text !== 'not') return this.comparison();
        const { column } = this.advance();
        return { kind: 'not', operand: this.nested(() => this.not()), column };
    }

    private comparison(): Expression {
        const left = this.sum();
        const operator = this.operatorAmong(comparisons);
        if (!operator) return left;
        const { column } = this.advance();
        const right = this.sum();
        if (this.operatorAmong(comparisons)) throw this.unexpected('`and` between two comparisons');
        return { kind: 'binary', operator, left, right, column };
    }

    private sum(): Expression {
        return this.leftToRight(['+', '-'], () => this.product());
    }

    private product(): Expression {
        return this.leftToRight(['*', '/'], () => this.signed());
    }

    private signed(): Expression {
        if (this.token.text !== '-') return this.primary();
        const { column } = this.advance();
        return { kind: 'negate', operand: this.nested(() => this.signed()), column };
    }

    private primary(): Expression {
        const token = this.token;
        const { column, text } = token;
        if (token.kind === 'number') return this.number();
        if (token.kind === 'percent' || token.kind === 'date' || token.kind === 'text') {
            this.advance();
            return { kind: token.kind, text, column };
        }
        if (text === '(') return this.parenthesis();
        if (token.kind !== 'name') throw this.unexpected('a value');
        if (text === 'true' || text === 'false') {
            this.advance();
            return { kind: 'boolean', value: text === 'true', column };
        }
        if (keywords.has(text)) throw this.unexpected('a value');
        this.advance();
        return this.token.text === '(' ? this.call(token) : { kind: 'name', name: text, column };
    }

    private number(): Expression {
        const { text, column } = this.advance();
        const isMoney = this.token.kind === 'name' && /^[A-Z]{3}$/.test(this.token.text);
        return { kind: 'number', text, column, ...(isMoney ? { currency: this.advance().text } : {}) };
    }

    private parenthesis(): Expression {
        this.take('(');
        const inside = this.expression();
        this.take(')');
        return inside;
    }

    private call(name: Token): Expression {
        const args: Expression[] = [];
        do {
            this.advance();
            if (args.length === 0 && this.token.text === ')') break;
            args.push(this.expression());
        } while (this.token.text === ',');
        this.take(')');
        return { kind: 'call', name: name.text, args, column: name.column };
    }

    private leftToRight(operators: readonly Operator[], operand: () => Expression): Expression {
        let left = operand();
        for (let operator = this.operatorAmong(operators); operator; operator = this.operatorAmong(operators)) {
            const { column } = this.advance();
            left = { kind: 'binary', operator, left, right: operand(), column };
        }
        return left;
    }

    private nested(operand: () => Expression): Expression {
        if (++this.depth > deepest) throw new FormulaProblem('nested too deeply', this.token.column);
        const expression = operand();
        this.depth--;
        return expression;
    }

    private operatorAmong<T extends Operator>(operators: readonly T[]): T | undefined {
        return operators.find(operator => operator === this.token.text);
    }

    private take(text: string): Token {
        if (this.token.text !== text || this.token.kind === 'text') throw this.unexpected(`'${text}'`);
        return this.advance();
    }

    private advance(): Token {
        const token = this.token;
        this.next++;
        return token;
    }

    private get token(): Token {
        return this.tokens[this.next] ?? { kind: 'end', text: 'the end', column: 1 };
    }

    private unexpected(expected: string): FormulaProblem {
        return new FormulaProblem(`expected ${expected}, found ${this.token.text}`, this.token.column);
    }
}
