import { simulate } from '../cashflow/simulate';
import { monthOf, monthsBetween } from '../day';
import { formatAmount } from '../money';
import { parseRate } from '../rate';
import { Refusal } from '../refusal';
import { mustBeReadable } from '../waterfall/read-run';
import { openingState } from '../waterfall/opening';

import type { Assumptions } from '../cashflow/assumptions';
import type { PoolLine } from '../cashflow/line-flows';
import type { SimulatedPeriod } from '../cashflow/simulate';
import type { Amount } from '../money';
import type { WaterfallRun } from '../waterfall/record';
import type { DealState } from '../waterfall/state';
import type { Findings } from './check';
import type { Terms } from './terms';

interface Stress {
    readonly name: string;
    readonly prepayment: string;
    readonly default: string;
    readonly index: string;
}

/** Slow and fast prepayment, no to ruinous defaults, low and high indices: corners, not forecasts. */
function gridOf({ indices = [] }: Terms): Stress[] {
    return ['0%', '40%'].flatMap(prepayment =>
        ['0%', '8%', '60%'].flatMap(defaults =>
            (indices.length > 0 ? ['0%', '12%'] : ['0%']).map(index => ({
                name: `CPR ${prepayment}, CDR ${defaults}${indices.length > 0 ? `, indices ${index}` : ''}`,
                prepayment,
                default: defaults,
                index,
            })),
        ),
    );
}

/**
 * Runs the deal from closing to its end under every stress of the grid. A run that is refused is an error; so is cash that appears
 * or disappears. Cash that stays in the accounts of a deal that has ended, and notes left unpaid without a single default, are
 * warnings.
 */
export function checkStress(terms: Terms, findings: Findings): void {
    const lines = [representativeLine(terms)];
    for (const stress of gridOf(terms)) {
        try {
            judge(terms, stress, simulated(terms, lines, stress), findings);
        } catch (refusal) {
            if (!(refusal instanceof Refusal)) throw refusal;
            findings.error('stress', 'waterfalls', `${stress.name}: ${refusal.message}`);
        }
        if (findings.hasErrors) return;
    }
}

/** The pool as one loan: what the terms say of it, or an ordinary instalment loan. */
function representativeLine({ pool, dates }: Terms): PoolLine {
    const life = monthsBetween(monthOf(dates.cutoff), monthOf(dates.legalFinal)) - 1;
    const months = Math.max(1, Math.min(pool.months ?? 48, life));
    const loan = {
        balance: pool.balance,
        rate: pool.rate ?? parseRate('8%'),
        months,
        repayment: { kind: 'level' },
    } as const;
    return { loan, age: 0, count: 1000 };
}

function simulated(terms: Terms, lines: readonly PoolLine[], stress: Stress): readonly SimulatedPeriod[] {
    const assumptions: Assumptions = {
        prepayment: { model: 'CPR', rates: [parseRate(stress.prepayment)] },
        default: { model: 'CDR', rates: [parseRate(stress.default)] },
        recovery: { rates: [parseRate('40%')], lag: 3 },
        chargeOffLag: 0,
        delinquency: [[parseRate(stress.default === '60%' ? '30%' : '1%')]],
    };
    const index = [parseRate(stress.index)];
    const fixings = Object.fromEntries((terms.indices ?? []).map(name => [name, index]));
    return simulate(terms, lines, { assumptions, fixings }).periods;
}

function judge(terms: Terms, stress: Stress, periods: readonly SimulatedPeriod[], findings: Findings): void {
    periods.forEach(({ run }, i) => {
        const before = periods[i - 1]?.run.state ?? openingState(terms);
        if (heldIn(before) + sum(run.deposits) !== heldIn(run.state) + paidOut(run))
            findings.error('stress', 'waterfalls', `${stress.name}: cash does not balance on ${run.paymentDate}`);
    });
    const last = periods.at(-1);
    if (!last) return;
    mustBeReadable(last.run);
    const { state } = last.run;
    const left = heldIn(state);
    if (left > 0n)
        findings.warn('stress', 'accounts', `${stress.name}: ${money(terms, left)} stays in the accounts at the end`);
    const unpaid = Object.values(state.tranches).reduce<bigint>((total, { balance }) => total + balance, 0n);
    if (unpaid > 0n && stress.default === '0%')
        findings.warn('stress', 'tranches', `${stress.name}: ${money(terms, unpaid)} is never repaid`);
}

function heldIn(state: DealState): bigint {
    return sum(state.accounts);
}

function paidOut({ payments, distributions }: WaterfallRun): bigint {
    return Object.values(distributions).reduce<bigint>(
        (total, { interest, principal, residual }) => total + interest + principal + residual,
        sum(payments),
    );
}

function sum(amounts: Readonly<Record<string, Amount>>): bigint {
    return Object.values(amounts).reduce<bigint>((total, amount) => total + amount, 0n);
}

function money(terms: Terms, amount: bigint): string {
    return `${formatAmount(amount as Amount, terms.currency)} ${terms.currency}`;
}
