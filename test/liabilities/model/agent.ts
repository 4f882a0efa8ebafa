import { SettlementAgent } from '@poolproof/gateway';

import { pending } from '../desk';
import { waiting, wouldSettle } from './trading';

import type { Act } from './act';
import type { Ask } from './trading';
import type { Pending } from '@poolproof/chaincode/domain';
import type { Scene } from './scene';
import type { Sender } from './sender';
import type { Trades } from './trade-acts';

/** The agent's machine has gone down. */
class Crash extends Error {}

/** The depository's own agent at work, on a machine that may go down before or after anything it does. */
export class Agent {
    constructor(
        private readonly scene: Scene,
        private readonly trades: Trades,
        private readonly sender: Sender,
    ) {}

    /** One round, or as much of it as there was time for. The next begins anew. */
    async round(): Promise<void> {
        const { random } = this.scene;
        const isShaky = random.oneIn(2);
        const shaken = async (act: Act | undefined): Promise<void> => {
            if (act === undefined) return;
            if (isShaky && random.oneIn(6)) throw new Crash();
            const refusal = await this.sender.attempt(act);
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
            this.sender.count('agent');
            this.mustLeaveNothing();
        } catch (error) {
            if (!(error instanceof Crash)) throw error;
            this.sender.count('crashed');
        }
    }

    /** What waits, in an order of chance: the books keep it in one that says nothing. */
    private async pending(): Promise<Pending> {
        const { pairs, expired, closed } = await pending(this.scene.ledger);
        const expected = waiting(this.scene.table);
        const named = pairs.map(({ deliverer, reference, receiver }) => `${deliverer}|${reference}|${receiver}`);
        const over = expired.map(({ institution, reference }) => `${institution}|${reference}`);
        if (named.sort().join() !== expected.pairs.join()) throw new Error('other pairs wait than in the model');
        if (over.sort().join() !== expected.over.join()) throw new Error('others have expired than in the model');
        const inOrder = <T extends object>(list: readonly T[]) =>
            [...list].map(each => [JSON.stringify(each), each] as const).sort(([a], [b]) => (a < b ? -1 : 1));
        const shuffled = inOrder(pairs)
            .map(([, pair]) => [this.scene.random.fraction(), pair] as const)
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
        if (waiting(this.scene.table).over.length > 0) throw new Error('the agent has left what is over');
        const left = waiting(this.scene.table).pairs.filter(name => {
            const [deliverer = '', reference = '', receiver = ''] = name.split('|');
            return wouldSettle(this.scene.table, [{ deliverer, reference, receiver }]);
        });
        this.sender.count(left.length > 0 ? 'left for the next round' : 'nothing left');
    }
}
