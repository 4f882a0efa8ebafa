import type { MessagePort, Worker } from 'node:worker_threads';

/*
 * Calls between the client's thread and the network's: a request names a method and carries its arguments,
 * an answer carries the result or the error. Events flow one way, from the network.
 */

type Message =
    | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
    | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
    | { readonly kind: 'error'; readonly id: number; readonly error: Error }
    | { readonly kind: 'event'; readonly name: string; readonly value: unknown };

type Port = Pick<MessagePort | Worker, 'postMessage'> & {
    on(event: 'message', listener: (message: Message) => void): unknown;
};

/** Methods of an object that can be called from another thread. */
export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Answer calls with the methods; returns the function that sends an event. */
export function serveCalls(port: Port, methods: Methods): (name: string, value: unknown) => void {
    port.on('message', message => {
        if (message.kind !== 'call') return;
        const { id, method, args } = message;
        const post = (reply: Message): void => port.postMessage(reply);
        const answer = new Promise(resolve => resolve(methods[method]?.(...(args as never[]))));
        answer.then(
            value => post({ kind: 'result', id, value }),
            (error: unknown) =>
                post({ kind: 'error', id, error: error instanceof Error ? error : new Error(String(error)) }),
        );
    });
    return (name, value) => port.postMessage({ kind: 'event', name, value } satisfies Message);
}

/** The caller's end. When the other thread is gone, `fail` ends all calls that wait. */
export class Caller {
    private readonly waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
    private next = 0;
    private gone: Error | undefined;

    constructor(
        private readonly port: Port,
        onEvent: (name: string, value: unknown) => void,
    ) {
        port.on('message', message => {
            if (message.kind === 'event') return onEvent(message.name, message.value);
            if (message.kind === 'call') return;
            const call = this.waiting.get(message.id);
            this.waiting.delete(message.id);
            if (message.kind === 'result') call?.resolve(message.value as never);
            else call?.reject(message.error);
        });
    }

    call<T>(method: string, ...args: readonly unknown[]): Promise<T> {
        if (this.gone !== undefined) return Promise.reject(this.gone);
        const id = this.next;
        this.next += 1;
        return new Promise<T>((resolve, reject) => {
            this.waiting.set(id, { resolve, reject });
            this.port.postMessage({ kind: 'call', id, method, args } satisfies Message);
        });
    }

    fail(error: Error): void {
        this.gone = error;
        for (const { reject } of this.waiting.values()) reject(error);
        this.waiting.clear();
    }
}
