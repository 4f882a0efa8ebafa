import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** The first of so many ports in a row that nobody listens on. */
export async function freePorts(count: number): Promise<number> {
    for (;;) {
        const first = await listen(0);
        if (first === undefined) continue;
        const others = Array.from({ length: count - 1 }, (_, index) => listen(first + 1 + index));
        if ((await Promise.all(others)).every(port => port !== undefined)) return first;
    }
}

/** The port, closed again; undefined if it is taken. */
function listen(port: number): Promise<number | undefined> {
    const server = createServer();
    return new Promise(resolve => {
        server.once('error', () => resolve(undefined));
        server.listen(port, '127.0.0.1', () => {
            const bound = (server.address() as AddressInfo).port;
            server.close(() => resolve(bound));
        });
    });
}
