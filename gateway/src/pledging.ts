import { inLanes } from './lanes';

import type { Connection } from './connection';

/** Pledging under way, told after every chunk. */
export interface PledgingProgress {
    readonly pledged: number;
    readonly chunks: number;
}

/** How a tape is pledged. */
export interface PledgingOptions {
    /** Chunks under way at a time, 16 at most; 3 unless stated. */
    readonly inFlight?: number;
    readonly progress?: (progress: PledgingProgress) => void;
}

/**
 * The trustee accepts a submitted tape: every chunk is pledged to the deal. Called again after a crash or a refusal, it goes over all
 * chunks once more: one that is pledged to the deal stays so. What remains is `tapes.seal`.
 * @returns how many chunks there are
 * @throws Refused as `pledges.pledge`; the chunks pledged before stay pledged until they are released
 */
export async function pledgeTape(
    { pledges, tapes }: Connection,
    dealId: string,
    { inFlight = 3, progress }: PledgingOptions = {},
): Promise<number> {
    const { chunkRoots } = await tapes.read(dealId);
    const chunks = chunkRoots.length;
    let pledged = 0;
    // A tape that is not submitted has no chunks yet: the contract says so when it is asked for the first.
    await inLanes(numbersTo(Math.max(chunks, 1)), inFlight, async number => {
        await pledges.pledge({ dealId, number });
        pledged++;
        progress?.({ pledged, chunks });
    });
    return chunks;
}

function* numbersTo(count: number): Generator<number> {
    for (let number = 0; number < count; number++) yield number;
}
