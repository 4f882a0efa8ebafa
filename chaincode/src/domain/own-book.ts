import { digest, id, list, object, optional } from './shape';
import { holdingReader } from './holding';
import { instructionReader } from './instruction';
import { lienReader } from './lien';
import { noticeReader } from './distribution';
import { orderReader } from './allotment';
import { payableReader } from './payable';
import { standingRecord } from './standing';

export const readBookRequest = object({ institution: optional(id) });
/** Whose book to read: one's own where nothing is said. */
export type ReadBookRequest = ReturnType<typeof readBookRequest>;

export const readPageRequest = object({ institution: optional(id), after: optional(digest) });
/** Whose book to read, and after which page: from the beginning where nothing is said. */
export type ReadPageRequest = ReturnType<typeof readPageRequest>;

/** What stands in the private book of one institution today. What is past is read page by page. */
export const bookContentReader = object({
    institution: id,
    standing: optional(standingRecord),
    holdings: list(holdingReader),
    orders: list(orderReader),
    /** Those that may still settle. */
    instructions: list(instructionReader),
    /** What it has pledged, and to whom. */
    liens: list(lienReader),
});
export type BookContent = ReturnType<typeof bookContentReader>;

/** Some of the notices of a book, in no order that means anything; `next` leads to the others, where there are more. */
export const noticePageReader = object({ records: list(noticeReader), next: optional(digest) });

/** Some of what is set aside for payees, in the book of their trustee or in their own; `next` as above. */
export const payablePageReader = object({ records: list(payableReader), next: optional(digest) });

/** Some of the instructions of a book that have settled, expired or been withdrawn; `next` as above. */
export const closedPageReader = object({ records: list(instructionReader), next: optional(digest) });
