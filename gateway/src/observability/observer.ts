import { status } from '@grpc/grpc-js';
import { Refusal } from '@poolproof/chaincode/domain';

import { CommitFailure } from '../client/failure';

/** What is going on: a whole request or question of the caller, or one message to one peer on its behalf. */
export interface Step {
    readonly kind: 'request' | 'stage';
    /** `deal:open` */
    readonly transaction: string;
    /** MSP id of the caller's institution. */
    readonly mspId: string;
    /** The caller's; a question has none. */
    readonly requestId?: string;
    /** Of a message: `evaluate`, `endorse`, `submit`, `commit`. */
    readonly stage?: string;
    /** Of a message: the peer it goes to. */
    readonly peer?: string;
}

/** What is known of a step at its end. */
export interface Ending {
    /** `ok`; a refusal's code, a validation code, the name of a failure, or what gRPC calls it. */
    readonly outcome: string;
    /** Of a request that wrote. */
    readonly transactionId?: string;
    readonly blockNumber?: bigint;
    readonly attempts?: number;
}

/**
 * Is told what a connection does, as it does it. It is never shown an argument, an answer or the text of an error: what it could pass
 * on are names, ids, codes and times.
 */
export interface Observer {
    /** Begins a step, carries it out, and is told its end before the caller is. */
    during<T>(step: Step, act: () => Promise<T>, end: (settled: PromiseSettledResult<T>) => Ending): Promise<T>;
    /** Something has come of what is followed. */
    followed?(happening: Happening): void;
}

/** What comes of following events or blocks. */
export type Happening =
    /** One was given out. */
    | { readonly kind: 'heard'; readonly stream: Stream }
    /** The stream broke or ended, and is opened again. */
    | { readonly kind: 'reconnect'; readonly stream: Stream }
    /** A checkpoint was compared with the ledger. */
    | { readonly kind: 'lag'; readonly checkpoint: string; readonly blocks: number };

export type Stream = 'blocks' | 'events';

/** Carries out a step under every observer: the first is the outermost. */
export function together(observers: readonly Observer[]): Observer | undefined {
    const [first, ...others] = observers;
    const rest = others.length > 0 ? together(others) : undefined;
    if (!first || !rest) return first;
    return {
        during: (step, act, end) => first.during(step, () => rest.during(step, act, end), end),
        followed: happening => [first, rest].forEach(each => each.followed?.(happening)),
    };
}

/** Carries out a step and tells its end, with the milliseconds that it took. */
export async function timed<T>(act: () => Promise<T>, tell: (settled: PromiseSettledResult<T>, took: number) => void) {
    const begun = performance.now();
    try {
        const value = await act();
        tell({ status: 'fulfilled', value }, performance.now() - begun);
        return value;
    } catch (reason) {
        tell({ status: 'rejected', reason }, performance.now() - begun);
        throw reason;
    }
}

/** A name for how a step ended, from a list that does not grow: no text of an error. */
export function outcomeNamed(settled: PromiseSettledResult<unknown>): string {
    if (settled.status === 'fulfilled') return 'ok';
    const error: unknown = settled.reason;
    if (error instanceof Refusal) return error.code;
    if (error instanceof CommitFailure) return error.validationCode;
    if (!(error instanceof Error)) return 'error';
    const code = 'code' in error && typeof error.code === 'number' ? status[error.code] : undefined;
    return code ?? error.name;
}
