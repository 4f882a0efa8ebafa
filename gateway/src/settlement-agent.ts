import { Refusal } from '@poolproof/chaincode/domain';

import type { Batch, Pending, RefusalCode } from '@poolproof/chaincode/domain';
import type { Settlements } from './settlement';

type Pair = Batch['pairs'][number];

/** What one round has done. */
export interface SettlementRound {
    readonly settled: readonly Pair[];
    /** Pairs that the contract refuses today, and why; a later round tries them again. */
    readonly refused: readonly { readonly pair: Pair; readonly code: RefusalCode }[];
    /** How many instructions were closed because their last day is over. */
    readonly expired: number;
    /** How many closed instructions were filed away. */
    readonly filed: number;
}

/** Most instructions filed in one transaction, and how many may wait while there is still something to settle. */
const [filedAtOnce, mostUnfiled] = [500, 2_000];

/**
 * The depository's agent: settles what both sides have instructed, unattended. It remembers nothing: what is to be done stands in the
 * books, and settling is done once however often it is asked for, so that it may stop or crash anywhere and start again. What has
 * settled is filed away once nothing is left to settle, or earlier when much has gathered.
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
        const { pairs, expired, closed } = await this.settlements.pending();
        for (let at = 0; at < expired.length; at += this.most) await this.expire(expired.slice(at, at + this.most));
        for (let at = 0; at < pairs.length; at += this.most)
            await this.settle(pairs.slice(at, at + this.most), settled, refused);
        const hasTime = settled.length === 0 || closed.length > mostUnfiled;
        return { settled, refused, expired: expired.length, filed: hasTime ? await this.file(closed) : 0 };
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

    /** A party that withdraws at the same moment has closed its instruction itself; the next round finds the rest. */
    private async expire(instructions: Pending['expired']): Promise<void> {
        try {
            await this.settlements.expire({ instructions });
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
        }
    }

    /** Files away what is closed. What another agent files at the same moment stays filed. @returns how many instructions */
    async file(closed?: Pending['closed']): Promise<number> {
        const instructions = closed ?? (await this.settlements.pending()).closed;
        for (let at = 0; at < instructions.length; at += filedAtOnce)
            await this.settlements.file({ instructions: instructions.slice(at, at + filedAtOnce) });
        return instructions.length;
    }

    /**
     * Of a batch that is refused, the pair that the refusal names is left out; where it names none, the batch is halved until those that
     * cannot settle stand alone. The others do not wait for them.
     */
    private async settle(
        pairs: readonly Pair[],
        settled: Pair[],
        refused: { pair: Pair; code: RefusalCode }[],
    ): Promise<void> {
        if (pairs.length === 0) return;
        const refusal = await this.refusalOf(pairs);
        if (refusal === undefined) {
            settled.push(...pairs);
            return;
        }
        const named = pairs.length === 1 ? 0 : placeIn(refusal);
        const pair = pairs[named ?? pairs.length];
        if (pair !== undefined) {
            refused.push({ pair, code: refusal.code });
            await this.settle(
                pairs.filter(each => each !== pair),
                settled,
                refused,
            );
        } else {
            const half = Math.ceil(pairs.length / 2);
            await this.settle(pairs.slice(0, half), settled, refused);
            await this.settle(pairs.slice(half), settled, refused);
        }
    }

    private async refusalOf(pairs: readonly Pair[]): Promise<Refusal | undefined> {
        try {
            await this.settlements.settle({ pairs });
            return undefined;
        } catch (error) {
            if (error instanceof Refusal) return error;
            throw error;
        }
    }
}

/** The place in the batch of the pair that a refusal names: `batch.pairs[7]`. */
function placeIn({ details }: Refusal): number | undefined {
    const place = /^batch\.pairs\[(\d+)\]$/.exec(String(details['at']))?.[1];
    return place === undefined ? undefined : Number(place);
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
