import { byCodePoint } from '../canonical';
import { share } from '../share';
import { amountIn, increase } from './frame';

import type { Frame } from '../formula/scope';
import type { Amount } from '../money';
import type { PayPrincipal } from '../terms/terms';
import type { TrancheProgram } from './tranche';

/** A tranche's planned balance on this date. */
export type Plan = (frame: Frame) => bigint;

/** Divides an amount; one part a tranche, in their order. */
export type Split = (frame: Frame, amount: bigint) => readonly bigint[];

/** How an amount of principal divides among tranches: one part a tranche, never more than its balance. */
export function compileSplit(
    kind: PayPrincipal['split'],
    tranches: readonly TrancheProgram[],
    plans: readonly (Plan | undefined)[],
): Split {
    switch (kind) {
        case 'sequential':
            return (frame, amount) => inTurn(balances(frame, tranches), amount);
        case 'pro-rata': {
            const divide = compileProRata(tranches);
            return (frame, amount) => divide(balances(frame, tranches), amount);
        }
        case 'rank':
            return byRank(tranches);
        case 'target':
            return byTarget(tranches, plans);
    }
}

/** Balances now, one a tranche. */
export function balances(frame: Frame, tranches: readonly TrancheProgram[]): bigint[] {
    return tranches.map(tranche => amountIn(frame, tranche.balance));
}

/** Reduces balances by principal paid. */
export function redeem(frame: Frame, tranche: TrancheProgram, amount: bigint): void {
    increase(frame, tranche.balance, -amount);
    increase(frame, tranche.principalPaid, amount);
}

/** Fills each room in the order given. */
export function inTurn(rooms: readonly bigint[], amount: bigint): bigint[] {
    let left = amount;
    return rooms.map(room => {
        const part = left < room ? left : room;
        left -= part;
        return part;
    });
}

/** By weight; a cent that does not divide goes by the order of ids, so that the order in which equals are named is irrelevant. */
export function compileProRata(
    tranches: readonly TrancheProgram[],
): (weights: readonly bigint[], amount: bigint) => readonly bigint[] {
    const order = tranches.map((_, i) => i).sort((a, b) => byCodePoint(tranches[a]?.id ?? '', tranches[b]?.id ?? ''));
    return (weights, amount) => {
        let total = 0n;
        for (const weight of weights) total += weight;
        if (amount === total) return weights;
        const shares = share(
            amount as Amount,
            order.map(i => weights[i] ?? 0n),
        );
        const parts = tranches.map(() => 0n);
        order.forEach((tranche, i) => (parts[tranche] = shares[i] ?? 0n));
        return parts;
    };
}

function byRank(tranches: readonly TrancheProgram[]): Split {
    const ranks = Array.from(new Set(tranches.map(({ terms }) => terms.rank))).sort((a, b) => a - b);
    const members = ranks.map(rank => {
        const rows = tranches.flatMap(({ terms }, i) => (terms.rank === rank ? [i] : []));
        return { rows, divide: compileProRata(rows.flatMap(i => tranches[i] ?? [])) };
    });
    return (frame, amount) => {
        const rooms = balances(frame, tranches);
        const parts = tranches.map(() => 0n);
        let left = amount;
        for (const { rows, divide } of members) {
            const weights = rows.map(i => rooms[i] ?? 0n);
            const room = weights.reduce((a, b) => a + b, 0n);
            const given = left < room ? left : room;
            divide(weights, given).forEach((part, i) => (parts[rows[i] ?? 0] = part));
            left -= given;
        }
        return parts;
    };
}

/** Planned classes in turn down to their plans; then their companions in turn to nothing; then the planned ones beyond plan. */
function byTarget(tranches: readonly TrancheProgram[], plans: readonly (Plan | undefined)[]): Split {
    return (frame, amount) => {
        const rooms = balances(frame, tranches);
        const toPlan = rooms.map((room, i) => beyond(room, plans[i]?.(frame)));
        const withCompanions = rooms.map((room, i) => (plans[i] ? (toPlan[i] ?? 0n) : room));
        let parts = tranches.map(() => 0n);
        for (const reach of [toPlan, withCompanions, rooms]) {
            const left = amount - parts.reduce((a, b) => a + b, 0n);
            const more = inTurn(
                reach.map((most, i) => most - (parts[i] ?? 0n)),
                left,
            );
            parts = parts.map((part, i) => part + (more[i] ?? 0n));
        }
        return parts;
    };
}

/** How far a balance stands above its plan; nothing for a tranche without one. */
function beyond(balance: bigint, planned: bigint | undefined): bigint {
    return planned === undefined || balance <= planned ? 0n : balance - planned;
}
