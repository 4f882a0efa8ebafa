import { randomBytes } from 'node:crypto';

import {
    layRegistryKeyRequest,
    pledgeRequest,
    releaseRepaidRequest,
    releaseRequest,
    shape,
} from '@poolproof/chaincode/domain';

import { asked, privately, told } from './client/ledger';

import type { Conflict, PledgeRequest, ReleaseRepaidRequest, ReleaseRequest } from '@poolproof/chaincode/domain';
import type { Deals } from './deal';
import type { Draft, Ledger, Reader, Receipt, Resendable } from './client/ledger';
import type { Institutions } from './institution';

const { id, integer, list, object } = shape;

const registryKeyLaid: Reader<object> = told(object({}));
export const chunkPledged: Reader<ChunkPledged> = told(object({ dealId: id, number: integer(0) }));
export const repaidReleased = told(object({ dealId: id, number: integer(0), period: integer(1) }));
const conflictList = list(object({ row: integer(0), dealId: id }));

/** Which chunk of which tape was pledged or given free. */
export interface ChunkPledged {
    readonly dealId: string;
    readonly number: number;
}

/**
 * The registry that keeps one asset from backing two live deals. Trustees and regulators alone can read it.
 *
 * @example
 * await regulator.pledges.layKey();
 * const { chunkRoots } = await trust.tapes.read('auto-2026-1');
 * for (const number of chunkRoots.keys()) await trust.pledges.pledge({ dealId: 'auto-2026-1', number });
 */
export class Pledges {
    constructor(
        private readonly ledger: Ledger,
        private readonly deals: Deals,
        private readonly institutions: Institutions,
    ) {}

    /**
     * The regulator lays down the registry's key, once for the consortium. It is drawn here and known to nobody outside the registry.
     * @throws Refused REGISTRY_KEY_LAID, ROLE_MISSING
     */
    async layKey(request: Resendable = {}): Promise<Receipt<object>> {
        const trustee = await this.institutions.anyWith('trustee');
        const passage = privately([trustee.mspId], { key: randomBytes(32) });
        return this.ledger.submit('pledge:layKey', [layRegistryKeyRequest, registryKeyLaid], request, passage);
    }

    /**
     * The trustee accepts a chunk of a submitted tape: all its assets are pledged to the deal, or none.
     * @throws Refused ASSET_ALREADY_PLEDGED, DEAL_STATUS_WRONG, CHUNK_CHANGED, REGISTRY_KEY_MISSING
     */
    async pledge(request: Draft<PledgeRequest>): Promise<Receipt<ChunkPledged>> {
        const passage = privately(await this.trustee(request.dealId));
        return this.ledger.submit('pledge:pledge', [pledgeRequest, chunkPledged], request, passage);
    }

    /**
     * The trustee gives the assets of a chunk free: of a tape it is sending back, or of a deal that is over.
     * @throws Refused DEAL_STATUS_WRONG, CHUNK_NOT_ACCEPTED
     */
    async release(request: Draft<ReleaseRequest>): Promise<Receipt<ChunkPledged>> {
        const passage = privately(await this.trustee(request.dealId));
        return this.ledger.submit('pledge:release', [releaseRequest, chunkPledged], request, passage);
    }

    /**
     * The trustee gives free the loans of a chunk that were repaid or bought back in a period whose report it has confirmed.
     * @throws Refused REPORT_MISSING, REPORT_NOT_CONFIRMED, DEAL_STATUS_WRONG
     */
    async releaseRepaid(request: Draft<ReleaseRepaidRequest>) {
        const passage = privately(await this.trustee(request.dealId));
        return this.ledger.submit('pledge:releaseRepaid', [releaseRepaidRequest, repaidReleased], request, passage);
    }

    /**
     * The trustee gives free the loans of a chunk that have left the pool in exchange for others.
     * @throws Refused DEAL_STATUS_WRONG
     */
    async releaseReplaced(request: Draft<ReleaseRequest>): Promise<Receipt<ChunkPledged>> {
        const passage = privately(await this.trustee(request.dealId));
        return this.ledger.submit('pledge:releaseReplaced', [releaseRequest, chunkPledged], request, passage);
    }

    /** Which loans of a chunk back a deal already, and which: for trustees and regulators. */
    conflicts(dealId: string, number: number): Promise<readonly Conflict[]> {
        return this.ledger.evaluate('pledge:conflicts', conflictList, asked({ dealId, number }));
    }

    private async trustee(dealId: string): Promise<readonly string[]> {
        return (await this.deals.signatories(dealId)).slice(1);
    }
}
