import { setTimeout as pause } from 'node:timers/promises';

import type { Connection, LedgerEvent, Position } from '@poolproof/gateway';
import type { Random } from '../setting/random';

/** What was heard, each event by its transaction's id, each block by its number. */
interface Heard {
    /** As a desk tells it that nothing is wrong with. */
    readonly truth: readonly string[];
    readonly events: readonly string[];
    /** Of somebody who keeps effect and position together, and crashes now and then. */
    readonly effects: readonly string[];
    readonly blocks: readonly number[];
}

/** Follows a ledger three ways over one shaky line: events without a pause, events across crashes, and blocks. */
export class Followers {
    private readonly events: string[] = [];
    private effects: string[] = [];
    private readonly blocks: number[] = [];
    private readonly over = new AbortController();
    private readonly listening: Promise<unknown>;

    constructor(
        private readonly shaky: Connection,
        /** The first transaction that is not told any more: everything after it is. */
        readonly start: Position,
        private readonly random: Random,
    ) {
        this.listening = Promise.all([this.listen(), this.act(), this.count()]);
    }

    /** What was heard up to a transaction, once everybody has heard of it. */
    async until(last: Position, calm: Connection): Promise<Heard> {
        const truth: string[] = [];
        for await (const { transactionId } of calm.events({ after: this.start })) {
            truth.push(transactionId);
            if (transactionId === last.transactionId) break;
        }
        const haveHeard = () =>
            [this.events, this.effects].every(heard => heard.includes(last.transactionId ?? '')) &&
            this.blocks.includes(Number(last.blockNumber));
        const end = Date.now() + 100_000;
        while (!haveHeard() && Date.now() < end) await pause(50);
        // Those that listen go on: what was committed after the last one is not looked at.
        const [events, effects] = [this.events, this.effects].map(heard => heard.slice(0, truth.length));
        return { truth, events: events ?? [], effects: effects ?? [], blocks: this.blocks };
    }

    async close(): Promise<void> {
        this.over.abort();
        await this.listening;
    }

    private async listen(): Promise<void> {
        for await (const { transactionId } of this.shaky.events({ after: this.start, signal: this.over.signal }))
            this.events.push(transactionId);
    }

    private async act(): Promise<void> {
        let position = this.start;
        while (!this.over.signal.aborted)
            for await (const event of this.shaky.events({ after: position, signal: this.over.signal })) {
                // A crash may come before the effect, or after it: effect and position are kept together.
                if (this.random.oneIn(20)) break;
                [this.effects, position] = [[...this.effects, event.transactionId], positionOf(event)];
                if (this.random.oneIn(20)) break;
            }
    }

    private async count(): Promise<void> {
        for await (const { number } of this.shaky.blocks({ from: this.start.blockNumber, signal: this.over.signal }))
            this.blocks.push(Number(number));
    }
}

function positionOf({ blockNumber, transactionId }: LedgerEvent): Position {
    return { blockNumber, transactionId };
}
