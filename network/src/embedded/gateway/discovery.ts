import type { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeDefinition, Channel, CollectionDefinition, Layout, Policy, Principal } from '../ledger';
import { collectionOf } from '../ledger';
import type { Peer } from '../peer';
import { wrap } from '../wrap';
import { mergeLayouts } from './layouts';
import { EndorsementPlan } from './plan';

/** Chooses the peers that a request is sent to, as Fabric's discovery and the registry of its gateway do. */
export class Discovery {
    constructor(
        private readonly local: Peer,
        private readonly channel: Channel,
        /** Peers of the channel that are up. */
        private readonly members: () => readonly Peer[],
    ) {}

    /** One endorser of each organisation; throws naming those that have none. */
    planForOrganisations(chaincode: string, mspIds: readonly string[]): EndorsementPlan {
        const groups = new Map(mspIds.map(mspId => [mspId, this.endorsers(chaincode, mspId)]));
        const missing = mspIds.filter(mspId => groups.get(mspId)?.length === 0);
        if (missing.length > 0) throw new Error(`failed to find any endorsing peers for org(s): ${missing.join(', ')}`);
        return new EndorsementPlan([new Map(mspIds.map(mspId => [mspId, 1]))], groups);
    }

    /** Peers to evaluate on, the best first: of the gateway's own organisation, then of others. */
    evaluators(chaincode: string, mspIds: readonly string[]): readonly Peer[] {
        const allowed = this.candidates(chaincode).filter(({ mspId }) => mspIds.length === 0 || mspIds.includes(mspId));
        const isLocal = (candidate: Peer): boolean => candidate.mspId === this.local.mspId;
        const ordered = [
            ...this.bestFirst(allowed.filter(isLocal)),
            ...this.bestFirst(allowed.filter(candidate => !isLocal(candidate))),
        ];
        if (ordered.length > 0) return ordered;
        throw new Error(`no peers available to evaluate chaincode ${chaincode} in channel ${this.channel.name}`);
    }

    /** Combinations of peers that satisfy every policy of the interest; those with the preferred peer come first. */
    planForInterest(interest: peer.ChaincodeInterest, preferred?: Peer): EndorsementPlan {
        try {
            return this.planFor(interest.getChaincodesList(), preferred);
        } catch (error) {
            throw wrap('no combination of peers can be derived which satisfy the endorsement policy', error);
        }
    }

    private planFor(calls: readonly peer.ChaincodeCall[], preferred: Peer | undefined): EndorsementPlan {
        const policies = calls.flatMap(call => this.policiesOf(call));
        if (policies.length === 0) throw new Error('no principal sets remained after filtering');
        const authorised = this.members().filter(member => calls.every(call => this.mayEndorse(member, call)));
        const satisfiable = combinationsOf(policies).filter(layout =>
            [...layout].every(([group, count]) => groupOf(authorised, group).length >= count),
        );
        if (satisfiable.length === 0) throw new Error('no peer combination can satisfy the endorsement policy');
        const names = calls.map(call => call.getName());
        const able = authorised.filter(member => names.every(name => member.hasChaincode(name)));
        const groups = new Map(
            satisfiable
                .flatMap(layout => [...layout.keys()])
                .map(group => [group, this.bestFirst(groupOf(able, group))]),
        );
        const layouts = satisfiable.filter(layout =>
            [...layout].every(([group, count]) => (groups.get(group)?.length ?? 0) >= count),
        );
        if (layouts.length === 0) throw new Error('required chaincodes are not installed on sufficient peers');
        return new EndorsementPlan(preferredFirst(layouts, groups, preferred), groups);
    }

    /** Whoever read private data can only be matched by peers that hold it. */
    private mayEndorse(member: Peer, call: peer.ChaincodeCall): boolean {
        if (call.getNoPrivateReads()) return true;
        return this.collectionsOf(call).every(({ memberMspIds }) => memberMspIds.includes(member.mspId));
    }

    /** Each policy that judges a call. */
    private policiesOf(call: peer.ChaincodeCall): readonly Policy[] {
        const collections = this.collectionsOf(call);
        const keyPolicies = call
            .getKeyPoliciesList()
            .map(policy => this.channel.signaturePolicy(policy.serializeBinary()));
        // A policy that names nobody is satisfied by nobody's endorsement, which is no way to endorse.
        if (keyPolicies.some(policy => policy.layouts().every(layout => layout.length === 0))) {
            throw new Error('state based endorsement policy cannot be satisfied');
        }
        if (collections.length > 0) return [...collections.map(({ endorsement }) => endorsement), ...keyPolicies];
        if (call.getDisregardNamespacePolicy()) return keyPolicies;
        return [this.definition(call.getName()).endorsement, ...keyPolicies];
    }

    private collectionsOf(call: peer.ChaincodeCall): readonly CollectionDefinition[] {
        const definition = this.definition(call.getName());
        return call.getCollectionNamesList().map(name => {
            const collection = collectionOf(this.channel, definition, name);
            if (collection !== undefined) return collection;
            throw new Error(`collection ${name} doesn't exist in collection config for chaincode ${definition.name}`);
        });
    }

    private definition(chaincode: string): ChaincodeDefinition {
        const definition = this.local.ledger.definition(chaincode);
        if (definition !== undefined) return definition;
        throw new Error(`No metadata was found for chaincode ${chaincode} in channel ${this.channel.name}`);
    }

    private endorsers(chaincode: string, mspId: string): readonly Peer[] {
        return this.bestFirst(this.candidates(chaincode).filter(candidate => candidate.mspId === mspId));
    }

    private candidates(chaincode: string): readonly Peer[] {
        return this.members().filter(member => member.hasChaincode(chaincode));
    }

    /** Highest block first; among equals the gateway's own peer. */
    private bestFirst(peers: readonly Peer[]): readonly Peer[] {
        const rank = (candidate: Peer): number => (candidate === this.local ? 0 : 1);
        return [...peers].sort((left, right) => {
            const behind = right.ledger.height - left.ledger.height;
            return behind === 0 ? rank(left) - rank(right) : behind;
        });
    }
}

/** Most transactions are judged by one policy alone: what satisfies it is worked out once. */
const combinationsOfOne = new WeakMap<Policy, readonly ReadonlyMap<string, number>[]>();

function combinationsOf(policies: readonly Policy[]): readonly ReadonlyMap<string, number>[] {
    const [first, ...others] = policies;
    const known = first === undefined || others.length > 0 ? undefined : combinationsOfOne.get(first);
    if (known !== undefined) return known;
    const combinations = mergeLayouts(policies.map(policy => policy.layouts())).map(quantities);
    if (first !== undefined && others.length === 0) combinationsOfOne.set(first, combinations);
    return combinations;
}

/** How many peers of each group a layout takes; a group is a principal such as `BankAMSP.peer`. */
function quantities(layout: Layout): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const principal of layout) counts.set(nameOf(principal), (counts.get(nameOf(principal)) ?? 0) + 1);
    return counts;
}

function nameOf({ mspId, role }: Principal): string {
    return `${mspId}.${role}`;
}

function groupOf(peers: readonly Peer[], group: string): readonly Peer[] {
    return peers.filter(({ mspId }) => group === `${mspId}.peer` || group === `${mspId}.member`);
}

/** Layouts in random order, so that the load spreads; those that use the preferred peer before the others. */
function preferredFirst(
    layouts: readonly ReadonlyMap<string, number>[],
    groups: ReadonlyMap<string, readonly Peer[]>,
    preferred: Peer | undefined,
): readonly ReadonlyMap<string, number>[] {
    const uses = (layout: ReadonlyMap<string, number>): boolean =>
        preferred !== undefined && [...layout.keys()].some(group => groups.get(group)?.includes(preferred) === true);
    return [...shuffled(layouts.filter(uses)), ...shuffled(layouts.filter(layout => !uses(layout)))];
}

function shuffled<T>(items: readonly T[]): readonly T[] {
    return items
        .map(item => ({ item, key: Math.random() }))
        .sort((left, right) => left.key - right.key)
        .map(({ item }) => item);
}
