import { over, rate } from '../rate';
import { simulate } from './simulate';

import type { Rate } from '../rate';
import type { Terms } from '../terms/terms';
import type { PoolLine } from './line-flows';
import type { Scenario, Simulation } from './simulate';

/** How much loss a tranche can bear. */
export interface BreakEven {
    /** The highest constant yearly default rate at which the tranche is paid in full, to 0.01 %; `1` when none hurts it. */
    readonly defaultRate: Rate;
    /** Cumulative net loss at that rate, as a part of the initial pool balance. */
    readonly netLoss: Rate;
    /** Cumulative net loss of the scenario itself. */
    readonly expectedLoss: Rate;
    /** First-loss coverage: the loss at break-even over the scenario's own; absent when the scenario has none. */
    readonly coverage?: Rate;
}

/**
 * Finds the constant default rate (CDR) beyond which a tranche is no longer paid all its interest and principal, everything else as in
 * the scenario. Supposes that more defaults never help the tranche.
 * @param onProgress told how many simulations of how many are done
 * @returns undefined when the tranche is not paid in full even without defaults
 */
export function breakEven(
    terms: Terms,
    lines: readonly PoolLine[],
    scenario: Scenario,
    trancheId: string,
    onProgress: (done: number, of: number) => void = () => undefined,
): BreakEven | undefined {
    let done = 0;
    const at = (basisPoints: number) => {
        const rates = [rate(BigInt(basisPoints), 10_000n)];
        const assumptions = { ...scenario.assumptions, default: { model: 'CDR', rates } } as const;
        const simulation = simulate(terms, lines, { ...scenario, assumptions });
        onProgress((done += 1), simulations);
        return simulation;
    };
    let [best, held, broken] = [at(0), 0, 10_001];
    if (!isPaid(best, trancheId)) return undefined;
    while (broken - held > 1) {
        const middle = Math.floor((held + broken) / 2);
        const tried = at(middle);
        if (isPaid(tried, trancheId)) [best, held] = [tried, middle];
        else broken = middle;
    }
    const [netLoss, expectedLoss] = [netLossOf(best), netLossOf(simulate(terms, lines, scenario))];
    const coverage = expectedLoss.n > 0n ? { coverage: over(netLoss, expectedLoss) } : {};
    return { defaultRate: rate(BigInt(held), 10_000n), netLoss, expectedLoss, ...coverage };
}

/** One without defaults, and one for each halving of 10,001 basis points. */
const simulations = 15;

function isPaid(simulation: Simulation, trancheId: string): boolean {
    const result = simulation.tranches[trancheId];
    return result !== undefined && result.unpaidInterest === 0n && result.lostPrincipal === 0n;
}

function netLossOf({ periods }: Simulation): Rate {
    const last = periods.at(-1)?.facts;
    return last ? rate(last.cumulativeChargedOff - last.cumulativeRecoveries, last.initialPoolBalance) : rate(0n);
}
