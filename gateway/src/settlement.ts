import {
    batchReader,
    cancelReader,
    confirmPaymentReader,
    dealRequest,
    distributeRequest,
    distributionReader,
    expireReader,
    fileReader,
    instructionsReader,
    pairUp,
    pendingPageReader,
    privateRequest,
    releaseReader,
    returnReader,
    sendReader,
    shape,
    statementReader,
} from '@poolproof/chaincode/domain';

import { asked, privateField, told } from './client/ledger';

import type {
    Batch,
    Day,
    DealRequest,
    DistributeRequest,
    DistributionRecord,
    Expire,
    File,
    HolderNotice,
    Instruct,
    Pending,
    PendingPage,
    Release,
    Return,
    Send,
} from '@poolproof/chaincode/domain';
import type { Draft, Ledger, Reader, Receipt, Resendable } from './client/ledger';
import type { Institutions } from './institution';

const { day, id, integer, list, object } = shape;

const nothing: Reader<object> = told(object({}));
export const settledOn: Reader<InstructionsSettled> = told(object({ day }));
export const distributionPaid: Reader<DistributionPaid> = told(object({ dealId: id, period: integer(1) }));

/** Cash paid outside that the deliverer has seen arrive. */
export interface PaymentSeen {
    /** Of the instruction. */
    readonly reference: string;
    readonly paymentReference: string;
}

/** Instructions were settled; which ones stands in the books alone. */
export interface InstructionsSettled {
    readonly day: Day;
}

/** A period of a deal was paid to its holders and parties. */
export interface DistributionPaid {
    readonly dealId: string;
    readonly period: number;
}

/**
 * Instructions, delivery versus payment, pledges of notes, and the payment of distributions.
 *
 * @example
 * const trade = { reference: 'trade-7', kind: 'transfer', asset: notes, quantity, payment, settlementDay, expiryDay } as const;
 * await seller.settlements.instruct({ ...trade, side: 'deliver', counterparty: 'fund' });
 * await buyer.settlements.instruct({ ...trade, side: 'receive', counterparty: 'bank-b' });
 * const { pairs } = await depository.settlements.pending();
 * await depository.settlements.settle({ pairs });
 */
export class Settlements {
    constructor(
        private readonly ledger: Ledger,
        private readonly institutions: Institutions,
    ) {}

    /**
     * A party places its instruction in its own book. It settles when the counterparty's says the same.
     * @throws Refused INSTRUCTION_INVALID, DEPOSIT_UNKNOWN, INSTRUCTION_EXISTS, BOOK_NOT_OPEN
     */
    instruct(instruction: Instruct, resend?: Resendable): Promise<Receipt<object>> {
        return this.instructAll([instruction], resend);
    }

    /**
     * A party places up to 100 instructions in its own book at once: all of them, or none. Each settles when its counterparty's says the
     * same. Placed together on both sides they settle several times as fast as those placed one by one; but who changes one of them
     * meets a conflict, and goes on by itself, where another of them settles at the same moment.
     * @throws Refused INSTRUCTION_INVALID, DEPOSIT_UNKNOWN, INSTRUCTION_EXISTS, BOOK_NOT_OPEN; `details.at` is the place in the list, as `instructions[3]`
     */
    async instructAll(instructions: readonly Instruct[], resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('instructions', instructions, instructionsReader));
        return this.ledger.submit('settlement:instruct', [privateRequest, nothing], { ...resend }, passage);
    }

    /**
     * A party withdraws its instruction while it has not settled; not after it has confirmed that it was paid outside.
     * @throws Refused INSTRUCTION_NOT_OPEN, PAYMENT_CONFIRMED, NOT_FOUND
     */
    async cancel({ reference }: Pick<Instruct, 'reference'>, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('instruction', { reference }, cancelReader));
        return this.ledger.submit('settlement:cancel', [privateRequest, nothing], { ...resend }, passage);
    }

    /**
     * The deliverer confirms that cash paid outside has arrived.
     * @throws Refused INSTRUCTION_NOT_OPEN, PAYMENT_NOT_OUTSIDE, NOT_FOUND
     */
    async confirmPayment(payment: PaymentSeen, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('instruction', payment, confirmPaymentReader));
        return this.ledger.submit('settlement:confirmPayment', [privateRequest, nothing], { ...resend }, passage);
    }

    /**
     * The depository settles pairs of instructions: all of them, or none.
     * @throws Refused INSTRUCTION_NOT_MATCHED, INSTRUCTION_NOT_DUE, INSTRUCTION_EXPIRED, INVESTOR_NOT_ELIGIBLE, NOTES_LOCKED,
     * DENOMINATION_BROKEN, PAYMENT_NOT_CONFIRMED, LIEN_NOT_FOUND, LIEN_NOT_ENFORCEABLE, LIEN_EXCEEDED, HOLDING_SHORT; `details.at` is the
     * place of the pair in the batch
     */
    async settle(batch: Batch, resend?: Resendable): Promise<Receipt<InstructionsSettled>> {
        const passage = await this.institutions.inBook(privateField('batch', batch, batchReader));
        return this.ledger.submit('settlement:settle', [privateRequest, settledOn], { ...resend }, passage);
    }

    /**
     * The depository pays the run of a period to the holders of the record date and to the parties of the terms.
     * @throws Refused DISTRIBUTION_ALREADY_PAID, RUN_OUTDATED, PAYMENT_NOT_DUE, RECORD_DATE_OUT_OF_REACH, HOLDERS_INCOMPLETE, HOLDING_SHORT
     */
    async distribute(request: Draft<DistributeRequest>): Promise<Receipt<DistributionPaid>> {
        const passage = await this.institutions.inBook();
        return this.ledger.submit('settlement:distribute', [distributeRequest, distributionPaid], request, passage);
    }

    /**
     * The depository pays what is left in the account of a deal that its trustee has ended, as a last distribution: to the classes that
     * are still owed, in the order of their ranks, and then to the residual class or the party to which the terms give all that is left,
     * or else to the originator.
     * @throws Refused DEAL_STATUS_WRONG, SURPLUS_MISSING, PARTY_WRONG
     */
    async payOut(request: Draft<DealRequest>): Promise<Receipt<DistributionPaid>> {
        const passage = await this.institutions.inBook();
        return this.ledger.submit('settlement:payOut', [dealRequest, distributionPaid], request, passage);
    }

    /**
     * The depository pays into a book what has waited for its institution: a holder, or a payee of the terms, named by its role, that was
     * suspended or is paid outside.
     * @throws Refused PAYEE_OUTSIDE, INSTITUTION_NOT_ACTIVE, PAYMENT_NOT_HELD, NOT_FOUND
     */
    async release(payment: Release, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('payment', payment, releaseReader));
        return this.ledger.submit('settlement:release', [privateRequest, nothing], { ...resend }, passage);
    }

    /**
     * The depository has paid a holder, or a payee of the terms, outside the ledger with money of its own, and takes for it what has
     * waited here.
     * @throws Refused INSTITUTION_NOT_ACTIVE, PAYMENT_NOT_HELD, NOT_FOUND
     */
    async send(payment: Send, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('payment', payment, sendReader));
        return this.ledger.submit('settlement:send', [privateRequest, nothing], { ...resend }, passage);
    }

    /**
     * A payment sent outside has come back to the depository, which keeps it for whom it is for: it can be sent again, or released.
     * @throws Refused PAYMENT_NOT_SENT, HOLDING_SHORT, NOT_FOUND
     */
    async takeBack(payment: Return, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('payment', payment, returnReader));
        return this.ledger.submit('settlement:takeBack', [privateRequest, nothing], { ...resend }, passage);
    }

    /** The distributions of a deal: class totals, never holders. */
    distributions(dealId: string): Promise<readonly DistributionRecord[]> {
        return this.ledger.evaluate('settlement:distributions', list(distributionReader), asked({ dealId }));
    }

    /**
     * What every holder was paid on a payment date, as it was told: for the deal's trustee, the depository and the regulator. What has
     * become of a payment since stands in its holder's notice.
     * @throws Refused ROLE_MISSING, NOT_FOUND
     */
    async statement(dealId: string, period: number): Promise<readonly HolderNotice[]> {
        const { notices } = await this.ledger.evaluate(
            'settlement:statement',
            statementReader,
            asked({ dealId, period }),
        );
        return notices;
    }

    /** The depository closes instructions whose last day is over. @throws Refused INSTRUCTION_NOT_EXPIRED, INSTRUCTION_NOT_OPEN */
    async expire(expired: Expire, resend?: Resendable): Promise<Receipt<InstructionsSettled>> {
        const passage = await this.institutions.inBook(privateField('expired', expired, expireReader));
        return this.ledger.submit('settlement:expire', [privateRequest, settledOn], { ...resend }, passage);
    }

    /**
     * The depository files away instructions that can settle no more, so that what waits is found quickly. Nobody sees a difference:
     * an instruction is closed from the moment it has settled. What is filed already stays as it is.
     * @throws Refused INSTRUCTION_STILL_OPEN, NOT_FOUND
     */
    async file(closed: File, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('closed', closed, fileReader));
        return this.ledger.submit('settlement:file', [privateRequest, nothing], { ...resend }, passage);
    }

    /**
     * What waits for the depository: pairs that it may settle today, instructions that have expired, and closed ones to be filed. Read
     * page by page, so that no single query grows with the day.
     */
    async pending(): Promise<Pending> {
        const pages: PendingPage[] = [];
        let next: PendingPage['next'];
        do {
            const page = await this.ledger.evaluate('settlement:pending', pendingPageReader, asked({ ...next }));
            pages.push(page);
            next = page.next;
        } while (next !== undefined);
        return {
            pairs: pairUp(pages.flatMap(({ due }) => due)),
            expired: pages.flatMap(({ expired }) => expired),
            closed: pages.flatMap(({ closed }) => closed),
        };
    }
}
