import { id, integer, object, oneOf, optional, text } from './shape';
import { Refusal } from './refusal';

const kindReader = oneOf('states', 'tape');

export const accessRequest = object({
    requestId: id,
    dealId: id,
    /** The loans of the tape, or a month of them. */
    kind: kindReader,
    /** Of `states`. */
    period: optional(integer(1, 1200)),
    purpose: text(200),
});
/** The regulator says which loans it is going to read, and why. The request's id is its licence to read them. */
export type AccessRequest = ReturnType<typeof accessRequest>;

export const accessReader = object({
    /** The institution, and the person or service by its certificate. */
    by: id,
    desk: text(1000),
    kind: kindReader,
    period: optional(integer(1, 1200)),
    purpose: text(200),
});
/** The trail of one reading, for the deal's originator, its trustee and the regulators. */
export type Access = ReturnType<typeof accessReader>;

/** What somebody asks to read. */
export interface Subject {
    readonly kind: Access['kind'];
    readonly period?: number;
}

/**
 * Who is no party of a deal reads its loans only after leaving a trail.
 * @throws Refusal ACCESS_NOT_RECORDED
 */
export function mustCover(access: Access | undefined, dealId: string, { kind, period }: Subject): void {
    if (access?.kind !== kind || access.period !== period) throw new Refusal('ACCESS_NOT_RECORDED', { dealId, kind });
}
