import { formatAmount } from '../money';
import { formatRate } from '../rate';
import { dealProgram } from './deal';
import { execute } from './run';

import type { Day } from '../day';
import type { FormulaValue, Fraction } from '../formula/value';
import type { Amount } from '../money';
import type { PeriodFacts, Unit } from '../terms/facts';
import type { CertificateLine, Terms } from '../terms/terms';
import type { DealState } from './state';

/** A line as printed: `{ line: '24c', label: 'Amount Paid', columns: ['833,333.34'] }`. */
export interface PrintedLine {
    readonly line: string;
    readonly label: string;
    readonly columns: readonly string[];
}

/**
 * The deal's own certificate for a payment date: the run is made again from the state before it, and every line in force on that
 * date is printed from where the run ended.
 * @param state the state the period began with
 * @throws Refusal TERMS_INVALID, FACTS_INVALID, DEAL_FINAL
 */
export function printCertificate(terms: Terms, state: DealState, facts: PeriodFacts): PrintedLine[] {
    const program = dealProgram(terms);
    const { frame } = execute(program, state, facts).run;
    return program.certificate
        .filter(({ terms: line }) => isInForce(line, facts.paymentDate))
        .map(({ terms: line, columns }) => ({
            line: line.line,
            label: line.label,
            columns: columns.map(({ unit, run }) => printed(terms, line, unit, run(frame))),
        }));
}

function isInForce({ from, until }: CertificateLine, day: string): boolean {
    return (from === undefined || from <= day) && (until === undefined || day <= until);
}

/** Money and counts with thousands separated, rates half-up to the line's decimals, conditions as Yes and No. */
function printed(terms: Terms, line: CertificateLine, unit: Unit, value: FormulaValue): string {
    switch (unit) {
        case 'money':
            return formatAmount(value as Amount, terms.currency);
        case 'count':
            return (value as bigint).toString().replace(/\B(?=(\d{3})+$)/g, ',');
        case 'rate': {
            const { n, d } = value as Fraction;
            return formatRate({ n: line.percent ? n * 100n : n, d }, line.decimals ?? 7, 'half-up');
        }
        case 'date':
            return value as Day;
        case 'boolean':
            return value ? 'Yes' : 'No';
    }
}
