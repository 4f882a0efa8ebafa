import {
    acceptAdditionRequest,
    declineAdditionRequest,
    offerAdditionRequest,
    placesReader,
    poolChunks,
    prove,
    shape,
} from '@poolproof/chaincode/domain';

import { orderLoans, loansPerChunk, packChunk } from './chunk';
import { privateField, privately, told } from './client/ledger';

import type {
    AcceptAdditionRequest,
    Addition,
    DeclineAdditionRequest,
    LoanPlace,
    OfferAdditionRequest,
    Proof,
} from '@poolproof/chaincode/domain';
import type { Deals } from './deal';
import type { Draft, Ledger, Reader, Receipt } from './client/ledger';
import type { Loan } from './importer/loan';
import type { Pledges } from './pledge';
import type { Reports } from './report';
import type { Tapes } from './tape';

const { digest, id, integer, object, text } = shape;

export const additionOffered: Reader<AdditionOffered> = told(
    object({ dealId: id, number: integer(1), period: integer(1) }),
);
export const additionAccepted: Reader<AdditionAccepted> = told(
    object({ dealId: id, number: integer(1), period: integer(1), root: digest, count: integer(1) }),
);
export const additionDeclined: Reader<AdditionDeclined> = told(object({ dealId: id, reason: text(500) }));

/** The servicer has offered loans to a live deal. */
export interface AdditionOffered {
    readonly dealId: string;
    readonly number: number;
    /** The collection period in which the loans are bought. */
    readonly period: number;
}

/** The loans of an addition have joined the pool. */
export interface AdditionAccepted extends AdditionOffered {
    /** Merkle root of the addition. */
    readonly root: string;
    /** Number of loans. */
    readonly count: number;
}

/** The trustee has sent an addition back. */
export interface AdditionDeclined {
    readonly dealId: string;
    readonly reason: string;
}

/**
 * Loans that join the pool of a live deal: bought in its revolving period, or in exchange for others.
 *
 * @example
 * const all = await trust.additions.list('auto-2026-1');
 */
export class Additions {
    constructor(
        private readonly ledger: Ledger,
        private readonly deals: Deals,
        private readonly tapes: Tapes,
        private readonly pledges: Pledges,
        private readonly reports: Reports,
    ) {}

    /**
     * The originator records loans to be offered, as chunks numbered on from the pool's last. What remains is `offer`.
     * @returns how many chunks there are
     * @throws Refused OFFER_OPEN, CHUNK_INVALID, FIELD_INVALID
     */
    async record(dealId: string, loans: readonly Loan[]): Promise<number> {
        const assetClass = await this.deals.assetClass(dealId);
        const first = poolChunks(await this.tapes.read(dealId));
        const rows = orderLoans(loans, assetClass);
        const chunks = Math.ceil(rows.length / loansPerChunk);
        for (let i = 0; i < chunks; i++) {
            const some = rows.slice(i * loansPerChunk, (i + 1) * loansPerChunk);
            await this.tapes.record({ dealId, number: first + i }, packChunk(assetClass.loan, some));
        }
        return chunks;
    }

    /**
     * The originator offers the chunks recorded.
     * @param outgoing of a substitution: the loans that leave in exchange, see `tapes.places`; private
     * @throws Refused NOT_REVOLVING, PERIOD_REPORTED, DAY_OUTSIDE, LOANS_INELIGIBLE, CONCENTRATION_EXCEEDED, SUBSTITUTE_UNFIT
     */
    async offer(
        request: Draft<OfferAdditionRequest>,
        outgoing: readonly LoanPlace[] = [],
    ): Promise<Receipt<AdditionOffered>> {
        const input = outgoing.length > 0 ? privateField('outgoing', outgoing, placesReader) : {};
        const passage = privately(await this.deals.signatories(request.dealId), input);
        const kind = outgoing.length > 0 ? { substitution: true } : {};
        return this.ledger.submit(
            'addition:offer',
            [offerAdditionRequest, additionOffered],
            { ...request, ...kind },
            passage,
        );
    }

    /**
     * The trustee accepts the open offer, all of whose chunks it has pledged.
     * @throws Refused OFFER_MISSING, PERIOD_REPORTED, CHUNK_CHANGED, CHUNK_NOT_ACCEPTED
     */
    async accept(request: Draft<AcceptAdditionRequest>): Promise<Receipt<AdditionAccepted>> {
        const passage = privately(await this.deals.signatories(request.dealId));
        return this.ledger.submit('addition:accept', [acceptAdditionRequest, additionAccepted], request, passage);
    }

    /**
     * The trustee takes the open offer as one step: pledges what comes, accepts it, and gives free what leaves in exchange. Called again
     * after a failure it goes on where it stopped, until the offer is accepted.
     * @param outgoing the chunks from which loans leave
     * @throws Refused ASSET_ALREADY_PLEDGED, and as `accept`
     */
    async take(request: Draft<AcceptAdditionRequest>, outgoing: readonly number[] = []) {
        const { dealId } = request;
        const { offer } = await this.tapes.read(dealId);
        for (const [i, root] of offer?.chunkRoots.entries() ?? []) {
            const requestId = `take-${offer?.number ?? 0}-${root.slice(0, 32)}`;
            await this.pledges.pledge({ requestId, dealId, number: (offer?.first ?? 0) + i });
        }
        const receipt = await this.accept(request);
        for (const number of new Set(outgoing)) await this.pledges.releaseReplaced({ dealId, number });
        return receipt;
    }

    /**
     * The trustee declines the open offer. What it has pledged of it is to be released first.
     * @throws Refused OFFER_MISSING, TAPE_STILL_PLEDGED
     */
    async decline(request: Draft<DeclineAdditionRequest>): Promise<Receipt<AdditionDeclined>> {
        const passage = privately(await this.deals.signatories(request.dealId));
        return this.ledger.submit('addition:decline', [declineAdditionRequest, additionDeclined], request, passage);
    }

    /** All additions to a deal's pool, in their order. */
    async list(dealId: string): Promise<readonly Addition[]> {
        return (await this.reports.list(dealId)).flatMap(({ additions }) => additions);
    }

    /** Proves one loan of an addition: `verify(proof, addition.root)` checks it, offline. */
    async prove(dealId: string, addition: Addition, number: number, row: number): Promise<Proof> {
        const chunk = await this.tapes.loans(dealId, number);
        const assetClass = await this.deals.assetClass(dealId);
        return prove(assetClass, 'loan', chunk, row, addition.chunkRoots, number - addition.first);
    }
}
