import { Refusal } from '@poolproof/chaincode/domain';

import type { Batch, RefusalCode } from '@poolproof/chaincode/domain';
import type { Settlements } from './settlement';

type Pair = Batch['pairs'][number];

/** What one round has done. */
export interface SettlementRound {
    readonly settled: readonly Pair[];
    /** Pairs that the contract refuses today, and why; a later round tries them again. */
    readonly refused: readonly { readonly pair: Pair; readonly code: RefusalCode }[];
}

/**
 * The depository's agent: settles what both sides have instructed, unattended. It remembers nothing: what is to be done stands in the
 * books, and settling is done once however often it is asked for, so that it may stop or crash anywhere and start again.
 *
 * @example
 * const agent = new SettlementAgent(depository.settlements);
 * await agent.run({ pause: 1000, signal });
 */
export class SettlementAgent {
    constructor(
        private readonly settlements: Settlements,
        /** Most pairs settled in one transaction. */
        private readonly most = 100,
    ) {}

    /** Settles everything that can settle now. @throws Failure when the ledger cannot be reached */
    async round(): Promise<SettlementRound> {
        const settled: Pair[] = [];
        const refused: { pair: Pair; code: RefusalCode }[] = [];
        const { pairs } = await this.settlements.pending();
        for (let at = 0; at < pairs.length; at += this.most)
            await this.settle(pairs.slice(at, at + this.most), settled, refused);
        return { settled, refused };
    }

    /** Round after round until the signal says stop. A round that fails is told and tried again after the pause. */
    async run(options: {
        /** Milliseconds between rounds. */
        readonly pause: number;
        readonly signal: AbortSignal;
        readonly tell?: (round: SettlementRound) => void;
        readonly tellFailure?: (failure: unknown) => void;
    }): Promise<void> {
        const { pause, signal, tell, tellFailure } = options;
        while (!signal.aborted) {
            try {
                tell?.(await this.round());
            } catch (failure) {
                tellFailure?.(failure);
            }
            await rest(pause, signal);
        }
    }

    /** A batch that is refused is halved until the pairs that cannot settle stand alone: the others do not wait for them. */
    private async settle(
        pairs: readonly Pair[],
        settled: Pair[],
        refused: { pair: Pair; code: RefusalCode }[],
    ): Promise<void> {
        const code = await this.refusalOf(pairs);
        const [pair] = pairs;
        if (code === undefined) settled.push(...pairs);
        else if (pairs.length === 1 && pair) refused.push({ pair, code });
        else {
            const half = Math.ceil(pairs.length / 2);
            await this.settle(pairs.slice(0, half), settled, refused);
            await this.settle(pairs.slice(half), settled, refused);
        }
    }

    private async refusalOf(pairs: readonly Pair[]): Promise<RefusalCode | undefined> {
        try {
            await this.settlements.settle({ pairs });
            return undefined;
        } catch (error) {
            if (error instanceof Refusal) return error.code;
            throw error;
        }
    }
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
        const timer = setTimeout(done, milliseconds);
        function done(): void {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
        }
        signal.addEventListener('abort', done, { once: true });
    });
}
