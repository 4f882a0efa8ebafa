import { yearFraction } from '../calendar/day-count';
import { paymentPeriod } from '../calendar/schedule';
import { dayIn, put, rateIn } from './frame';

import type { CouponTerms, DayCount, Frequency } from '../calendar/day-count';
import type { PaymentCalendar } from '../calendar/schedule';
import type { Fraction } from '../formula/value';
import type { Frame } from '../formula/scope';
import type { Terms } from '../terms/terms';
import type { PeriodFacts } from '../terms/facts';
import type { DealState } from './state';
import type { Slot, Vocabulary } from './vocabulary';

/** The deal's payment calendar, as the calendar module understands it. */
export function paymentCalendar(terms: Terms): PaymentCalendar {
    const { calendar, dates } = terms;
    return {
        accrualStart: dates.closing,
        firstPayment: dates.firstPayment,
        lastPayment: dates.legalFinal,
        monthsPerPeriod: calendar.monthsPerPeriod,
        endOfMonth: calendar.endOfMonth ?? false,
        convention: calendar.convention,
        accrual: 'unadjusted',
        calendars: calendar.calendars ?? [],
    };
}

/** The dates of a period, and the parts of a year interest accrues over. */
export class Dates {
    private readonly calendar: PaymentCalendar;
    private readonly slots: Readonly<Record<'period' | DateName, Slot>>;
    private readonly fractions = new Map<
        string,
        { readonly slot: Slot; readonly compute: (frame: Frame) => Fraction }
    >();

    constructor(
        private readonly vocabulary: Vocabulary,
        private readonly terms: Terms,
    ) {
        this.calendar = paymentCalendar(terms);
        const date = (name: string) => vocabulary.slot(name, 'date', 'dates');
        this.slots = {
            closingDate: date('closingDate'),
            cutoffDate: date('cutoffDate'),
            dueDate: date('dueDate'),
            finalDate: date('finalDate'),
            paymentDate: date('paymentDate'),
            period: vocabulary.slot('period', 'count', 'dates'),
            periodBegin: date('periodBegin'),
            periodEnd: date('periodEnd'),
            priorDueDate: date('priorDueDate'),
            priorPaymentDate: date('priorPaymentDate'),
        };
    }

    /** The part of a year of this period's accrual, computed once a run for all that share it. */
    accrual(dayCount: DayCount, accrual: PaymentCalendar['accrual']): (frame: Frame) => Fraction {
        const key = `${dayCount} ${accrual}`;
        const { slot } = this.fractions.get(key) ?? this.newFraction(key, dayCount, accrual);
        return frame => rateIn(frame, slot);
    }

    /** The first day of the accrual period. */
    accrualStart(accrual: PaymentCalendar['accrual'] = 'unadjusted'): (frame: Frame) => string {
        const slot = accrual === 'adjusted' ? this.slots.priorPaymentDate : this.slots.priorDueDate;
        return frame => dayIn(frame, slot);
    }

    get closingDate(): Slot {
        return this.slots.closingDate;
    }

    get dueDate(): Slot {
        return this.slots.dueDate;
    }

    get paymentDate(): Slot {
        return this.slots.paymentDate;
    }

    get priorPaymentDate(): Slot {
        return this.slots.priorPaymentDate;
    }

    load(frame: Frame, state: DealState, facts: PeriodFacts): void {
        const { dates } = this.terms;
        const { from, due } = paymentPeriod(this.calendar, state.period + 1);
        const { slots } = this;
        put(frame, slots.closingDate, dates.closing);
        put(frame, slots.cutoffDate, dates.cutoff);
        put(frame, slots.dueDate, due);
        put(frame, slots.finalDate, dates.legalFinal);
        put(frame, slots.paymentDate, facts.paymentDate);
        put(frame, slots.period, BigInt(state.period + 1));
        put(frame, slots.periodBegin, facts.periodBegin);
        put(frame, slots.periodEnd, facts.periodEnd);
        put(frame, slots.priorDueDate, from);
        put(frame, slots.priorPaymentDate, state.asOf);
        for (const { slot, compute } of this.fractions.values()) put(frame, slot, compute(frame));
    }

    private newFraction(key: string, dayCount: DayCount, accrual: PaymentCalendar['accrual']) {
        const { slots } = this;
        const [from, to] =
            accrual === 'adjusted' ? [slots.priorPaymentDate, slots.paymentDate] : [slots.priorDueDate, slots.dueDate];
        const fraction = {
            slot: this.vocabulary.hiddenSlot('rate'),
            compute: (frame: Frame) => yearFraction(dayCount, dayIn(frame, from), dayIn(frame, to), this.couponTerms),
        };
        this.fractions.set(key, fraction);
        return fraction;
    }

    private get couponTerms(): CouponTerms {
        const { calendar, dates } = this.terms;
        return {
            perYear: (12 / calendar.monthsPerPeriod) as Frequency,
            anchor: dates.firstPayment,
            endOfMonth: calendar.endOfMonth ?? false,
            maturity: dates.legalFinal,
        };
    }
}

type DateName =
    | 'closingDate'
    | 'cutoffDate'
    | 'dueDate'
    | 'finalDate'
    | 'paymentDate'
    | 'periodBegin'
    | 'periodEnd'
    | 'priorDueDate'
    | 'priorPaymentDate';
