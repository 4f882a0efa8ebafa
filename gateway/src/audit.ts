import { accessReader, accessRequest, Refusal, shape } from '@poolproof/chaincode/domain';

import { asked, privately, told } from './client/ledger';

import type { Access, AccessRequest } from '@poolproof/chaincode/domain';
import type { Deals } from './deal';
import type { Draft, Ledger } from './client/ledger';

const { id, list, object } = shape;

export const loansAccessed = told(object({ dealId: id, by: id }));

/** Which loans somebody reads: of the tape, or of a period. */
export interface Reading {
    readonly dealId: string;
    readonly kind: AccessRequest['kind'];
    readonly period?: number;
}

/**
 * The trail of who read the loans of a deal without being a party of it.
 *
 * @example
 * await regulator.audits.access({ dealId: 'auto-2026-1', kind: 'tape', purpose: 'annual inspection' });
 * const trail = await originator.audits.trail('auto-2026-1');
 */
export class Audits {
    /** Why loans are read, where a trail of it is to be left. */
    purpose = 'supervision';
    private readonly left = new Map<string, Promise<string>>();

    constructor(
        private readonly ledger: Ledger,
        private readonly deals: Deals,
    ) {}

    /** The regulator leaves the trail of what it is going to read; the request's id is its licence. @throws Refused ROLE_MISSING */
    async access(request: Draft<AccessRequest>) {
        const passage = privately(await this.deals.signatories(request.dealId));
        return this.ledger.submit('audit:access', [accessRequest, loansAccessed], request, passage);
    }

    /** Who read which loans of a deal, and why: for its parties and the regulators. */
    trail(dealId: string): Promise<readonly Access[]> {
        return this.ledger.evaluate('audit:trail', list(accessReader), asked({ dealId }));
    }

    /**
     * Reads loans; where the ledger wants a trail first, leaves it, once for every tape and every period, and reads again.
     * @param read asks with the licence, if there is one
     */
    async reading<T>(reading: Reading, read: (licence: { readonly access?: string }) => Promise<T>): Promise<T> {
        const key = `${reading.dealId} ${reading.kind} ${reading.period ?? ''}`;
        const known = this.left.get(key);
        if (known) return read({ access: await known });
        try {
            return await read({});
        } catch (error) {
            if (!(error instanceof Refusal) || error.code !== 'ACCESS_NOT_RECORDED') throw error;
            const licence = this.left.get(key) ?? this.leave(reading);
            this.left.set(key, licence);
            licence.catch(() => this.left.delete(key));
            return read({ access: await licence });
        }
    }

    private async leave(reading: Reading): Promise<string> {
        return (await this.access({ ...reading, purpose: this.purpose })).requestId;
    }
}
