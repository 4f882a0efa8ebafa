import { zero } from '../money';
import { untripped } from './trigger';

import type { Terms } from '../terms/terms';
import type { DealState } from './state';

/** The state at closing: tranches at their original balances, accounts as funded, in the first status of the terms. */
export function openingState(terms: Terms): DealState {
    return {
        period: 0,
        status: terms.statuses[0]?.id ?? '',
        asOf: terms.dates.closing,
        tranches: byId(terms.tranches, ({ balance }) => ({ balance, interestShortfall: zero, writtenDown: zero })),
        accounts: byId(terms.accounts, ({ opening }) => opening ?? zero),
        fees: byId(terms.fees ?? [], () => ({ unpaid: zero, counted: zero })),
        ledgers: byId(terms.ledgers ?? [], ({ opening }) => opening ?? zero),
        hedges: byId(terms.hedges ?? [], () => zero),
        triggers: byId(terms.triggers ?? [], () => untripped),
        memory: {},
    };
}

function byId<T extends { readonly id: string }, R>(
    items: readonly T[],
    valueOf: (item: T) => R,
): Readonly<Record<string, R>> {
    return Object.fromEntries(items.map(item => [item.id, valueOf(item)]));
}
