import { day, list, object, optional, text } from './shape';
import { Refusal } from './refusal';

import type { Day } from './day';

const sendingReader = object({
    /** Of the payment outside, by which its bank knows it. */
    paymentReference: text(100),
    sentOn: day,
    /** The business day on which it came back, and why. */
    returnedOn: optional(day),
    reason: optional(text(200)),
});

/** Every attempt to pay something outside the ledger, oldest first. */
export const sendingsReader = list(sendingReader);

export type Sendings = ReturnType<typeof sendingsReader>;

/** One more attempt. */
export function sentOnce(sendings: Sendings, paymentReference: string, today: Day): Sendings {
    return [...sendings, { paymentReference, sentOn: today }];
}

/** The last attempt has come back. @throws Refusal PAYMENT_NOT_SENT where there is none */
export function cameBack(
    { dealId, period, sendings }: { readonly dealId: string; readonly period: number; readonly sendings: Sendings },
    reason: string,
    today: Day,
): Sendings {
    const last = sendings.at(-1);
    if (last === undefined || last.returnedOn !== undefined) throw new Refusal('PAYMENT_NOT_SENT', { dealId, period });
    return [...sendings.slice(0, -1), { ...last, returnedOn: today, reason }];
}
