import { Agent } from './agent';
import { clientOf } from './scene';
import { dealId, dollars } from '../desk';
import { investors, modelled } from './founding';
import { isOffered } from './issuing';
import { Issuing } from './issuing-acts';
import { Months } from './month-acts';
import { Sender } from './sender';
import { Trades } from './trade-acts';

import type { Act } from './act';
import type { Counts } from './sender';
import type { MemoryLedger } from '../../chaincode/memory-ledger';
import type { Random } from '../../setting/random';
import type { Scene } from './scene';

type Choice = readonly [weight: number, make: () => Act | readonly Act[] | undefined];

/**
 * A deal from its order book to its end, with whatever its holders do meanwhile, on the contracts and in the model. Every step compares
 * the two.
 */
export class Walk {
    private readonly table = modelled();
    private readonly sender: Sender;
    private readonly agent: Agent;
    private readonly trades: Trades;
    private readonly issuing: Issuing;
    private readonly months: Months;
    private steps = 0;

    constructor(
        ledger: MemoryLedger,
        private readonly random: Random,
        counts: Counts,
    ) {
        const others = ['bank-a', 'pension', 'insurer', 'family', 'regulator', 'latecomer'];
        const traders = ['bank-b', 'trust', 'fund', ...random.some(others)];
        const scene: Scene = { random, table: this.table, ledger, traders };
        this.sender = new Sender(scene, counts);
        this.trades = new Trades(scene);
        this.issuing = new Issuing(scene);
        this.months = new Months(scene);
        this.agent = new Agent(scene, this.trades, this.sender);
    }

    /** What was done so far, line by line. */
    get log(): readonly string[] {
        return this.sender.log;
    }

    async step(): Promise<void> {
        this.steps += 1;
        this.months.windsUp = this.steps > 330;
        const { random, sender } = this;
        const kind = random.below(100);
        if (random.oneIn(1_500)) for (const act of this.months.pause()) await this.submit(act);
        else if (kind < 4)
            await sender.conflict([this.contender(), this.contender()].filter(each => each !== undefined));
        else if (kind < 6) await sender.answerLate();
        else if (kind < 7) sender.orderStrayed();
        else if (kind < 10) await this.agent.round();
        else if (kind < 15) await this.months.report();
        else if (kind < 18) await this.remit();
        else for (const act of this.someActs()) await this.submit(act);
        if (this.steps % 20 === 0) this.sender.auditor.checkBooks();
        if (this.steps % 100 === 0) await this.sender.auditor.checkAnswers(clientOf(random.of(investors)));
    }

    /** Compares once more, as it stands. */
    check(): void {
        this.sender.auditor.look();
        this.sender.auditor.checkAmounts();
        this.sender.auditor.checkBooks();
    }

    private someActs(): readonly Act[] {
        const made = this.pick(this.isIssued() ? this.afterIssue() : this.beforeIssue());
        return made === undefined ? [] : 'length' in made ? made : [made];
    }

    private isIssued(): boolean {
        return ![...this.table.classes.values()].some(isOffered);
    }

    private beforeIssue(): readonly Choice[] {
        const { issuing, months, trades } = this;
        const isAllotted = this.table.allotment !== undefined;
        const investor = () => this.random.of(investors);
        return [
            [isAllotted ? 2 : 40, () => issuing.order()],
            [3, () => issuing.withdraw()],
            [isAllotted ? 1 : 6, () => issuing.allot()],
            [isAllotted ? 12 : 2, () => issuing.issue()],
            [1, () => issuing.close()],
            [isAllotted ? 10 : 3, () => trades.provide(investor(), 2_000_000n)],
            [isAllotted ? 20 : 5, () => months.fileWell(investor())],
            [6, () => trades.trade()],
            [6, () => trades.settle()],
            [2, () => trades.cancel()],
            [1, () => months.file()],
            [1, () => months.openDay()],
        ];
    }

    private afterIssue(): readonly Choice[] {
        const { issuing, months, random, trades } = this;
        const [isIssued, isEnded] = [this.table.deal === 'issued', this.table.deal === 'closed'];
        const { isRepaid, windsUp } = months;
        return [
            [60, () => trades.trade()],
            [6, () => trades.tradeTogether()],
            [50, () => trades.settle()],
            [6, () => trades.cancel()],
            [9, () => trades.confirmPayment()],
            [3, () => trades.expire()],
            [3, () => trades.file()],
            [1, () => trades.provide(random.of(investors), 300_000n)],
            [1, () => issuing.order()],
            [1, () => issuing.issue()],
            [this.table.deal === 'sealed' ? 30 : 1, () => issuing.close()],
            [4, () => months.file()],
            [4, () => months.fileWell(random.of(investors))],
            [windsUp ? 20 : 12, () => months.openDay()],
            [isRepaid || months.unpaid > 1 ? 1 : 10, () => months.run()],
            [isIssued && windsUp ? 8 : 2, () => months.declare()],
            [isIssued && !windsUp ? 5 : 1, () => months.reinstate()],
            [windsUp ? 20 : 10, () => months.distribute()],
            [windsUp ? 10 : 6, () => months.distributeWithout()],
            [months.isWaited ? 16 : 1, () => months.waiting()],
            [5, () => months.aside()],
            [3, () => months.releaseWell()],
            [isRepaid ? 20 : 1, () => months.end()],
            [isEnded ? 10 : 1, () => months.payOut()],
            [isEnded ? 6 : 1, () => months.retire()],
            [isEnded ? 6 : 1, () => trades.provide('trust', BigInt(1 + random.below(400_000)), dealId)],
        ];
    }

    private pick(choices: readonly Choice[]): Act | readonly Act[] | undefined {
        let point = this.random.below(choices.reduce((sum, [weight]) => sum + weight, 0));
        for (const [weight, make] of choices) {
            if (point < weight) return make();
            point -= weight;
        }
        return undefined;
    }

    /** The servicer hands over what it owes to the deal's account. */
    private async remit(): Promise<void> {
        const { toRemit: due } = this.months;
        const arrived = () => this.table.amount('trust', dollars, 'free', dealId);
        const before = arrived();
        if (due > 0n) for (const act of this.trades.provide('trust', due, dealId)) await this.submit(act);
        this.months.handOver(arrived() - before);
    }

    private async submit(act: Act): Promise<void> {
        const refusal = await this.sender.attempt(act);
        if (refusal === undefined) return;
        this.sender.count('refused');
        this.sender.count(refusal.code);
    }

    private contender(): Act | undefined {
        const { issuing, months, trades } = this;
        const before: Choice[] = [
            [3, () => issuing.order()],
            [1, () => issuing.withdraw()],
            [2, () => issuing.allot()],
            [3, () => issuing.issue()],
        ];
        const after: Choice[] = [
            [4, () => months.distribute()],
            [3, () => months.waiting()],
            [1, () => months.payOut()],
            [1, () => months.retire()],
        ];
        const made = this.pick([
            [16, () => trades.settleLikely()],
            [2, () => trades.cancel()],
            [1, () => trades.expire()],
            [1, () => trades.file()],
            [1, () => months.file()],
            [1, () => months.openDay()],
            ...(this.isIssued() ? after : before),
        ]);
        return made as Act | undefined;
    }
}
