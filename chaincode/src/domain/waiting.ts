import { asset as assetReader, placeOf } from './holding';
import { day, id, integer, list, object, optional, text } from './shape';
import { Refusal } from './refusal';

import type { Amount } from './money';
import type { Day } from './day';
import type { Asset, Movement, Place } from './holding';
import type { Reader } from './shape';
import type { Standing } from './standing';

const sendingReader = object({
    /** Of the payment outside, by which its bank knows it. */
    paymentReference: text(100),
    sentOn: day,
    /** The business day on which it came back, and why. */
    returnedOn: optional(day),
    reason: optional(text(200)),
});

/** What a holder's notice and a payable say of a payment that has not gone straight into a book. */
export const waitingMembers = {
    dealId: id,
    period: integer(1),
    cash: assetReader,
    releasedOn: optional(day),
    /** Every attempt to pay it outside, oldest first. */
    sendings: list(sendingReader),
};

interface WaitingRecord {
    readonly dealId: string;
    readonly period: number;
    readonly cash: Asset;
    readonly status: string;
    readonly releasedOn?: Day | undefined;
    readonly sendings: ReturnType<typeof waitingMembers.sendings>;
}

/**
 * A payment that waits in an account kept for whom it is for: a holder, or a payee of the terms. It is sent outside, from where it may
 * come back, or released into a book.
 */
export interface Waiting<R extends WaitingRecord = WaitingRecord> {
    /** The holder's notice, or the payable. */
    readonly record: R;
    readonly amount: Amount;
    readonly account: Place;
    /** Of whom it is for, where that is an institution. */
    readonly receiver: Standing | undefined;
    readonly depository: string;
}

/** What becomes of a payment that waits: its record, and the money that moves. */
export interface PaymentMoved<R extends WaitingRecord = WaitingRecord> {
    readonly record: R;
    readonly movements: readonly Movement[];
}

const toHolder = { dealId: id, period: integer(1), holder: id };

/** By the payee's role in the terms. */
const toPayee = { dealId: id, period: integer(1), payee: id };

const [sent, cameBack] = [{ paymentReference: text(100) }, { reason: text(200) }];

/** Transient field `payment`: which payment that waits for a holder, or a payee, is released into its book. */
export const releaseReader = eitherOf(object(toHolder), object(toPayee));
export type Release = ReturnType<typeof releaseReader>;

/** Transient field `payment`: which payment the depository has sent outside, and under which reference. */
export const sendReader = eitherOf(object({ ...toHolder, ...sent }), object({ ...toPayee, ...sent }));
export type Send = ReturnType<typeof sendReader>;

/** Transient field `payment`: which payment sent outside has come back, and why. */
export const returnReader = eitherOf(object({ ...toHolder, ...cameBack }), object({ ...toPayee, ...cameBack }));
export type Return = ReturnType<typeof returnReader>;

/**
 * Pay into a book what has waited for its institution.
 * @throws Refusal PAYEE_OUTSIDE, INSTITUTION_NOT_ACTIVE, PAYMENT_NOT_HELD
 */
export function release<R extends WaitingRecord>(waiting: Waiting<R>, today: Day): PaymentMoved<R> {
    const { record, account, receiver } = waiting;
    const { dealId, period } = record;
    if (receiver === undefined) throw new Refusal('PAYEE_OUTSIDE', { dealId, period });
    if (!receiver.active) throw new Refusal('INSTITUTION_NOT_ACTIVE', { at: 'payment' });
    mustWait(record);
    return {
        record: { ...record, status: 'released', releasedOn: today },
        movements: moved(waiting, account, placeOf(receiver.institution)),
    };
}

/**
 * The depository has paid outside the ledger with money of its own, and takes for it what has waited here. Nothing is sent to whom is
 * suspended; who has left the consortium can be paid in no other way.
 * @throws Refusal INSTITUTION_NOT_ACTIVE, PAYMENT_NOT_HELD
 */
export function send<R extends WaitingRecord>(
    waiting: Waiting<R>,
    paymentReference: string,
    today: Day,
): PaymentMoved<R> {
    const { record, account, receiver, depository } = waiting;
    if (receiver?.suspended === true) throw new Refusal('INSTITUTION_NOT_ACTIVE', { at: 'payment' });
    mustWait(record);
    const sendings = [...record.sendings, { paymentReference, sentOn: today }];
    return {
        record: { ...record, status: 'sent', sendings },
        movements: moved(waiting, account, placeOf(depository)),
    };
}

/**
 * A payment outside has come back to the depository, which puts the amount aside again: it stays whose it was.
 * @throws Refusal PAYMENT_NOT_SENT
 */
export function takeBack<R extends WaitingRecord>(waiting: Waiting<R>, reason: string, today: Day): PaymentMoved<R> {
    const { record, account, depository } = waiting;
    const { dealId, period, sendings } = record;
    const last = sendings.at(-1);
    if (record.status !== 'sent' || last === undefined) throw new Refusal('PAYMENT_NOT_SENT', { dealId, period });
    const returned = [...sendings.slice(0, -1), { ...last, returnedOn: today, reason }];
    return {
        record: { ...record, status: 'returned', sendings: returned },
        movements: moved(waiting, placeOf(depository), account),
    };
}

function mustWait({ dealId, period, status }: WaitingRecord): void {
    if (status !== 'held' && status !== 'due' && status !== 'returned')
        throw new Refusal('PAYMENT_NOT_HELD', { dealId, period });
}

function moved({ record, amount }: Waiting, from: Place, to: Place): readonly Movement[] {
    return amount === 0n ? [] : [{ asset: record.cash, quantity: amount, from, to }];
}

function eitherOf<H, P>(holder: Reader<H>, payee: Reader<P>): Reader<H | P> {
    return (value, at) => ((value as { payee?: unknown } | null)?.payee === undefined ? holder : payee)(value, at);
}
