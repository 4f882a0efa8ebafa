import { id, integer, object, text } from './shape';
import { lesser, subtract, zero } from './money';
import { positive } from './holding';
import { Refusal } from './refusal';

import type { Amount } from './money';
import type { DealState } from './waterfall/state';
import type { Declarations, RunRecord } from './run';
import type { WaterfallRun } from './waterfall/record';

/** Principal of a class that was written down and is owed again from the run of a period on. */
export const reinstatementReader = object({ period: integer(1), className: id, amount: positive, reason: text(500) });
export type Reinstatement = ReturnType<typeof reinstatementReader>;

export const reinstateRequest = object({
    requestId: id,
    dealId: id,
    period: integer(1),
    className: id,
    amount: positive,
    reason: text(500),
});
/** The trustee reinstates principal of a class that was written down, from the run of the next period on. */
export type ReinstateRequest = ReturnType<typeof reinstateRequest>;

export interface ReinstateFacts {
    readonly before: Declarations;
    /** The run of the period that is to begin with it. */
    readonly run: RunRecord;
    /** The run of the period before, which left behind what is written down. */
    readonly previous: RunRecord | undefined;
}

/**
 * Reinstate what was written down, and no more: the trustee cannot make more of a class than its holders were promised.
 * @throws Refusal DECLARED_TOO_LATE, RUN_OUT_OF_ORDER, REINSTATEMENT_EXCEEDED
 */
export function reinstate(asked: ReinstateRequest, { before, run, previous }: ReinstateFacts): Declarations {
    const { dealId, period, className, amount, reason } = asked;
    if (run.status === 'run') throw new Refusal('DECLARED_TOO_LATE', { dealId, period });
    if (previous?.run === undefined) throw new Refusal('RUN_OUT_OF_ORDER', { dealId, period });
    const pending = reinstatedIn(period, className, before);
    const writtenDown = previous.run.state.tranches[className]?.writtenDown ?? zero;
    const left = subtract(writtenDown, pending);
    if (amount > left) throw new Refusal('REINSTATEMENT_EXCEEDED', { className, writtenDown: left });
    return { ...before, reinstated: [...before.reinstated, { period, className, amount, reason }] };
}

/** The state with which a period begins, what is reinstated for it being owed again. */
export function reinstatedState(state: DealState, period: number, declarations: Declarations): DealState {
    const tranches = Object.entries(state.tranches).map(([className, tranche]) => {
        const amount = lesser(reinstatedIn(period, className, declarations), tranche.writtenDown);
        const balance = (tranche.balance + amount) as Amount;
        return [className, { ...tranche, balance, writtenDown: subtract(tranche.writtenDown, amount) }] as const;
    });
    return { ...state, tranches: Object.fromEntries(tranches) };
}

/** A run's distributions with what was reinstated before its first step: it belongs to this date. */
export function withReinstated(run: WaterfallRun, before: DealState, begun: DealState): WaterfallRun {
    const distributions = Object.entries(run.distributions).map(([className, paid]) => {
        const was = before.tranches[className]?.writtenDown ?? zero;
        const amount = subtract(was, begun.tranches[className]?.writtenDown ?? zero);
        const balanceBeginning = subtract(paid.balanceBeginning, amount);
        return [className, { ...paid, balanceBeginning, writtenDown: subtract(paid.writtenDown, amount) }] as const;
    });
    return { ...run, distributions: Object.fromEntries(distributions) };
}

function reinstatedIn(period: number, className: string, { reinstated }: Declarations): Amount {
    return reinstated
        .filter(each => each.period === period && each.className === className)
        .reduce((sum, { amount }) => (sum + amount) as Amount, zero);
}
