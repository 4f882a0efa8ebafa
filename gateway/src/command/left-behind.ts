import type { Connection } from '../connection';

/** Says on standard error that an earlier command of the desk has ended without word of its outcome. Nobody is asked here. */
export async function tellLeftBehind(connection: Connection): Promise<void> {
    const left = await connection.leftBehind();
    if (left.length === 0) return;
    const requests = left.length === 1 ? `a request (${left[0]?.transaction})` : `${left.length} requests`;
    process.stderr.write(`an earlier command has left ${requests} without an outcome: poolproof recover\n`);
}
