import { AsyncLocalStorage } from 'node:async_hooks';

import { outcomeNamed } from './observer';

import type { Client } from '@grpc/grpc-js';
import type { Observer, Step } from './observer';

/** The request that the running code works for. */
const current = new AsyncLocalStorage<Step>();

/** A whole request or question under an observer. */
export function request<T>(
    observer: Observer | undefined,
    { kind = 'request', ...named }: Omit<Step, 'kind'> & { readonly kind?: 'request' },
    act: () => Promise<T>,
): Promise<T> {
    if (!observer) return act();
    const step = { kind, ...named };
    return observer.during(
        step,
        () => current.run(step, act),
        settled => ({ outcome: outcomeNamed(settled), ...factsOf(settled) }),
    );
}

/** What is public of a committed transaction, or of one that failed. */
function factsOf(settled: PromiseSettledResult<unknown>) {
    const known = settled.status === 'fulfilled' ? settled.value : (settled.reason as unknown);
    if (typeof known !== 'object' || known === null) return {};
    const { transactionId, blockNumber, attempts } = known as Readonly<Record<string, unknown>>;
    return {
        ...(typeof transactionId === 'string' && { transactionId }),
        ...(typeof blockNumber === 'bigint' && { blockNumber }),
        ...(typeof attempts === 'number' && { attempts }),
    };
}

/** What a message to the gateway service of a peer is to the caller. */
const stages: Readonly<Record<string, string>> = {
    '/gateway.Gateway/Evaluate': 'evaluate',
    '/gateway.Gateway/Endorse': 'endorse',
    '/gateway.Gateway/Submit': 'submit',
    '/gateway.Gateway/CommitStatus': 'commit',
};

type Unary = (...parameters: unknown[]) => unknown;
type Callback = (error: Error | null, answer?: unknown) => void;

/** The same channel to a peer, each message of which is a step under the observer. */
export function watched(channel: Client, observer: Observer, peer: string): Client {
    const send = channel.makeUnaryRequest.bind(channel) as unknown as Unary;
    const makeUnaryRequest: Unary = (...parameters) => {
        const working = current.getStore();
        const stage = stages[String(parameters[0])];
        if (!working || stage === undefined) return send(...parameters);
        const callback = parameters.at(-1) as Callback;
        let call: unknown;
        const act = () =>
            new Promise<unknown>((resolve, reject) => {
                const settle: Callback = (error, answer) => (error ? reject(error) : resolve(answer));
                call = send(...parameters.slice(0, -1), settle);
            });
        const step = { ...working, kind: 'stage', stage, peer } as const;
        observer
            .during(step, act, settled => ({ outcome: outcomeNamed(settled) }))
            .then(
                answer => callback(null, answer),
                (error: unknown) => callback(error as Error),
            );
        return call;
    };
    return Object.assign(Object.create(channel) as Client, { makeUnaryRequest });
}
