import { addDays } from './day';
import { day, id, object } from './shape';
import { Refusal } from './refusal';

import type { Day } from './day';

/**
 * The settlement system's day. The ledger has no clock: the depository opens each business day, days only go forward, and every
 * movement belongs to the day that is open.
 */
export const businessDayReader = object({ depository: id, day });
export type BusinessDay = ReturnType<typeof businessDayReader>;

export const openDayRequest = object({ requestId: id, day });
/** The depository opens its settlement system, or the next business day of it. */
export type OpenDayRequest = ReturnType<typeof openDayRequest>;

/** The first business day of a settlement system. @throws Refusal DAY_PASSED when the system is open */
export function openSystem(depository: string, first: Day, before: BusinessDay | undefined): BusinessDay {
    if (before !== undefined) throw new Refusal('DAY_PASSED', { day: first, today: before.day });
    return { depository, day: first };
}

/** Furthest step from one business day to the next: no market is closed so long, and a slip of the year would end all that is open. */
const longestStep = 31;

/** @throws Refusal DAY_PASSED, DAY_TOO_FAR */
export function openDay(next: Day, before: BusinessDay): BusinessDay {
    if (next <= before.day) throw new Refusal('DAY_PASSED', { day: next, today: before.day });
    const last = addDays(before.day, longestStep);
    if (next > last) throw new Refusal('DAY_TOO_FAR', { day: next, today: before.day, last });
    return { ...before, day: next };
}
