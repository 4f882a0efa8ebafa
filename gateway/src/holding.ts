import {
    bookContentReader,
    businessDayReader,
    depositReader,
    openDayRequest,
    openDepositRequest,
    privateRequest,
    shape,
    standingRecord,
} from '@poolproof/chaincode/domain';

import { asked, privateField, told } from './client/ledger';

import type {
    BookContent,
    BusinessDay,
    Deposit,
    OpenDayRequest,
    OpenDepositRequest,
    StandingRecord,
} from '@poolproof/chaincode/domain';
import type { Draft, Ledger, Reader, Receipt, Resendable } from './client/ledger';
import type { Institutions } from './institution';

const { id, list, object, text } = shape;

export const depositOpened: Reader<DepositOpened> = told(object({ asset: text(), depository: id }));
const standingFiled: Reader<object> = told(object({}));

export interface DepositOpened {
    /** `cash:USD:bank-b` */
    readonly asset: string;
    readonly depository: string;
}

/** The books of holdings and cash that the depository keeps: each is seen by its institution, the depository and the regulator. */
export class Holdings {
    constructor(
        private readonly ledger: Ledger,
        private readonly institutions: Institutions,
    ) {}

    /** The depository opens its settlement system with a first business day. @throws Refused DAY_PASSED */
    openSystem(request: Draft<OpenDayRequest>): Promise<Receipt<BusinessDay>> {
        return this.ledger.submit('holding:openSystem', [openDayRequest, told(businessDayReader)], request);
    }

    /** The depository opens the next business day. @throws Refused DAY_PASSED */
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
     * A book: holdings, cash, instructions, orders, notices. One's own; the depository and the regulator read all.
     * @throws Refused ROLE_MISSING, BOOK_NOT_OPEN
     */
    book(institution?: string): Promise<BookContent> {
        return this.ledger.evaluate('holding:book', bookContentReader, asked({ institution }));
    }

    /** The deposits settled in, each with the amount its bank owes all holders together. */
    deposits(): Promise<readonly Deposit[]> {
        return this.ledger.evaluate('holding:deposits', list(depositReader));
    }

    /** The business day of every settlement system. */
    days(): Promise<readonly BusinessDay[]> {
        return this.ledger.evaluate('holding:days', list(businessDayReader));
    }
}
