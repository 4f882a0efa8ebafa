import { id, minor, object, oneOf } from './shape';
import { placeOf } from './holding';
import { waitingMembers } from './waiting';

import type { Place } from './holding';

/**
 * What a distribution has set aside for a payee of the terms that is no institution of the consortium, such as a hedge bank or an
 * auditor, or was suspended: cash in the trustee's book, until the depository has paid it outside or, where the payee is an institution,
 * released it into its book. Its record stands in the trustee's book, and in that of the institution.
 */
export const payableReader = object({
    ...waitingMembers,
    /** The payee's role in the terms. */
    payee: id,
    amount: minor,
    status: oneOf('due', 'sent', 'returned', 'released'),
});
export type Payable = ReturnType<typeof payableReader>;

/** What waits for a payee from now on. */
export function setAside(
    dealId: string,
    period: number,
    payee: string,
    payment: Pick<Payable, 'cash' | 'amount'>,
): Payable {
    return { dealId, period, payee, ...payment, status: 'due', sendings: [] };
}

/** Where the trustee keeps what is set aside for a payee. */
export function payableAccount(trustee: string, payee: string): Place {
    return placeOf(trustee, `payable.${payee}`);
}
