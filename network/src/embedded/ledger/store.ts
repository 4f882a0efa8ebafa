import type { CommittedBlock } from './committed-block';
import type { Changes, Image } from './image';
import type { KeptPrivateData } from './transient-store';

/** A ledger as it was kept. */
export interface Stored {
    readonly image: Image;
    readonly blocks: readonly CommittedBlock[];
    readonly transient: readonly KeptPrivateData[];
}

/** Where a peer's ledger is kept beyond the process; without one it lives in memory. */
export interface LedgerStore {
    /** What was kept; the image of a whole block, whatever happened to the process. */
    load(): Promise<Stored>;
    /** Keep what a commit or late private data changes: all of it or, after a crash, none of it. */
    save(changes: Omit<Changes, 'committed'> & Partial<Changes>, settled?: readonly string[]): Promise<void>;
    /** Keep private data until its block comes and settles it. It outlives the process, though not the machine. */
    keep(data: KeptPrivateData): Promise<void>;
    /** Keep this ledger instead. All peers of a network go back together, since they share their blocks: resolves when all have asked. */
    replace(image: Image, blocks: readonly CommittedBlock[]): Promise<void>;
}
