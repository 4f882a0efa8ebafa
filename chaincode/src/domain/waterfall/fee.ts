import { daysBetween, partsOf } from '../day';
import { divide } from '../rate';
import { amountIn, dayIn, increase, put } from './frame';
import { openingTask } from './opening-task';

import type { Frame } from '../formula/scope';
import type { Day } from '../day';
import type { Amount } from '../money';
import type { Fee } from '../terms/terms';
import type { Dates } from './dates';
import type { OpeningTask } from './opening-task';
import type { FeeState } from './state';
import type { Slot, Vocabulary } from './vocabulary';

/** A fee while a deal runs. */
export interface FeeProgram {
    readonly id: string;
    readonly terms: Fee;
    readonly earned: Slot;
    readonly carried: Slot;
    /** Earned, carried, and grown on what was carried. */
    readonly due: Slot;
    readonly paid: Slot;
    /** Paid since the cap's last reset. */
    readonly counted: Slot;
    readonly cap?: (frame: Frame) => bigint;
}

/** Names a fee's figures. What is earned is computed when the run opens, in its place in the order of dependence. */
export function compileFee(
    vocabulary: Vocabulary,
    dates: Dates,
    opening: OpeningTask[],
    terms: Fee,
    at: string,
): FeeProgram {
    const { id, cap } = terms;
    const money = (name: string) => vocabulary.slot(`${id}.${name}`, 'money', `${at}.id`);
    const fee: FeeProgram = {
        id,
        terms,
        earned: vocabulary.hiddenSlot('money'),
        carried: money('carried'),
        due: vocabulary.hiddenSlot('money'),
        paid: money('paid'),
        counted: money('counted'),
        ...(cap ? { cap: vocabulary.deferMoney(`${id}.cap`, cap.amount, `${at}.cap.amount`, `${at}.id`) } : {}),
    };
    const earn = openingTask(opening, id, () => {
        const amount = vocabulary.compile(terms.amount, 'money', `${at}.amount`);
        return frame => {
            const now = amount.run(frame);
            put(frame, fee.earned, now < 0n ? 0n : now);
            put(frame, fee.due, amountIn(frame, fee.earned) + grown(frame, dates, fee.carried, terms));
        };
    });
    nameEarned(vocabulary, fee, earn, `${at}.id`);
    return fee;
}

function nameEarned(vocabulary: Vocabulary, fee: FeeProgram, earn: () => void, at: string): void {
    const figures: Readonly<Record<string, (frame: Frame) => bigint>> = {
        earned: frame => amountIn(frame, fee.earned),
        due: frame => amountIn(frame, fee.due),
        unpaid: frame => amountIn(frame, fee.due) - amountIn(frame, fee.paid),
    };
    for (const [name, read] of Object.entries(figures))
        vocabulary.defer(
            `${fee.id}.${name}`,
            () => {
                earn();
                return { unit: 'money', read };
            },
            at,
        );
}

/** Lays out what the state carries; the count against the cap starts afresh when the cap does. */
export function openFee(frame: Frame, fee: FeeProgram, state: FeeState, dates: Dates): void {
    put(frame, fee.carried, state.unpaid);
    put(frame, fee.counted, isReset(frame, fee, dates) ? 0n : state.counted);
}

/** What may still be paid now: within the cap, or everything beyond it. */
export function feePayable(frame: Frame, fee: FeeProgram, beyondCap: boolean): bigint {
    const unpaid = amountIn(frame, fee.due) - amountIn(frame, fee.paid);
    if (!fee.cap || beyondCap) return unpaid;
    const room = fee.cap(frame) - amountIn(frame, fee.counted);
    return room < 0n ? 0n : room < unpaid ? room : unpaid;
}

/** Counts what was paid, against the cap unless it is paid beyond it. */
export function payFee(frame: Frame, fee: FeeProgram, amount: bigint, beyondCap: boolean): void {
    increase(frame, fee.paid, amount);
    if (!beyondCap) increase(frame, fee.counted, amount);
}

/** What is carried to the next run. */
export function closeFee(frame: Frame, fee: FeeProgram): FeeState {
    const unpaid = fee.terms.unpaid === 'lost' ? 0n : amountIn(frame, fee.due) - amountIn(frame, fee.paid);
    return { unpaid: unpaid as Amount, counted: amountIn(frame, fee.counted) };
}

/** A yearly cap starts afresh with the calendar year of the payment date, or once an anniversary of the closing has come. */
function isReset(frame: Frame, fee: FeeProgram, dates: Dates): boolean {
    const per = fee.terms.cap?.per ?? 'period';
    if (per === 'period' || per === 'life') return per === 'period';
    const begins = per === 'year' ? '01-01' : dayIn(frame, dates.closingDate).slice(5);
    const [before, now] = [dates.priorPaymentDate, dates.paymentDate].map(slot => yearOf(dayIn(frame, slot), begins));
    return before !== now;
}

/** The year a day is in when years begin on `begins`, as month and day. */
function yearOf(day: Day, begins: string): number {
    const { year } = partsOf(day);
    return day.slice(5) < begins ? year - 1 : year;
}

function grown(frame: Frame, dates: Dates, slot: Slot, { interestOnUnpaid }: Fee): bigint {
    const carried = amountIn(frame, slot);
    if (!interestOnUnpaid || carried === 0n) return carried;
    const days = BigInt(daysBetween(dayIn(frame, dates.priorPaymentDate), dayIn(frame, dates.paymentDate)));
    return carried + divide(carried * interestOnUnpaid.n * days, interestOnUnpaid.d * 365n, 'half-up');
}
