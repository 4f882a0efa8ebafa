import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { connect, Refused } from '@poolproof/gateway';

import { startNetwork } from './network-process';

import type { Connection } from '@poolproof/gateway';

const calls = Number(process.argv[2] ?? 100_000);
const samples = 20;
/** Growth of the heap in the second half of the calls that is still none: over 100,000 calls, 20 bytes each. */
const limit = 2 ** 20;
const abreast = 16;
const roles = ['regulator'] as const;

/** Confirming changes one record: submissions go one after the other, or they meet each other's conflicts. */
let submitted: Promise<unknown> = Promise.resolve();

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * `node test/dist/bench/memory.js [calls]`: whether the library's heap grows with the calls made. Of twenty calls sixteen are queries,
 * two submissions, one is refused and one follows the events from a position on. The network is in another process.
 */
async function main(): Promise<void> {
    const access = await startNetwork();
    const connection = connect({ identity: access.identity, peers: [access.peer] });
    await connection.institutions.join({ id: 'regulator', name: 'Regulator', roles });
    const after = await connection.institutions.confirm({ id: 'regulator', roles });
    const heap: [number, number][] = [];
    for (let sample = 0; sample <= samples; sample++) {
        if (sample > 0) await makeCalls(connection, after, calls / samples);
        collect();
        const { heapUsed, rss } = process.memoryUsage();
        heap.push([(sample * calls) / samples, heapUsed]);
        console.log(`${(sample * calls) / samples} calls: heap ${mega(heapUsed)} MB, resident ${mega(rss)} MB`);
    }
    connection.close();
    access.close();
    // What is compiled and cached once comes in the first half.
    const slope = slopeOf(heap.slice(samples / 2));
    const growth = slope * (calls / 2);
    console.log(`in the second half the heap grows by ${slope.toFixed(1)} bytes a call, ${mega(growth)} MB in all`);
    if (!(growth <= limit)) process.exitCode = 1;
}

async function makeCalls(connection: Connection, after: { blockNumber: bigint; transactionId: string }, count: number) {
    let next = 0;
    const runner = async () => {
        for (let call = next++; call < count; call = next++) await makeCall(connection, after, call % 20);
    };
    await Promise.all(Array.from({ length: abreast }, runner));
}

async function makeCall(connection: Connection, after: { blockNumber: bigint; transactionId: string }, kind: number) {
    if (kind === 0) return firstEvent(connection, after);
    if (kind === 1) return refused(connection);
    if (kind < 4)
        return (submitted = submitted.then(() => connection.institutions.confirm({ id: 'regulator', roles })));
    return connection.institutions.list();
}

async function firstEvent(connection: Connection, after: { blockNumber: bigint; transactionId: string }) {
    for await (const event of connection.events({ after })) return event;
    throw new Error('no event');
}

async function refused(connection: Connection): Promise<void> {
    try {
        await connection.institutions.confirm({ id: 'nobody', roles });
    } catch (error) {
        if (error instanceof Refused) return;
        throw error;
    }
    throw new Error('not refused');
}

/** Least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
    const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
    const [x, y] = [mean(0), mean(1)];
    const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
    return over / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

function mega(bytes: number): string {
    return (bytes / 2 ** 20).toFixed(1);
}

void main();
