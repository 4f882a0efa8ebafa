import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A request to a running network, and its answer: one JSON document each way over a local socket. */
interface Request {
    readonly method: string;
    readonly args: readonly unknown[];
}

type Answer = { readonly value?: unknown } | { readonly problem: string };

/** Answers requests about the network kept in a folder until the server is closed. */
export async function listenForRequests(
    folder: string,
    answer: (method: string, args: readonly unknown[]) => Promise<unknown>,
): Promise<Server> {
    const path = socketPath(folder);
    if (process.platform !== 'win32') rmSync(path, { force: true });
    const server = createServer({ allowHalfOpen: true }, socket => {
        let request = '';
        socket.on('error', () => undefined);
        socket.setEncoding('utf8').on('data', chunk => (request += String(chunk)));
        socket.on('end', () => {
            void replyTo(request, answer).then(reply => socket.end(JSON.stringify(reply)));
        });
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
    return server;
}

async function replyTo(
    request: string,
    answer: (method: string, args: readonly unknown[]) => Promise<unknown>,
): Promise<Answer> {
    try {
        const { method, args } = JSON.parse(request) as Request;
        return { value: await answer(method, args) };
    } catch (error) {
        return { problem: (error as Error).message };
    }
}

/** Ask the network kept in a folder. Throws if it is not up, or says no. */
export async function askNetwork<T>(folder: string, method: string, ...args: readonly unknown[]): Promise<T> {
    const socket = createConnection({ path: socketPath(folder), allowHalfOpen: true });
    socket.end(JSON.stringify({ method, args } satisfies Request));
    let reply: string;
    try {
        reply = await text(socket);
    } catch {
        throw new Error(`no network is up in ${folder}`);
    }
    const answer = JSON.parse(reply) as Answer;
    if ('problem' in answer) throw new Error(answer.problem);
    return answer.value as T;
}

export async function isUp(folder: string): Promise<boolean> {
    return askNetwork(folder, 'status').then(
        () => true,
        () => false,
    );
}

/** Short, since the path of a socket must be; the same for the same folder. */
function socketPath(folder: string): string {
    const name = `poolproof-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
    return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}
