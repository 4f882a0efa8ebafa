import { daysBetween } from '@poolproof/chaincode/domain';

import type { PeriodFacts } from '@poolproof/chaincode/domain';

const names = ['A-1', 'A-2', 'B', 'C'] as const;
const yearlyRates = [435n, 462n, 498n, 545n] as const;

/** What a class receives on a payment date. */
export interface HandDistribution {
    readonly interest: bigint;
    readonly principal: bigint;
    readonly balance: bigint;
    readonly shortfall: bigint;
}

/**
 * The deal of chaincode/terms/auto-loan.json as a programmer would write it for this one deal: bigint cents, no interpreter, no record of
 * steps. The benchmark compares the interpreter with it in time, and a test in every cent.
 */
export class AutoLoanByHand {
    private readonly balances = [9_000_000_000n, 34_000_000_000n, 3_000_000_000n, 2_500_000_000n];
    private readonly shortfalls = [0n, 0n, 0n, 0n];
    private readonly ratios: { n: bigint; d: bigint }[] = [];
    private readonly fees = { servicing: 0n, trustee: 0n, trusteeThisYear: 0n };
    private reserve = 250_000_000n;
    private cash = 0n;
    private status: 'amortising' | 'accelerated' = 'amortising';
    private asOf = '2026-01-20';
    private priorDue = '2026-01-20';
    private isDelinquent = false;
    private clear = 0;
    private isLossy = false;

    /** @param due the payment date of the document, before business days move it */
    run(facts: PeriodFacts, due: string): Record<string, HandDistribution> {
        const opening = [...this.balances];
        const interest = this.interestDue(facts.paymentDate, due);
        const paid = { interest: [0n, 0n, 0n, 0n] };
        this.earnFees(facts);
        this.cash += facts.interestCollections + facts.principalCollections + facts.recoveries + facts.repurchases;
        this.testTriggers(facts);
        if (this.status === 'amortising') this.amortise(facts, opening, interest, paid.interest);
        else this.accelerate(interest, paid.interest);
        this.asOf = facts.paymentDate;
        this.priorDue = due;
        return Object.fromEntries(
            names.map((name, i) => [name, this.distribution(i, opening, interest, paid.interest)]),
        );
    }

    private distribution(i: number, opening: bigint[], due: bigint[], paid: bigint[]): HandDistribution {
        this.shortfalls[i] = due[i]! - paid[i]!;
        const balance = this.balances[i]!;
        return { interest: paid[i]!, principal: opening[i]! - balance, balance, shortfall: this.shortfalls[i] };
    }

    private interestDue(paymentDate: string, due: string): bigint[] {
        const actual = BigInt(daysBetween(this.asOf as never, paymentDate as never));
        const thirty = BigInt(thirtyDays(this.priorDue, due));
        return names.map((_, i) => {
            const days = i === 0 ? actual : thirty;
            const accrue = (amount: bigint) => rounded(amount * yearlyRates[i]! * days, 3_600_000n);
            const carried = this.shortfalls[i]!;
            return accrue(this.balances[i]!) + carried + (carried > 0n ? accrue(carried) : 0n);
        });
    }

    private earnFees(facts: PeriodFacts): void {
        this.fees.servicing += rounded(facts.poolBalanceBeginning, 1200n);
        this.fees.trustee += rounded(facts.poolBalanceBeginning * 2n, 120_000n);
        if (facts.paymentDate.slice(0, 4) !== this.asOf.slice(0, 4)) this.fees.trusteeThisYear = 0n;
    }

    private testTriggers(facts: PeriodFacts): void {
        const late = facts.delinquentBalance60 + facts.delinquentBalance90 + facts.delinquentBalance120;
        this.ratios.unshift(
            facts.poolBalanceEnding === 0n ? { n: 0n, d: 1n } : { n: late, d: facts.poolBalanceEnding },
        );
        this.ratios.length = Math.min(this.ratios.length, 3);
        let sum = { n: 0n, d: 1n };
        for (const { n, d } of this.ratios) sum = { n: sum.n * d + n * sum.d, d: sum.d * d };
        const isLate = sum.n * 100n > sum.d * 6n * BigInt(this.ratios.length);
        this.clear = isLate || !this.isDelinquent ? 0 : this.clear + 1;
        if (isLate || this.clear >= 3) this.isDelinquent = isLate;
        if ((facts.cumulativeChargedOff - facts.cumulativeRecoveries) * 100n > facts.initialPoolBalance * 12n)
            this.isLossy = true;
    }

    private amortise(facts: PeriodFacts, opening: bigint[], due: bigint[], paid: bigint[]): void {
        const pool = facts.poolBalanceEnding;
        if (pool === 0n) {
            this.cash += this.reserve;
            this.reserve = 0n;
        }
        this.fees.servicing -= this.pay(this.fees.servicing);
        const room = 15_000_000n - this.fees.trusteeThisYear;
        const trustee = this.pay(least(this.fees.trustee, room > 0n ? room : 0n));
        this.fees.trustee -= trustee;
        this.fees.trusteeThisYear += trustee;
        if (!this.payInterest([0, 1], due, paid, true)) this.status = 'accelerated';
        const first = this.redeem([0, 1], positive(opening[0]! + opening[1]! - pool), true);
        this.payInterest([2], due, paid, true);
        this.redeem([0, 1, 2], positive(opening[0]! + opening[1]! + opening[2]! - pool - first), true);
        this.payInterest([3], due, paid, true);
        const target = most(rounded(pool * 45n, 1000n), rounded(facts.initialPoolBalance, 100n));
        this.redeem([0, 1, 2, 3], positive(this.notes - positive(pool - target)), false);
        const wanted = pool === 0n ? 0n : least(250_000_000n, this.notes);
        const funded = least(positive(wanted - this.reserve), this.cash);
        this.cash -= funded;
        this.reserve += funded;
        if (this.isDelinquent || this.isLossy) this.redeem([0, 1, 2, 3], this.cash, false);
        this.fees.trustee -= this.pay(this.fees.trustee, false);
        // The residual takes what the reserve no longer needs and all that is left.
        this.reserve -= positive(this.reserve - least(250_000_000n, this.notes));
        this.cash = 0n;
    }

    private accelerate(due: bigint[], paid: bigint[]): void {
        this.cash += this.reserve;
        this.reserve = 0n;
        this.fees.trustee -= this.pay(this.fees.trustee, false);
        this.fees.servicing -= this.pay(this.fees.servicing, false);
        this.payInterest([0, 1], due, paid, false);
        const [first, second] = this.split(
            this.balances[0]!,
            this.balances[1]!,
            least(this.cash, this.balances[0]! + this.balances[1]!),
        );
        this.balances[0]! -= first;
        this.balances[1]! -= second;
        this.cash -= first + second;
        for (const i of [2, 3]) {
            this.payInterest([i], due, paid, false);
            this.redeem([i], this.cash, false);
        }
        this.cash = 0n;
    }

    private get notes(): bigint {
        return this.balances[0]! + this.balances[1]! + this.balances[2]! + this.balances[3]!;
    }

    private pay(amount: bigint, isSupported = true): bigint {
        const fromCash = least(amount, this.cash);
        const fromReserve = isSupported ? least(amount - fromCash, this.reserve) : 0n;
        this.cash -= fromCash;
        this.reserve -= fromReserve;
        return fromCash + fromReserve;
    }

    /** Whether all of it was paid. */
    private payInterest(classes: number[], due: bigint[], paid: bigint[], isSupported: boolean): boolean {
        const wanted = classes.reduce((sum, i) => sum + due[i]!, 0n);
        const given = this.pay(wanted, isSupported);
        if (classes.length === 1) paid[classes[0]!] = given;
        else [paid[0], paid[1]] = this.split(due[0]!, due[1]!, given);
        return given === wanted;
    }

    private redeem(classes: number[], amount: bigint, isSupported: boolean): bigint {
        const outstanding = classes.reduce((sum, i) => sum + this.balances[i]!, 0n);
        const given = this.pay(least(amount, outstanding), isSupported);
        let left = given;
        for (const i of classes) {
            const part = least(left, this.balances[i]!);
            this.balances[i]! -= part;
            left -= part;
        }
        return given;
    }

    /** Pro rata between two, the odd cent by the larger remainder. */
    private split(a: bigint, b: bigint, amount: bigint): [bigint, bigint] {
        if (a + b === 0n) return [0n, 0n];
        const first = (amount * a) / (a + b);
        const second = (amount * b) / (a + b);
        const odd = amount - first - second;
        const isFirst = (amount * a) % (a + b) >= (amount * b) % (a + b);
        return isFirst ? [first + odd, second] : [first, second + odd];
    }
}

function thirtyDays(from: string, to: string): number {
    const [year = 0, month = 0, day = 0] = from.split('-').map(Number);
    const [toYear = 0, toMonth = 0, toDay = 0] = to.split('-').map(Number);
    const [first, last] = [Math.min(day, 30), toDay === 31 && day >= 30 ? 30 : toDay];
    return (toYear - year) * 360 + (toMonth - month) * 30 + last - first;
}

/** Half a cent up; nothing here is negative. */
function rounded(n: bigint, d: bigint): bigint {
    return (2n * n + d) / (2n * d);
}

function least(a: bigint, b: bigint): bigint {
    return a < b ? a : b;
}

function most(a: bigint, b: bigint): bigint {
    return a > b ? a : b;
}

function positive(a: bigint): bigint {
    return a > 0n ? a : 0n;
}
