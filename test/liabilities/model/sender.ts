import { Refusal } from '@poolproof/chaincode/domain';

import { Auditor } from './auditor';
import { Consents } from './consent';
import { field } from '../desk';
import { institutions } from './founding';
import { inWords } from './act';
import { privately } from '../../chaincode/builders';

import type { Act } from './act';
import type { Ask } from './trading';
import type { Endorsed, Transient } from '../../chaincode/memory-ledger';
import type { Scene } from './scene';

/** How often something came of each kind of thing. */
export type Counts = Map<string, number>;

interface Sent {
    readonly act: Act;
    readonly id: string;
    readonly endorsed: Endorsed;
}

/**
 * Sends transactions to the ledger as a client does whose answers are lost, that sends twice, or whose transaction meets another; and
 * carries out the same in the model. After each, the two are compared.
 */
export class Sender {
    readonly log: string[] = [];
    readonly auditor: Auditor;
    private readonly consents = new Consents();
    /** Carried out, but the client has not heard of it. */
    private readonly unanswered: Sent[] = [];
    /** Endorsed, and lost on the way to the orderer; the client has sent it again. */
    private readonly strayed: Sent[] = [];
    private requests = 0;

    constructor(
        private readonly scene: Scene,
        private readonly counts: Counts,
    ) {
        this.auditor = new Auditor(scene.ledger, scene.table, institutions);
    }

    /** Sends it, with whatever luck. @returns why it was refused, if it was, and the model says so too */
    async attempt(act: Act): Promise<Refusal | undefined> {
        this.requests += 1;
        const id = `walk-${this.requests}`;
        const endorsed = await this.endorse(act, id);
        if (endorsed instanceof Refusal) return this.mustRefuse(act, endorsed);
        const sent = { act, id, endorsed };
        const luck = this.scene.random.below(60);
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
            return await this.scene.ledger.endorse(client, transaction, { requestId: id, ...asked }, transient);
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
        return [...this.scene.table.classes.values()].filter(({ status }) => status === 'redeemed').length;
    }

    private audit(act: Act | undefined): void {
        const changes = this.auditor.look();
        if (act) {
            this.consents.hear(act);
            this.consents.mustCover(act, changes, this.scene.table);
        } else if (changes.size > 0) throw new Error('something has moved, and nobody has done anything');
        this.auditor.checkAmounts();
    }

    /** Two transactions are endorsed on the same books. Whichever is ordered second is valid if nothing of what it has read has changed. */
    async conflict(acts: readonly Act[]): Promise<void> {
        const sent: Sent[] = [];
        for (const act of acts) {
            this.requests += 1;
            const id = `walk-${this.requests}`;
            const endorsed = await this.endorse(act, id);
            if (endorsed instanceof Refusal) this.mustRefuse(act, endorsed);
            else sent.push({ act, id, endorsed });
        }
        const [first, second] = this.scene.random.oneIn(2) ? sent : sent.reverse();
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

    /** It never reaches the orderer, as far as the client knows; the client sends it again. */
    private async stray(sent: Sent): Promise<undefined> {
        const again = await this.endorse(sent.act, sent.id);
        if (again instanceof Refusal)
            throw new Error(`refused as ${again.code} the second time, and nothing has changed`);
        this.mustCommit(sent.act, again);
        this.strayed.push(sent);
    }

    /** What has strayed comes to be ordered after all: too late. */
    orderStrayed(): void {
        const sent = this.strayed.pop();
        if (!sent) return;
        this.count('ordered late');
        this.log.push(`ordered late: ${inWords(sent.act)}`);
        if (sent.endorsed.commit()) throw new Error('it was carried out a second time');
        this.audit(undefined);
    }

    /** A client that has not heard of it asks again, whatever has happened since. */
    async answerLate(): Promise<void> {
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

    count(name: string): void {
        this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }

    private countKinds({ transaction, hidden }: Act): void {
        if ('payee' in ((hidden?.[1] as object | undefined) ?? {})) this.count(`${transaction} of a payee`);
        if (transaction !== 'settlement:settle') return;
        const { pairs } = hidden?.[1] as { pairs: readonly Ask[] };
        if (pairs.length > 1) this.count('batch');
        for (const { deliverer, reference, quantity } of pairs) {
            this.count(this.scene.table.words.get(`${deliverer}|${reference}`)?.said.kind ?? '');
            if (quantity !== undefined) this.count('partial');
        }
    }
}
