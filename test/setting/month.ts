import { add, addDays, zero } from '@poolproof/chaincode/domain';

import { transfer } from './transfer';

import type { Amount, Day, DistributionRecord, RunRecord, StandardFacts } from '@poolproof/chaincode/domain';
import type { Cast } from './cast';
import type { DistributionPaid, LoanMonth, Receipt, WaterfallRan } from '@poolproof/gateway';

export interface ReportedMonth {
    readonly dealId: string;
    readonly period: number;
    readonly version?: number;
    readonly months: readonly LoanMonth[];
    /** Of a restatement. */
    readonly reason?: string;
}

/** The servicer records what every loan did and files its report; the trustee, whose peer has recomputed it, confirms. */
export async function reportMonth(
    { bankA, trust }: Cast,
    { dealId, period, version = 1, months, reason }: ReportedMonth,
) {
    await bankA.reports.recordAll({ dealId, period, version }, months);
    const filed = await bankA.reports.file({ dealId, period, version, ...(reason === undefined ? {} : { reason }) });
    const confirmed = await trust.reports.confirm({ dealId, period, version });
    return { filed, confirmed };
}

/** A payment date, from the run to what was paid. */
export interface PaidMonth {
    readonly ran: Receipt<WaterfallRan>;
    readonly run: RunRecord;
    /** Cash that the servicer handed over. */
    readonly handedOver: Amount;
    readonly paid: Receipt<DistributionPaid>;
    readonly distribution: DistributionRecord;
}

/**
 * The waterfall runs; the servicer hands over what it collected, and the depository pays on the payment date.
 * @param called what the servicer pays to take the pool back, where the terms have it as the fact `purchasePrice`
 * @param before what happens before the depository pays
 */
export async function payMonth(
    cast: Cast,
    dealId: string,
    period: number,
    called?: Amount,
    before?: () => Promise<unknown>,
): Promise<PaidMonth> {
    const { bankA, trust } = cast;
    const extra = called === undefined ? {} : { extra: { purchasePrice: Number(called) } };
    const ran = await trust.waterfalls.run({ dealId, period, ...extra });
    const run = await trust.waterfalls.read(dealId, period);
    const day = await openDayOf(cast, run.paymentDate);
    // What a restatement has added to an earlier, paid period is handed over with this one: the run has counted it.
    const corrections = run.corrections.map(({ flows }) => cashOf(flows));
    const handedOver = add(await collected(cast, dealId, period), called ?? zero, ...corrections);
    await transfer(cast, { from: 'bank-a', to: 'trust', amount: handedOver, day, account: dealId });
    await before?.();
    const paid = await trust.settlements.distribute({ dealId, period });
    const [distribution] = (await bankA.settlements.distributions(dealId)).filter(each => each.period === period);
    if (!distribution) throw new Error(`no distribution of period ${period}`);
    return { ran, run, handedOver, paid, distribution };
}

/** The depository's business day, moved on to this one unless it is past. */
export async function openDayOf({ trust }: Cast, day: Day): Promise<Day> {
    const [today] = await trust.holdings.days();
    if (today && today.day >= day) return today.day;
    for (const each of daysTo(today?.day ?? day, day)) await trust.holdings.openDay({ day: each });
    return day;
}

/** The days to be opened on the way from one business day to another: one step leads 31 days at most. */
export function daysTo(from: Day, to: Day): readonly Day[] {
    const next = addDays(from, 31);
    return next < to ? [next, ...daysTo(next, to)] : [to];
}

/** Cash that the loans of a period brought in, by its report. */
async function collected({ bankA }: Cast, dealId: string, period: number): Promise<Amount> {
    const { versions } = await bankA.reports.read(dealId, period);
    return cashOf(versions.at(-1)?.facts);
}

type Flows = Pick<StandardFacts, 'interestCollections' | 'principalCollections' | 'recoveries' | 'repurchases'>;

export function cashOf(facts: Flows | undefined): Amount {
    if (!facts) return zero;
    const { interestCollections, principalCollections, recoveries, repurchases } = facts;
    return add(interestCollections, principalCollections, recoveries, repurchases);
}
