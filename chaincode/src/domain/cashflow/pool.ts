import { add, subtract, zero } from '../money';
import { divide, portion } from '../rate';
import { share } from '../share';
import { addColumns } from './column-flows';
import { loanTable } from './loan-columns';
import { addLine, hazardsOf, noFlows } from './line-flows';
import { monthlyUnit, rateFor } from './speed';

import type { Amount } from '../money';
import type { Assumptions } from './assumptions';
import type { Flows, Hazards, PoolLine } from './line-flows';

/** What a pool does in one month, minor units. */
export interface PoolMonth {
    readonly balanceBeginning: Amount;
    readonly interest: Amount;
    readonly scheduledPrincipal: Amount;
    readonly prepayments: Amount;
    /** Balance of the receivables that stopped paying this month. */
    readonly defaulted: Amount;
    readonly chargedOff: Amount;
    readonly recoveries: Amount;
    /** Bought at the end of the month. */
    readonly purchased: Amount;
    /** Performing balance, and defaulted balance not charged off yet. */
    readonly balanceEnding: Amount;
    /** 31 to 60, 61 to 90, 91 to 120 and over 120 days past due; the last includes what has defaulted and is not charged off. */
    readonly delinquent: readonly [Amount, Amount, Amount, Amount];
    /** Receivables performing at the end of the month, to the nearest one. */
    readonly count: number;
}

/** New receivables bought with principal collections, like the lines of the mix in proportion to their balances. */
export interface Purchase {
    readonly amount: Amount;
    readonly mix: readonly PoolLine[];
}

/**
 * A pool month by month under assumptions. Lines do not depend on one another, so the life of each is projected when it enters
 * the pool; `next` only adds up a month and applies what holds for the pool as a whole: charge-off, recovery, delinquency.
 * Those are rounded half-up to the minor unit.
 */
export class PoolProjection {
    private readonly flows: Flows;
    private readonly hazards: Hazards;
    private performing: Amount;
    private month = 0;

    /**
     * @param months how many months can be asked for
     * @param onProgress told how many lines are projected so far
     * @throws Refusal REQUEST_INVALID when a line makes no loan
     */
    constructor(
        lines: Iterable<PoolLine>,
        private readonly assumptions: Assumptions,
        readonly months: number,
        onProgress: (lines: number) => void = () => undefined,
    ) {
        this.hazards = hazardsOf(assumptions);
        this.flows = noFlows(months);
        const { chunks, others, balance } = loanTable(lines);
        this.performing = balance;
        let done = 0;
        for (const chunk of chunks) {
            addColumns(this.flows, chunk, this.hazards);
            onProgress((done += chunk.count));
        }
        for (const line of others) addLine(this.flows, line, this.hazards);
        onProgress(done + others.length);
    }

    /** Nothing is left to be paid or recovered. */
    get isOver(): boolean {
        const { lag } = this.assumptions.recovery;
        const recent = Array.from({ length: lag }, (_, back) => this.defaultedIn(this.month - 1 - back));
        return this.performing === 0n && this.inDefault(this.month - 1) === 0n && add(...recent) === 0n;
    }

    /** Principal that the next month will collect: what a revolving pool can spend. */
    get comingPrincipal(): Amount {
        const { scheduled, prepaid } = this.flowsIn(this.month);
        return add(scheduled, prepaid);
    }

    /** The next month; `purchase` is bought at its end and pays from the month after. */
    next(purchase?: Purchase): PoolMonth {
        const month = this.month++;
        const flow = this.flowsIn(month);
        const balanceBeginning = add(this.performing, this.inDefault(month - 1));
        const purchased = purchase?.amount ?? zero;
        const ending = subtract(this.performing, add(flow.scheduled, flow.prepaid, flow.defaulted));
        this.performing = add(ending, purchased);
        if (purchase) this.buy(purchase, month + 1);
        const inDefault = this.inDefault(month);
        return {
            balanceBeginning,
            interest: flow.interest,
            scheduledPrincipal: flow.scheduled,
            prepayments: flow.prepaid,
            defaulted: flow.defaulted,
            chargedOff: this.defaultedIn(month - this.assumptions.chargeOffLag),
            recoveries: this.recoveredIn(month),
            purchased,
            balanceEnding: add(this.performing, inDefault),
            delinquent: this.delinquentIn(month, ending, inDefault),
            count: Number(divide(flow.survivors, monthlyUnit, 'half-up')),
        };
    }

    private flowsIn(month: number): Record<keyof Flows, Amount> {
        const { interest, scheduled, prepaid, defaulted, survivors } = this.flows;
        if (month >= this.months) throw new RangeError(`the projection ends with month ${this.months}`);
        const at = (values: readonly bigint[]) => (values[month] ?? 0n) as Amount;
        return {
            interest: at(interest),
            scheduled: at(scheduled),
            prepaid: at(prepaid),
            defaulted: at(defaulted),
            survivors: at(survivors),
        };
    }

    private buy({ amount, mix }: Purchase, start: number): void {
        if (start >= this.months || amount === 0n) return;
        const like = mix.filter(line => line.loan.balance > 0n);
        const parts = share(
            amount,
            like.map(line => line.loan.balance),
        );
        like.forEach((line, i) => {
            const part = parts[i] ?? zero;
            const count = divide(BigInt(line.count) * monthlyUnit * part, line.loan.balance, 'half-up');
            addLine(this.flows, scaled(line, part), this.hazards, start, count);
        });
    }

    private defaultedIn(month: number): Amount {
        return (this.flows.defaulted[month] ?? 0n) as Amount;
    }

    /** Defaulted and not charged off at the end of a month. */
    private inDefault(month: number): Amount {
        const { chargeOffLag } = this.assumptions;
        return add(...Array.from({ length: chargeOffLag }, (_, back) => this.defaultedIn(month - back)));
    }

    private recoveredIn(month: number): Amount {
        const { rates, lag } = this.assumptions.recovery;
        const since = month - lag;
        return since < 0 ? (0n as Amount) : portion(this.defaultedIn(since), rateFor(rates, since), 'half-up');
    }

    private delinquentIn(month: number, performing: Amount, inDefault: Amount): PoolMonth['delinquent'] {
        const part = (bucket: number) => {
            const rates = this.assumptions.delinquency[bucket];
            return rates ? portion(performing, rateFor(rates, month), 'half-up') : zero;
        };
        return [part(0), part(1), part(2), add(part(3), inDefault)];
    }
}

/** Every month of a pool that buys nothing. */
export function projectPool(lines: readonly PoolLine[], assumptions: Assumptions): PoolMonth[] {
    const projection = new PoolProjection(lines, assumptions, horizonOf(lines, assumptions));
    return Array.from({ length: projection.months }, () => projection.next());
}

/** Months until the last payment or the last recovery. */
function horizonOf(lines: readonly PoolLine[], assumptions: Assumptions): number {
    return lines.reduce((most, line) => Math.max(most, line.loan.months), 0) + assumptions.recovery.lag;
}

/** The line with another balance; a stated payment and a balloon change in proportion. */
function scaled(line: PoolLine, balance: Amount): PoolLine {
    const { loan } = line;
    const { repayment } = loan;
    const inProportion = (amount: Amount) => divide(amount * balance, loan.balance, 'half-up') as Amount;
    if (repayment.kind === 'balloon')
        return {
            ...line,
            loan: { ...loan, balance, repayment: { ...repayment, balloon: inProportion(repayment.balloon) } },
        };
    if (repayment.kind === 'level' && repayment.payment !== undefined)
        return {
            ...line,
            loan: { ...loan, balance, repayment: { ...repayment, payment: inProportion(repayment.payment) } },
        };
    return { ...line, loan: { ...loan, balance } };
}
