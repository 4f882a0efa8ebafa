import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Position } from '../client/event';
import type { CheckpointStore } from './checkpoint';

interface Kept<S> {
    readonly position?: { readonly blockNumber: string; readonly transactionId?: string };
    readonly state: S;
}

/**
 * A state of one's own and how far it follows the ledger, in one file that is replaced as a whole. For one process, and for what is
 * small enough to be written at every event. What JSON cannot hold cannot stand in it: write amounts as text.
 *
 * @example
 * const store = await FileStore.open('reports.json', { filed: 0 });
 * await bank.applyEvents({ store, on: { ReportFiled: (_, state) => void state.filed++ } });
 */
export class FileStore<S> implements CheckpointStore<S> {
    private constructor(
        private readonly path: string,
        private kept: Kept<S>,
    ) {}

    /** The store as the file has it, or with its first state where there is no file. @throws SyntaxError where the file is no store */
    static async open<S>(path: string, first: S): Promise<FileStore<S>> {
        try {
            return new FileStore(path, JSON.parse(await readFile(path, 'utf8')) as Kept<S>);
        } catch (error) {
            if (error instanceof SyntaxError) throw new SyntaxError(`${path}: ${error.message}`, { cause: error });
            if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
            return new FileStore(path, { state: first });
        }
    }

    /** As of the last event that had its effect. */
    get state(): S {
        return this.kept.state;
    }

    position(): Promise<Position | undefined> {
        const { position } = this.kept;
        return Promise.resolve(position && { ...position, blockNumber: BigInt(position.blockNumber) });
    }

    async advance(position: Position, effect: (state: S) => unknown): Promise<void> {
        const state = structuredClone(this.kept.state);
        await effect(state);
        const kept = { position: { ...position, blockNumber: String(position.blockNumber) }, state };
        await replace(this.path, JSON.stringify(kept));
        this.kept = kept;
    }
}

/** Whole and on the disk, or as it was, also where the power fails. */
async function replace(path: string, content: string): Promise<void> {
    const written = `${path}.new`;
    await synced(written, 'w', file => file.writeFile(content));
    await rename(written, path);
    await synced(dirname(path), 'r', () => Promise.resolve());
}

async function synced(
    path: string,
    flags: string,
    act: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
    const file = await open(path, flags, flags === 'w' ? 0o600 : undefined);
    try {
        await act(file);
        await file.sync();
    } finally {
        await file.close();
    }
}
