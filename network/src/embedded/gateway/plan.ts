import type { peer } from '@hyperledger/fabric-protos';
import type { Peer } from '../peer';
import type { ErrorDetail } from '../grpc';

interface OpenLayout {
    /** Endorsements still to be collected, by group. */
    readonly required: Map<string, number>;
    readonly endorsements: peer.Endorsement[];
}

/** What a transaction needs to be ordered. */
interface Endorsed {
    readonly payload: Uint8Array;
    readonly endorsements: readonly peer.Endorsement[];
}

/**
 * Which peers are asked for endorsements, and what they have answered so far. A layout is one way to satisfy the policies: so
 * many endorsements of each group of peers. Peers of a group stand in for each other; when a group runs dry, every layout that
 * needs it is given up.
 */
export class EndorsementPlan {
    private readonly layouts: (OpenLayout | undefined)[];
    private readonly waiting: Map<string, Peer[]>;
    private readonly groupOf = new Map<Peer, string>();
    private payload: Uint8Array | undefined;
    private endorsed: Endorsed | undefined;
    private next = 0;
    readonly errors: ErrorDetail[] = [];

    constructor(layouts: readonly ReadonlyMap<string, number>[], groups: ReadonlyMap<string, readonly Peer[]>) {
        this.layouts = layouts.map(required => ({ required: new Map(required), endorsements: [] }));
        this.waiting = new Map([...groups].map(([group, peers]) => [group, [...peers]]));
        for (const [group, peers] of groups) for (const member of peers) this.groupOf.set(member, group);
    }

    /** The payload all endorsers agreed on and their endorsements, once some layout is complete. */
    get result(): Endorsed | undefined {
        return this.endorsed;
    }

    /** Peers to ask for the next layout that can still be satisfied; undefined if there is none. */
    nextEndorsers(): readonly Peer[] | undefined {
        for (; this.next < this.layouts.length; this.next += 1) {
            const layout = this.layouts[this.next];
            if (layout === undefined) continue;
            const short = [...layout.required].some(([group, count]) => this.waitingOf(group).length < count);
            if (!short) return [...layout.required].flatMap(([group, count]) => this.waitingOf(group).splice(0, count));
            this.layouts[this.next] = undefined;
        }
        return undefined;
    }

    /** Take an endorsement. False if its payload differs from those before it. */
    accept(endorser: Peer, response: peer.ProposalResponse): boolean {
        const group = this.groupOf.get(endorser) ?? '';
        const waiting = this.waitingOf(group);
        const at = waiting.indexOf(endorser);
        if (at >= 0) waiting.splice(at, 1);
        const payload = response.getPayload_asU8();
        this.payload ??= payload;
        if (Buffer.compare(this.payload, payload) !== 0) {
            this.refuse(endorser, 'ProposalResponsePayloads do not match');
            return false;
        }
        const endorsement = response.getEndorsement();
        for (const layout of this.layouts.slice(this.next)) {
            const required = layout?.required.get(group);
            if (layout === undefined || required === undefined || endorsement === undefined) continue;
            layout.endorsements.push(endorsement);
            if (required > 1) layout.required.set(group, required - 1);
            else layout.required.delete(group);
            if (layout.required.size > 0) continue;
            this.endorsed = { payload, endorsements: unique(layout.endorsements) };
            break;
        }
        return true;
    }

    refuse(endorser: Peer, message: string): void {
        this.errors.push({ address: endorser.endpoint, mspId: endorser.mspId, message });
    }

    /** Another peer of the same group to ask instead; undefined gives up every layout that needs the group. */
    substitute(endorser: Peer): Peer | undefined {
        const group = this.groupOf.get(endorser) ?? '';
        const substitute = this.waitingOf(group).shift();
        if (substitute !== undefined) return substitute;
        this.layouts.forEach((layout, index) => {
            if (index >= this.next && layout?.required.has(group) === true) this.layouts[index] = undefined;
        });
        return undefined;
    }

    private waitingOf(group: string): Peer[] {
        return this.waiting.get(group) ?? [];
    }
}

/** One endorsement of each endorser: a peer may have been asked for two of its roles. */
function unique(endorsements: readonly peer.Endorsement[]): readonly peer.Endorsement[] {
    const nameOf = (endorsement: peer.Endorsement): string =>
        Buffer.from(endorsement.getEndorser_asU8()).toString('latin1');
    return [...new Map(endorsements.map(endorsement => [nameOf(endorsement), endorsement])).values()];
}
