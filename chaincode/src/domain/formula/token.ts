import { FormulaProblem } from './problem';

/** `text` is a quoted text, `mark` an operator, bracket or comma. */
export type TokenKind = 'number' | 'percent' | 'date' | 'text' | 'name' | 'mark' | 'end';

/** A piece of a formula. */
export interface Token {
    readonly kind: TokenKind;
    readonly text: string;
    /** 1 for the first character of the formula. */
    readonly column: number;
}

/**
 * A name may have dashes inside, as in `A-1.balance`, so a subtraction needs a space on at least its left.
 * Order matters: a date is tried before a number, a percentage before a number.
 */
const patterns: readonly (readonly [TokenKind, RegExp])[] = [
    ['date', /\d{4}-\d{2}-\d{2}(?!\w)/y],
    ['percent', /\d+(?:\.\d+)?%/y],
    ['number', /\d+(?:\.\d+)?(?![\w.])/y],
    ['text', /'[^']*'/y],
    ['name', /[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*/y],
    ['mark', /<=|>=|!=|[-+*/()<>=,]/y],
];

const blank = /\s*/y;

/** @throws FormulaProblem at the first character that begins no token */
export function tokensOf(formula: string): Token[] {
    const tokens: Token[] = [];
    let position = skipBlank(formula, 0);
    while (position < formula.length) {
        const token = tokenAt(formula, position);
        tokens.push(token);
        position = skipBlank(formula, position + token.text.length);
    }
    tokens.push({ kind: 'end', text: 'the end', column: formula.length + 1 });
    return tokens;
}

function tokenAt(formula: string, position: number): Token {
    for (const [kind, pattern] of patterns) {
        pattern.lastIndex = position;
        const match = pattern.exec(formula);
        if (match) return { kind, text: match[0], column: position + 1 };
    }
    throw new FormulaProblem(`'${formula.charAt(position)}' is not part of the language`, position + 1);
}

function skipBlank(formula: string, position: number): number {
    blank.lastIndex = position;
    return position + (blank.exec(formula)?.[0].length ?? 0);
}
