import { businessDayReader } from '../domain/business-day';
import { Refusal } from '../domain/refusal';

import type { Context } from './context';
import type { Day } from '../domain/day';

/** The business day that a depository has opened. @throws Refusal DAY_NOT_OPEN */
export async function businessDay(ctx: Context, depository: string): Promise<Day> {
    const open = await ctx.book('business-day', businessDayReader).find(depository);
    if (open === undefined) throw new Refusal('DAY_NOT_OPEN');
    return open.day;
}
