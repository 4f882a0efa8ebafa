import { asset as assetReader, placeOf } from './holding';
import { cameBack, sendingsReader, sentOnce } from './sending';
import { id, integer, minor, object, oneOf, text } from './shape';
import { Refusal } from './refusal';

import type { Asset, Movement, Place } from './holding';
import type { Day } from './day';

/**
 * What a distribution has set aside for a payee of the terms that is no institution of the consortium, such as a hedge bank or an
 * auditor, or was suspended: cash in the trustee's book, until the depository has paid it outside.
 */
export const payableReader = object({
    dealId: id,
    period: integer(1),
    /** The payee's role in the terms. */
    payee: id,
    cash: assetReader,
    amount: minor,
    status: oneOf('due', 'sent', 'returned'),
    sendings: sendingsReader,
});
export type Payable = ReturnType<typeof payableReader>;

const whichPayable = { dealId: id, period: integer(1), payee: id };

/** Transient field `payment`: which payable the depository has paid outside, and under which reference. */
export const sendPayableReader = object({ ...whichPayable, paymentReference: text(100) });
export type SendPayable = ReturnType<typeof sendPayableReader>;

/** Transient field `payment`: which payable has come back, and why. */
export const returnPayableReader = object({ ...whichPayable, reason: text(200) });
export type ReturnPayable = ReturnType<typeof returnPayableReader>;

export interface PayableFacts {
    /** In whose book the cash is set aside. */
    readonly trustee: string;
    readonly depository: string;
    readonly today: Day;
}

/** What becomes of a payable, and the money that moves. */
export interface PayableMoved {
    readonly payable: Payable;
    readonly movements: readonly Movement[];
}

/** What waits for a payee from now on. */
export function setAside(
    dealId: string,
    period: number,
    payee: string,
    payment: Pick<Payable, 'cash' | 'amount'>,
): Payable {
    return { dealId, period, payee, ...payment, status: 'due', sendings: [] };
}

/**
 * The depository has paid a payee outside the ledger with money of its own, and takes for it what has waited here.
 * @throws Refusal PAYMENT_NOT_HELD
 */
export function sendPayable(payable: Payable, paymentReference: string, facts: PayableFacts): PayableMoved {
    const { dealId, period, payee, status, sendings } = payable;
    if (status === 'sent') throw new Refusal('PAYMENT_NOT_HELD', { dealId, period });
    const from = payableAccount(facts.trustee, payee);
    return {
        payable: { ...payable, status: 'sent', sendings: sentOnce(sendings, paymentReference, facts.today) },
        movements: moved(payable, from, placeOf(facts.depository)),
    };
}

/**
 * A payment outside has come back to the depository, which sets the amount aside again: it stays the payee's.
 * @throws Refusal PAYMENT_NOT_SENT
 */
export function takeBackPayable(payable: Payable, reason: string, facts: PayableFacts): PayableMoved {
    const to = payableAccount(facts.trustee, payable.payee);
    return {
        payable: { ...payable, status: 'returned', sendings: cameBack(payable, reason, facts.today) },
        movements: moved(payable, placeOf(facts.depository), to),
    };
}

/** Where the trustee keeps what is set aside for a payee. */
export function payableAccount(trustee: string, payee: string): Place {
    return placeOf(trustee, `payable.${payee}`);
}

function moved(
    { cash, amount }: Pick<Payable, 'amount'> & { readonly cash: Asset },
    from: Place,
    to: Place,
): readonly Movement[] {
    return [{ asset: cash, quantity: amount, from, to }];
}
