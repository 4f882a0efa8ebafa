import { Refusal } from '@poolproof/chaincode/domain';
import { SettlementAgent } from '@poolproof/gateway';

import { Auditor } from './auditor';
import { Consents } from './consent';
import { clientOf } from './scene';
import { dealId, field, pending } from '../desk';
import { institutions, investors, modelled } from './founding';
import { inWords } from './act';
import { Issuing } from './issuing-acts';
import { Months } from './month-acts';
import { privately } from '../../chaincode/builders';
import { Trades } from './trade-acts';
import { waiting, wouldSettle } from './trading';

import type { Act } from './act';
import type { Ask } from './trading';
import type { Endorsed, MemoryLedger, Transient } from '../../chaincode/memory-ledger';
import type { Pending } from '@poolproof/chaincode/domain';
import type { Random } from '../../setting/random';
import type { Scene } from './scene';

/** How often something came of each kind of thing. */
export type Counts = Map<string, number>;

interface Sent {
    readonly act: Act;
    readonly id: string;
    readonly endorsed: Endorsed;
}

/** The agent's machine has gone down. */
class Crash extends Error {}

type Choice = readonly [weight: number, make: () => Act | readonly Act[] | undefined];

/**
 * A deal from its order book to its end, with whatever its holders do meanwhile, on the contracts and in the model. Every step compares
 * the two.
 */
export class Walk {
    readonly log: string[] = [];
    private readonly table = modelled();
    private readonly auditor: Auditor;
    private readonly consents = new Consents();
    private readonly trades: Trades;
    private readonly issuing: Issuing;
    private readonly months: Months;
    /** Carried out, but the client has not heard of it. */
    private readonly unanswered: Sent[] = [];
    /** Endorsed, and lost on the way to the orderer; the client has sent it again. */
    private readonly strayed: Sent[] = [];
    private steps = 0;
    private requests = 0;

    constructor(
        private readonly ledger: MemoryLedger,
        private readonly random: Random,
        private readonly counts: Counts,
    ) {
        const others = ['bank-a', 'fund', 'pension', 'insurer', 'family', 'regulator', 'trust', 'latecomer'];
        const traders = [
            'bank-b',
            'trust',
            'fund',
            ...random.some(others.filter(each => each !== 'fund' && each !== 'trust')),
        ];
        const scene: Scene = { random, table: this.table, ledger, traders };
        this.auditor = new Auditor(ledger, this.table, institutions);
        this.trades = new Trades(scene);
        this.issuing = new Issuing(scene);
        this.months = new Months(scene);
    }

    async step(): Promise<void> {
        this.steps += 1;
        this.months.windsUp = this.steps > 350;
        const { random } = this;
        const kind = random.below(100);
        if (kind < 4) await this.conflict();
        else if (kind < 6) await this.answerLate();
        else if (kind < 7) this.orderStrayed();
        else if (kind < 10) await this.agent();
        else if (kind < 15) await this.months.report();
        else if (kind < 18) await this.remit();
        else for (const act of this.someActs()) await this.submit(act);
        if (this.steps % 20 === 0) this.auditor.checkBooks();
        if (this.steps % 100 === 0) await this.auditor.checkAnswers(clientOf(random.of(investors)));
    }

    /** Compares once more, as it stands. */
    check(): void {
        this.auditor.look();
        this.auditor.checkAmounts();
        this.auditor.checkBooks();
    }

    private someActs(): readonly Act[] {
        const made = this.pick(this.isIssued() ? this.afterIssue() : this.beforeIssue());
        return made === undefined ? [] : 'length' in made ? made : [made];
    }

    private isIssued(): boolean {
        return [...this.table.classes.values()].every(({ status }) => status !== 'authorised');
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
        const isIssued = this.table.deal === 'issued';
        const isRepaid = [...this.table.classes.values()].every(({ owed }) => owed === 0n);
        return [
            [60, () => trades.trade()],
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
            [12, () => months.openDay()],
            [months.unpaid > 1 ? 1 : 10, () => months.run()],
            [isIssued && months.windsUp ? 8 : 2, () => months.declare()],
            [isIssued ? 4 : 1, () => months.reinstate()],
            [14, () => months.distribute()],
            [months.isWaited ? 16 : 1, () => months.waiting()],
            [5, () => months.aside()],
            [isRepaid ? 20 : 1, () => months.end()],
            [isRepaid ? 10 : 1, () => months.retire()],
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
        const due = this.months.toRemit();
        if (due > 0n) for (const act of this.trades.provide('trust', due, dealId)) await this.submit(act);
    }

    /** @throws Refusal as the contract does, once the model has agreed */
    private async submit(act: Act): Promise<void> {
        const refusal = await this.attempt(act);
        if (refusal === undefined) return;
        this.count('refused');
        this.count(refusal.code);
    }

    private async attempt(act: Act): Promise<Refusal | undefined> {
        this.requests += 1;
        const id = `walk-${this.requests}`;
        const endorsed = await this.endorse(act, id);
        if (endorsed instanceof Refusal) return this.mustRefuse(act, endorsed);
        const sent = { act, id, endorsed };
        const luck = this.random.below(60);
        if (luck < 2) return this.stray(sent);
        this.mustCommit(act, endorsed);
        if (luck < 4) this.unanswered.push(sent);
        else if (luck < 6) await this.repeat(sent, 'sent twice');
        else if (luck < 7) await this.reuse(sent);
        return undefined;
    }

    private async endorse(
        { client, transaction, asked, hidden }: Act,
        id: string,
        beside: Transient = {},
    ): Promise<Endorsed | Refusal> {
        try {
            const transient = { ...(hidden ? field(...hidden) : privately()), ...beside };
            return await this.ledger.endorse(client, transaction, { requestId: id, ...asked }, transient);
        } catch (error) {
            if (error instanceof Refusal) return error;
            throw error;
        }
    }

    private mustRefuse(act: Act, refusal: Refusal): Refusal {
        this.log.push(`${inWords(act)}: ${refusal.code}`);
        if (act.model()) throw new Error(`the model allows what the contract refuses as ${refusal.code}`);
        this.audit(undefined);
        return refusal;
    }

    /** Nothing has come in between: what was endorsed is valid, and the model does the same. */
    private mustCommit(act: Act, endorsed: Endorsed): void {
        this.log.push(inWords(act));
        if (!endorsed.commit()) throw new Error('nothing has come in between, and it is invalid');
        this.carriedOut(act);
    }

    private carriedOut(act: Act): void {
        this.count(act.transaction);
        this.countKinds(act);
        const redeemed = this.redeemed();
        if (!act.model()) throw new Error('the model refuses what the contract does');
        if (this.redeemed() > redeemed) this.count('redeemed');
        this.audit(act);
    }

    private redeemed(): number {
        return [...this.table.classes.values()].filter(({ status }) => status === 'redeemed').length;
    }

    private audit(act: Act | undefined): void {
        const changes = this.auditor.look();
        if (act) {
            this.consents.hear(act);
            this.consents.mustCover(act, changes, this.table);
        } else if (changes.size > 0) throw new Error('something has moved, and nobody has done anything');
        this.auditor.checkAmounts();
    }

    /** Two transactions are endorsed on the same books. Whichever is ordered second is valid if nothing of what it has read has changed. */
    private async conflict(): Promise<void> {
        const acts = [this.contender(), this.contender()].filter(each => each !== undefined);
        const sent: Sent[] = [];
        for (const act of acts) {
            this.requests += 1;
            const id = `walk-${this.requests}`;
            const endorsed = await this.endorse(act, id);
            if (endorsed instanceof Refusal) this.mustRefuse(act, endorsed);
            else sent.push({ act, id, endorsed });
        }
        const [first, second] = this.random.oneIn(2) ? sent : sent.reverse();
        if (first) this.mustCommit(first.act, first.endorsed);
        if (!second) return;
        this.log.push(`at the same time: ${inWords(second.act)}`);
        if (second.endorsed.commit()) {
            this.count('side by side');
            this.carriedOut(second.act);
            return;
        }
        this.count('conflict');
        this.audit(undefined);
        const again = await this.endorse(second.act, second.id);
        if (again instanceof Refusal) this.mustRefuse(second.act, again);
        else this.mustCommit(second.act, again);
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

    /** It never reaches the orderer, as far as the client knows; the client sends it again. */
    private async stray(sent: Sent): Promise<undefined> {
        const again = await this.endorse(sent.act, sent.id);
        if (again instanceof Refusal)
            throw new Error(`refused as ${again.code} the second time, and nothing has changed`);
        this.mustCommit(sent.act, again);
        this.strayed.push(sent);
    }

    /** What has strayed comes to be ordered after all: too late. */
    private orderStrayed(): void {
        const sent = this.strayed.pop();
        if (!sent) return;
        this.count('ordered late');
        this.log.push(`ordered late: ${inWords(sent.act)}`);
        if (sent.endorsed.commit()) throw new Error('it was carried out a second time');
        this.audit(undefined);
    }

    /** A client that has not heard of it asks again, whatever has happened since. */
    private async answerLate(): Promise<void> {
        const sent = this.unanswered.shift();
        if (sent) await this.repeat(sent, 'answered late');
    }

    /** The same request: the first answer, and nothing moves. */
    private async repeat({ act, id, endorsed }: Sent, name: string): Promise<void> {
        this.count(name);
        this.log.push(`${name}: ${inWords(act)}`);
        const again = await this.endorse(act, id);
        if (again instanceof Refusal) throw new Error(`the same request was refused as ${again.code}`);
        if (JSON.stringify(again.reply) !== JSON.stringify(endorsed.reply)) throw new Error('another answer');
        if (!again.commit()) throw new Error('nothing has come in between, and it is invalid');
        this.audit(undefined);
    }

    /** Another request under the same id. */
    private async reuse({ act, id }: Sent): Promise<void> {
        if (!act.hidden) return;
        this.count('reused');
        const refusal = await this.endorse(act, id, { aside: Buffer.from('something else') });
        if (!(refusal instanceof Refusal) || refusal.code !== 'REQUEST_REUSED')
            throw new Error('its id was used before');
        this.audit(undefined);
    }

    /** A round of the depository's own agent, which may crash before or after anything it does. The next begins anew. */
    private async agent(): Promise<void> {
        const { random } = this;
        const isShaky = random.oneIn(2);
        const shaken = async (act: Act | undefined): Promise<void> => {
            if (act === undefined) return;
            if (isShaky && random.oneIn(6)) throw new Crash();
            const refusal = await this.attempt(act);
            if (isShaky && random.oneIn(6)) throw new Crash();
            if (refusal) throw refusal;
        };
        const names = ({ instructions }: { instructions: Pending['closed'] }) =>
            instructions.map(({ institution, reference }) => `${institution}|${reference}`);
        const settlements = {
            pending: () => this.pending(),
            settle: ({ pairs }: { pairs: Ask[] }) => shaken(this.trades.settling(pairs)),
            expire: (named: { instructions: Pending['expired'] }) => shaken(this.trades.expiring(names(named))),
            file: (named: { instructions: Pending['closed'] }) => shaken(this.trades.filing(names(named))),
        };
        try {
            await new SettlementAgent(settlements as never, 1 + random.below(12)).round();
            this.count('agent');
            this.mustLeaveNothing();
        } catch (error) {
            if (!(error instanceof Crash)) throw error;
            this.count('crashed');
        }
    }

    /** What waits, in an order of chance: the books keep it in one that says nothing. */
    private async pending(): Promise<Pending> {
        const { pairs, expired, closed } = await pending(this.ledger);
        const expected = waiting(this.table);
        const named = pairs.map(({ deliverer, reference, receiver }) => `${deliverer}|${reference}|${receiver}`);
        const over = expired.map(({ institution, reference }) => `${institution}|${reference}`);
        if (named.sort().join() !== expected.pairs.join()) throw new Error('other pairs wait than in the model');
        if (over.sort().join() !== expected.over.join()) throw new Error('others have expired than in the model');
        const inOrder = <T extends object>(list: readonly T[]) =>
            [...list].map(each => [JSON.stringify(each), each] as const).sort(([a], [b]) => (a < b ? -1 : 1));
        const shuffled = inOrder(pairs)
            .map(([, pair]) => [this.random.fraction(), pair] as const)
            .sort(([a], [b]) => a - b)
            .map(([, pair]) => pair);
        return {
            pairs: shuffled,
            expired: inOrder(expired).map(([, each]) => each),
            closed: inOrder(closed).map(([, each]) => each),
        };
    }

    /** After a whole round, nothing that has waited can settle by itself, unless a later trade of the round has made it possible. */
    private mustLeaveNothing(): void {
        if (waiting(this.table).over.length > 0) throw new Error('the agent has left what is over');
        const left = waiting(this.table).pairs.filter(name => {
            const [deliverer = '', reference = '', receiver = ''] = name.split('|');
            return wouldSettle(this.table, [{ deliverer, reference, receiver }]);
        });
        this.count(left.length > 0 ? 'left for the next round' : 'nothing left');
    }

    private count(name: string): void {
        this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }

    private countKinds({ transaction, hidden }: Act): void {
        if (transaction !== 'settlement:settle') return;
        const { pairs } = hidden?.[1] as { pairs: readonly Ask[] };
        if (pairs.length > 1) this.count('batch');
        for (const { deliverer, reference, quantity } of pairs) {
            this.count(this.table.words.get(`${deliverer}|${reference}`)?.said.kind ?? '');
            if (quantity !== undefined) this.count('partial');
        }
    }
}
