import { compare, parseRate, rate } from './rate';
import { integer, label, list, minor, object, oneOf, optional } from './shape';
import { Refusal } from './refusal';
import { weigh } from './tape/weighted';

import type { Amount } from './money';
import type { AssetClass } from './tape/asset-class';
import type { Chunk } from './tape/chunk';
import type { LoanSummary } from './tape/summary';
import type { Rate } from './rate';
import type { Reader } from './shape';
import type { Weighted } from './tape/weighted';

export const substitutionReader = object({
    /** Most that may be exchanged over the life of the deal, as part of the pool at the seal: `10%`. */
    most: label,
    /** Least and most balance of the loans that come, as part of the balance of those that leave; the rest is paid in cash. */
    balance: object({ least: label, most: label }),
    /**
     * Averages of the asset class, weighted by balance, that the loans that come must meet: not below, or not above, that of those that
     * leave.
     */
    compare: optional(list(object({ field: label, test: oneOf('not-above', 'not-below') }), { most: 20 })),
});
/** On which conditions the originator may buy loans back in exchange for others. */
export type SubstitutionRules = ReturnType<typeof substitutionReader>;

const loanFields = { chunk: integer(0), row: integer(0) };
const exchangedLoan = object({ ...loanFields, balance: minor, period: integer(1) });
/** A loan that has left the pool, or is to. Private: it speaks of one loan. */
export type ExchangedLoan = ReturnType<typeof exchangedLoan>;

/** The private record of a deal's substitutions: those done, and those of the open offer. */
export const substitutionsReader = object({ done: list(exchangedLoan), open: list(exchangedLoan) });
export type Substitutions = ReturnType<typeof substitutionsReader>;

const placeReader = object(loanFields);
/** Where a loan stands: row of a chunk. */
export type LoanPlace = ReturnType<typeof placeReader>;
/** The transient field `outgoing`. */
export const placesReader: Reader<readonly LoanPlace[]> = list(placeReader, { least: 1, most: 1000 });

/** The loans that are to leave, with their balances as last reported. */
export interface Outgoing {
    readonly loans: readonly Omit<ExchangedLoan, 'period'>[];
    /** In the order of the class's `averages`, weighted by those balances. */
    readonly averages: readonly Weighted[];
}

/** Loans of one chunk that are to leave: the chunk as it joined the pool, and what is outstanding. */
export interface Departing {
    readonly chunk: number;
    readonly rows: readonly number[];
    readonly loans: Chunk;
    readonly balances: Float64Array;
}

/** @param names the averages of the asset class @throws Refusal ROW_UNKNOWN */
export function outgoingOf(departing: readonly Departing[], names: readonly string[]): Outgoing {
    const parts = departing.map(({ chunk, rows, loans, balances }) => {
        const unknown = rows.find(row => row >= loans.rows);
        if (unknown !== undefined) throw new Refusal('ROW_UNKNOWN', { number: chunk, row: unknown });
        const pick = (values: Float64Array) => Float64Array.from(rows, row => values[row] as number);
        const outstanding = pick(balances);
        return {
            loans: rows.map((row, i) => ({ chunk, row, balance: BigInt(outstanding[i] ?? 0) as Amount })),
            averages: names.map(name => weigh(pick(loans.numbers(name)), outstanding)),
        };
    });
    return {
        loans: parts.flatMap(({ loans }) => loans),
        averages: names.map((_, i) => ({
            total: parts.reduce((sum, { averages }) => sum + (averages[i]?.total ?? 0n), 0n) as Amount,
            weight: parts.reduce((sum, { averages }) => sum + (averages[i]?.weight ?? 0n), 0n) as Amount,
            count: parts.reduce((sum, { averages }) => sum + (averages[i]?.count ?? 0), 0),
        })),
    };
}

/** @throws Refusal RULES_INVALID where a condition names what is no average of the asset class, or a part is unreadable */
export function checkSubstitution(rules: SubstitutionRules, assetClass: AssetClass): void {
    parseRate(rules.most, 'rules.substitution.most');
    parseRate(rules.balance.least, 'rules.substitution.balance.least');
    parseRate(rules.balance.most, 'rules.substitution.balance.most');
    rules.compare?.forEach(({ field }, i) => {
        if (assetClass.averages.includes(field)) return;
        const at = `rules.substitution.compare[${i}].field`;
        throw new Refusal('RULES_INVALID', { at, problem: `not one of ${assetClass.averages.join(', ')}` });
    });
}

/**
 * Whether loans may take the place of others.
 * @param names the class's `averages`, in whose order the sums stand
 * @throws Refusal SUBSTITUTION_NOT_ALLOWED, SUBSTITUTE_UNFIT naming the condition
 */
export function mustBeFit(
    rules: SubstitutionRules | undefined,
    incoming: readonly LoanSummary[],
    outgoing: Outgoing,
    names: readonly string[],
): void {
    if (rules === undefined) throw new Refusal('SUBSTITUTION_NOT_ALLOWED');
    const [comes, leaves] = [balanceOf(incoming), balanceOf(outgoing.loans)];
    if (leaves === 0n) throw new Refusal('SUBSTITUTE_UNFIT', { condition: 'something must be left of the loans' });
    const part = rate(comes, leaves);
    if (compare(part, parseRate(rules.balance.least)) < 0 || compare(part, parseRate(rules.balance.most)) > 0)
        throw new Refusal('SUBSTITUTE_UNFIT', { condition: 'balance' });
    for (const { field, test } of rules.compare ?? []) {
        const i = names.indexOf(field);
        const [given, taken] = [averageOf(incoming.map(each => each.averages[i])), averageOf([outgoing.averages[i]])];
        const isFit =
            given && taken && (test === 'not-below' ? compare(given, taken) >= 0 : compare(given, taken) <= 0);
        if (!isFit) throw new Refusal('SUBSTITUTE_UNFIT', { condition: `${field} ${test}` });
    }
}

/** @throws Refusal SUBSTITUTION_EXCEEDED, LOAN_REPLACED where a loan has left before */
export function mustBeWithinLimit(
    rules: SubstitutionRules | undefined,
    { loans }: Outgoing,
    { done }: Substitutions,
    initialBalance: bigint,
): void {
    const places = new Set(done.map(placeOf));
    for (const loan of loans) {
        if (places.has(placeOf(loan))) throw new Refusal('LOAN_REPLACED', { number: loan.chunk, row: loan.row });
        places.add(placeOf(loan));
    }
    const limit = rules ? parseRate(rules.most) : rate(0n);
    if (compare(rate(balanceOf(done) + balanceOf(loans), initialBalance), limit) > 0)
        throw new Refusal('SUBSTITUTION_EXCEEDED', { most: rules?.most ?? '0' });
}

/** Rows of a chunk that have left the pool in a period, or in any. */
export function replacedRows({ done }: Substitutions, chunk: number, period?: number): Set<number> {
    const gone = done.filter(loan => loan.chunk === chunk && (period === undefined || loan.period === period));
    return new Set(gone.map(({ row }) => row));
}

function placeOf({ chunk, row }: LoanPlace): string {
    return `${chunk}.${row}`;
}

function balanceOf(parts: readonly { readonly balance: bigint }[]): bigint {
    return parts.reduce((sum, { balance }) => sum + balance, 0n);
}

function averageOf(parts: readonly (Weighted | undefined)[]): Rate | undefined {
    const total = parts.reduce((sum, part) => sum + (part?.total ?? 0n), 0n);
    const weight = parts.reduce((sum, part) => sum + (part?.weight ?? 0n), 0n);
    return weight === 0n ? undefined : rate(total, weight);
}
