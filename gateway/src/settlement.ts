import {
    batchReader,
    cancelReader,
    confirmPaymentReader,
    distributeRequest,
    distributionReader,
    instructReader,
    privateRequest,
    releaseReader,
    shape,
} from '@poolproof/chaincode/domain';

import { asked, privateField, told } from './client/ledger';

import type { Batch, Day, DistributeRequest, DistributionRecord, Instruct, Release } from '@poolproof/chaincode/domain';
import type { Draft, Ledger, Reader, Receipt, Resendable } from './client/ledger';
import type { Institutions } from './institution';

const { day, id, integer, list, minor, object, optional } = shape;

const nothing: Reader<object> = told(object({}));
export const settledOn: Reader<InstructionsSettled> = told(object({ day }));
/** As a batch, but there may be none. */
const waiting = object({
    pairs: list(object({ reference: id, deliverer: id, receiver: id, quantity: optional(minor) })),
});
export const distributionPaid: Reader<DistributionPaid> = told(object({ dealId: id, period: integer(1) }));

/** Cash paid outside that the deliverer has seen arrive. */
export interface PaymentSeen {
    /** Of the instruction. */
    readonly reference: string;
    readonly paymentReference: string;
}

export interface InstructionsSettled {
    readonly day: Day;
}

export interface DistributionPaid {
    readonly dealId: string;
    readonly period: number;
}

/** Instructions, delivery versus payment, pledges of notes, and the payment of distributions. */
export class Settlements {
    constructor(
        private readonly ledger: Ledger,
        private readonly institutions: Institutions,
    ) {}

    /**
     * A party places its instruction in its own book. It settles when the counterparty's says the same.
     * @throws Refused INSTRUCTION_EXISTS, BOOK_NOT_OPEN
     */
    async instruct(instruction: Instruct, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('instruction', instruction, instructReader));
        return this.ledger.submit('settlement:instruct', [privateRequest, nothing], { ...resend }, passage);
    }

    /** A party withdraws its instruction while it has not settled. @throws Refused INSTRUCTION_NOT_OPEN, NOT_FOUND */
    async cancel(instruction: Pick<Instruct, 'reference'>, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('instruction', instruction, cancelReader));
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
     * DENOMINATION_BROKEN, PAYMENT_NOT_CONFIRMED, HOLDING_SHORT
     */
    async settle(batch: Batch, resend?: Resendable): Promise<Receipt<InstructionsSettled>> {
        const passage = await this.institutions.inBook(privateField('batch', batch, batchReader));
        return this.ledger.submit('settlement:settle', [privateRequest, settledOn], { ...resend }, passage);
    }

    /**
     * The depository pays the run of a period to the holders of the record date and to the parties of the terms.
     * @throws Refused DISTRIBUTION_ALREADY_PAID, PAYMENT_NOT_DUE, RECORD_DATE_OUT_OF_REACH, HOLDERS_INCOMPLETE, HOLDING_SHORT
     */
    async distribute(request: Draft<DistributeRequest>): Promise<Receipt<DistributionPaid>> {
        const passage = await this.institutions.inBook();
        return this.ledger.submit('settlement:distribute', [distributeRequest, distributionPaid], request, passage);
    }

    /**
     * The depository pays a holder what it has held for it while it was suspended.
     * @throws Refused INSTITUTION_NOT_ACTIVE, PAYMENT_NOT_HELD, NOT_FOUND
     */
    async release(payment: Release, resend?: Resendable): Promise<Receipt<object>> {
        const passage = await this.institutions.inBook(privateField('payment', payment, releaseReader));
        return this.ledger.submit('settlement:release', [privateRequest, nothing], { ...resend }, passage);
    }

    /** The distributions of a deal: class totals, never holders. */
    distributions(dealId: string): Promise<readonly DistributionRecord[]> {
        return this.ledger.evaluate('settlement:distributions', list(distributionReader), asked({ dealId }));
    }

    /** The pairs of instructions that the depository may settle today. */
    pending(): Promise<Batch> {
        return this.ledger.evaluate('settlement:pending', waiting);
    }
}
