import { clients } from './founding';

import type { Client, MemoryLedger } from '../../chaincode/memory-ledger';
import type { Random } from '../../setting/random';
import type { Table } from './table';

/** What the makers of acts look at to make up likely and unlikely ones. */
export interface Scene {
    readonly random: Random;
    readonly table: Table;
    readonly ledger: MemoryLedger;
    /** Those who trade in this walk. */
    readonly traders: readonly string[];
}

export function clientOf(institution: string): Client {
    const found = clients.find(client => client.institution === institution);
    if (found === undefined) throw new Error(`no client of ${institution}`);
    return found;
}
