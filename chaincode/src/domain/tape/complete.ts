import { Refusal } from '../refusal';

import type { LoanSummary } from './summary';

/**
 * The summaries of consecutive chunks, all of them recorded.
 * @param first number of the first
 * @throws Refusal CHUNK_MISSING
 */
export function complete(summaries: readonly (LoanSummary | undefined)[], first = 0): LoanSummary[] {
    return summaries.map((summary, i) => {
        if (summary === undefined) throw new Refusal('CHUNK_MISSING', { number: first + i });
        return summary;
    });
}

/**
 * Chunks follow one another in the order of their assets, so that no asset stands in them twice.
 * @throws Refusal CHUNKS_OVERLAP
 */
export function mustFollow(summaries: readonly LoanSummary[], first = 0): void {
    for (let i = 1; i < summaries.length; i++)
        if ((summaries[i - 1]?.last ?? '') >= (summaries[i]?.first ?? ''))
            throw new Refusal('CHUNKS_OVERLAP', { number: first + i });
}
