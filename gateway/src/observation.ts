import {
    changedLoansReader,
    observeRequest,
    recordDayRequest,
    Refusal,
    shape,
    tripReader,
    watchReader,
} from '@poolproof/chaincode/domain';

import { asked, privateField, privately, told } from './client/ledger';

import type { ChangedLoan, Day, ObserveRequest, RecordDayRequest, Trip, Watch } from '@poolproof/chaincode/domain';
import type { Deals } from './deal';
import type { Draft, Ledger, Reader, Receipt } from './client/ledger';
import type { Tapes } from './tape';

const { day, id, integer, list, minor, object } = shape;

export const dayRecorded: Reader<DayRecorded> = told(
    object({ dealId: id, period: integer(1), day, number: integer(0) }),
);
export const dayObserved: Reader<DayObserved> = told(
    object({ dealId: id, day, balance: minor, trips: list(tripReader) }),
);

/** A day of a deal. */
export interface DealDay {
    readonly dealId: string;
    readonly period: number;
    readonly day: Day;
}

/** Loans of a chunk that changed on a day were recorded. */
export interface DayRecorded extends DealDay {
    /** Of the chunk. */
    readonly number: number;
}

/** A day of the pool was watched, and what its triggers made of it. */
export interface DayObserved {
    readonly dealId: string;
    readonly day: Day;
    /** Of the whole pool, at the end of the day. */
    readonly balance: bigint;
    /** Triggers that this day has tripped or cured, and who is to be told. */
    readonly trips: readonly Trip[];
}

/**
 * The pool from day to day, for deals whose terms have a condition that must last a number of days.
 *
 * @example
 * await servicer.observations.record({ dealId: 'auto-2026-1', period: 3, day, number: 0 }, changed);
 */
export class Observations {
    constructor(
        private readonly ledger: Ledger,
        private readonly deals: Deals,
        private readonly tapes: Tapes,
    ) {}

    /**
     * The servicer records the loans of a chunk that changed on a day.
     * @throws Refused NOT_WATCHED, PERIOD_REPORTED, DAY_OUTSIDE, OBSERVED_ALREADY, ROW_UNKNOWN
     */
    async record(request: Draft<RecordDayRequest>, changed: readonly ChangedLoan[]): Promise<Receipt<DayRecorded>> {
        const input = privateField('balances', changed, changedLoansReader);
        const passage = privately(await this.deals.signatories(request.dealId), input);
        return this.ledger.submit('observation:record', [recordDayRequest, dayRecorded], request, passage);
    }

    /**
     * The servicer records all loans of the pool that changed on a day. What remains is `observe`.
     * @param balances outstanding now, in minor units, by the loan's number
     * @throws Refusal NOT_FOUND for a loan that is not in the pool; nothing is sent then
     */
    async recordAll(of: DealDay, balances: ReadonlyMap<string, number>): Promise<readonly Receipt<DayRecorded>[]> {
        const places = await this.tapes.places(of.dealId, [...balances.keys()]);
        const chunks = new Map<number, ChangedLoan[]>();
        for (const [i, [loan, balance]] of [...balances].entries()) {
            const place = places.get(loan);
            if (!place) throw new Refusal('NOT_FOUND', { noun: 'loan', id: `number ${i + 1} of those given` });
            chunks.set(place.chunk, [...(chunks.get(place.chunk) ?? []), { row: place.row, balance }]);
        }
        const receipts: Receipt<DayRecorded>[] = [];
        for (const [number, changed] of chunks) receipts.push(await this.record({ ...of, number }, changed));
        return receipts;
    }

    /**
     * The servicer has a day's pool balance put on the ledger. A trigger that has lasted changes the deal's status at once; the event
     * `TriggerTripped` names who is to be told.
     * @throws Refused NOT_WATCHED, PERIOD_REPORTED, DAY_OUTSIDE, OBSERVED_ALREADY, DEAL_FINAL
     */
    async observe(request: Draft<ObserveRequest>): Promise<Receipt<DayObserved>> {
        const passage = privately(await this.deals.signatories(request.dealId));
        return this.ledger.submit('observation:observe', [observeRequest, dayObserved], request, passage);
    }

    /** What the days have come to, or null where the terms watch nothing from day to day. */
    read(dealId: string): Promise<Watch | null> {
        const answer = (value: unknown, at: string) => (value === null ? null : watchReader(value, at));
        return this.ledger.evaluate('observation:read', answer, asked({ dealId }));
    }
}
