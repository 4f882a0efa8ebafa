import { formatAmount } from '../money';
import { formatRate, parseRate } from '../rate';
import { inspectDeal } from './deal';

import type { Amount } from '../money';
import type { Unit } from '../terms/facts';
import type { Step, Terms } from '../terms/terms';
import type { DealProgram } from './deal';
import type { OutcomeRecord, PaymentRecord, RecordedValue, StepRecord, WaterfallRun } from './record';

/** A step of a run with what the terms say about it, figures as text in the deal's currency. */
export interface ExplainedStep {
    readonly id: string;
    readonly label: string;
    /** What the step does, `pay-principal A-1, A-2 (sequential)`. */
    readonly action: string;
    /** The formulas of the terms that decided it. */
    readonly formulas: readonly string[];
    /** Values of the names in them. */
    readonly inputs: Readonly<Record<string, string>>;
    /** What a deciding step decided. */
    readonly outcome?: string;
    readonly payment?: {
        readonly account: string;
        readonly due: string;
        readonly paid: string;
        readonly short: string;
        readonly before: string;
        readonly after: string;
        readonly support: Readonly<Record<string, string>>;
        readonly parts: Readonly<Record<string, string>>;
    };
}

/** Joins the record of a run with the terms it ran by, step by step in the order run. */
export function explainSteps(terms: Terms, run: WaterfallRun): ExplainedStep[] {
    const program = inspectDeal(terms);
    const records = run.steps[Symbol.iterator]();
    return walk(terms.waterfalls[run.status] ?? [], records).map(([step, record]) => explained(program, step, record));
}

/** The run as a table, one step a line, as it is printed and filed. */
export function explain(terms: Terms, run: WaterfallRun): string {
    const rows = explainSteps(terms, run).map(({ id, label, outcome, payment }) =>
        payment
            ? [id, label, payment.account, payment.before, payment.due, payment.paid, payment.short, payment.after]
            : [id, label, '', '', outcome ?? '', '', '', ''],
    );
    const header = ['step', 'what', 'account', 'available before', 'due', 'paid', 'short', 'available after'];
    const deposits = Object.entries(run.deposits).map(
        ([id, amount]) => `${id} ${formatAmount(amount, terms.currency)}`,
    );
    return [
        `${terms.name}, ${run.paymentDate}, ${run.status}`,
        `deposits: ${deposits.join(', ')}`,
        ...aligned([header, ...rows]),
    ].join('\n');
}

/**
 * Why a step paid what it paid: its formulas, the values of their names, the formulas of those that are values of the terms, and
 * what bounded the payment. Several paragraphs when the step ran more than once; none when it did not run.
 */
export function why(terms: Terms, run: WaterfallRun, stepId: string): string {
    return explainSteps(terms, run)
        .filter(({ id }) => id === stepId)
        .map(step => paragraph(terms, step))
        .join('\n\n');
}

function paragraph(terms: Terms, step: ExplainedStep): string {
    const { payment } = step;
    const lines = [`${step.id}: ${step.action}`, ...step.formulas.map(formula => `  by ${formula}`)];
    for (const [name, value] of Object.entries(step.inputs)) {
        const formula = terms.values?.find(({ id }) => id === name)?.formula;
        lines.push(`  where ${name} is ${value}${formula === undefined ? '' : `, by ${formula}`}`);
    }
    if (step.outcome !== undefined) lines.push(`  so: ${step.outcome}`);
    if (!payment) return lines.join('\n');
    lines.push(`  due ${payment.due}; ${payment.account} held ${payment.before} and holds ${payment.after} after it`);
    for (const [account, amount] of Object.entries(payment.support)) lines.push(`  ${amount} of it from ${account}`);
    for (const [tranche, amount] of Object.entries(payment.parts)) lines.push(`  ${amount} of it to ${tranche}`);
    lines.push(`  paid ${payment.paid}${payment.short === formatZero(terms) ? '' : `, short by ${payment.short}`}`);
    return lines.join('\n');
}

function formatZero(terms: Terms): string {
    return formatAmount(0n as Amount, terms.currency);
}

/** The steps that ran, with their records: a branch is followed by the outcome recorded for it. */
function walk(steps: readonly Step[], records: Iterator<StepRecord>): [Step, StepRecord][] {
    return steps.flatMap((step): [Step, StepRecord][] => {
        const record = records.next();
        if (record.done) return [];
        if (step.do !== 'if') return [[step, record.value]];
        const holds = (record.value as OutcomeRecord).outcome === true;
        return [[step, record.value], ...walk(holds ? step.then : (step.else ?? []), records)];
    });
}

function explained(program: DealProgram, step: Step, record: StepRecord): ExplainedStep {
    const { terms } = program;
    const names = program.inputs.get(step) ?? [];
    const inputs = Object.fromEntries(
        names.map(({ name, unit }, i) => [name, shown(terms, unit, record.inputs?.[i] ?? '')]),
    );
    const base = {
        id: step.id,
        label: step.label ?? '',
        action: actionOf(step),
        formulas: formulasOf(terms, step),
        inputs,
    };
    if ('outcome' in record) return { ...base, outcome: outcomeOf(program, step, record) };
    return { ...base, payment: paymentOf(terms, step, record) };
}

function outcomeOf({ results, terms }: DealProgram, step: Step, { outcome }: OutcomeRecord): string {
    if (step.do !== 'set') return outcome === true ? 'yes' : outcome === false ? 'no' : String(outcome);
    return shown(terms, results.find(({ id }) => id === step.id)?.unit ?? 'money', outcome);
}

function paymentOf(terms: Terms, step: Step, record: PaymentRecord): NonNullable<ExplainedStep['payment']> {
    const money = (amount: Amount) => formatAmount(amount, terms.currency);
    const all = (amounts: Readonly<Record<string, Amount>> = {}) =>
        Object.fromEntries(Object.entries(amounts).map(([id, amount]) => [id, money(amount)]));
    return {
        account: accountOf(terms, step),
        due: money(record.due),
        paid: money(record.paid),
        short: money((record.due - record.paid) as Amount),
        before: money(record.before),
        after: money(record.after),
        support: all(record.support),
        parts: all(record.parts),
    };
}

/** The account, or the ledger or balances, whose figures stand before and after. */
function accountOf(terms: Terms, step: Step): string {
    if (step.do === 'book') return step.ledger;
    if (step.do === 'write-down' || step.do === 'reinstate') return step.tranches.join(', ');
    if (step.do === 'draw') return step.account;
    return ('from' in step ? step.from : undefined) ?? terms.accounts[0]?.id ?? '';
}

function actionOf(step: Step): string {
    switch (step.do) {
        case 'pay-principal':
            return `${step.do} ${step.tranches.join(', ')} (${step.split})`;
        case 'pay-interest':
        case 'write-down':
        case 'reinstate':
            return `${step.do} ${step.tranches.join(', ')}`;
        case 'pay-fee':
            return `${step.do} ${step.fee}${step.beyondCap ? ' beyond its cap' : ''}`;
        case 'pay':
        case 'transfer':
            return `${step.do} to ${step.to}`;
        case 'fund':
        case 'draw':
            return `${step.do} ${step.account}`;
        case 'book':
            return `${step.do} ${step.ledger}`;
        case 'settle-hedge':
            return `${step.do} ${step.hedge}`;
        case 'test':
            return `${step.do} ${step.trigger}`;
        case 'change-status':
            return `${step.do} ${step.status}`;
        case 'set':
        case 'if':
            return step.do;
    }
}

function formulasOf(terms: Terms, step: Step): string[] {
    const given = step as Partial<Record<'amount' | 'limit' | 'when' | 'formula', string>>;
    const fee = step.do === 'pay-fee' ? terms.fees?.find(({ id }) => id === step.fee) : undefined;
    const target = step.do === 'fund' ? terms.accounts.find(({ id }) => id === step.account)?.target : undefined;
    const own = given.amount ?? given.when ?? given.formula ?? fee?.amount ?? target;
    return [...(own === undefined ? [] : [own]), ...(given.limit === undefined ? [] : [`at most ${given.limit}`])];
}

function shown(terms: Terms, unit: Unit, value: RecordedValue): string {
    if (typeof value === 'boolean') return value ? 'yes' : 'no';
    if (unit === 'money' && typeof value === 'bigint') return formatAmount(value as Amount, terms.currency);
    if (unit === 'rate' && typeof value === 'string') return `${formatRate(parseRate(value), 8, 'half-up')} (${value})`;
    return String(value);
}

/** Columns padded to their widest cell; figures to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
    const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => (row[i] ?? '').length)));
    return rows.map(row =>
        row
            .map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
            .join('  ')
            .trimEnd(),
    );
}
