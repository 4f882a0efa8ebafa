import { businessDayConventions } from '../calendar/business-day';
import { dayCounts } from '../calendar/day-count';
import { isCurrency } from '../money';
import { Refusal } from '../refusal';
import {
    amount,
    currency,
    day,
    definitions,
    flag,
    formula,
    id,
    integer,
    list,
    map,
    number,
    object,
    oneOf,
    optional,
    rate,
    said,
    text,
} from './grammar';

import { stepGrammar, stepsGrammar } from './step-grammar';

import type { BusinessCalendar } from '../calendar/business-day';
import type { Day } from '../day';
import type { Grammar, JsonSchema } from './grammar';
import type {
    Account,
    Call,
    CertificateLine,
    Coupon,
    Deposit,
    Fee,
    Hedge,
    Ledger,
    Schedule,
    Status,
    Terms,
    Tranche,
    Trigger,
    Value,
} from './terms';

/**
 * Reads a terms document. Only its form is judged here; `checkTerms` judges what it says.
 * @throws Refusal TERMS_INVALID naming the place
 */
export function parseTerms(document: unknown): Terms {
    const given = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
    const { $schema: editorHint, ...content } = given;
    if (editorHint !== undefined && typeof editorHint !== 'string')
        throw new Refusal('TERMS_INVALID', { at: '$schema', problem: 'not text' });
    if (!isCurrency(given['currency']))
        throw new Refusal('TERMS_INVALID', { at: 'currency', problem: 'missing or not a currency known here' });
    return termsGrammar.read(content, { path: '', currency: given['currency'] });
}

/** The JSON Schema of the terms document, published as `chaincode/terms/terms.schema.json`. */
export function termsSchema(): JsonSchema {
    const { properties, ...rest } = termsGrammar.schema;
    return {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: 'Terms of a deal',
        ...rest,
        properties: { $schema: { type: 'string' }, ...(properties as JsonSchema) },
        $defs: { ...definitions, step: stepGrammar.schema },
    };
}

const ids = list(id, 1);
const label = optional(said('How people call it.', text));

const accountGrammar = object<Account>('Cash held for the deal. The first account receives deposits and pays.', {
    id,
    opening: optional(said('Deposited at closing.', amount)),
    target: optional(said('What the account should hold.', formula)),
});

const feeGrammar = object<Fee>('A fee, due every period.', {
    id,
    to: said('The role it is paid to.', id),
    amount: said('What is earned in the period.', formula),
    cap: optional(
        object<NonNullable<Fee['cap']>>('The most that is paid at its rank; the rest at a step with beyondCap.', {
            amount: formula,
            per: said(
                'A year is the calendar year of the payment date; a deal-year begins on the anniversary of the closing.',
                oneOf('period', 'year', 'deal-year', 'life'),
            ),
        }),
    ),
    unpaid: optional(said('What is not paid is carried forward (default) or lost.', oneOf('carried', 'lost'))),
    interestOnUnpaid: optional(said('Yearly rate at which a carried amount grows, actual/365.', rate)),
});

const couponGrammar = object<Coupon>('How interest is computed: fixed, index plus margin, or a formula.', {
    dayCount: oneOf(...dayCounts),
    accrual: optional(
        said('Periods end on the day paid or on the date of the document.', oneOf('adjusted', 'unadjusted')),
    ),
    fixed: optional(rate),
    index: optional(said('Name of the index, one of `indices`.', id)),
    margin: optional(rate),
    cap: optional(rate),
    floor: optional(rate),
    formula: optional(formula),
    steps: optional(
        list(
            object<NonNullable<Coupon['steps']>[number]>('From this accrual date on, this rate or margin.', {
                from: day,
                rate,
            }),
        ),
    ),
});

const trancheGrammar = object<Tranche>('A class of securities.', {
    id,
    name: label,
    balance: said('Original balance.', amount),
    rank: said('1 is the most senior; equal ranks share.', integer(1, 99)),
    coupon: optional(couponGrammar),
    notional: optional(said('What interest accrues on, when not the balance.', formula)),
    interestOnShortfall: optional(oneOf('none', 'coupon')),
    accretes: optional(said('Unpaid interest is added to the balance.', flag)),
    plan: optional(said('Schedule of target balances (a planned amortisation class).', id)),
    final: optional(said('Final scheduled payment date.', day)),
});

const ledgerGrammar = object<Ledger>('A running balance that is not cash.', { id, opening: optional(amount) });

const hedgeGrammar = object<Hedge>('A swap or a cap.', {
    id,
    kind: oneOf('swap', 'cap'),
    counterparty: said('The role that pays and is paid.', id),
    notional: formula,
    fixed: said('Fixed rate of a swap, strike of a cap.', rate),
    index: id,
    margin: optional(rate),
    dayCount: oneOf(...dayCounts),
    indexDayCount: optional(oneOf(...dayCounts)),
});

const scheduleGrammar = object<Schedule>('A table over due dates.', {
    id,
    unit: oneOf('money', 'rate', 'count'),
    rows: list(object<Schedule['rows'][number]>('From this due date on, this value.', { from: day, value: text }), 1),
});

const valueGrammar = object<Value>('A formula with a name, computed before the first step.', {
    id,
    formula,
    unit: optional(oneOf('money', 'rate', 'count', 'date', 'boolean')),
    remember: optional(said('How many past values formulas can reach.', integer(1, 120))),
    meaning: label,
});

const triggerGrammar = object<Trigger>('A condition with consequences.', {
    id,
    when: formula,
    lasting: optional(
        object<NonNullable<Trigger['lasting']>>('How long it must hold without interruption.', {
            days: optional(integer(1, 3660)),
            periods: optional(integer(1, 120)),
        }),
    ),
    cure: optional(
        object<NonNullable<Trigger['cure']>>('Cured after this many payment dates on which it does not hold.', {
            periods: integer(1, 120),
            status: optional(id),
        }),
    ),
    status: optional(said('The status the deal takes when it trips.', id)),
    notify: optional(said('Roles that must be told.', ids)),
    tested: optional(oneOf('before', 'after', 'step')),
});

const statusGrammar = object<Status>('A stage of the deal.', {
    id,
    meaning: label,
    final: optional(said('No waterfall runs any more.', flag)),
    revolving: optional(said('Principal collected buys receivables.', flag)),
});

const depositGrammar = object<Deposit>('Cash that enters an account before the first step.', {
    id,
    into: optional(id),
    amount: formula,
});

const callGrammar = object<Call>('The clean-up call. Without it, the notes are never called.', {
    price: said('What is paid for the pool, nothing when the notes are not called; a deposit brings it in.', formula),
    when: said('The condition on which it may be paid.', formula),
});

const certificateLineGrammar = object<CertificateLine>("A line of the deal's own certificate.", {
    line: text,
    label: text,
    columns: list(formula, 1),
    decimals: optional(said('Decimals of a rate, 7 when absent.', integer(0, 12))),
    percent: optional(said('A rate is printed times one hundred.', flag)),
    from: optional(day),
    until: optional(day),
});

const holidayGrammar: Grammar<BusinessCalendar> = withSets();

function withSets(): Grammar<BusinessCalendar> {
    const lists = object<{ readonly holidays: readonly Day[]; readonly workdays: readonly Day[] }>('Days of a place.', {
        holidays: list(day),
        workdays: said('Weekend days that are worked.', list(day)),
    });
    return {
        schema: lists.schema,
        read: (value, place) => {
            const { holidays, workdays } = lists.read(value, place);
            return { holidays: new Set(holidays), workdays: new Set(workdays) };
        },
    };
}

const termsGrammar = object<Terms>('The terms of a deal, as the contract executes them.', {
    name: text,
    about: optional(said('What a reader should know about these terms.', text)),
    asset: said('Kind of asset.', id),
    currency,
    parties: map('Who plays which role.', text),
    dates: object<Terms['dates']>('The dates of the deal.', {
        cutoff: day,
        closing: said('Interest runs from this day.', day),
        firstPayment: said('Before business-day adjustment.', day),
        legalFinal: day,
    }),
    calendar: object<Terms['calendar']>('When the deal pays.', {
        monthsPerPeriod: number(1, 2, 3, 4, 6, 12),
        endOfMonth: optional(flag),
        convention: oneOf(...businessDayConventions),
        calendars: optional(list(holidayGrammar)),
    }),
    pool: object<Terms['pool']>('The pool, as the check of the terms and simulations start from it.', {
        balance: said('At the cut-off date.', amount),
        rate: optional(said('Average yearly rate of the receivables.', rate)),
        months: optional(said('Average remaining term of the receivables.', integer(1, 480))),
    }),
    facts: optional(
        map(
            'Facts the report must state besides the standard ones.',
            object<NonNullable<Terms['facts']>[string]>('A fact.', {
                unit: oneOf('money', 'rate', 'count', 'date', 'boolean'),
                meaning: text,
            }),
        ),
    ),
    indices: optional(said('Indices whose fixings the report states.', list(id))),
    accounts: list(accountGrammar, 1),
    fees: optional(list(feeGrammar)),
    tranches: list(trancheGrammar, 1),
    groups: optional(map('Names for several tranches at once.', ids)),
    ledgers: optional(list(ledgerGrammar)),
    hedges: optional(list(hedgeGrammar)),
    schedules: optional(list(scheduleGrammar)),
    values: optional(list(valueGrammar)),
    triggers: optional(list(triggerGrammar)),
    statuses: list(statusGrammar, 1),
    deposits: list(depositGrammar, 1),
    call: optional(callGrammar),
    waterfalls: map('One list of steps a status.', stepsGrammar),
    certificate: optional(list(certificateLineGrammar)),
});
