import type { Connection, LedgerTransaction, Position } from '@poolproof/gateway';

/**
 * How often each request took effect, by its id, as the ledger has it: a request that is sent again writes nothing but the marker of its
 * id, unchanged.
 */
export async function executions(reader: Connection, from: Position, to: Position): Promise<Map<string, number>> {
    const times = new Map<string, number>();
    for await (const { number, transactions } of reader.blocks({ from: from.blockNumber })) {
        for (const requestId of transactions.flatMap(effectOf)) times.set(requestId, (times.get(requestId) ?? 0) + 1);
        if (number === to.blockNumber) break;
    }
    return times;
}

/** The id of the request that a transaction carried out. */
function effectOf({ valid, call }: LedgerTransaction): string[] {
    if (!valid || call?.transaction !== 'settlement:instruct' || call.privateWrites.length < 2) return [];
    const { requestId } = JSON.parse(call.args[0] ?? '') as { requestId: string };
    return [requestId];
}
