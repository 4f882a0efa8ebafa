import { changedLoansReader, dayBalancesReader } from '../domain/observation';
import { CurrentPool } from './pool';
import { Deals } from './deal';
import { key } from './tape';
import { poolChunks } from '../domain/tape';
import { Reports } from './report';
import { tapeCollection } from '../domain/deal';
import { Watches } from './watch';
import { Waterfalls } from './waterfall';

import type { Amount } from '../domain/money';
import type {
    ChangedLoan,
    DayBalances,
    DayFacts,
    ObserveFacts,
    ObserveRequest,
    RecordDayRequest,
} from '../domain/observation';
import type { Context } from './context';
import type { Day } from '../domain/day';
import type { Deal } from '../domain/deal';

/** Transient field with the loans of a chunk that changed on a day. */
export const balancesField = 'balances';

/** The daily balances of a deal's chunks, and what a day is judged with. */
export class Observations {
    constructor(private readonly ctx: Context) {}

    /** The changed loans of the transient map. @throws Refusal TRANSIENT_MISSING, REQUEST_INVALID */
    given(): readonly ChangedLoan[] {
        return this.ctx.transient.json(balancesField, changedLoansReader);
    }

    /** @throws Refusal CHUNK_MISSING */
    async dayFacts(deal: Deal, { period, number }: RecordDayRequest): Promise<DayFacts> {
        const pool = await CurrentPool.of(this.ctx, deal, period);
        return {
            deal,
            period: await new Reports(this.ctx).load(deal.id, period),
            watch: await new Watches(this.ctx).find(deal.id, await new Deals(this.ctx).terms(deal.id)),
            basis: { balances: await pool.balances(number), until: pool.until(number) },
            before: await this.day(deal, number),
        };
    }

    async saveDay(deal: Deal, number: number, balances: DayBalances): Promise<void> {
        await this.days(deal).save(balances, deal.id, key(number));
    }

    async facts(deal: Deal, asked: ObserveRequest): Promise<ObserveFacts> {
        const pool = await CurrentPool.of(this.ctx, deal, asked.period);
        const terms = await new Deals(this.ctx).terms(deal.id);
        return {
            deal,
            terms,
            period: await new Reports(this.ctx).load(deal.id, asked.period),
            reported: pool.reported,
            ...(await this.balance(deal, pool)),
            initialBalance: (pool.tape.pool?.balance ?? 0n) as Amount,
            ...(await new Waterfalls(this.ctx).standing(deal.id, terms, asked.period)),
        };
    }

    /** Of every chunk what is known last: its days, its last report, or the tape with which it was bought. */
    private async balance(deal: Deal, pool: CurrentPool): Promise<Pick<ObserveFacts, 'balance' | 'lastRecorded'>> {
        let balance = 0n;
        let lastRecorded: Day | undefined;
        for (let number = 0; number < poolChunks(pool.tape); number++) {
            const days = await this.day(deal, number);
            const isNewer = days !== undefined && days.day > (pool.until(number) ?? '');
            balance += isNewer ? days.balance : (await pool.part(number)).balance;
            if (days && days.day > (lastRecorded ?? '')) lastRecorded = days.day;
        }
        return { balance: balance as Amount, lastRecorded };
    }

    private day(deal: Deal, number: number): Promise<DayBalances | undefined> {
        return this.days(deal).find(deal.id, key(number));
    }

    private days(deal: Deal) {
        return this.ctx.privateBook(tapeCollection(deal), 'day-balances', dayBalancesReader);
    }
}
