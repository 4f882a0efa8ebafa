import {
    allotReader,
    authoriseRequest,
    dealRequest,
    orderBookReader,
    placeOrderReader,
    privateRequest,
    rateRequest,
    shape,
    trancheReader,
    withdrawOrderReader,
} from '@poolproof/chaincode/domain';

import { asked, privateField, told } from './client/ledger';

import type {
    Allot,
    AuthoriseRequest,
    Day,
    DealRequest,
    Order,
    PlaceOrder,
    RateRequest,
    TrancheRecord,
} from '@poolproof/chaincode/domain';
import type { Draft, Ledger, Reader, Receipt, Resendable } from './client/ledger';
import type { Institutions } from './institution';

const { day, id, list, object, text } = shape;

export const notesAllotted: Reader<NotesAllotted> = told(object({ dealId: id }));
export const classesOfDeal: Reader<ClassesOfDeal> = told(object({ dealId: id, classes: list(id) }));
const nothing: Reader<object> = told(object({}));
export const classRated: Reader<ClassRated> = told(
    object({ dealId: id, className: id, agency: text(), rating: text(), day }),
);

/** The book of a deal was closed and its notes allotted; to whom stands in the books alone. */
export interface NotesAllotted {
    readonly dealId: string;
}

/** Classes of notes that were authorised, or issued. */
export interface ClassesOfDeal {
    readonly dealId: string;
    /** In the order of the terms. */
    readonly classes: readonly string[];
}

/** A rating agency's action on a class. */
export interface ClassRated {
    readonly dealId: string;
    readonly className: string;
    readonly agency: string;
    readonly rating: string;
    readonly day: Day;
}

/**
 * Classes of notes: authorised by the terms, ordered by investors, allotted and issued against payment.
 *
 * @example
 * await bank.tranches.authorise({ dealId: 'auto-2026-1', depository: 'trust', cash: cashOf('USD', 'bank-b'), offerings });
 * await fund.tranches.order({ dealId: 'auto-2026-1', className: 'A', face });
 * await depository.tranches.issue({ dealId: 'auto-2026-1' });
 */
export class Tranches {
    constructor(
        private readonly ledger: Ledger,
        private readonly institutions: Institutions,
    ) {}

    /**
     * The originator lays down the classes of its sealed deal, and the record of every payment to legal final maturity.
     * @throws Refused DEAL_STATUS_WRONG, OFFERING_INCOMPLETE, OFFERING_INVALID, IDENTIFIER_INVALID, NOTES_NOT_AUTHORISED
     */
    authorise(request: Draft<AuthoriseRequest>): Promise<Receipt<ClassesOfDeal>> {
        return this.ledger.submit('tranche:authorise', [authoriseRequest, classesOfDeal], request);
    }

    /**
     * An investor's order, in its own book; a later one in the same class replaces it.
     * @throws Refused NOTES_NOT_AUTHORISED, ORDER_CLOSED, ORDER_INVALID, BOOK_NOT_OPEN
     */
    async order(order: PlaceOrder, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('order', order, placeOrderReader));
        return this.ledger.submit('tranche:order', [privateRequest, nothing], { ...resend }, passage);
    }

    /** An investor withdraws its order before the book is closed. @throws Refused ORDER_CLOSED, NOT_FOUND */
    async withdraw(
        { dealId, className }: Pick<PlaceOrder, 'className' | 'dealId'>,
        resend?: Resendable,
    ): Promise<Receipt<object>> {
        const order = privateField('order', { dealId, className }, withdrawOrderReader);
        const passage = await this.institutions.inBook(order);
        return this.ledger.submit('tranche:withdraw', [privateRequest, nothing], { ...resend }, passage);
    }

    /**
     * The depository closes the book: every class is allotted in full, or none is. Until the issue it may do so again, for whoever cannot
     * pay.
     * @throws Refused PRICE_MISSING, CLASS_NOT_COVERED
     */
    async allot(allot: Allot, resend?: Resendable): Promise<Receipt<NotesAllotted>> {
        const passage = await this.institutions.inBook(privateField('allotment', allot, allotReader));
        return this.ledger.submit('tranche:allot', [privateRequest, notesAllotted], { ...resend }, passage);
    }

    /**
     * The depository settles the issue: all notes of the deal against payment, or none.
     * @throws Refused CLOSING_NOT_REACHED, INVESTOR_NOT_ELIGIBLE, CLASS_NOT_COVERED, PROCEEDS_SHORT, HOLDING_SHORT
     */
    async issue(request: Draft<DealRequest>): Promise<Receipt<ClassesOfDeal>> {
        return this.ledger.submit(
            'tranche:issue',
            [dealRequest, classesOfDeal],
            request,
            await this.institutions.inBook(),
        );
    }

    /**
     * The depository cancels what is left of the notes of a deal that has ended: residual certificates, and what was written off.
     * @throws Refused DEAL_STATUS_WRONG, SURPLUS_NOT_PAID, PARTY_WRONG
     */
    async retire(request: Draft<DealRequest>): Promise<Receipt<ClassesOfDeal>> {
        const passage = await this.institutions.inBook();
        return this.ledger.submit('tranche:retire', [dealRequest, classesOfDeal], request, passage);
    }

    /** The depository puts a rating agency's action on record. @throws Refused NOT_FOUND, PARTY_WRONG */
    async rate(request: Draft<RateRequest>): Promise<Receipt<ClassRated>> {
        return this.ledger.submit('tranche:rate', [rateRequest, classRated], request, await this.institutions.inBook());
    }

    /**
     * Every order for the notes of a deal, from all books: for the depository, which allots them, and the regulator.
     * @throws Refused ROLE_MISSING
     */
    orders(dealId: string): Promise<readonly Order[]> {
        return this.ledger.evaluate('tranche:orders', orderBookReader, asked({ dealId }));
    }

    /** The classes of a deal. */
    list(dealId: string): Promise<readonly TrancheRecord[]> {
        return this.ledger.evaluate('tranche:list', list(trancheReader), asked({ dealId }));
    }
}
