import {
    assetClassOf,
    closeDealRequest,
    consentToTransferRequest,
    dealReader,
    endDealRequest,
    openDealRequest,
    parseTerms,
    poolTests,
    shape,
} from '@poolproof/chaincode/domain';

import { asked, privately, told } from './client/ledger';

import type {
    AssetClass,
    CloseDealRequest,
    ConsentToTransferRequest,
    Deal,
    EndDealRequest,
    OpenDealRequest,
    Terms,
} from '@poolproof/chaincode/domain';
import type { Draft, Ledger, Reader, Receipt } from './client/ledger';

const { id, integer, list, object, text } = shape;

export const dealOpened: Reader<DealOpened> = told(object({ dealId: id, originator: id, trustee: id }));
export const dealIssued: Reader<DealIssued> = told(object({ dealId: id, periods: integer(1) }));

export const dealEnded = told(object({ dealId: id, reason: text() }));
export const transferConsented = told(object({ dealId: id, to: id, by: list(id) }));

/** The request with all that can be said of it before it is sent: its terms can be read, the tests of its pool be run. */
const opening: Reader<OpenDealRequest> = (value, at) => {
    const request = openDealRequest(value, at);
    poolTests(request.rules, parseTerms(request.terms).currency);
    return request;
};

/** A deal was opened, and between whom. */
export interface DealOpened {
    readonly dealId: string;
    readonly originator: string;
    readonly trustee: string;
}

/** A deal was closed: its notes are issued, its reporting begins. */
export interface DealIssued {
    readonly dealId: string;
    /** Number of collection periods to legal final maturity. */
    readonly periods: number;
}

/**
 * Deals: their terms, their parties, where they stand.
 *
 * @example
 * const { answer } = await bank.deals.open({ id: 'auto-2026-1', terms, rules: { assetClass: 'auto-loan', rollForward } });
 * await trust.deals.close({ id: answer.dealId });
 * const { status } = await fund.deals.read('auto-2026-1');
 */
export class Deals {
    private readonly known = new Map<string, Promise<Deal>>();

    constructor(private readonly ledger: Ledger) {}

    /**
     * The originator opens a deal with its terms (see chaincode/terms) and the rules of its pool.
     * @throws Refusal TERMS_INVALID, ASSET_CLASS_UNKNOWN, RULES_INVALID before anything is sent
     * @throws Refused TERMS_INVALID where the terms cannot be carried out to their end, DEAL_EXISTS, PARTY_UNFIT, PARTY_WRONG
     */
    open(request: Draft<OpenDealRequest>): Promise<Receipt<DealOpened>> {
        return this.ledger.submit('deal:open', [opening, dealOpened], request);
    }

    /**
     * The trustee closes a sealed deal: all its periods are laid down, and reporting begins.
     * @throws Refused DEAL_STATUS_WRONG, PARTY_WRONG
     */
    close(request: Draft<CloseDealRequest>): Promise<Receipt<DealIssued>> {
        return this.ledger.submit('deal:close', [closeDealRequest, dealIssued], request);
    }

    /**
     * The trustee ends a deal whose notes are repaid; its pledges can then be released.
     * @throws Refused DEAL_STATUS_WRONG, NOTES_NOT_REPAID, PARTY_WRONG
     */
    async end(request: Draft<EndDealRequest>) {
        const passage = privately(await this.signatories(request.id));
        return this.ledger.submit('deal:end', [endDealRequest, dealEnded], request, passage);
    }

    /**
     * The originator or the trustee consents that another deal takes assets over from this one. Both are needed.
     * @throws Refused DEAL_STATUS_WRONG, PARTY_WRONG
     */
    async consentToTransfer(request: Draft<ConsentToTransferRequest>) {
        const passage = privately(await this.signatories(request.id));
        return this.ledger.submit(
            'deal:consentToTransfer',
            [consentToTransferRequest, transferConsented],
            request,
            passage,
        );
    }

    /** @throws Refused NOT_FOUND */
    read(dealId: string): Promise<Deal> {
        return this.ledger.evaluate('deal:read', dealReader, asked({ id: dealId }));
    }

    /** The terms in force. @throws Refused NOT_FOUND */
    terms(dealId: string): Promise<Terms> {
        return this.ledger.evaluate('deal:terms', parseTerms, asked({ id: dealId }));
    }

    /** The terms in force as they were written. @throws Refused NOT_FOUND */
    document(dealId: string): Promise<unknown> {
        return this.ledger.evaluate('deal:terms', document => document, asked({ id: dealId }));
    }

    list(): Promise<readonly Deal[]> {
        return this.ledger.evaluate('deal:list', shape.list(dealReader));
    }

    /** MSP ids of those who sign every change of the deal's private records: its originator and its trustee. */
    async signatories(dealId: string): Promise<readonly string[]> {
        const { originatorMsp, trusteeMsp } = await this.parties(dealId);
        return [originatorMsp, trusteeMsp];
    }

    async assetClass(dealId: string): Promise<AssetClass> {
        return assetClassOf((await this.parties(dealId)).rules.assetClass);
    }

    /** The deal as it was first read here: its parties and rules do not change. */
    private parties(dealId: string): Promise<Deal> {
        const deal = this.known.get(dealId) ?? this.read(dealId);
        this.known.set(dealId, deal);
        deal.catch(() => this.known.delete(dealId));
        return deal;
    }
}
