import { holdingReader } from './holding';
import { id, list, object, optional } from './shape';
import { instructionReader } from './instruction';
import { lienReader } from './lien';
import { noticeReader } from './distribution';
import { orderReader } from './allotment';
import { standingRecord } from './standing';

export const readBookRequest = object({ institution: optional(id) });
/** Whose book to read: one's own where nothing is said. */
export type ReadBookRequest = ReturnType<typeof readBookRequest>;

/** All that stands in the private book of one institution. */
export const bookContentReader = object({
    institution: id,
    standing: optional(standingRecord),
    holdings: list(holdingReader),
    orders: list(orderReader),
    instructions: list(instructionReader),
    /** What it has pledged, and to whom. */
    liens: list(lienReader),
    /** What it was paid, distribution by distribution. */
    notices: list(noticeReader),
});
export type BookContent = ReturnType<typeof bookContentReader>;
