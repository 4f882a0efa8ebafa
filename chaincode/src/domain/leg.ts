import { divide } from './rate';
import { isAlone, quantityToSettle } from './instruction';
import { placeOf } from './holding';
import { zero } from './money';

import type { Amount } from './money';
import type { Instruction, Pair } from './instruction';
import type { Movement, Place } from './holding';

/** What settling a pair does: the movements, and the instructions as they stand afterwards. */
export interface Leg {
    readonly movements: readonly Movement[];
    readonly instructions: readonly Instruction[];
}

/** Securities one way and cash the other. Whether it may happen is settled elsewhere; see settlement.ts. */
export function legOf(pair: Pair): Leg {
    const { deliver, receive } = pair;
    const quantity = quantityToSettle(pair);
    const settled = (deliver.settled + quantity) as Amount;
    const payment = paymentFor(deliver, settled);
    const complete = settled === deliver.quantity;
    const progress = {
        settled,
        paid: (deliver.paid + payment) as Amount,
        status: complete ? 'settled' : 'partly-settled',
    } as const;
    return {
        movements: [assetLeg(pair, quantity), ...cashLeg(pair, payment)],
        instructions: (isAlone(deliver.kind) ? [deliver] : [deliver, receive]).map(each => ({ ...each, ...progress })),
    };
}

/** The movements of one pair, so that the contract knows which accounts to load. */
export function movementsOf(pair: Pair): readonly Movement[] {
    return legOf(pair).movements;
}

function assetLeg({ deliver, receive }: Pair, quantity: Amount): Movement {
    const { asset, kind } = deliver;
    const [from, to] = placesBetween(deliver, receive)[kind];
    return { asset, quantity, from, to };
}

function placesBetween(deliver: Instruction, receive: Instruction): Record<Instruction['kind'], [Place, Place]> {
    const deliverer = placeOf(deliver.institution, deliver.account);
    const receiver = placeOf(receive.institution, receive.account);
    return {
        transfer: [deliverer, receiver],
        pledge: [deliverer, placeOf(deliver.institution, deliver.account, 'pledged')],
        release: [placeOf(receive.institution, receive.account, 'pledged'), receiver],
        enforce: [placeOf(deliver.pledgor ?? '', 'own', 'pledged'), receiver],
        issue: ['issuer', deliverer],
        redeem: [deliverer, 'issuer'],
    };
}

function cashLeg({ deliver, receive }: Pair, amount: Amount): readonly Movement[] {
    const { payment } = deliver;
    if (payment?.means !== 'deposit' || amount === 0n) return [];
    const from = placeOf(receive.institution, receive.account);
    const to = placeOf(deliver.institution, deliver.account);
    return [{ asset: payment.asset, quantity: amount, from, to }];
}

/** What is due when `settled` has been delivered, less what was paid before: parts sum to the whole price to the cent. */
function paymentFor(deliver: Instruction, settled: Amount): Amount {
    if (deliver.payment === undefined) return zero;
    return (divide(deliver.payment.amount * settled, deliver.quantity, 'down') - deliver.paid) as Amount;
}
