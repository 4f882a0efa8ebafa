import { addFractions } from '../formula/value';
import { amountIn, put } from './frame';
import { accrued } from './interest';
import { openingTask } from './opening-task';

import type { Frame } from '../formula/scope';
import type { Amount } from '../money';
import type { Hedge } from '../terms/terms';
import type { Dates } from './dates';
import type { OpeningTask } from './opening-task';
import type { Slot, Vocabulary } from './vocabulary';

/** A hedge while a deal runs. */
export interface HedgeProgram {
    readonly id: string;
    readonly counterparty: string;
    /** Owed to the counterparty: this period's net, and what was not paid before. */
    readonly payable: Slot;
    /** Owed by the counterparty this period; a deposit of the terms brings it into an account. */
    readonly receivable: Slot;
    readonly carried: Slot;
    readonly paid: Slot;
}

/** Names a hedge's figures; the net of its two legs is computed when the run opens. */
export function compileHedge(
    vocabulary: Vocabulary,
    dates: Dates,
    opening: OpeningTask[],
    terms: Hedge,
    at: string,
): HedgeProgram {
    const money = (name: string) => vocabulary.slot(`${terms.id}.${name}`, 'money', `${at}.id`);
    const [payable, receivable] = [vocabulary.hiddenSlot('money'), vocabulary.hiddenSlot('money')];
    const [carried, paid] = [money('carried'), money('paid')];
    const compute = openingTask(opening, terms.id, () => {
        const net = compileNet(vocabulary, dates, terms, at);
        return frame => {
            const owed = net(frame);
            put(frame, payable, (owed > 0n ? owed : 0n) + amountIn(frame, carried));
            put(frame, receivable, owed < 0n ? -owed : 0n);
        };
    });
    for (const [name, slot] of Object.entries({ payable, receivable }))
        vocabulary.defer(
            `${terms.id}.${name}`,
            () => {
                compute();
                return { unit: 'money', read: frame => amountIn(frame, slot) };
            },
            `${at}.id`,
        );
    return { id: terms.id, counterparty: terms.counterparty, payable, receivable, carried, paid };
}

/** Owed to the counterparty and not paid so far. */
export function hedgeUnpaid(frame: Frame, hedge: HedgeProgram): Amount {
    return (amountIn(frame, hedge.payable) - amountIn(frame, hedge.paid)) as Amount;
}

/** What the deal owes, negative when the counterparty owes: both legs of a swap rounded half up, or a cap's pay-off. */
function compileNet(vocabulary: Vocabulary, dates: Dates, terms: Hedge, at: string): (frame: Frame) => bigint {
    const notional = vocabulary.compile(terms.notional, 'money', `${at}.notional`).run;
    const index = vocabulary.compile(terms.index, 'rate', `${at}.index`).run;
    const fixedPart = dates.accrual(terms.dayCount, 'unadjusted');
    const floatingPart = dates.accrual(terms.indexDayCount ?? terms.dayCount, 'unadjusted');
    const margin = terms.margin ?? { n: 0n, d: 1n };
    return frame => {
        const balance = notional(frame);
        const fixed = accrued(balance, terms.fixed, fixedPart(frame));
        const floating = accrued(balance, addFractions(index(frame), margin), floatingPart(frame));
        if (terms.kind === 'swap') return fixed - floating;
        return floating > fixed ? fixed - floating : 0n;
    };
}
