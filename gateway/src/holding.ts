import {
    bookContentReader,
    businessDayReader,
    closedPageReader,
    depositReader,
    noticePageReader,
    openDayRequest,
    openDepositRequest,
    payablePageReader,
    privateRequest,
    shape,
    standingRecord,
} from '@poolproof/chaincode/domain';

import { asked, privateField, told } from './client/ledger';

import type {
    BookContent,
    BusinessDay,
    Deposit,
    HolderNotice,
    Instruction,
    OpenDayRequest,
    OpenDepositRequest,
    Payable,
    StandingRecord,
} from '@poolproof/chaincode/domain';
import type { Draft, Ledger, Reader, Receipt, Resendable } from './client/ledger';
import type { Institutions } from './institution';

const { id, list, object, text } = shape;

export const depositOpened: Reader<DepositOpened> = told(object({ asset: text(), depository: id }));
const standingFiled: Reader<object> = told(object({}));

/** A deposit was opened in which is settled. */
export interface DepositOpened {
    /** `cash:USD:bank-b` */
    readonly asset: string;
    readonly depository: string;
}

/**
 * The books of holdings and cash that the depository keeps: each is seen by its institution, the depository and the regulator.
 *
 * @example
 * await depository.holdings.openSystem({ day: parseDay('2026-11-23', 'day') });
 * await depository.holdings.openDeposit({ currency: 'USD', bank: 'bank-b' });
 * const { holdings, instructions } = await fund.holdings.book();
 */
export class Holdings {
    constructor(
        private readonly ledger: Ledger,
        private readonly institutions: Institutions,
    ) {}

    /** The depository opens its settlement system with a first business day. @throws Refused DAY_PASSED */
    openSystem(request: Draft<OpenDayRequest>): Promise<Receipt<BusinessDay>> {
        return this.ledger.submit('holding:openSystem', [openDayRequest, told(businessDayReader)], request);
    }

    /** The depository opens the next business day, at most 31 days on. @throws Refused DAY_PASSED, DAY_TOO_FAR */
    async openDay(request: Draft<OpenDayRequest>): Promise<Receipt<BusinessDay>> {
        const passage = await this.institutions.inBook();
        return this.ledger.submit('holding:openDay', [openDayRequest, told(businessDayReader)], request, passage);
    }

    /** The depository admits a bank whose deposits in a currency it settles in. @throws Refused DEPOSIT_EXISTS, NOT_FOUND */
    openDeposit(request: Draft<OpenDepositRequest>): Promise<Receipt<DepositOpened>> {
        return this.ledger.submit('holding:openDeposit', [openDepositRequest, depositOpened], request);
    }

    /** The depository files what it knows of a holder, and opens its book where it has none. */
    async file(standing: StandingRecord, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('standing', standing, standingRecord));
        return this.ledger.submit('holding:file', [privateRequest, standingFiled], { ...resend }, passage);
    }

    /**
     * A book as it stands: holdings, cash, open instructions, orders, liens. One's own; the depository and the regulator read all.
     * @throws Refused ROLE_MISSING
     */
    book(institution?: string): Promise<BookContent> {
        return this.ledger.evaluate('holding:book', bookContentReader, asked({ institution }));
    }

    /**
     * Every instruction of a book that has settled, expired or been withdrawn, fetched page by page, in no order that means anything.
     * @throws Refused ROLE_MISSING
     */
    closed(institution?: string): AsyncGenerator<Instruction> {
        return this.pages('holding:closed', closedPageReader, institution);
    }

    /** What a book's institution was told of its payments, fetched page by page. @throws Refused ROLE_MISSING */
    notices(institution?: string): AsyncGenerator<HolderNotice> {
        return this.pages('holding:notices', noticePageReader, institution);
    }

    /**
     * What distributions have set aside for payees of the terms, fetched page by page: in a trustee's book all that is kept there, in a
     * payee's own what is kept for it.
     * @throws Refused ROLE_MISSING
     */
    payables(institution?: string): AsyncGenerator<Payable> {
        return this.pages('holding:payables', payablePageReader, institution);
    }

    /** The deposits settled in, each with the amount its bank owes all holders together. */
    deposits(): Promise<readonly Deposit[]> {
        return this.ledger.evaluate('holding:deposits', list(depositReader));
    }

    /** The business day of every settlement system. */
    days(): Promise<readonly BusinessDay[]> {
        return this.ledger.evaluate('holding:days', list(businessDayReader));
    }

    private async *pages<T>(
        transaction: string,
        reader: Reader<{ readonly records: readonly T[]; readonly next?: string | undefined }>,
        institution: string | undefined,
    ): AsyncGenerator<T> {
        let after: string | undefined;
        do {
            const { records, next } = await this.ledger.evaluate(transaction, reader, asked({ institution, after }));
            yield* records;
            after = next;
        } while (after !== undefined);
    }
}
