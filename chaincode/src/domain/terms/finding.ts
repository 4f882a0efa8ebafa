import type { ProblemCode } from '../waterfall/vocabulary';

/**
 * What the check of terms can say. Besides a formula's own problems:
 * - `party`: a payee or addressee is no role of the deal.
 * - `dates`: the deal's dates do not follow one another.
 * - `status`: a status without a waterfall, a waterfall without a status, or a status nothing leads to.
 * - `step`: two steps of one id that cannot be the same step.
 * - `order`: a formula reads a step that has not run yet, or never runs there.
 * - `unpaid`: something that falls due and that no step pays.
 * - `destination`: cash that may stay where nothing takes it out.
 * - `trigger`: a trigger that cannot work as written.
 * - `stress`: what the stress grid found.
 */
export type FindingCode =
    ProblemCode | 'party' | 'dates' | 'status' | 'step' | 'order' | 'unpaid' | 'destination' | 'trigger' | 'stress';

/** One line of the check's output, as a compiler's. Terms with an error cannot close. */
export interface Finding {
    readonly severity: 'error' | 'warning';
    readonly code: FindingCode;
    /** Path in the document, with the column of a formula after a colon: `values[3].formula:17`. */
    readonly at: string;
    readonly message: string;
}

/** `error   formula      values[3].formula:17  unknown name 'poolBalnce'`, one a line. */
export function formatFindings(findings: readonly Finding[]): string {
    const width = Math.max(0, ...findings.map(({ at }) => at.length));
    return findings
        .map(
            ({ severity, code, at, message }) =>
                `${severity.padEnd(8)}${code.padEnd(13)}${at.padEnd(width + 2)}${message}`,
        )
        .join('\n');
}
