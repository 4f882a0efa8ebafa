import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ClassicLevel } from 'classic-level';

import type { MemberId } from './cast';
import type { Network } from '@poolproof/network';
import type { Source } from './leak-scanner';

/** Everything that a durable embedded network, closed, has left on disk, each record with the institution whose peer holds it. */
export async function filesOf(network: Network, folder: string): Promise<Source[]> {
    const owners = new Map(
        network.consortium.institutions.flatMap(({ id }) =>
            network.peers(id).map(({ name }) => [name, id as MemberId]),
        ),
    );
    const sources: Source[] = [];
    const db = new ClassicLevel<Buffer, Buffer>(join(folder, 'ledgers'), {
        keyEncoding: 'buffer',
        valueEncoding: 'buffer',
    });
    for await (const [key, value] of db.iterator()) {
        const name = key.toString('latin1');
        const peer = name.startsWith('P') ? name.slice(1, name.indexOf('\0')) : undefined;
        const holder = peer === undefined ? 'everybody' : owners.get(peer);
        if (holder === undefined) throw new Error(`a record of an unknown peer: ${JSON.stringify(name)}`);
        const place = `${peer ?? 'block'} ${readable(peer === undefined ? name : name.slice(peer.length + 2))}`;
        sources.push(
            { place: `key of ${place}`, holder, bytes: key },
            { place, holder, bytes: contentOf(name, value) },
        );
    }
    await db.close();
    return [...sources, ...otherFiles(folder)];
}

function otherFiles(folder: string): Source[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile() && entry.parentPath !== join(folder, 'ledgers'))
        .map(({ parentPath, name }) => {
            const place = join(parentPath, name);
            return { place, holder: 'everybody' as const, bytes: readFileSync(place) };
        });
}

/** The value without the ledger's own head: a state's version and policies, the height at which private data was endorsed. */
function contentOf(name: string, value: Buffer): Uint8Array {
    const kind = name[name.indexOf('\0') + 1];
    if (!name.startsWith('P')) return value;
    if (kind === 's') return value.subarray(14 + value.readUInt32BE(10));
    return kind === 't' ? value.subarray(6) : value;
}

function readable(name: string): string {
    return JSON.stringify(name.slice(0, 120));
}
